"""Interventions: what runs, whom it reached, what worked, and what was held back and why."""

from datetime import timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.intervene import Play, WhyNot
from waypost.show import words
from waypost.show.results import Result
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.show.why import names_of
from waypost.store import Intervention, Interventions, InterventionState

MONTH = timedelta(days=30)
MOST = 60
STATE_WORDS = {
    InterventionState.HELD_OUT: "Held out",
    InterventionState.NOT_SENT: "Not sent",
    InterventionState.WAITING: "Waits in Today",
    InterventionState.SNOOZED: "Snoozed",
    InterventionState.DONE: "Done",
    InterventionState.SKIPPED: "Skipped",
    InterventionState.DUE: "About to leave",
    InterventionState.SENDING: "Leaving now",
    InterventionState.SENT: "Sent",
    InterventionState.FAILED: "Failed",
    InterventionState.UNKNOWN: "May have arrived",
}
GONE = (InterventionState.SENT, InterventionState.DONE, InterventionState.UNKNOWN)
OPEN = (
    InterventionState.WAITING,
    InterventionState.SNOOZED,
    InterventionState.DUE,
    InterventionState.SENDING,
)


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """One play as the list shows it."""

    play: Play
    version: int
    starts: str
    audience: str
    channels: str
    reached: int
    open: int
    held_out: int
    held_back: int
    result: Result


class HeldBack(msgspec.Struct, frozen=True, kw_only=True):
    """Why messages were not sent in the last 30 days, counted."""

    play: str
    says: str
    count: int


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of a play."""

    row: Intervention
    person: str
    state: str
    why: str


def interventions(visit: Visit) -> Response:
    """Draw every play."""
    rules = visit.rules
    stored = Interventions(visit.desk.operations)
    counts = stored.counts()
    since = visit.now - MONTH
    held = [
        HeldBack(play=rules.play_name(play), says=_why(why), count=n)
        for (play, why), n in sorted(stored.why_counts(since).items(), key=lambda item: (-item[1], item[0]))
    ]
    plays = [_overview(visit, rules, play, counts.get(play.key, {})) for play in rules.plays.values()]
    return visit.page("interventions.html", plays=plays, held=held, limits=limits(rules))


def play(visit: Visit) -> Response:
    """Draw one play: its result first, then what it decided."""
    rules = visit.rules
    chosen = rules.plays.get(visit.request.path_params["play"])
    if chosen is None:
        raise HTTPException(404, "there is no play of this key; it may have been withdrawn")
    stored = Interventions(visit.desk.operations)
    found = stored.for_play(chosen.key, most=MOST)
    names = names_of(visit.desk, {each.person_id for each in found if each.person_id})
    return visit.page(
        "play.html",
        overview=_overview(visit, rules, chosen, stored.counts().get(chosen.key, {})),
        decisions=[
            Decision(
                row=each,
                person=names.get(each.person_id or "", each.person_id or ""),
                state=STATE_WORDS[each.state],
                why=_why(each.why) if each.why else each.problem or "",
            )
            for each in found
        ],
        most=MOST,
        limits=limits(rules),
    )


def limits(rules: Rules) -> list[str]:
    """Return the contact policy in sentences."""
    policy = rules.policy
    said = [
        f"At most {words.plural(policy.messages_per_person_per_week, 'message', 'messages')} a person a week."
    ]
    if policy.quiet_hours:
        said.append(f"Nothing leaves between {policy.quiet_hours.starts} and {policy.quiet_hours.until}.")
    if policy.quiet_days:
        said.append(f"Nothing leaves on {' and '.join(day.value.capitalize() for day in policy.quiet_days)}.")
    return said


def _overview(visit: Visit, rules: Rules, chosen: Play, counts: dict[InterventionState, int]) -> Overview:
    when = chosen.when
    where = rules.milestone_name(when.journey, when.milestone) if when.milestone else ""
    about = rules.journeys[when.journey].name if when.journey in rules.journeys else ""
    place = " of ".join(part for part in (where, about) if part)
    segments = {each.key: each.name for each in rules.segments}
    audience = [
        *(role.replace("_", " ") for role in chosen.audience.roles),
        *(rules.tiers.name_of(tier) for tier in chosen.audience.tiers),
        *(segments.get(key, key.replace("_", " ")) for key in chosen.audience.segments),
    ]
    return Overview(
        play=chosen,
        version=rules.versions.get(("play", chosen.key), 1),
        starts=f"{when.signal.value.replace('_', ' ').capitalize()}{f', {place}' if place else ''}",
        audience=", ".join(audience) or "Everybody",
        channels=", ".join(dict.fromkeys(_channel(arm.channel) for arm in chosen.arms)),
        reached=sum(counts.get(state, 0) for state in GONE),
        open=sum(counts.get(state, 0) for state in OPEN),
        held_out=counts.get(InterventionState.HELD_OUT, 0),
        held_back=counts.get(InterventionState.NOT_SENT, 0),
        result=visit.house.results.of(visit.desk, chosen),
    )


def _channel(key: str) -> str:
    return "Touch in Today" if key == "touch" else words.channel(key)


def _why(key: str | None) -> str:
    known = {each.value: each.says for each in WhyNot}
    return known.get(key or "", key or "")
