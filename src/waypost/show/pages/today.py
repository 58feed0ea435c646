"""Today: the touches that wait for a member, the first of them opened, and what one does about it."""

from datetime import date, timedelta
from urllib.parse import parse_qsl

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import start_of
from waypost.show import words
from waypost.show.addresses import account_address, local, with_query
from waypost.show.next_touch import Touch, due_on, touch_of, worst_letters
from waypost.show.rows import rows_of, scope
from waypost.show.timeline import MOST_MOMENTS
from waypost.show.visit import Visit
from waypost.show.why import change_of, names_of
from waypost.store import Intervention, Interventions, Touches

PAGE = 50
MOST_CLOSED = 5
THIS_WEEK = timedelta(days=7)
SNOOZES = (("Tomorrow", 1), ("In 3 days", 3), ("In a week", 7), ("In a month", 30))
LONGEST_SNOOZE = 365
MOST_NOTE = 500


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a touch says of its account."""

    account_id: str
    name: str
    band: str | None
    value: float | None
    currency: str | None
    renews_on: date | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One touch in the left pane."""

    touch: Touch
    account: Head
    href: str
    current: bool


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Touches that are due at about the same time."""

    name: str
    lines: list[Line]


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The touch of the right pane with its evidence."""

    touch: Touch
    account: Head
    account_href: str
    person: str
    person_id: str | None
    why: list[tuple[str, str]]
    change: str
    play: str


def today(visit: Visit) -> Response:
    """Draw the touches that wait, and the chosen one of them."""
    touches = Touches(visit.desk.operations)
    mine = visit.asked("whose") == "mine"
    member = visit.whoever.email if mine else None
    stored = touches.open(visit.now, member=member, most=PAGE)
    closed = touches.closed(visit.now - THIS_WEEK)
    heads = _heads(visit, [*stored, *closed[:MOST_CLOSED]])
    wanted = visit.asked("touch")
    open_one = next(
        (each for each in stored if each.intervention_id == wanted), stored[0] if stored else None
    )
    return visit.page(
        "today.html",
        groups=_groups(visit, stored, heads, open_one),
        waiting=len(stored),
        asleep=len(touches.snoozed(visit.now, member=member)),
        mine=mine,
        closed=[
            (touch_of(visit.desk, each), _head(heads, each.account_id).name) for each in closed[:MOST_CLOSED]
        ],
        done_count=len(closed),
        chosen=_chosen(visit, open_one, heads) if open_one else None,
    )


def done(visit: Visit) -> Response:
    """Note that a touch was done."""
    note = visit.form.get("note", "").strip()[:MOST_NOTE] or None
    kept = Touches(visit.desk.operations).done(
        _id(visit), member=visit.whoever.email, now=visit.now, note=note
    )
    return _after(visit, "done", kept=kept)


def snooze_form(visit: Visit) -> Response:
    """Show the dates to which a touch can be put off."""
    days = [(name, visit.today + timedelta(days=n)) for name, n in SNOOZES]
    return visit.page("snooze.html", touch=_stored(visit), days=days, target=_back(visit), wrong="")


def snooze(visit: Visit) -> Response:
    """Put a touch off until the morning of a day."""
    try:
        until_on = date.fromisoformat(visit.form.get("until", ""))
    except ValueError:
        until_on = visit.today
    if not visit.today < until_on <= visit.today + timedelta(days=LONGEST_SNOOZE):
        days = [(name, visit.today + timedelta(days=n)) for name, n in SNOOZES]
        wrong = "Choose a day after today, and within a year."
        target = local(visit.form.get("next"))
        return visit.page(
            "snooze.html", status=422, touch=_stored(visit), days=days, target=target, wrong=wrong
        )
    until = start_of(until_on, visit.desk.zone)
    kept = Touches(visit.desk.operations).snooze(_id(visit), until, member=visit.whoever.email, now=visit.now)
    return _after(visit, "snoozed", kept=kept)


def skip_form(visit: Visit) -> Response:
    """Ask why a touch is skipped."""
    return visit.page("skip.html", touch=_stored(visit), target=_back(visit), wrong="")


def skip(visit: Visit) -> Response:
    """Note that a touch will not be done, and why."""
    chosen = visit.form.get("reason", "").strip() or visit.form.get("choice", "").strip()
    if not chosen:
        target = local(visit.form.get("next"))
        return visit.page(
            "skip.html",
            status=422,
            touch=_stored(visit),
            target=target,
            wrong="Say why, so that the play can learn.",
        )
    kept = Touches(visit.desk.operations).skip(
        _id(visit), member=visit.whoever.email, now=visit.now, note=chosen[:MOST_NOTE]
    )
    return _after(visit, "skipped", kept=kept)


