from datetime import date, timedelta

import numpy as np
import pytest

from waypost.measure.baseline_calendar import (
    HOLIDAY_SHARE,
    days_of,
    exposures,
    holiday_share,
    weekday_shares,
)

#: A Sunday, so that the weeks are calendar weeks.
CUTOFF = date(2026, 11, 22)
EVEN = np.full((1, 7), 1 / 7)


def test_days_are_whole_weeks_that_end_with_the_cutoff() -> None:
    days = days_of(CUTOFF, 2)
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 9), CUTOFF, 14)


def test_a_small_subject_has_the_weekdays_of_its_group() -> None:
    group = np.array([[100.0, 100, 100, 100, 100, 0, 0]] * 20)
    odd = np.array([[0.0, 0, 0, 0, 0, 1, 0]])
    shares = weekday_shares(np.vstack([group, odd]))
    assert shares.sum(axis=1) == pytest.approx(1)
    assert shares[-1, 0] > 0.15
    assert shares[-1, 5] < 0.1


def test_a_large_subject_keeps_weekdays_of_its_own() -> None:
    chance = np.random.default_rng(4)
    own = chance.dirichlet(np.ones(7), 40)
    shares = weekday_shares(np.stack([chance.multinomial(2_000, each) for each in own]).astype(float))
    assert np.abs(shares - own).max() < 0.05


def test_a_week_counts_from_the_day_on_which_somebody_came() -> None:
    days = days_of(CUTOFF, 3)
    spans = [(days[0] - timedelta(days=400), None), (days[9], None), (days[0], days[7])]
    found = exposures(np.repeat(EVEN, 3, axis=0), spans, days, {})
    assert found == pytest.approx(np.array([[1, 1, 1], [0, 5 / 7, 1], [1, 0, 0]]))


def test_a_holiday_takes_its_weekday_s_share() -> None:
    shares = np.array([[0.3, 0.2, 0.2, 0.2, 0.1, 0, 0]])
    days = days_of(CUTOFF, 2)
    found = exposures(shares, [(days[0], None)], days, {days[0]: 0.25, days[13]: 0.25})
    assert found == pytest.approx(np.array([[1 - 0.75 * 0.3, 1]])), "a Sunday has nothing to lose"


def test_a_holiday_has_the_share_that_holidays_had() -> None:
    days = days_of(CUTOFF, 8)
    off = {days[3], days[24]}
    daily = np.array([[0.0 if day in off else 50.0 for day in days]])
    assert holiday_share(daily, EVEN, days, off) < 0.05
    assert holiday_share(daily, EVEN, days, set()) == HOLIDAY_SHARE
    assert holiday_share(np.full((1, 56), 50.0), EVEN, days, off) > 0.8
