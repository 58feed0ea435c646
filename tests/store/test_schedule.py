"""When something is done again: minutes or a cron expression, across changes of clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.store import Schedule, ScheduleError

BERLIN = "Europe/Berlin"


def times(said: str, moment: datetime, n: int = 3, zone: str = BERLIN) -> list[str]:
    """Return the next times after a moment, in UTC."""
    found = []
    for _ in range(n):
        moment = Schedule.of(said).after(moment, zone)
        found.append(f"{moment:%d %H:%M}")
    return found


def test_minutes_are_counted_from_the_last_time() -> None:
    assert times("15", datetime(2026, 11, 27, 10, 7, tzinfo=UTC)) == ["27 10:22", "27 10:37", "27 10:52"]


def test_an_expression_is_of_the_workspace_s_zone() -> None:
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert times("0 6 * * 1-5", friday) == ["30 05:00", "01 05:00", "02 05:00"]
    assert times("0 6 * * 1-5", friday, 1, "UTC") == ["30 06:00"]


def test_a_time_that_clocks_leave_out_comes_right_after_and_one_that_comes_twice_is_kept_once() -> None:
    assert times("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == ["29 01:00", "30 00:30"]
    assert times("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == ["25 00:30", "26 01:30"]


@given(
    st.integers(0, 700 * 1440).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(["0 6 * * 1-5", "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "15", "10080"]),
)
def test_the_next_time_is_always_later(moment: datetime, said: str) -> None:
    found = Schedule.of(said).after(moment, BERLIN)
    assert moment < found <= moment + timedelta(days=32)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("0", "give minutes from 1 to 10,080"),
        ("99999999999999999999", "give minutes from 1 to 10,080"),
        ("", "wrong number of fields"),
        ("hourly", "wrong number of fields"),
        ("61 * * * *", "bad minute"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("* * * * * *", "wrong number of fields"),
    ],
)
def test_what_names_no_times_is_refused_with_a_reason(said: str, why: str) -> None:
    with pytest.raises(ScheduleError, match=why):
        Schedule.of(said)


def test_a_schedule_is_told_in_words() -> None:
    assert [Schedule.of(said).says for said in ("1", "90", " 0  6 * * 1-5 ")] == [
        "every minute",
        "every 90 minutes",
        "at the times of 0 6 * * 1-5",
    ]
