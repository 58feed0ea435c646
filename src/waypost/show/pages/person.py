"""One person: where on the path, what they use and did, what they said, what we did, and what they agreed to."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import day_of
from waypost.intervene import WhyNot
from waypost.learn import RULE_USED
from waypost.measure import Level
from waypost.show import people, person_days, timeline
from waypost.show.addresses import piece, unpiece
from waypost.show.charts.road import narrow_road, wide_road
from waypost.show.measured import Asked, asked_on
from waypost.show.person_path import Odds, Step, Stood, steps_of, stops_of
from waypost.show.person_use import LAST_DAYS, use_of
from waypost.show.rosters import roster_of
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Intervention, Interventions, InterventionState, Suppression, Suppressions

MOST_DECIDED, MOST_SAID = 20, 10
CSV_DAYS, MOST_CSV = 730, 20_000
WEEK = timedelta(days=7)
STATES = {
    InterventionState.HELD_OUT: "left alone, so that we can learn",
    InterventionState.NOT_SENT: "not sent",
    InterventionState.WAITING: "waiting in Today",
    InterventionState.SNOOZED: "snoozed",
    InterventionState.DONE: "done",
    InterventionState.SKIPPED: "skipped",
    InterventionState.DUE: "about to leave",
    InterventionState.SENDING: "being sent",
    InterventionState.SENT: "sent",
    InterventionState.FAILED: "refused",
    InterventionState.UNKNOWN: "may have been sent",
}
REACHED = (InterventionState.SENT, InterventionState.SENDING, InterventionState.UNKNOWN)
SUPPRESSED = {
    "unsubscribed": "unsubscribed",
    "bounced": "mail bounced",
    "complained": "marked our mail as spam",
    "gone": "the receiver is gone",
    "member": "stopped by a member",
}


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """A person with one account they belong to or belonged to."""

    person_id: str
    name: str
    email: str | None
    title: str | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    account_id: str | None
    account: str | None
    role: str | None
    champion: bool
    signs_renewal: bool
    provisioned_on: date | None
    left_on: date | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One survey answer."""

    survey: str
    score: float
    comment: str | None
    answered_at: datetime
    account: str


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket as it is now."""

    ticket_id: str
    subject: str | None
    priority: str
    solved: bool
    opened_on: date
    since_on: date


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What a play decided for this person: in words, and why nothing was sent when nothing was."""

    says: str
    state: str
    why: str
    at: datetime
    icon: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this person may be written to: who stopped it and when, what other tools say, and how much is left."""

    address: str | None
    stopped: str
    stopped_at: datetime | None
    elsewhere: list[tuple[str, str, datetime]]
    sent: int
    allowed: int

    @property
    def willing(self) -> bool:
        """Whether a message may go out at all."""
        return bool(self.address) and not self.stopped and not self.elsewhere


def person(visit: Visit) -> Response:
    """Draw one person."""
    belongs = _belongings(visit)
    here, rules = belongs[0], visit.rules
    asked = {"person": here.person_id}
    stood = rows_of(visit.desk.warehouse.ask("show/person_standings", asked), Stood)
    at_account = [each for each in stood if each.account_id == here.account_id]
    now = next((each for each in at_account if each.until_on is None), None)
    journey = rules.journeys.get(now.journey) if now else None
    steps = steps_of(journey, at_account, here.provisioned_on, visit.today) if journey else []
    decided = Interventions(visit.desk.operations).for_person(here.person_id, most=MOST_DECIDED)
    days = person_days.days_of(
        visit.desk, rules, (here.person_id, here.name), _seen(visit, here), _before(visit)
    )
    counted = Asked(level="person", id=here.person_id, cutoff=visit.today)
    return visit.page(
        "person.html",
        person=here,
        first_name=(here.name.split() or [here.name])[0],
        accounts=[each for each in belongs if each.account_id],
        now=now,
        standing=people.STANDING_WORDS.get(now.standing, now.standing) if now else "On no journey",
        standing_mark=people.MARKS.get(now.standing, "none") if now else "none",
        journey=journey,
        path_title=_path_title(now, steps, visit.today),
        steps=steps,
        road=_road(steps, visit.today),
        judged=_judged(visit, here.person_id, now),
        stood=stood,
        rules=rules,
        words=people.STANDING_WORDS,
        marks=people.MARKS,
        use=use_of(visit.desk, rules.catalogue, here.person_id),
        counted=counted,
        before=asked_on(counted, visit.today - timedelta(days=LAST_DAYS)),
        days=days,
        told=timeline.by_day(days.moments, visit.desk),
        answers=rows_of(
            visit.desk.warehouse.ask("show/person_answers", {**asked, "most": MOST_SAID}), Answer
        ),
        tickets=rows_of(
            visit.desk.warehouse.ask("show/person_tickets", {**asked, "most": MOST_SAID}), Ticket
        ),
        decided=[_decided(each, rules) for each in decided],
        consent=_consent(visit, here, decided),
        segments=_segments(visit, here),
    )


def events_csv(visit: Visit) -> Response:
    """Send what one person did in the last two years as a file, a row for each thing on each day."""
    here = _belongings(visit)[0]
    until = visit.today + timedelta(days=1)
    span = (until - timedelta(days=CSV_DAYS), until)
    done = person_days.done_of(visit.desk, visit.rules.catalogue, here.person_id, span, most=MOST_CSV)
    rows = [
        [
            *(each.happened_on, each.first_at, each.last_at, each.kind, each.source, each.name),
            *("; ".join(each.features), each.n, each.automated, each.quantity),
        ]
        for each in done
    ]
    head = [
        "day",
        "first_at",
        "last_at",
        "kind",
        "source",
        "event",
        "features",
        "times",
        "by_jobs",
        "quantity",
    ]
    return csv_response(f"{piece(here.person_id)}.csv", head, rows)


def _belongings(visit: Visit) -> list[Belonging]:
    person_id = unpiece(visit.request.path_params["person"])
    found = rows_of(visit.desk.warehouse.ask("show/person", {"person": person_id}), Belonging)
    if not found:
        raise HTTPException(404, "there is no person of this address; they may have been erased")
    return found


def _seen(visit: Visit, here: Belonging) -> tuple[date | None, date | None]:
    """Return the first and last days on which anything was heard of a person."""
    first = day_of(here.first_seen_at, visit.desk.zone) if here.first_seen_at else None
    last = day_of(here.last_seen_at, visit.desk.zone) if here.last_seen_at else None
    return first, last


def _before(visit: Visit) -> date | None:
    try:
        return date.fromisoformat(visit.asked("before"))
    except ValueError:
        return None


def _path_title(now: Stood | None, steps: Sequence[Step], today: date) -> str:
    """Return what matters of the path: what was missed and since when, or what is next and when it is due."""
    step = next((each for each in steps if each.here), None)
    if now is None or step is None:
        return "On no journey"
    days = max(1, (today - now.since_on).days)
    if now.strayed:
        lacking = next((each.says for each in step.clauses if each.met is False), "")
        said = f"{people.STANDING_WORDS[now.standing]} {days} {'day' if days == 1 else 'days'} ago at {step.name}"
        return f"{said}: {lacking[:1].lower()}{lacking[1:]}" if lacking else said
    if step.due_on is None:
        return (
            f"{people.STANDING_WORDS[now.standing]} at {step.name} since {now.since_on.day} {now.since_on:%b}"
        )
    left = (step.due_on - today).days
    when = "today" if left == 0 else f"in {left} {'day' if left == 1 else 'days'}" if left > 0 else "overdue"
    return f"{people.STANDING_WORDS[now.standing]}: {step.name} is due {when}"


def _road(steps: Sequence[Step], today: date) -> list[object]:
    if not steps:
        return []
    stops = stops_of(steps, today)
    says = "; ".join(f"{each.name}: {each.says}, {each.when}" for each in stops)
    return [wide_road(stops, says), narrow_road(stops, says)]


def _judged(visit: Visit, person_id: str, now: Stood | None) -> str:
    """Return the odds of meeting the milestone that is next, as told this morning, or that the rule of thumb judges."""
    if now is None:
        return ""
    asked = {"person": person_id, "account": now.account_id, "today": visit.today}
    found = rows_of(visit.desk.warehouse.ask("show/person_odds", asked), Odds)
    mine = [each.says for each in found if (each.journey, each.milestone) == (now.journey, now.milestone)]
    return next(iter(mine), f"{RULE_USED[0].upper()}{RULE_USED[1:]}" if now.standing == "at_risk" else "")


def _decided(each: Intervention, rules: Rules) -> Decided:
    why = ""
    if each.why:
        why = next((known.says for known in WhyNot if known == each.why), each.why.replace("_", " "))
    return Decided(
        says=rules.play_name(each.play),
        state=STATES.get(each.state, each.state.value.replace("_", " ")),
        why=why or each.problem or "",
        at=each.decided_at,
        icon="mail" if each.channel == "email" else "link" if each.channel == "webhook" else "signpost",
    )


def _consent(visit: Visit, here: Belonging, decided: Sequence[Intervention]) -> Consent:
    held: Suppression | None = Suppressions(visit.desk.operations).of(here.email) if here.email else None
    told = visit.desk.warehouse.ask("show/person_unwilling", {"person": here.person_id}).to_dicts()
    zone = visit.now.tzinfo
    return Consent(
        address=here.email,
        stopped=SUPPRESSED.get(held.reason.value, held.reason.value) if held else "",
        stopped_at=held.suppressed_at if held else None,
        elsewhere=[(row["name"], row["source"], row["told_at"].replace(tzinfo=zone)) for row in told],
        sent=sum(
            1
            for each in decided
            if each.personal
            and each.state in REACHED
            and each.claimed_at
            and each.claimed_at > visit.now - WEEK
        ),
        allowed=visit.rules.policy.messages_per_person_per_week,
    )


def _segments(visit: Visit, here: Belonging) -> list[tuple[str, str, str]]:
    """Return the segments that the person, or their account, is in today: name, address, of what."""
    if here.account_id is None or here.left_on is not None:
        return []
    roster = roster_of(visit.desk, visit.rules, only=(here.person_id, here.account_id))
    return [
        (each.name, f"/segments/{piece(each.key)}", "person" if each.of is Level.PEOPLE else "account")
        for each in visit.rules.segments
        if roster.members(each).height
    ]
