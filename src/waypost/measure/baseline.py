"""The own baseline of people and accounts: how much use was expected of each week, and when a change is called."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Self

import msgspec
import numpy as np
import polars as pl

from waypost.measure.baseline_calendar import (
    DAYS,
    days_of,
    exposures,
    holiday_share,
    weekday_shares,
)
from waypost.measure.baseline_model import (
    Known,
    Numbers,
    Prior,
    Truths,
    at_most,
    band,
    fit_prior,
    known,
    limited,
)
from waypost.measure.usage_values import Asks, Subjects

WEEKS = 52
FIT_WEEKS, FIT_SUBJECTS = 30, 60
#: Weeks of history below which nothing is expected of a subject.
LEAST_WEEKS = 4.0
#: How often a week is called without a cause, at most: half of it for the week alone, half for four weeks together.
FALSE_ALARMS = 0.01
MONTH = 4
SHORT = f"there are less than {LEAST_WEEKS:.0f} weeks of history before it"
LATE = "a source was late on some of its days, and their use may still come"
NO_PRIOR = "there is nobody like it to compare with yet"
EXPECTED = {
    "subject_id": pl.String,
    "week": pl.Int64,
    "last_on": pl.Date,
    "seen": pl.Int64,
    "expected": pl.Float64,
    "low": pl.Int64,
    "high": pl.Int64,
    "fell": pl.Boolean,
    "rose": pl.Boolean,
    "faded": pl.Boolean,
    "seen_month": pl.Int64,
    "expected_month": pl.Float64,
    "why": pl.String,
}


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted of a group of subjects: arrays (subjects, weeks) and (subjects, days), oldest first.

    `what` is people, person_days or uses of a week; `daily` are person-days. `spans` say from which day until before
    which each subject was there, `most` how many there could be in each week (people with access; None: no limit).
    """

    ids: list[str]
    cutoff: date
    weekly: Numbers
    daily: Numbers
    spans: list[tuple[date, date | None]]
    most: Numbers | None = None

    @classmethod
    def read(
        cls,
        asked: Asks,
        subjects: Subjects,
        cutoff: date,
        *,
        what: str = "uses",
        until: dict[str, date] | None = None,
    ) -> Self:
        """Count a year of use by people of each subject up to a cutoff; `until` says who has left and when."""
        days = days_of(cutoff, WEEKS)
        frames = subjects.at([cutoff])
        bounds = {"weeks": WEEKS, "first_on": days[0], "last_on": cutoff}
        found = asked.ask("measure/usage_week_counts", bounds, frames)
        known_on = dict(asked.ask("measure/usage_known", {"by_day": None}, frames).rows())
        ids = [each for each in subjects.belong["subject_id"].unique().sort().to_list() if each in known_on]
        whole = found.filter(pl.col("day").is_null()).select("subject_id", "week", what)
        single = found.filter(pl.col("day").is_not_null()).select("subject_id", "day", "person_days")
        place = {each: nr for nr, each in enumerate(ids)}
        weekly, daily = np.zeros((len(ids), WEEKS)), np.zeros((len(ids), WEEKS * DAYS))
        for subject, week, count in whole.rows():
            weekly[place[subject], WEEKS - 1 - week] = count
        for subject, day, count in single.rows():
            daily[place[subject], (day - days[0]).days] = count
        spans = [(known_on[each], (until or {}).get(each)) for each in ids]
        counted = cls(ids=ids, cutoff=cutoff, weekly=weekly, daily=daily, spans=spans)
        return counted if what == "uses" else counted._limited(asked, subjects, frames, what=what)

    def _limited(
        self, asked: Asks, subjects: Subjects, frames: dict[str, pl.DataFrame], *, what: str
    ) -> Self:
        """Return the same with how many people, or days of theirs, there could be in each week."""
        people = np.ones_like(self.weekly)
        if not subjects.by_person:
            people = np.zeros_like(self.weekly)
            place = {each: nr for nr, each in enumerate(self.ids)}
            for subject, week, count in asked.ask(
                "measure/usage_week_access", {"weeks": WEEKS}, frames
            ).rows():
                if subject in place:
                    people[place[subject], WEEKS - 1 - week] = count
        # Who is not said to have access may still have used it.
        most = np.maximum(people * (DAYS if what == "person_days" else 1), self.weekly)
        return msgspec.structs.replace(self, most=most)

    def together(self, other: "Counted") -> "Counted":
        """Return both groups as one; who is in both counts once."""
        fresh = [nr for nr, each in enumerate(other.ids) if each not in set(self.ids)]
        return Counted(
            ids=[*self.ids, *(other.ids[nr] for nr in fresh)],
            cutoff=self.cutoff,
            weekly=np.vstack([self.weekly, other.weekly[fresh]]),
            daily=np.vstack([self.daily, other.daily[fresh]]),
            spans=[*self.spans, *(other.spans[nr] for nr in fresh)],
            most=None
            if self.most is None or other.most is None
            else np.vstack([self.most, other.most[fresh]]),
        )

    def heard(self, late: Collection[date]) -> "Counted":
        """Return what was counted without the weeks in which a source was late: they tell nothing."""
        return msgspec.structs.replace(self, weekly=self.weekly * self.is_heard(late))

    def is_heard(self, late: Collection[date]) -> Numbers:
        """Return 1 for every week of which all days were heard, 0 where a source was late on one of them."""
        days = days_of(self.cutoff, self.weekly.shape[1])
        there = np.array([day not in late for day in days])
        return np.asarray(there.reshape(-1, DAYS).all(axis=1), dtype=np.float64)

    def exposure(self, holidays: Collection[date] = ()) -> Numbers:
        """Return how much of a usual week each week was for each subject."""
        days = days_of(self.cutoff, self.weekly.shape[1])
        place = np.array([day.weekday() for day in days])
        by_weekday = np.stack([self.daily[:, place == nr].sum(axis=1) for nr in range(DAYS)], axis=1)
        shares = weekday_shares(by_weekday)
        share = holiday_share(self.daily, shares, days, holidays)
        return exposures(shares, self.spans, days, dict.fromkeys(holidays, share))


