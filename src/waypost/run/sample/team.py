"""Team changes: who joined with which role, whose role changed, who left."""

from collections.abc import Iterator
from typing import Any

from waypost.core import Kind
from waypost.run.sample.accounts import Accounts
from waypost.run.sample.calendar import DAYS, Calendar
from waypost.run.sample.chance import stream
from waypost.run.sample.facts import Fact
from waypost.run.sample.people import ROLES, People

NEW_TITLE_SHARE = 0.04
# Seats follow the customer's directory: new ones are there before work begins, old ones go at noon.
MORNING, NOON = 4 * 60 + 5, 12 * 60 + 4


def membership_facts(seed: int, days: Calendar, cast: Accounts, who: People) -> Iterator[Fact]:
    """Yield each person's joined, role_changed and left."""
    rng = stream(seed, "team")
    promoted, after = rng.random(len(who)) < NEW_TITLE_SHARE, rng.integers(40, 200, len(who))
    minutes = rng.integers(0, 55, len(who))
    for n in range(len(who)):
        joined, left = int(who.joined[n]), int(who.left[n])
        yield _change(days, cast, who, n, "joined", joined, MORNING + minutes[n])
        changed = joined + int(after[n])
        if promoted[n] and changed < min(left, DAYS):
            title = f"Senior {str(who.titles[n]).removeprefix('Senior ').lower()}"
            yield _change(days, cast, who, n, "role_changed", changed, MORNING + 90, title=title)
        if left < DAYS:
            yield _change(days, cast, who, n, "left", left, NOON + minutes[n])


def _change(
    days: Calendar, cast: Accounts, who: People, n: int, name: str, day: int, minute: float, **more: Any
) -> Fact:
    at = days.at(int(who.place[n]), day, minute)
    told = {
        "role": ROLES[who.roles[n]], "title": who.titles[n], "name": f"{who.given[n]} {who.family[n]}",
        "email": who.emails[n], "champion": bool(who.champion[n]), "signs_renewal": bool(who.signs_renewal[n]),
    }  # fmt: skip
    if name == "joined":
        told["provisioned_at"] = at.isoformat()
    return Fact(
        event_id=f"seat-{who.ids[n]}-{name}", kind=Kind.MEMBERSHIP, name=name, happened_at=at,
        person_id=who.ids[n], account_id=cast.ids[who.account[n]], properties=told | more,
    )  # fmt: skip
