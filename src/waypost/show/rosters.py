"""Rosters of a workspace: who is in which segment, today or on a past day, and how the sizes went."""

from collections.abc import Sequence
from datetime import date, timedelta
from weakref import WeakKeyDictionary

import msgspec

from waypost.measure import AsOf, Dated, Roster, Segment, automated_features, dated
from waypost.show.desk import Desk
from waypost.show.rules import Rules
from waypost.store import Warehouse

WEEKS = 12
MOST_KEPT = 2_000
Sized = dict[tuple[bytes, date], int]

# Sizes as last counted, for as long as no event has come in and no segment has changed.
_kept: WeakKeyDictionary[Warehouse, tuple[object, Sized]] = WeakKeyDictionary()


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


def sizes(
    desk: Desk, rules: Rules, segments: Sequence[Segment], days: Sequence[date]
) -> list[list[int | None]]:
    """Return for each segment its size at the end of each day; None for a past day of which the facts are not kept.

    A day before the workspace's first has a size too, and it is 0.
    """
    known = _sized(desk, rules)
    named = {each.key: each for each in rules.segments}
    timeless = [each for each in segments if dated(each, named) is Dated.NO]
    for day in days:
        fresh = [each for each in segments if (_key(each), day) not in known]
        fresh = [each for each in fresh if day == desk.today or each not in timeless]
        if fresh:
            roster = roster_of(desk, rules, day=day, also=segments)
            known.update({(_key(each), day): roster.size(each) for each in fresh})
    return [[known.get((_key(each), day)) for day in days] for each in segments]


def weekly(today: date) -> list[date]:
    """Return the days at which sizes over time are told: today, and the same day of each week before it."""
    return [today - timedelta(days=7 * back) for back in range(WEEKS, -1, -1)]


def _sized(desk: Desk, rules: Rules) -> Sized:
    position = desk.warehouse.ask("facts/position", {"name": "stated"})["position"].to_list()
    versions = frozenset(item for item in rules.versions.items() if item[0][0] in ("segment", "catalogue"))
    state = (tuple(position), desk.today, versions)
    kept = _kept.get(desk.warehouse)
    if kept is None or kept[0] != state or len(kept[1]) > MOST_KEPT:
        kept = (state, {})
        _kept[desk.warehouse] = kept
    return kept[1]


def _key(segment: Segment) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(segment, name="", note=None))
