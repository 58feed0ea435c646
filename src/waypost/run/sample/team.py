"""Team changes: who joined with which role, whose title changed, who left."""

from collections.abc import Iterator
from typing import Any

from waypost.core import Kind
from waypost.run.sample.calendar import DAYS
from waypost.run.sample.facts import Fact
from waypost.run.sample.people import ROLES
from waypost.run.sample.world import World

NEW_TITLE_SHARE = 0.04
# Seats follow the customer's directory: new ones are there before work begins, old ones go around noon.
JOIN_MINUTE, CHANGE_MINUTE, LEAVE_MINUTE = 4 * 60 + 5, 9 * 60, 12 * 60 + 4


def membership_facts(world: World) -> Iterator[Fact]:
    """Yield each person's joined, role_changed and left."""
    who, rng = world.who, world.rng("team")
    promoted, after = rng.random(len(who)) < NEW_TITLE_SHARE, rng.integers(40, 200, len(who))
    minutes = rng.integers(0, 55, len(who))
    for n in range(len(who)):
        joined, left = int(who.joined[n]), int(who.left[n])
        at = world.at(n, joined, JOIN_MINUTE + int(minutes[n]))
        told = _seat(world, n)
        yield _change(
            world,
            n,
            "joined",
            (joined, JOIN_MINUTE + int(minutes[n])),
            told | {"provisioned_at": at.isoformat()},
        )
        changed = joined + int(after[n])
        if promoted[n] and changed < min(left, DAYS):
            told["title"] = f"Senior {str(who.titles[n]).removeprefix('Senior ').lower()}"
            yield _change(world, n, "role_changed", (changed, CHANGE_MINUTE), told)
        if left < DAYS:
            yield _change(world, n, "left", (left, LEAVE_MINUTE + int(minutes[n])), told)


def _seat(world: World, n: int) -> dict[str, Any]:
    who = world.who
    return {
        "role": ROLES[who.roles[n]], "title": who.titles[n], "name": f"{who.given[n]} {who.family[n]}",
        "email": who.emails[n], "champion": bool(who.champion[n]), "signs_renewal": bool(who.signs_renewal[n]),
    }  # fmt: skip


def _change(world: World, n: int, name: str, when: tuple[int, int], told: dict[str, Any]) -> Fact:
    who = world.who
    return Fact(
        event_id=f"seat-{who.ids[n]}-{name}", kind=Kind.MEMBERSHIP, name=name, happened_at=world.at(n, *when),
        person_id=who.ids[n], account_id=world.account_id(n), properties=dict(told),
    )  # fmt: skip
