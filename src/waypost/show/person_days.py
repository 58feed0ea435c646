"""What one person did, day by day, with the names of features; a page holds some weeks, and links to those before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec
import polars as pl

from waypost.measure import Catalogue
from waypost.show import timeline, words
from waypost.show.desk import Desk
from waypost.show.rows import rows_of
from waypost.show.rules import Rules

WINDOW_DAYS = 28
MOST_ROWS = 120
USE = ("track", "page", "screen", "log", "row")


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the question `show/person_events`."""

    kind: str
    source: str
    name: str
    happened_on: date
    first_at: datetime
    last_at: datetime
    n: int
    automated: int
    quantity: float | None
    properties: str
    features: tuple[str, ...] = ()


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """The moments from `since` to before `until`, latest first, and where earlier and later ones are (None: none)."""

    moments: list[timeline.Moment]
    since: date
    until: date
    earlier: date | None
    later: date | None


def days_of(
    desk: Desk,
    rules: Rules,
    person: tuple[str, str],
    seen: tuple[date | None, date | None],
    before: date | None,
) -> Days:
    """Return what a person (id and name) did in the weeks before a day; without one, in the last weeks until today.

    `seen` are the first and last day on which anything was heard of them. Of a long list only whole days are told.
    """
    first, last = seen
    newest = desk.today + timedelta(days=1)
    until = min(before, newest) if before else newest
    since = until - timedelta(days=WINDOW_DAYS)
    if before is None and last is not None:
        # Who was not seen for long is told with their last fortnight, and with all that we did since.
        since = min(since, last - timedelta(days=13))
    done = done_of(desk, rules.catalogue, person[0], (since, until), most=MOST_ROWS)
    if len(done) == MOST_ROWS:
        days = sorted({each.happened_on for each in done})
        since = days[1] if len(days) > 1 else days[0]
    moments = [_moment(each, person[1], rules) for each in done if each.happened_on >= since]
    return Days(
        moments=sorted(moments, key=lambda each: each.at, reverse=True),
        since=since,
        until=until,
        earlier=since if first is not None and first < since else None,
        later=min(until + timedelta(days=WINDOW_DAYS), newest) if until < newest else None,
    )


def done_of(
    desk: Desk, catalogue: Catalogue, person_id: str, span: tuple[date, date], *, most: int
) -> list[Done]:
    """Return what a person did from a day to before another, newest first, each row with the names of its features."""
    asked = {"person": person_id, "since": span[0], "until": span[1]}
    done = rows_of(desk.warehouse.ask("show/person_events", {**asked, "most": most}), Done)
    meant = _meant(desk, catalogue, done, asked)
    return [
        msgspec.structs.replace(each, features=meant.get((each.kind, each.name, each.happened_on), ()))
        for each in done
    ]


def _meant(
    desk: Desk, catalogue: Catalogue, done: list[Done], asked: Mapping[str, object]
) -> dict[tuple[str, str, date], tuple[str, ...]]:
    """Return the names of the features that events of a kind and name were uses of, day by day.

    The catalogue says what such an event may mean, and the daily counts say which of it the person did use that day.
    """
    pairs = sorted({(each.kind, each.name) for each in done if each.kind in USE})
    if not pairs or not catalogue.features:
        return {}
    names = pl.DataFrame(pairs, schema={"kind": pl.String, "name": pl.String}, orient="row")
    may: dict[str, set[tuple[str | None, str]]] = {}
    for name, kind, feature in catalogue.usage_rules(names).select("name", "kind", "feature").iter_rows():
        may.setdefault(name, set()).add((kind, feature))
    did = set(desk.warehouse.ask("show/person_meant", dict(asked)).iter_rows())
    words_of = {each.key: each.name for each in catalogue.features}
    found = {}
    for each in done:
        fitting = {feature for kind, feature in may.get(each.name, ()) if kind in (None, each.kind)}
        used = sorted(feature for feature in fitting if (each.happened_on, feature) in did)
        found[each.kind, each.name, each.happened_on] = tuple(words_of.get(key, key) for key in used)
    return found


def _moment(each: Done, person: str, rules: Rules) -> timeline.Moment:
    chip, icon, source = timeline.KINDS.get(each.kind, ("usage", "notice", each.source))
    if each.kind not in USE:
        return timeline.moment(
            timeline.Happened(
                kind=each.kind,
                source=each.source,
                name=each.name,
                person_id=None,
                person=person,
                people=1,
                happened_on=each.happened_on,
                last_at=each.last_at,
                n=each.n,
                properties=each.properties,
            ),
            rules,
        )
    what = f"Opened {each.name}" if each.kind in ("page", "screen") else each.name
    said = " and ".join(each.features) or what
    times = f", {each.n:,} times" if each.n > 1 else ""
    jobs = f", {each.automated:,} by jobs" if each.automated else ""
    raw = f" · {each.name}" if each.features else " · no feature"
    much = f" · {words.number(each.quantity)} in all" if each.quantity and each.features else ""
    return timeline.Moment(
        at=each.last_at, says=f"{said}{times}{jobs}", source=f"{source}{raw}{much}", icon=icon, chip=chip
    )