def group_prior(group: Counted, holidays: Collection[date] = (), late: Collection[date] = ()) -> Prior | None:
    """Return the prior of a group, from its latest weeks; None when it has no history."""
    if not group.ids:
        return None
    exposure = (group.exposure(holidays) * group.is_heard(late))[:FIT_SUBJECTS, -FIT_WEEKS:]
    most = group.most[:FIT_SUBJECTS, -FIT_WEEKS:] if group.most is not None else None
    return fit_prior(group.heard(late).weekly[:FIT_SUBJECTS, -FIT_WEEKS:], exposure, most)


def expected_weeks(
    group: Counted,
    prior: Prior | None,
    ids: Sequence[str],
    *,
    false_alarms: float = FALSE_ALARMS,
    holidays: Collection[date] = (),
    late: Collection[date] = (),
) -> pl.DataFrame:
    """Return what was expected of every week of the subjects in `ids`, with the columns of `EXPECTED`.

    Of a week with a `late` day, on which a source was to send and did not, nothing is expected.

    Never more is expected than there could be. What moves the rest of `group` in a week is expected of the subject too.
    A week between `low` and `high` is as expected. It `fell` or `rose` when a count so far out comes by chance in at
    most half of `false_alarms` of all weeks; it `faded` when the last four weeks together (`seen_month`,
    `expected_month`) fell so against what was known before them. `why` says why nothing is expected.
    """
    places = [group.ids.index(each) for each in ids if each in set(group.ids)]
    if prior is None or not places:
        return _unknown(group, places)
    heard, open_ = group.heard(late), group.is_heard(late)
    told = known(prior, heard.weekly, group.exposure(holidays) * open_)
    tail = false_alarms / 2
    mean, size, seen = told.mean[places], told.size[places], group.weekly[places]
    low, high = band(mean, size, prior.spread, tail)
    enough = (told.weeks[places] >= LEAST_WEEKS) & (mean > 0)
    if group.most is not None:
        most = group.most[places]
        low, high, mean = (
            np.minimum(low, most),
            np.minimum(high, most),
            limited(mean, size, prior.spread, most),
        )
    frame = _frame(group, places, seen)
    month = _month(prior, told, heard, tail)
    told_month = enough & month.enough[places]
    return frame.with_columns(
        _where(enough, mean, pl.Float64).alias("expected"),
        _where(enough, low, pl.Int64).alias("low"),
        _where(enough, high, pl.Int64).alias("high"),
        pl.Series("fell", (enough & (seen < low)).ravel()),
        pl.Series("rose", (enough & (seen > high)).ravel()),
        pl.Series("faded", (told_month & month.faded[places]).ravel()),
        _where(told_month, month.seen[places], pl.Int64).alias("seen_month"),
        _where(told_month, month.expected[places], pl.Float64).alias("expected_month"),
        pl.Series("why", _why(enough, open_), dtype=pl.String),
    ).select(list(EXPECTED))


