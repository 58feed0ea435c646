"""What another tool did before Waypost came: signals, plays decided with accounts held out, messages delivered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.accounts import HALCYON, Accounts
from waypost.run.sample.calendar import DAYS, NEVER, Calendar
from waypost.run.sample.chance import Bools, Ints, Rng, stream
from waypost.run.sample.facts import Fact
from waypost.run.sample.paths import STRAYS_ON, Paths, in_history
from waypost.run.sample.people import ROLES, People

NOTICED = 3 * 60 + 10
OPENED, CLICKED, BOUNCED, UNSUBSCRIBED, DONE = 0.54, 0.22, 0.012, 0.008, 0.82
ENDED_EARLY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One play of the earlier tool: the signal that it waited for, and whom it met when."""

    play: str
    signal: str
    milestone: str
    reason: str
    on: Ints
    met: Bools
    email: str = "email"


def history_facts(seed: int, days: Calendar, cast: Accounts, who: People, way: Paths) -> Iterator[Fact]:
    """Yield signals, interventions and deliveries of the plays that were run, and returns whatever their cause."""
    rng = stream(seed, "history")
    for past in _plays(days, who, way):
        ran = past.met & in_history(days, past.on) & (past.on < who.left) & (who.account != HALCYON)
        for person in np.flatnonzero(ran):
            n = int(person)
            told = _signal(days, cast, who, n, past)
            yield told
            yield from _decision(rng, cast, who, n, past, told, held_out=bool(way.held_out[past.play][n]))
    yield from _returns(days, cast, who, way)
    yield from _renewal_calls(rng, days, cast)
    yield from _halcyon(days, cast, who)


def _plays(days: Calendar, who: People, way: Paths) -> list[Past]:
    on_a_path = who.roles != ROLES.index("executive")
    reached = [np.where(due < NEVER, days.workday(who.joined + due), NEVER) for due in way.reach]
    first_late, second_late = reached[0] > who.joined + STRAYS_ON - 1, reached[1] > who.joined + 30
    return [
        Past(
            play="first_week_back", signal="strayed", milestone="first_7", on=who.joined + STRAYS_ON,
            met=on_a_path & first_late, reason="First 7 days missed",
        ),
        Past(
            play="share_a_report", signal="strayed", milestone="first_30", on=who.joined + 31,
            met=who.plays("analyst") & ~first_late & second_late, reason="No report shared in 30 days",
        ),
        Past(
            play="set_a_schedule", signal="milestone_reached", milestone="first_30", on=reached[1],
            met=who.plays("analyst", "admin") & (way.reach[1] < NEVER), reason="First 30 days reached",
        ),
        Past(
            play="lapsed_call", signal="lapsed", milestone="sustained", on=np.minimum(who.joined + way.lapsed, NEVER),
            met=on_a_path & (way.lapsed < NEVER), reason="Under 2 days a week for four weeks", email="touch",
        ),
    ]  # fmt: skip


def _signal(days: Calendar, cast: Accounts, who: People, n: int, past: Past) -> Fact:
    day = int(past.on[n])
    return Fact(
        event_id=f"was-{past.signal}-{past.milestone}-{who.ids[n]}", kind=Kind.SIGNAL, name=past.signal,
        happened_at=days.at(int(who.place[n]), day, NOTICED), person_id=who.ids[n], account_id=cast.ids[who.account[n]],
        properties={
            "journey": ROLES[who.roles[n]], "milestone": past.milestone, "reason": past.reason,
            "since_on": days.dates[day].isoformat(),
        },
    )  # fmt: skip


def _decision(
    rng: Rng, cast: Accounts, who: People, n: int, past: Past, told: Fact, *, held_out: bool
) -> Iterator[Fact]:  # noqa: PLR0913 -- one row
    by_hand = past.email == "touch" or cast.tiers[who.account[n]] == "enterprise"
    arm, channel = ("call", "touch") if by_hand else ("email", "email")
    key = f"{past.play}-{who.ids[n]}"
    base: dict[str, Any] = {"intervention_id": key, "play": past.play, "arm": arm, "channel": channel}
    decided = told.happened_at + timedelta(hours=5, minutes=float(rng.integers(0, 50)))
    yield Fact(
        event_id=f"decided-{key}", kind=Kind.INTERVENTION, name="decided", happened_at=decided, person_id=told.person_id,
        account_id=told.account_id, properties=base | {"held_out": held_out, "signal_id": told.event_id},
    )  # fmt: skip
    if held_out:
        return
    for name, hours in _delivered(rng, by_hand=by_hand):
        yield Fact(
            event_id=f"{name}-{key}", kind=Kind.DELIVERY, name=name, happened_at=decided + timedelta(hours=hours),
            person_id=told.person_id, account_id=told.account_id, properties=base,
        )  # fmt: skip


