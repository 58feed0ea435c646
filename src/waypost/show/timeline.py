"""The timeline of an account or a person: what happened, what moved the score, what we did, what was noted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec
import polars as pl

from waypost.core import day_of
from waypost.measure import Catalogue
from waypost.score import Reason
from waypost.show import words
from waypost.show.desk import Desk
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.store import Notes

CHIPS = ("all", "score", "usage", "support", "touches")
CHIP_WORDS = {
    "all": "All",
    "score": "Moved the score",
    "usage": "Usage",
    "support": "Support",
    "touches": "Touches",
}
MOST_MOMENTS = 45
# Of a busy account the latest days alone fill a list; they are read first, and the days before only when they do not.
LATEST_DAYS = 7
# Of an account of fewer people, all days are read at once: two looks take longer than they spare.
MANY_PEOPLE = 40
EARLIER_DAYS = 400
KINDS: dict[str, tuple[str, str, str]] = {
    # kind: its chip, its icon, its words
    "track": ("usage", "pointer", "Clickstream"),
    "page": ("usage", "pointer", "Clickstream"),
    "screen": ("usage", "pointer", "Clickstream"),
    "log": ("usage", "server", "Server log"),
    "row": ("usage", "rows", "Database query"),
    "survey": ("support", "answer", "Survey"),
    "ticket": ("support", "ticket", "Support desk"),
    "contract": ("support", "paper", "Contract"),
    "membership": ("support", "people", "Team"),
    "pause": ("support", "people", "Team"),
    "signal": ("touches", "flag", "Noticed by Waypost"),
    "intervention": ("touches", "signpost", "Decided by a play"),
    "delivery": ("touches", "mail", "Touch"),
}
#: The channel of mail that is sent without Waypost: no touch.
THEIR_MAIL = "mail"
# Where the event behind a reason of each family is seen on a timeline.
KIND_OF = {"Survey": "Survey", "Team": "Team", "Setting": "Database query", "Support": "Support desk"}
CHIP_OF = {"Survey": "support", "Support": "support", "Team": "support", "Touch": "touches"}


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline."""

    at: datetime
    says: str
    source: str
    icon: str
    chip: str
    letter: str | None = None
    points: int | None = None
    quote: str = ""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """The moments of one day, latest first."""

    head: str
    moments: list[Moment]


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the question `show/timeline`."""

    kind: str
    source: str
    name: str
    person_id: str | None
    person: str | None
    people: int
    happened_on: date
    last_at: datetime
    n: int
    properties: str
    meant: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The moments of whole days, latest first, the first of those days, and whether there are earlier events."""

    moments: list[Moment]
    first_on: date
    earlier: bool


def told(
    desk: Desk,
    rules: Rules,
    account_id: str,
    since: date,
    reasons: Sequence[Reason] = (),
    *,
    people: int = MANY_PEOPLE,
) -> Told:
    """Return what happened at an account of so many people since a day; of a long list only the latest whole days.

    What machines call by a route or a query is told by the name of the one feature that the catalogue says it means.
    """
    tomorrow = desk.today + timedelta(days=1)
    latest = max(since, tomorrow - timedelta(days=LATEST_DAYS)) if people >= MANY_PEOPLE else since
    read = _happened(desk, account_id, (latest, tomorrow))
    if len(read) < MOST_MOMENTS and latest > since:
        read += _happened(desk, account_id, (since, latest), most=MOST_MOMENTS - len(read))
    first_on = _whole_days(read, since)
    meant = _meant(rules.catalogue, read)
    happened = [
        moment(msgspec.structs.replace(each, meant=meant.get((each.kind, each.name), "")), rules)
        for each in read
        if each.happened_on >= first_on
    ]
    moved = {
        (each.happened_at, KIND_OF[each.family]) for each in reasons if each.letter and each.family in KIND_OF
    }
    quotes = {(each.at, each.source): each.quote for each in happened if each.quote}
    # An event that moved the score is told once, by its waymark, with the person's words beside it.
    found = [each for each in happened if (each.at, each.source) not in moved]
    found += [_moved(each, quotes) for each in reasons if each.letter]
    began = desk.now() - timedelta(days=(desk.today - since).days + 1)
    found += [
        Moment(
            at=note.written_at,
            says=note.text,
            source=f"Note by {note.member_name}",
            icon="note",
            chip="touches",
        )
        for note in Notes(desk.operations).of(account_id, began)
    ]
    return Told(
        moments=sorted(found, key=lambda each: (each.at, each.letter or ""), reverse=True),
        first_on=first_on,
        earlier=_are_earlier(desk, account_id, first_on),
    )