class _Month(msgspec.Struct, frozen=True):
    """Each week with the three before it: what was seen, what was expected before those four, and the verdict."""

    seen: Numbers
    expected: Numbers
    faded: Truths
    enough: Truths


def _month(prior: Prior, told: Known, heard: Counted, tail: float) -> _Month:
    counts = heard.weekly
    seen, expected = np.zeros(counts.shape), np.zeros(counts.shape)
    faded, enough = np.zeros(counts.shape, dtype=np.bool_), np.zeros(counts.shape, dtype=np.bool_)
    for week in range(MONTH - 1, counts.shape[1]):
        first = week - MONTH + 1
        span = slice(first, week + 1)
        rate = told.shape[:, first] / told.rate[:, first]
        means = rate[:, None] * told.moved[:, span]
        total = np.maximum(means.sum(axis=1), 1e-12)
        kept = prior.keep ** (MONTH - 1)
        shape = kept * told.shape[:, first] + (1 - kept) * prior.shape
        each = 1 / told.size[:, span] - 1 / told.shape[:, span]
        size = 1 / (1 / shape + (means**2 * each).sum(axis=1) / total**2)
        most = np.inf if heard.most is None else heard.most[:, span].sum(axis=1)
        seen[:, week], expected[:, week] = counts[:, span].sum(axis=1), np.minimum(total, most)
        rare = at_most(seen[:, week], total, size, prior.spread) <= tail
        faded[:, week] = rare & (seen[:, week] < most)
        enough[:, week] = told.weeks[:, first] >= LEAST_WEEKS
    return _Month(seen, expected, faded, enough)


def _frame(group: Counted, places: list[int], seen: Numbers) -> pl.DataFrame:
    weeks = group.weekly.shape[1]
    back = list(range(weeks - 1, -1, -1))
    return pl.DataFrame(
        {
            "subject_id": np.repeat([group.ids[nr] for nr in places], weeks).tolist(),
            "week": back * len(places),
            "last_on": [group.cutoff - timedelta(days=DAYS * nr) for nr in back] * len(places),
            "seen": seen.ravel().astype(np.int64),
        },
        schema={name: EXPECTED[name] for name in ("subject_id", "week", "last_on", "seen")},
    )


def _unknown(group: Counted, places: list[int]) -> pl.DataFrame:
    frame = _frame(group, places, group.weekly[places])
    nothing = dict.fromkeys(("expected", "low", "high", "seen_month", "expected_month"))
    said = {**nothing, "fell": False, "rose": False, "faded": False, "why": NO_PRIOR}
    return frame.with_columns(
        pl.lit(value, dtype=EXPECTED[name]).alias(name) for name, value in said.items()
    ).select(list(EXPECTED))


def _why(enough: Truths, heard: Numbers) -> list[str | None]:
    """Return why nothing is expected of each week of each subject, None where something is."""
    reasons = [SHORT if open_ else LATE for open_ in heard]
    return [None if fits else why for row in enough for fits, why in zip(row, reasons, strict=True)]


def _where(enough: Truths, values: Numbers, kind: type[pl.DataType]) -> pl.Series:
    return pl.Series(np.where(enough, values, np.nan).ravel()).fill_nan(None).cast(kind)
