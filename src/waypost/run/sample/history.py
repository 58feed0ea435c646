"""What another tool did before Waypost came: signals, plays decided with accounts held out, messages delivered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.calendar import NEVER
from waypost.run.sample.chance import Bools, Ints, Rng
from waypost.run.sample.facts import Fact
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.paths import STRAYS_ON, in_history
from waypost.run.sample.people import ROLES
from waypost.run.sample.world import World

NOTICED_MINUTE, RETURNED_MINUTE = 3 * 60 + 10, 19 * 60 + 10
DECIDED_AFTER = timedelta(hours=5)
OPENED, CLICKED, BOUNCED, UNSUBSCRIBED, DONE = 0.54, 0.22, 0.012, 0.008, 0.82
# The play about accounts at risk had just begun: days ago on which each was decided.
BEGUN_AGO = (58, 49, 40)
FIRST_WEEK, FIRST_MONTH = 7, 30
# Plays that ask a member to call where the account is an enterprise; all else is e-mail.
BY_HAND = ("first_week_back", "lapsed_call")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One thing that the earlier tool noticed: of whom, on which day, and what it did about it (`play`, if any)."""

    signal: str
    milestone: str
    reason: str
    on: Ints
    met: Bools
    play: str = ""


def history_facts(world: World) -> Iterator[Fact]:
    """Yield the signals, interventions and deliveries of the earlier tool."""
    rng, who = world.rng("history"), world.who
    for past in [*_plays(world), *_returns(world)]:
        ran = past.met & in_history(world.days, past.on) & (past.on < who.left) & (who.account != HALCYON)
        for person in np.flatnonzero(ran):
            told = _signal(world, int(person), past)
            yield told
            if past.play:
                yield from _intervention(rng, world, int(person), past, told)
    yield from _renewal_calls(world)
    yield _call(world)


def _plays(world: World) -> list[Past]:
    who, way = world.who, world.way
    on_a_path = ~who.plays("executive")
    first, second = _reached(world, way.reach[0]), _reached(world, way.reach[1])
    first_late, second_late = first > who.joined + FIRST_WEEK, second > who.joined + FIRST_MONTH
    return [
        Past(
            play="first_week_back", signal="strayed", milestone="first_7", reason="First 7 days missed",
            on=who.joined + STRAYS_ON, met=on_a_path & first_late,
        ),
        Past(
            play="tips_after_a_month", signal="strayed", milestone="first_30", reason="First 30 days missed",
            on=who.joined + FIRST_MONTH + 1, met=on_a_path & ~first_late & second_late,
        ),
        Past(
            play="set_a_schedule", signal="milestone_reached", milestone="first_30", reason="First 30 days reached",
            on=second, met=who.plays("analyst", "admin") & (second < NEVER),
        ),
        Past(
            play="lapsed_call", signal="lapsed", milestone="sustained", reason="Under 2 days a week for four weeks",
            on=_reached(world, way.lapsed), met=on_a_path & (way.lapsed < NEVER),
        ),
    ]  # fmt: skip


def _returns(world: World) -> list[Past]:
    who, way = world.who, world.way
    first, second = _reached(world, way.reach[0]), _reached(world, way.reach[1])
    again = np.where(way.lapsed < NEVER, _reached(world, way.resumes), NEVER)
    on_a_path = ~who.plays("executive")
    late = on_a_path & (first > who.joined + FIRST_WEEK) & (first < NEVER)
    later = on_a_path & ~late & (second > who.joined + FIRST_MONTH) & (second < NEVER)
    return [
        Past(signal="returned", milestone="first_7", reason="First 7 days reached late", on=first, met=late),
        Past(
            signal="returned", milestone="first_30", reason="First 30 days reached late", on=second, met=later
        ),
        Past(signal="returned", milestone="sustained", reason="Active again", on=again, met=again < NEVER),
    ]


def _reached(world: World, due: Ints) -> Ints:
    return np.where(due < NEVER, world.days.workday(world.who.joined + due), NEVER)


def _signal(world: World, person: int, past: Past) -> Fact:
    who, day = world.who, int(past.on[person])
    # What went missing is noticed in the night after; what was done, in the evening of the day.
    minute = RETURNED_MINUTE if past.signal in ("returned", "milestone_reached") else NOTICED_MINUTE
    return Fact(
        event_id=f"was-{past.signal}-{past.milestone}-{who.ids[person]}", kind=Kind.SIGNAL, name=past.signal,
        happened_at=world.at(person, day, minute), person_id=who.ids[person], account_id=world.account_id(person),
        properties={
            "journey": ROLES[who.roles[person]], "milestone": past.milestone, "reason": past.reason,
            "since_on": world.days.dates[day].isoformat(),
        },
    )  # fmt: skip


