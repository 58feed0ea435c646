"""Clock days leave out pauses; calendar days put them back."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from waypost.journey import Clock
from waypost.journey.progress import NEVER, days_of

DAY_0 = 20_000


def _clock(*pauses: tuple[int, int, int]) -> Clock:
    schema = {"stay": pl.Int64, "from_on": pl.Int32, "until_on": pl.Int32}
    frame = pl.DataFrame([(stay, DAY_0 + a, DAY_0 + b) for stay, a, b in pauses], schema=schema, orient="row")
    return Clock.of(frame.with_columns(pl.col("from_on", "until_on").cast(pl.Date)))


def _days(*days: int) -> np.ndarray:
    return np.array([DAY_0 + day for day in days], dtype=np.int32)


def test_the_days_of_a_pause_and_the_first_after_it_are_one_clock_day() -> None:
    clock = _clock((1, 3, 6), (1, 8, 10), (2, 0, 5))
    one = np.ones(9, dtype=np.int64)
    told = clock.clock_days(one, _days(2, 3, 4, 5, 6, 7, 8, 10, 11)) - DAY_0
    assert told.tolist() == [2, 3, 3, 3, 3, 4, 5, 5, 6]
    assert (clock.calendar_days(one[:5], _days(2, 3, 4, 5, 6)) - DAY_0).tolist() == [2, 6, 7, 10, 11]


def test_other_stays_have_their_own_clock_and_never_stays_never() -> None:
    clock = _clock((2, 0, 5))
    stays = np.array([1, 2, 3], dtype=np.int64)
    assert (clock.clock_days(stays, _days(9, 9, 9)) - DAY_0).tolist() == [9, 4, 9]
    never = np.full(3, NEVER)
    assert (
        clock.clock_days(stays, never).tolist() == clock.calendar_days(stays, never).tolist() == [NEVER] * 3
    )


def test_places_are_told_in_clock_days() -> None:
    days = {"provisioned_on": 1, "from_on": 1, "until_on": None, "first_used_on": 12, "today": 20}
    row = {name: None if day is None else date(2024, 10, 4 + day) for name, day in days.items()}
    places = pl.DataFrame([{"stay": 7, **row}], schema_overrides=dict.fromkeys(days, pl.Date))
    begun = (date(2024, 10, 7) - date(2024, 10, 4)).days
    base = days_of(pl.Series([date(2024, 10, 4)]))[0] - DAY_0
    [told] = _clock((7, base + begun, base + begun + 4)).clocked(places).to_dicts()
    assert told == {
        "stay": 7, "provisioned_on": date(2024, 10, 5), "from_on": date(2024, 10, 5), "until_on": None,
        "first_used_on": date(2024, 10, 12), "today": date(2024, 10, 20),
    }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6), st.integers(-5, 120))
def test_a_day_that_is_not_paused_comes_back_as_itself(drawn: list[tuple[int, int]], day: int) -> None:
    edges, last = [], -1
    for begins, length in sorted(drawn):
        begin = max(begins, last + 1)
        last = begin + length
        edges.append((1, begin, last))
    clock, one = _clock(*edges), np.ones(1, dtype=np.int64)
    away = any(begin <= day < end for _, begin, end in edges)
    gone = sum(max(0, min(day, end) - begin) for _, begin, end in edges if begin < day)
    told = clock.clock_days(one, _days(day))
    assert told[0] - DAY_0 == day - gone
    assert away or clock.calendar_days(one, told)[0] - DAY_0 == day