def earliest_before(day: date) -> date:
    """Return the first of the days that count as earlier than `day`."""
    return day - timedelta(days=EARLIER_DAYS)


def by_day(found: Sequence[Moment], desk: Desk, chip: str = "all") -> list[Day]:
    """Return the moments that a chip shows, under their days."""
    chosen = [each for each in found if chip in ("all", each.chip) or (chip == "score" and each.letter)]
    return [
        Day(head=words.head_day(on_day, desk.today), moments=list(here))
        for on_day, here in groupby(chosen, key=lambda each: day_of(each.at, desk.zone))
    ]


def _meant(catalogue: Catalogue, read: Sequence[Happened]) -> dict[tuple[str, str], str]:
    """Return the name of the only feature that rows of a log or of a query mean, by their kind and name.

    Where that depends on what else an event holds, the row keeps the name under which it came.
    """
    pairs = sorted({(each.kind, each.name) for each in read if each.kind in ("log", "row")})
    if not pairs:
        return {}
    frame = pl.DataFrame(pairs, schema={"kind": pl.String, "name": pl.String}, orient="row")
    rules = catalogue.usage_rules(frame).with_columns(depends=pl.col("alternatives").is_not_null())
    rows = rules.select("name", "kind", "feature", "depends").rows()
    words_of = {each.key: each.name for each in catalogue.features}
    found = {}
    for kind, name in pairs:
        features = {
            (feature, depends)
            for called, of, feature, depends in rows
            if called == name and of in (None, kind)
        }
        if [depends for _, depends in features] == [False]:
            found[kind, name] = words_of[features.pop()[0]]
    return found


def _are_earlier(desk: Desk, account_id: str, first_on: date) -> bool:
    """Return whether something happened before a day; to count it all would take as long as the page may."""
    asked = {"account": account_id, "since": earliest_before(first_on), "until": first_on}
    # Mostly the small table of daily use tells it; only where it does not, everybody’s events are looked through.
    return any(
        desk.warehouse.ask(each, asked).height for each in ("show/used_earlier", "show/timeline_earlier")
    )


def _happened(
    desk: Desk,
    account_id: str,
    days: tuple[date, date],
    *,
    person_id: str | None = None,
    most: int = MOST_MOMENTS,
) -> list[Happened]:
    """Return what happened from the first day to before the second, latest first."""
    since, until = days
    asked = {"account": account_id, "since": since, "until": until, "person": person_id, "most": most}
    return rows_of(desk.warehouse.ask("show/timeline", asked), Happened)


def _whole_days(read: Sequence[Happened], since: date) -> date:
    """Return the first day that is told whole: when the list was cut, the day of the cut is left out."""
    if len(read) < MOST_MOMENTS:
        return since
    days = sorted({each.happened_on for each in read})
    return days[1] if len(days) > 1 else days[0]


def _moved(reason: Reason, quotes: Mapping[tuple[datetime, str], str]) -> Moment:
    source = KIND_OF.get(reason.family, reason.family)
    return Moment(
        at=reason.happened_at,
        says=reason.title,
        source=source,
        icon="flag",
        chip=CHIP_OF.get(reason.family, "usage"),
        letter=reason.letter,
        points=reason.shown,
        quote=quotes.get((reason.happened_at, source), ""),
    )


