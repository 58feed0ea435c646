"""Rosters of a workspace: who is in which segment, today or on a past day, and how the sizes went."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import polars as pl

from waypost.measure import AsOf, Dated, Roster, Segment, automated_features, dated
from waypost.show.desk import Desk
from waypost.show.kept import kept
from waypost.show.rules import Rules
from waypost.show.visit import Visit

WEEKS = 12


def roster_of(
    desk: Desk,
    rules: Rules,
    *,
    day: date | None = None,
    only: tuple[str | None, str | None] = (None, None),
    also: Sequence[Segment] = (),
) -> Roster:
    """Return the roster of a day (today when none is said).

    `only` is the person and the account about whom alone is asked; `also` are segments that are not in force.
    """
    on = day or desk.today
    as_of = AsOf(
        day=on,
        past=on < desk.today,
        automated=automated_features(rules.catalogue),
        person=only[0],
        account=only[1],
    )
    drafts = {each.key for each in also}
    return Roster(
        desk.warehouse, [*also, *(each for each in rules.segments if each.key not in drafts)], as_of
    )


def members_of(visit: Visit, segment: Segment) -> pl.DataFrame:
    """Return who is in a segment today, in force or draft; of many, perhaps as it was a moment ago (`kept`)."""
    return kept(
        visit,
        ("members", key_of(segment)),
        lambda: roster_of(visit.desk, visit.rules, also=[segment]).members(segment),
    )


def sizes(visit: Visit, segments: Sequence[Segment], days: Sequence[date]) -> list[list[int | None]]:
    """Return for each segment its size at the end of each day; None for a past day of which the facts are not kept.

    A day before the workspace's first has a size too, and it is 0.
    """
    return kept(
        visit,
        ("sizes", tuple(key_of(each) for each in segments), tuple(days)),
        lambda: _sizes(visit.desk, visit.rules, segments, days),
    )


def weekly(today: date) -> list[date]:
    """Return the days at which sizes over time are told: today, and the same day of each week before it."""
    return [today - timedelta(days=7 * back) for back in range(WEEKS, -1, -1)]


def key_of(segment: Segment) -> bytes:
    """Return what answers about a segment are kept by: its rule, and not what it is called."""
    return msgspec.json.encode(msgspec.structs.replace(segment, name="", note=None))


def _sizes(
    desk: Desk, rules: Rules, segments: Sequence[Segment], days: Sequence[date]
) -> list[list[int | None]]:
    named = {each.key: each for each in rules.segments}
    timeless = [each for each in segments if dated(each, named) is Dated.NO]
    columns: list[list[int | None]] = []
    for day in days:
        roster = roster_of(desk, rules, day=day, also=segments)
        told = [day == desk.today or each not in timeless for each in segments]
        columns.append(
            [roster.size(each) if known else None for each, known in zip(segments, told, strict=True)]
        )
    return [list(row) for row in zip(*columns, strict=True)]