def undo(visit: Visit) -> Response:
    """Take back the last act on a touch."""
    Touches(visit.desk.operations).undo(_id(visit), member=visit.whoever.email, now=visit.now)
    return visit.go(
        with_query(local(visit.form.get("next")).partition("?")[0], {"act": "undone", "touch": _id(visit)})
    )


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["touch"])


def _stored(visit: Visit) -> Touch:
    found = Interventions(visit.desk.operations).get(_id(visit))
    if found is None or found.channel != "touch":
        raise HTTPException(404, "there is no touch of this address")
    return touch_of(visit.desk, found)


def _back(visit: Visit) -> str:
    return local(visit.asked("next"))


def _after(visit: Visit, act: str, *, kept: bool) -> Response:
    target = local(visit.form.get("next"))
    path, _, query = target.partition("?")
    passed: dict[str, str | None] = dict(parse_qsl(query))
    passed.pop("touch", None)
    said = {"act": act, "did": _id(visit)} if kept else {"act": "gone", "did": ""}
    return visit.go(with_query(path, {**passed, **said}))


def _heads(visit: Visit, stored: list[Intervention]) -> dict[str, Head]:
    if not stored:
        return {}
    ids = scope("account_id", (each.account_id for each in stored))
    found = visit.desk.warehouse.ask("show/account_heads", {"today": visit.today}, ids)
    return {each.account_id: each for each in rows_of(found, Head)}


def _head(heads: dict[str, Head], account_id: str) -> Head:
    unknown = Head(
        account_id=account_id,
        name=account_id,
        band=None,
        value=None,
        currency=None,
        renews_on=None,
    )
    return heads.get(account_id, unknown)


def _groups(
    visit: Visit, stored: list[Intervention], heads: dict[str, Head], chosen: Intervention | None
) -> list[Group]:
    evidence = Touches(visit.desk.operations).evidence([each.intervention_id for each in stored])
    groups: dict[str, list[Line]] = {"Due": [], "This week": [], "Waiting": []}
    for each in stored:
        on = due_on(each, visit.desk.zone)
        name = (
            "Waiting"
            if on is None or on > visit.today + THIS_WEEK
            else "This week"
            if on > visit.today
            else "Due"
        )
        line = Line(
            touch=touch_of(visit.desk, each, evidence=len(evidence.get(each.intervention_id, [])) or 1),
            account=_head(heads, each.account_id),
            href=visit.here(touch=each.intervention_id),
            current=chosen is not None and chosen.intervention_id == each.intervention_id,
        )
        groups[name].append(line)
    return [Group(name=name, lines=lines) for name, lines in groups.items() if lines]


def _chosen(visit: Visit, stored: Intervention, heads: dict[str, Head]) -> Chosen:
    account = _head(heads, stored.account_id)
    rules = visit.rules
    change = change_of(visit, rules, stored.account_id, visit.today - timedelta(days=30), worded=False)
    ends = change.shown
    letters = worst_letters(change.reasons)
    evidence = Touches(visit.desk.operations).evidence([stored.intervention_id])[stored.intervention_id]
    person = _person_name(visit, stored.person_id)
    touch = visit.house.results.beside(
        visit.desk, rules, touch_of(visit.desk, stored, letters, len(evidence))
    )
    of_people = {each.person_id for each in evidence if each.person_id}
    names = names_of(visit.desk, {str(person_id) for person_id in of_people})
    said = [_noticed(visit, each, names) for each in evidence[:MOST_MOMENTS]]
    return Chosen(
        touch=touch,
        account=account,
        account_href=account_address(stored.account_id),
        person=person,
        person_id=stored.person_id,
        why=said,
        change=f"Health went from {ends[0]} to {ends[1]} in 30 days" if ends and ends[0] != ends[1] else "",
        play=rules.play_name(stored.play),
    )


def _noticed(visit: Visit, each: Intervention, names: dict[str, str]) -> tuple[str, str]:
    """Return who did what where, and since when."""
    where = f" at {visit.rules.milestone_name(each.journey, each.milestone)}" if each.milestone else ""
    what = f"{each.signal.replace('_', ' ')}{where}"
    name = names.get(each.person_id, each.person_id) if each.person_id else None
    since = date.fromisoformat(each.since_on) if each.since_on else None
    when = words.day(since, visit.today) if since else words.seen(each.decided_at, visit.now, visit.desk.zone)
    return f"{name}: {what}" if name else what.capitalize(), when


def _person_name(visit: Visit, person_id: str | None) -> str:
    return names_of(visit.desk, {person_id}).get(person_id, person_id) if person_id else ""
