"""Retention says whether those who start together come back, period by period, and how long they stay.

Everybody belongs to the cohort of the day, week or month in which they started. Classic retention asks who came back in
one later period; rolling retention asks who came back in it or in any after it. The curve asks how long it took until
they fell silent.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import msgspec
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.crowd import Crowd
from waypost.measure.shares import Share, Staying, share, survival
from waypost.store import Warehouse

DAYS_OF_A_WEEK, MONTHS_OF_A_YEAR = 7, 12


class Start(StrEnum):
    """What puts somebody into a cohort."""

    PROVISIONED = "provisioned"
    FIRST_USE = "first_use"


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def floor(self, day: date) -> date:
        """Return the first day of the period in which a day lies."""
        match self:
            case Grain.DAY:
                return day
            case Grain.WEEK:
                return day - timedelta(days=day.weekday())
            case Grain.MONTH:
                return day.replace(day=1)

    def ahead(self, first: date, periods: int) -> date:
        """Return the first day of the period that is so many periods after (before, when negative) that of `first`."""
        match self:
            case Grain.DAY:
                return first + timedelta(days=periods)
            case Grain.WEEK:
                return first + timedelta(days=DAYS_OF_A_WEEK * periods)
            case Grain.MONTH:
                month = first.year * MONTHS_OF_A_YEAR + first.month - 1 + periods
                return date(month // MONTHS_OF_A_YEAR, month % MONTHS_OF_A_YEAR + 1, 1)

    def between(self, first: date, last: date) -> int:
        """Return how many periods after that of `first` the period of `last` is."""
        match self:
            case Grain.DAY:
                return (last - first).days
            case Grain.WEEK:
                return (self.floor(last) - self.floor(first)).days // DAYS_OF_A_WEEK
            case Grain.MONTH:
                return (last.year - first.year) * MONTHS_OF_A_YEAR + last.month - first.month


class RetentionAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What retention is asked: start, return, period, whose, and the cohorts (the last one and how many)."""

    start: Start = Start.PROVISIONED
    start_feature: str | None = None
    return_feature: str | None = None
    grain: Grain = Grain.WEEK
    rolling: bool = False
    crowd: Crowd = Crowd()
    last_cohort: date
    cohorts: int = 12
    today: date
    quiet_days: int = 28

    def firsts(self) -> list[date]:
        """Return the first day of every cohort, oldest first."""
        last = self.grain.floor(self.last_cohort)
        return [self.grain.ahead(last, back - self.cohorts + 1) for back in range(self.cohorts)]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort in one period; a cell that is not over may still rise."""

    period: int
    share: Share
    over: bool


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """Those who started in one period, and how many of them came back in each period since."""

    first: date
    size: int
    cells: tuple[Cell, ...]


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """The grid: cohorts, oldest first, and all of them together per period (only of cohorts whose period is over)."""

    cohorts: tuple[Cohort, ...]
    together: tuple[Share, ...]
    size: int


def retention(
    warehouse: Warehouse, catalogue: Catalogue, asked: RetentionAsked, started: pl.DataFrame
) -> Retention:
    """Return the grid of retention of those who `started` (see `started`)."""
    counts = warehouse.ask(
        "measure/retention_grid",
        {**_returns(asked), "grain": asked.grain.value},
        {**asked.crowd.frames(catalogue), "cohorts": started},
    )
    sizes: dict[date, int] = dict(started.group_by("cohort").len().iter_rows())
    back = _back(counts, rolling=asked.rolling)
    rows = tuple(_cohort(asked, first, sizes.get(first, 0), back) for first in asked.firsts())
    return Retention(cohorts=rows, together=_together(rows), size=sum(sizes.values()))


def curves(
    warehouse: Warehouse, catalogue: Catalogue, asked: RetentionAsked, started: pl.DataFrame
) -> dict[date | None, Staying]:
    """Return how long each cohort stays, and all of them together under None.

    Somebody is gone on the last day before their first silence of more than `quiet_days` days.
    """
    counts = warehouse.ask(
        "measure/retention_curve",
        {**_returns(asked), "quiet_days": asked.quiet_days},
        {**asked.crowd.frames(catalogue), "cohorts": started},
    )
    summed = counts.group_by("day").agg(pl.col("gone", "watched_no_longer").sum())
    found: dict[date | None, Staying] = {None: survival(summed.rows())}
    for (first,), part in counts.group_by("cohort"):
        found[first] = survival(part.drop("cohort").rows())
    return found


def retention_members(
    warehouse: Warehouse, catalogue: Catalogue, asked: RetentionAsked, *, cohort: date | None, period: int
) -> pl.DataFrame:
    """Return the members of one cohort (of all whose period is over, when None), and whether each came back.

    Columns: unit, cohort, started_on, back, days (with a return, ever), last_on (null: never).
    """
    everybody = started(warehouse, catalogue, asked)
    firsts = [cohort] if cohort else [each for each in asked.firsts() if _over(asked, each, period)]
    mine = everybody.filter(pl.col("cohort").is_in(firsts))
    params = {**_returns(asked), "grain": asked.grain.value, "period": period, "later": asked.rolling}
    return warehouse.ask(
        "measure/retention_members", params, {**asked.crowd.frames(catalogue), "cohorts": mine}
    )


def started(warehouse: Warehouse, catalogue: Catalogue, asked: RetentionAsked) -> pl.DataFrame:
    """Return everybody who started in one of the cohorts: nr, unit, started_on, cohort."""
    firsts = asked.firsts()
    params = {
        "start": asked.start.value,
        "start_feature": asked.start_feature,
        "grain": asked.grain.value,
        "since": firsts[0],
        "until": min(asked.grain.ahead(firsts[-1], 1), asked.today + timedelta(days=1)),
        **asked.crowd.params(),
    }
    return warehouse.ask("measure/retention_cohorts", params, asked.crowd.frames(catalogue))


def _returns(asked: RetentionAsked) -> dict[str, Any]:
    return {"return_feature": asked.return_feature, "today": asked.today, **asked.crowd.params()}


def _back(counts: pl.DataFrame, *, rolling: bool) -> dict[tuple[date, int], int]:
    """Return how many came back per cohort and period; rolling counts whoever came back in it or later."""
    if not rolling:
        return {(first, period): back for first, period, back, _ in counts.iter_rows()}
    found: dict[tuple[date, int], int] = {}
    later: dict[date, int] = {}
    before: dict[date, int] = {}
    for first, period, _, last_back in counts.sort("cohort", "period", descending=True).iter_rows():
        for between in range(period + 1, before.get(first, period + 1)):
            found[first, between] = later.get(first, 0)
        later[first] = later.get(first, 0) + last_back
        found[first, period] = later[first]
        before[first] = period
    for first, period in before.items():
        found |= {(first, earlier): later[first] for earlier in range(period)}
    return found


def _cohort(asked: RetentionAsked, first: date, size: int, back: dict[tuple[date, int], int]) -> Cohort:
    periods = asked.grain.between(first, asked.today) + 1 if first <= asked.today else 0
    cells = tuple(
        Cell(
            period=period,
            share=share(back.get((first, period), 0), size),
            over=_over(asked, first, period),
        )
        for period in range(periods if size else 0)
    )
    return Cohort(first=first, size=size, cells=cells)


def _over(asked: RetentionAsked, first: date, period: int) -> bool:
    return asked.grain.ahead(first, period + 1) <= asked.today


def _together(rows: tuple[Cohort, ...]) -> tuple[Share, ...]:
    periods = max((len(row.cells) for row in rows), default=0)
    found = []
    for period in range(periods):
        cells = [row.cells[period] for row in rows if len(row.cells) > period and row.cells[period].over]
        if not cells:
            break
        found.append(share(sum(each.share.count for each in cells), sum(each.share.of for each in cells)))
    return tuple(found)