def moment(each: Happened, rules: Rules) -> Moment:
    """Return what happened as a line of a timeline."""
    chip, icon, source = KINDS.get(each.kind, ("usage", "notice", each.source))
    said, quote = _says(each, rules)
    if each.kind == "delivery" and msgspec.json.decode(each.properties or "{}").get("channel") == THEIR_MAIL:
        chip, source = "support", f"Told by {each.source}"
    return Moment(at=each.last_at, says=said, source=source, icon=icon, chip=chip, quote=quote)


def _says(each: Happened, rules: Rules) -> tuple[str, str]:
    """Return what a row says, and the words of the person if it holds some."""
    facts: dict[str, Any] = msgspec.json.decode(each.properties or "{}")
    who = f"{each.people} people" if each.people > 1 else each.person or ""
    if each.kind == "survey":
        said = f"{who or 'Somebody'} answered {each.name.upper()} with {facts.get('score', '?')}"
        return said, str(facts.get("comment") or "")
    if each.kind in ("signal", "intervention", "delivery"):
        return _ours(each, who, facts, rules), ""
    return _theirs(each, who, facts), ""


def _theirs(each: Happened, who: str, facts: dict[str, Any]) -> str:
    match each.kind:
        case "ticket":
            subject = facts.get("subject") or facts.get("ticket_id") or "a ticket"
            return f"Ticket {each.name.replace('_', ' ')}: {subject}"
        case "contract":
            return f"Contract {each.name}"
        case "membership":
            return f"{facts.get('name') or who or 'Somebody'} {_MEMBERSHIP.get(each.name, each.name)}"
        case "pause":
            return f"{who or 'The account'} {'is away' if each.name == 'began' else 'is back'}"
        case "page" | "screen":
            return f"{who or 'Somebody'} opened {each.name}{_times(each.n)}"
        case _:
            said = f"{each.meant or each.name}{_times(each.n)}"
            return f"{who}: {said}" if who else said


_MEMBERSHIP = {"joined": "joined", "left": "left", "role_changed": "has a new role"}


# What a signal says of one person, and of several.
_NOTICED = {
    "strayed": ("strayed from the path", "strayed from the path"),
    "returned": ("came back to the path", "came back to the path"),
    "at_risk": ("is at risk of straying", "are at risk of straying"),
    "lapsed": ("no longer keeps it up", "no longer keep it up"),
    "sustained": ("keeps it up", "keep it up"),
    "milestone_reached": ("reached a milestone", "reached a milestone"),
}


def _ours(each: Happened, who: str, facts: dict[str, Any], rules: Rules) -> str:
    if each.kind == "signal":
        return _noticed(each, who, facts)
    about = f" for {who}" if who else ""
    if each.kind == "intervention":
        play = rules.play_name(str(facts["play"])) if facts.get("play") else ""
        held = ", held out" if facts.get("held_out") else ""
        chosen = f"{who or 'The account'} chosen by a play"
        return f"{chosen}: {play}{held}" if play else f"{chosen}{held}"
    return f"{words.channel(str(facts.get('channel') or 'message'))} {each.name.replace('_', ' ')}{about}"


def _noticed(each: Happened, who: str, facts: dict[str, Any]) -> str:
    if each.name in _NOTICED and who:
        said = f"{who} {_NOTICED[each.name][each.people > 1]}"
        judged = facts.get("judged_by") if each.people == 1 else None
        return f"{said}: {judged}" if judged else said
    if "score" in facts and "before" in facts:
        went = f"{round(facts['before'])} to {round(facts['score'])}"
        match each.name:
            case "band_changed":
                return f"Health went from {went}, another band"
            case "score_fell":
                return f"Health fell from {went}"
            case "restated":
                return f"Late data changed a past score from {went}"
    said = each.name.replace("_", " ")
    return f"{who}: {said}" if who else said.capitalize()


def _times(n: int) -> str:
    return f" {n} times" if n > 1 else ""
