"""A source is late on a day on which it usually sends and sent nothing."""

from datetime import date, timedelta

import polars as pl
import pytest

from tests.tale import Tale, day
from waypost.measure.late import late_days, missed

FIRST, LAST = date(2026, 8, 3), date(2026, 11, 8)
SINCE = FIRST - timedelta(days=56)


def _missed(n: int, *silent: date, weekends: bool = False, until: date = LAST) -> set[date]:
    """Return what a source missed that sends so many events on every (working) day but the silent ones."""
    days = [SINCE + timedelta(days=nr) for nr in range((until - SINCE).days + 1)]
    sent = [each for each in days if each not in silent and (weekends or each.weekday() < 5)]
    counts = {"source": ["web"] * len(sent), "day": sent, "n": [n] * len(sent)}
    schema = {"source": pl.String, "day": pl.Date, "n": pl.Int64}
    return set(missed(pl.DataFrame(counts, schema=schema), SINCE, FIRST, LAST))


def test_a_day_without_any_of_many_is_missed() -> None:
    wednesday = date(2026, 10, 14)
    assert _missed(20, wednesday) == {wednesday}
    assert _missed(20, wednesday, LAST, weekends=True) == {wednesday, LAST}


def test_a_weekend_of_who_never_works_then_is_not_missed() -> None:
    assert _missed(500) == set()


def test_of_few_events_a_day_without_any_proves_nothing() -> None:
    assert _missed(19, date(2026, 10, 14)) == set()


def test_a_source_that_has_ended_is_missed_for_a_fortnight_and_no_longer() -> None:
    ended = date(2026, 10, 2)
    found = _missed(100, until=ended)
    assert found == {day for nr in range(1, 15) if (day := ended + timedelta(days=nr)).weekday() < 5}


def test_days_are_counted_from_the_events_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waypost.measure.late.USUAL_EVENTS", 1)
    tale = Tale("acme")
    for nr in range(70):
        tale.on_day(nr).uses("export")
    tale.on_day(71).tells("ticket", "opened", ticket_id="t").round()
    assert late_days(tale.workspace.warehouse, day(57), day(68)) == frozenset()
    assert late_days(tale.workspace.warehouse, day(57), day(71)) == {day(70), day(71)}
    assert late_days(tale.workspace.warehouse, day(-30), day(-20)) == frozenset()


def test_nothing_was_missed_of_nobody() -> None:
    nobody = pl.DataFrame(schema={"source": pl.String, "day": pl.Date, "n": pl.Int64})
    assert missed(nobody, SINCE, FIRST, LAST) == frozenset()
