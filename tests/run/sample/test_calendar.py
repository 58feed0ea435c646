from datetime import UTC, date, datetime

import numpy as np

from waypost.run.sample.calendar import DAYS, PLACES, calendar

DAYS_OF = calendar(date(2026, 11, 22), datetime(2026, 11, 22, 10, tzinfo=UTC), "Europe/Stockholm")


def test_the_last_day_is_today() -> None:
    assert (DAYS_OF.dates[0], DAYS_OF.dates[-1]) == (date(2026, 2, 23), date(2026, 11, 22))
    assert DAYS_OF.day(0) == DAYS - 1


def test_a_weekend_moves_to_the_monday_after_unless_that_lies_ahead() -> None:
    saturday, sunday = DAYS_OF.dates.index(date(2026, 11, 14)), DAYS_OF.dates.index(date(2026, 11, 15))
    moved = DAYS_OF.workday(np.array([saturday, sunday, sunday + 1, DAYS - 1]))
    assert [DAYS_OF.dates[day].isoformat()[5:] for day in moved] == ["11-16", "11-16", "11-16", "11-22"]


def test_nine_in_the_morning_is_nine_where_people_work() -> None:
    stockholm = [place.zone for place in PLACES].index("Europe/Stockholm")
    summer, winter = (DAYS_OF.dates.index(date(2026, month, 10)) for month in (7, 11))
    assert DAYS_OF.at(stockholm, summer, 9 * 60) == datetime(2026, 7, 10, 7, tzinfo=UTC)
    assert DAYS_OF.at(stockholm, winter, 9 * 60) == datetime(2026, 11, 10, 8, tzinfo=UTC)


def test_a_feast_is_as_quiet_as_a_sunday() -> None:
    german = [place.zone for place in PLACES].index("Europe/Berlin")
    first_of_may = DAYS_OF.dates.index(date(2026, 5, 1))
    assert DAYS_OF.rhythm[german, first_of_may] < 0.1
    assert DAYS_OF.rhythm[german, first_of_may - 1] > 0.8
