from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.tale import Tale, day
from waypost.measure.rhythm import By, Rhythm, State, rate_of, rhythm_of, source_hours

TODAY = date(2026, 11, 20)  # a Friday
ZONE = "Europe/Stockholm"  # an hour before UTC in November
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)


def hours(*days: tuple[int, int], weeks: int = 9, n: int = 5, without: tuple[date, ...] = ()) -> pl.DataFrame:
    """Return events in these (weekday, local hour) of so many weeks before today, but for some days."""
    found = []
    for back in range(1, 7 * weeks + 1):
        on_day = TODAY - timedelta(days=back)
        for weekday, hour in days:
            if on_day.weekday() == weekday and on_day not in without:
                local = datetime(on_day.year, on_day.month, on_day.day, hour, tzinfo=UTC)
                # Summer time ended on 25 October.
                utc = local - timedelta(hours=1 if on_day >= date(2026, 10, 25) else 2)
                found.append((utc.replace(tzinfo=None), n))
    return pl.DataFrame(found, schema={"hour": pl.Datetime("us"), "n": pl.Int64}, orient="row")


WORK = tuple((day, hour) for day in range(5) for hour in range(9, 17))


def test_hours_that_never_stay_empty_are_a_rhythm_in_the_zone_of_the_workspace() -> None:
    rhythm = rhythm_of(hours(*WORK), TODAY, ZONE)
    assert (rhythm.by, rhythm.weeks, len(rhythm.slots)) == (By.HOURS, 8, 40)
    assert min(rhythm.slots) == 9
    due = rhythm.due(NOON, ZONE)
    assert due.expected_at == NOON + timedelta(hours=2)
    assert due.down_at == NOON + timedelta(hours=3)


def test_a_night_and_a_weekend_are_no_silence() -> None:
    rhythm = rhythm_of(hours(*WORK), TODAY, ZONE)
    evening = datetime(2026, 11, 20, 15, 40, tzinfo=UTC)  # Friday, 16:40
    due = rhythm.due(evening, ZONE)
    assert due.expected_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert due.state(due.expected_at - timedelta(seconds=1)) is State.UP
    assert due.state(due.expected_at) is State.LATE
    assert due.state(due.down_at) is State.DOWN


def test_of_eight_weeks_one_may_be_empty_and_of_fewer_none() -> None:
    thursday = TODAY - timedelta(days=1)
    assert rhythm_of(hours((3, 9), without=(thursday,)), TODAY, ZONE).by is By.HOURS
    two = (thursday, thursday - timedelta(days=7))
    assert rhythm_of(hours((3, 9), without=two), TODAY, ZONE).by is By.SILENCE
    # The first day known is of the sixth week: five are whole.
    some = rhythm_of(hours((3, 9), weeks=6, without=(thursday,)), TODAY, ZONE)
    assert some.by is By.SILENCE
    assert some.weeks == 5


def test_a_day_whose_hours_are_not_sure_is_waited_for_to_its_end() -> None:
    odd = tuple(TODAY - timedelta(days=back) for back in range(63) if (back // 7) % 2)
    even = tuple(TODAY - timedelta(days=back) for back in range(63) if not (back // 7) % 2)
    nightly = pl.concat([hours((1, 2), without=odd), hours((1, 5), without=even)])
    rhythm = rhythm_of(nightly, TODAY, ZONE)
    assert (rhythm.by, rhythm.slots) == (By.DAYS, frozenset({1}))
    due = rhythm.due(datetime(2026, 11, 17, 1, tzinfo=UTC), ZONE)
    assert due.expected_at == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert due.down_at == due.expected_at + timedelta(days=1)


def test_one_that_comes_irregularly_is_late_after_its_longest_silence() -> None:
    days = [TODAY - timedelta(days=back) for back in (50, 44, 20, 19, 3)]
    rare = pl.DataFrame({"hour": days, "n": [1] * 5}, schema={"hour": pl.Datetime("us"), "n": pl.Int64})
    rhythm = rhythm_of(rare, TODAY, ZONE)
    assert (rhythm.by, rhythm.silence) == (By.SILENCE, timedelta(days=24))
    assert rhythm.due(NOON, ZONE).expected_at == NOON + timedelta(days=24)


def test_without_history_a_day_and_two_hours_are_waited() -> None:
    short = rhythm_of(hours(*WORK, weeks=3), TODAY, ZONE)
    assert (short.by, short.known_days) == (By.NOTHING, 21)
    assert rhythm_of(hours(), TODAY, ZONE) == Rhythm()
    due = Rhythm().due(NOON, ZONE)
    assert (due.expected_at - NOON, due.down_at - NOON) == (timedelta(hours=26), timedelta(hours=52))


@pytest.mark.parametrize(("n", "low", "high"), [(4, True, False), (5, False, False), (6, False, True)])
def test_the_last_whole_hour_is_held_against_the_same_hour_of_earlier_weeks(
    n: int,
    low: bool,  # noqa: FBT001 -- of a case
    high: bool,  # noqa: FBT001 -- of a case
) -> None:
    fresh = pl.DataFrame(
        {"hour": [NOON.replace(hour=10, tzinfo=None), NOON.replace(tzinfo=None)], "n": [n, 99]},
        schema={"hour": pl.Datetime("us"), "n": pl.Int64},
    )
    rate = rate_of(pl.concat([hours((4, 11), (4, 12)), fresh]), NOON + timedelta(minutes=30), ZONE, 8)
    assert rate
    assert (rate.n, rate.low, rate.high, rate.weeks) == (n, 5, 5, 8)
    assert (rate.is_low, rate.is_high) == (low, high)
    assert rate_of(fresh, NOON, ZONE, 3) is None


def test_what_came_long_after_it_happened_counts_when_it_happened() -> None:
    tale = (
        Tale("acme")
        .joins("ada")
        .by("ada")
        .on_day(10)
        .uses("export", 2, on=2)
        .uses("print")
        .uses("print", on=9)
    )
    tale.round()
    found = source_hours(tale.workspace.warehouse, tale.clock.at.date(), ours="waypost")
    counted = dict(found.group_by(pl.col("hour").dt.date()).agg(pl.col("n").sum()).iter_rows())
    assert counted[day(2)] == 2
    assert counted[day(10)] >= 2
    assert day(9) not in counted
    assert source_hours(
        tale.workspace.warehouse, tale.clock.at.date() + timedelta(days=99), ours="x"
    ).is_empty()


def test_what_happened_before_a_source_was_connected_counts_when_it_happened() -> None:
    tale = Tale("acme").on_day(10).joins("ada").uses("print", on=9).uses("print")
    tale.round()
    tale.on_day(12).uses("print", on=11).round()
    found = source_hours(tale.workspace.warehouse, tale.clock.at.date(), ours="waypost")
    counted = dict(found.group_by(pl.col("hour").dt.date()).agg(pl.col("n").sum()).iter_rows())
    assert counted[day(9)] == 1
    # Connected by then: what comes a day late comes when it comes.
    assert day(11) not in counted
    assert counted[day(12)] >= 1