def _delivered(rng: Rng, *, by_hand: bool) -> list[tuple[str, float]]:
    draw = rng.random(4)
    if by_hand:
        return [("done", 4 + 40 * float(draw[1]))] if draw[0] < DONE else []
    if draw[0] < BOUNCED:
        return [("sent", 0.1), ("bounced", 0.2)]
    told = [("sent", 0.1)]
    if draw[1] < OPENED:
        told.append(("opened", 0.5 + 20 * float(draw[0])))
    if draw[1] < CLICKED:
        told.append(("clicked", 0.6 + 20 * float(draw[0])))
    if draw[2] < UNSUBSCRIBED:
        told.append(("unsubscribed", 22.0))
    return told


def _returns(days: Calendar, cast: Accounts, who: People, way: Paths) -> Iterator[Fact]:
    first = np.where(way.reach[0] < NEVER, days.workday(who.joined + way.reach[0]), NEVER)
    late = (first > who.joined + STRAYS_ON - 1) & (who.roles != ROLES.index("executive"))
    again = np.where(way.lapsed < NEVER, who.joined + way.resumes, NEVER)
    for milestone, on, met in (("first_7", first, late), ("sustained", again, again < NEVER)):
        for person in np.flatnonzero(met & in_history(days, on) & (on < who.left) & (who.account != HALCYON)):
            past = Past(play="", signal="returned", milestone=milestone, on=on, met=met, reason="Came back")
            told = _signal(days, cast, who, int(person), past)
            # The return was noticed in the evening of the day on which the milestone was met.
            yield Fact(
                event_id=told.event_id, kind=told.kind, name=told.name, happened_at=told.happened_at + timedelta(hours=16),
                person_id=told.person_id, account_id=told.account_id, properties=told.properties,
            )  # fmt: skip


def _renewal_calls(rng: Rng, days: Calendar, cast: Accounts) -> Iterator[Fact]:
    """A play about accounts at risk that had only just begun: too few to learn from."""
    begun = np.flatnonzero(np.isin(cast.stories, ["silent_churn", "recovery"]))[:ENDED_EARLY]
    for nr, account in enumerate(begun):
        day, key = days.day(58 - 9 * nr), f"renewal_at_risk-{cast.ids[account]}"
        at = days.at(int(cast.places[account]), day, NOTICED)
        yield Fact(
            event_id=f"was-band_changed-{cast.ids[account]}", kind=Kind.SIGNAL, name="band_changed", happened_at=at,
            account_id=cast.ids[account],
            properties={"reason": "Watch to At risk", "since_on": days.dates[day].isoformat(), "from": "watch", "to": "at_risk"},
        )  # fmt: skip
        base: dict[str, Any] = {
            "intervention_id": key,
            "play": "renewal_at_risk",
            "arm": "call",
            "channel": "touch",
        }
        held = bool(rng.random() < 0.2) if nr else False
        yield Fact(
            event_id=f"decided-{key}", kind=Kind.INTERVENTION, name="decided", happened_at=at + timedelta(hours=5),
            account_id=cast.ids[account], properties=base | {"held_out": held, "signal_id": f"was-band_changed-{cast.ids[account]}"},
        )  # fmt: skip
        if not held:
            yield Fact(
                event_id=f"done-{key}", kind=Kind.DELIVERY, name="done", happened_at=at + timedelta(hours=30),
                account_id=cast.ids[account], properties=base,
            )  # fmt: skip


def _halcyon(days: Calendar, cast: Accounts, who: People) -> Iterator[Fact]:
    """Marta Lindqvist called Tom Ebert and nobody answered."""
    tom = int(np.flatnonzero((who.account == HALCYON) & (who.given == "Tom") & (who.left >= DAYS))[0])
    yield Fact(
        event_id="call-halcyon-tom", kind=Kind.DELIVERY, name="done", person_id=who.ids[tom], account_id=cast.ids[HALCYON],
        happened_at=days.at(int(who.place[tom]), days.day(halcyon.CALLED), 9 * 60 + 31),
        properties={"channel": "touch", "by": str(cast.owners[HALCYON]), "outcome": "no answer", "subject": "Call about exports"},
    )  # fmt: skip
