"""The next touch of an account: what waits for a member, and what plays are doing for its people."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from markupsafe import Markup

from waypost.core import day_of
from waypost.score import Reason
from waypost.show import words
from waypost.show.desk import Desk
from waypost.show.rules import Rules
from waypost.store import Intervention, Interventions, InterventionState, Touches

REACHING = timedelta(days=30)
MOST_BESIDE = 3
MOST_LATELY = 500
REACHED = (
    InterventionState.WAITING,
    InterventionState.DONE,
    InterventionState.DUE,
    InterventionState.SENDING,
    InterventionState.SENT,
)
COMING = (InterventionState.WAITING, InterventionState.DUE, InterventionState.SENDING)


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be done for one person, or what was done last; `touch_id` is that of a member's open touch."""

    coming: str = ""
    due: str = ""
    last: str = ""
    touch_id: str = ""


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """One touch as cards and Today show it."""

    touch_id: str
    account_id: str
    person_id: str | None
    title: str
    says: str
    due: str
    urgent: bool
    play: str
    signal: str
    decided_at: datetime
    letters: list[tuple[str, bool]] = []
    evidence: int = 1
    result_bar: Markup = Markup("")
    result_says: str = ""


def next_touches(desk: Desk, account_id: str, reasons: Sequence[Reason]) -> list[Touch]:
    """Return the touches that wait for a member at one account, the first of them first."""
    waiting = Touches(desk.operations).open(desk.now(), account_id=account_id, most=MOST_BESIDE)
    letters = worst_letters(reasons)
    return [touch_of(desk, each, letters if nr == 0 else ()) for nr, each in enumerate(waiting)]


def worst_letters(reasons: Sequence[Reason]) -> list[tuple[str, bool]]:
    """Return the letters of the two reasons that cost most, in their order in time."""
    fell = sorted(
        (each for each in reasons if each.letter and each.points < 0), key=lambda each: each.points
    )[:2]
    return sorted((each.letter or "", False) for each in fell)


def touch_of(
    desk: Desk, each: Intervention, letters: Sequence[tuple[str, bool]] = (), evidence: int = 1
) -> Touch:
    """Return a stored touch as pages show it."""
    said: Mapping[str, Any] = each.content
    on = due_on(each, desk.zone)
    days = (on - desk.today).days if on else None
    return Touch(
        touch_id=each.intervention_id,
        account_id=each.account_id,
        person_id=each.person_id,
        title=str(said.get("title") or each.play.replace("_", " ").capitalize()),
        says=str(said.get("says") or each.reason or ""),
        due=_due(days),
        urgent=days is not None and days <= 0,
        play=each.play,
        signal=each.signal,
        decided_at=each.decided_at,
        letters=list(letters),
        evidence=evidence,
    )


def due_on(each: Intervention, zone: str) -> date | None:
    """Return the last day on which a touch is in time; it is due by the first instant after that day."""
    return day_of(each.due_at - timedelta(microseconds=1), zone) if each.due_at else None


def lately(desk: Desk, account_id: str) -> list[Intervention]:
    """Return the interventions of the last 30 days that reached the people of an account, or will."""
    since = desk.now() - REACHING
    decided = Interventions(desk.operations).for_account(account_id, most=MOST_LATELY)
    return [each for each in decided if each.state in REACHED and each.decided_at >= since]


def people_being_reached(reached: Sequence[Intervention]) -> set[str]:
    """Return the people whom these interventions are bringing back."""
    return {each.person_id for each in reached if each.person_id}


def planned_for(desk: Desk, rules: Rules, reached: Sequence[Intervention]) -> dict[str, Planned]:
    """Return, for each person of these interventions, the first that is to come, and the last that was."""
    found: dict[str, Planned] = {}
    for each in sorted(reached, key=lambda one: one.settled_at or one.decided_at):
        if each.person_id is None:
            continue
        so_far = found.get(each.person_id, Planned())
        channel = words.channel(each.channel or "touch")
        if each.state not in COMING:
            done_on = day_of(each.settled_at or each.decided_at, desk.zone)
            so_far = msgspec.structs.replace(so_far, last=f"{channel} on {words.day(done_on, desk.today)}")
        elif not so_far.coming:
            on = due_on(each, desk.zone)
            due = _due((on - desk.today).days) if on else channel
            is_open = each.state is InterventionState.WAITING
            touch_id = each.intervention_id if is_open else ""
            title = str(each.content.get("title") or rules.play_name(each.play))
            so_far = msgspec.structs.replace(so_far, coming=title, due=due, touch_id=touch_id)
        found[each.person_id] = so_far
    return found


def what_was_done(reached: Sequence[Intervention]) -> dict[str, str]:
    """Return, for each milestone, in words what these interventions did for its strays."""
    counted: dict[str, dict[str, int]] = {}
    for each in reached:
        if each.milestone and each.channel:
            channels = counted.setdefault(each.milestone, {})
            channels[each.channel] = channels.get(each.channel, 0) + 1
    return {
        milestone: ", ".join(f"{words.channel(key)} to {n}" for key, n in sorted(channels.items()))
        for milestone, channels in counted.items()
    }


def _due(days: int | None) -> str:
    if days is None:
        return ""
    if days == 0:
        return "Due today"
    if days < 0:
        return "Due yesterday" if days == -1 else f"Due {-days} days ago"
    return "Due tomorrow" if days == 1 else f"Due in {days} days"