def _intervention(rng: Rng, world: World, person: int, past: Past, told: Fact) -> Iterator[Fact]:
    by_hand = past.play in BY_HAND and world.cast.tiers[world.who.account[person]] == "enterprise"
    arm, channel = ("call", "touch") if by_hand else ("email", "email")
    held_out = bool(world.way.held_out[past.play][person])
    decided_at = told.happened_at + DECIDED_AFTER + timedelta(minutes=int(rng.integers(0, 50)))
    deliveries = [] if held_out else _delivered(rng, by_hand=by_hand)
    yield from _decided(
        told, {"play": past.play, "arm": arm, "channel": channel}, decided_at, deliveries, held_out=held_out
    )


def _decided(
    told: Fact, base: dict[str, Any], at: datetime, deliveries: list[tuple[str, float]], *, held_out: bool
) -> Iterator[Fact]:
    key = f"{base['play']}-{told.person_id or told.account_id}"
    said = {"intervention_id": key, **base}
    decision = said | {"held_out": held_out, "signal_id": told.event_id}
    yield _about(told, f"decided-{key}", Kind.INTERVENTION, "decided", at, decision)
    for name, hours in deliveries:
        after = timedelta(minutes=int(hours * 60))
        yield _about(told, f"{name}-{key}", Kind.DELIVERY, name, at + after, said)


def _about(told: Fact, event_id: str, kind: Kind, name: str, at: datetime, said: dict[str, Any]) -> Fact:
    return Fact(
        event_id=event_id, kind=kind, name=name, happened_at=at, person_id=told.person_id,
        account_id=told.account_id, properties=said,
    )  # fmt: skip


def _delivered(rng: Rng, *, by_hand: bool) -> list[tuple[str, float]]:
    draw = [float(each) for each in rng.random(4)]
    if by_hand:
        return [("done", 4 + 40 * draw[1])] if draw[0] < DONE else []
    if draw[0] < BOUNCED:
        return [("sent", 0.1), ("bounced", 0.2)]
    told = [("sent", 0.1)]
    if draw[1] < OPENED:
        told.append(("opened", 0.5 + 20 * draw[3]))
    if draw[1] < CLICKED:
        told.append(("clicked", 0.6 + 20 * draw[3]))
    if draw[2] < UNSUBSCRIBED:
        told.append(("unsubscribed", 22.0))
    return told


def _renewal_calls(world: World) -> Iterator[Fact]:
    """Yield a play about accounts at risk that had only just begun: too few to learn from."""
    cast, days = world.cast, world.days
    begun = np.flatnonzero(np.isin(cast.stories, ["silent_churn", "recovery"]))
    for nr, (account, ago) in enumerate(zip(begun, BEGUN_AGO, strict=False)):
        told = Fact(
            event_id=f"was-band_changed-{cast.ids[account]}", kind=Kind.SIGNAL, name="band_changed",
            happened_at=days.at(int(cast.places[account]), days.day(ago), NOTICED_MINUTE), account_id=cast.ids[account],
            properties={"reason": "Watch to At risk", "since_on": days.dates[days.day(ago)].isoformat()},
        )  # fmt: skip
        yield told
        held_out = nr == 1
        base = {"play": "renewal_at_risk", "arm": "call", "channel": "touch"}
        done = [] if held_out else [("done", 25.0)]
        yield from _decided(told, base, told.happened_at + DECIDED_AFTER, done, held_out=held_out)


def _call(world: World) -> Fact:
    """Return the call that Marta Lindqvist made to Tom Ebert of Halcyon; nobody answered."""
    tom = world.halcyon("Tom")
    return Fact(
        event_id="call-halcyon-tom", kind=Kind.DELIVERY, name="done", person_id=world.who.ids[tom],
        account_id=world.cast.ids[HALCYON], happened_at=world.at(tom, world.days.day(halcyon.CALLED), 9 * 60 + 31),
        properties={
            "channel": "touch", "by": str(world.cast.owners[HALCYON]), "outcome": "no answer",
            "subject": "Call about exports",
        },
    )  # fmt: skip
