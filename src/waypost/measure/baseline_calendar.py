"""How much of a usual week a week was: weekdays as a subject uses them, holidays, and days before it was known."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import numpy as np
from scipy import special

from waypost.measure.baseline_model import Numbers

DAYS = 7
#: What a holiday is taken to be before any was seen: a fifth of its weekday, worth so many counts.
HOLIDAY_SHARE, HOLIDAY_COUNTS = 0.2, 20.0
#: How many counts the group's weekdays are worth for a subject: the likeliest of these is taken.
STRENGTHS = np.array([2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1_000.0])


def weekday_shares(counts: Numbers) -> Numbers:
    """Return each subject's share of use by weekday, shrunk to the group's: rows add up to 1.

    `counts` (subjects, 7) are uses or days of use by weekday, Monday first. How strongly is the likeliest under a
    Dirichlet-multinomial whose mean is the group's profile.
    """
    group = (counts.sum(axis=0) + 0.5) / (counts.sum() + 0.5 * DAYS)
    whole = counts.sum(axis=1)
    chances = [
        (
            special.gammaln(strength) - special.gammaln(strength + whole)
            + (special.gammaln(counts + strength * group) - special.gammaln(strength * group)).sum(axis=1)
        ).sum()
        for strength in STRENGTHS
    ]  # fmt: skip
    strength = STRENGTHS[int(np.argmax(chances))]
    shares = (counts + strength * group) / (whole + strength)[:, None]
    return np.asarray(shares)


def holiday_share(daily: Numbers, shares: Numbers, days: Sequence[date], holidays: Collection[date]) -> float:
    """Return how much of a usual day's use a holiday has, from the holidays that were seen (0 to 1).

    `daily` (subjects, days) are counts of the days in `days`.
    """
    off = np.array([day in holidays for day in days])
    if not off.any() or not (~off).any():
        return HOLIDAY_SHARE
    place = np.array([day.weekday() for day in days])
    usual = shares[:, place]
    rate = daily[:, ~off].sum(axis=1) / np.maximum(usual[:, ~off].sum(axis=1), 1e-9)
    expected = float((rate[:, None] * usual[:, off]).sum())
    seen = float(daily[:, off].sum())
    found = (seen + HOLIDAY_COUNTS * HOLIDAY_SHARE) / (expected + HOLIDAY_COUNTS)
    return float(min(1.0, max(0.0, found)))


def exposures(
    shares: Numbers, spans: Sequence[tuple[date, date | None]], days: Sequence[date], off: dict[date, float]
) -> Numbers:
    """Return how much of a usual week each week was: (subjects, weeks), 1 for a whole one without a holiday.

    `days` are those of whole weeks, oldest first; `spans` say from which day until before which each subject was there;
    `off` are the holidays with the share of use that they have.
    """
    place = np.array([day.weekday() for day in days])
    left = np.array([off.get(day, 1.0) for day in days])
    weight = shares[:, place] * left[None, :]
    ordinals = np.array([day.toordinal() for day in days])
    first = np.array([span[0].toordinal() for span in spans])
    last = np.array([(span[1] or date.max).toordinal() for span in spans])
    there = (ordinals[None, :] >= first[:, None]) & (ordinals[None, :] < last[:, None])
    weekly = (weight * there).reshape(len(spans), -1, DAYS).sum(axis=2)
    return np.asarray(weekly)


def days_of(cutoff: date, weeks: int) -> list[date]:
    """Return the days of so many whole weeks that end with the cutoff, oldest first."""
    first = cutoff - timedelta(days=DAYS * weeks - 1)
    return [first + timedelta(days=nr) for nr in range(DAYS * weeks)]
