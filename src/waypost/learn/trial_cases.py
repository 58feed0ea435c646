"""Who stands behind the counts of a trial: the same rows that are counted, so that every count opens its people."""

from datetime import date, timedelta
from enum import StrEnum

import polars as pl
from msgspec import Struct

#: Who is lost within so many days after straying was lost later; who strayed in so many days before, was flagged.
LATER_DAYS = 90
MONTHS = 12
PAIR = ["person_id", "account_id"]
ROW = [*PAIR, "began_on", "lost_on", "hit"]


class Counted(StrEnum):
    """What is counted, and of whom a share is: `hit` in the rows of `Cases.behind`."""

    THERE = "there"
    """Who was on the journey, in a month or today; a hit is a stray of today."""
    STRAYS = "strays"
    """Who is a stray today; a hit was lost after straying."""
    STRAYED = "strayed"
    """Who began to be a stray, once for each time; a hit could still be lost, for it was not before."""
    LOST_LATER = "lost_later"
    """Of the hits of `strayed`, whose days are over or whose month is asked for; a hit was lost within them."""
    MISSED = "missed"
    """Who was lost from the journey; a hit was no stray in the days before."""
    OTHERWISE = "otherwise"
    """Who was on the path as a month began, once for each month; a hit was lost within the days after."""


class Cases(Struct, frozen=True, kw_only=True, eq=False):
    """Everybody judged, as a trial counts them."""

    judged: pl.DataFrame
    spells: pl.DataFrame
    flagged: pl.DataFrame
    gone: pl.DataFrame
    today: date

    @classmethod
    def of(cls, judged: pl.DataFrame, lost: pl.DataFrame, today: date) -> "Cases":
        """Return the cases of what `trial` is given."""
        spells, first = _spells(judged).join(lost, on=PAIR, how="left"), months_to(today)[0]
        return cls(
            judged=judged,
            spells=spells,
            flagged=_flagged(spells, first),
            gone=_gone(judged, spells, lost, first),
            today=today,
        )

    def behind(self, what: Counted, month: date | None = None) -> pl.DataFrame:
        """Return whom a count counts, of one month (its first day) or of the whole time.

        Columns: person_id, account_id, began_on (their spell on the journey, or off the path), lost_on, and hit.
        """
        end = self._end(month)
        match what:
            case Counted.THERE:
                found = self._there(month, end)
            case Counted.STRAYS:
                now = self.spells.filter("strayed", pl.col("until_on").is_null())
                found = now.with_columns(hit=(pl.col("lost_on") > pl.col("began_on")).fill_null(value=False))
            case Counted.STRAYED:
                found = _within(self.flagged, "began_on", month, end).with_columns(hit="at_risk")
            case Counted.LOST_LATER:
                over = pl.col("began_on") + timedelta(days=LATER_DAYS) <= self.today
                found = _within(self.flagged, "began_on", month, end).filter(
                    "at_risk", over | (month is not None)
                )
                found = found.with_columns(hit="lost_later")
            case Counted.MISSED:
                found = _within(self.gone, "lost_on", month, end).with_columns(hit="missed")
            case _:
                found = self._otherwise()
        return found.select(ROW)

    def _end(self, month: date | None) -> date:
        firsts = [*months_to(self.today), self.today + timedelta(days=1)]
        return next((each for each in firsts if month is None or each > month), firsts[-1])

    def _there(self, month: date | None, end: date) -> pl.DataFrame:
        day = self.today if month is None else month
        before = pl.col("began_on") <= day if month is None else pl.col("began_on") < end
        there = self.spells.filter(before).filter(pl.col("until_on").is_null() | (pl.col("until_on") > day))
        latest = there.sort("began_on").unique(PAIR, keep="last", maintain_order=True)
        return latest.with_columns(hit="strayed")

    def _otherwise(self) -> pl.DataFrame:
        cases = [self.spells.clear().with_columns(hit=pl.lit(value=False))]
        for first in months_to(self.today):
            end = first + timedelta(days=LATER_DAYS)
            if end <= self.today:
                there = self.spells.filter(~pl.col("strayed"), pl.col("began_on") <= first).filter(
                    pl.col("until_on").is_null() | (pl.col("until_on") > first),
                    pl.col("lost_on").is_null() | (pl.col("lost_on") > first),
                )
                cases.append(there.with_columns(hit=(pl.col("lost_on") <= end).fill_null(value=False)))
        return pl.concat(cases)


def months_to(today: date) -> list[date]:
    """Return the first days of the last twelve months, this one included."""
    months = today.year * 12 + today.month - 1
    return [date((months - back) // 12, (months - back) % 12 + 1, 1) for back in range(MONTHS - 1, -1, -1)]


def _within(found: pl.DataFrame, day: str, month: date | None, end: date) -> pl.DataFrame:
    return found if month is None else found.filter(pl.col(day).is_between(month, end, closed="left"))


def _spells(judged: pl.DataFrame) -> pl.DataFrame:
    """Join standings that follow each other into spells on the path and off it: began_on, until_on, strayed."""
    ordered = judged.sort(*PAIR, "since_on")
    goes_on = pl.all_horizontal(
        *(pl.col(name) == pl.col(name).shift(1) for name in (*PAIR, "strayed")),
        pl.col("since_on") == pl.col("until_on").shift(1),
    ).fill_null(value=False)
    return (
        ordered.with_columns(spell=(~goes_on).cum_sum())
        .group_by("spell", maintain_order=True)
        .agg(
            pl.col(*PAIR, "strayed").first(),
            pl.col("since_on").first().alias("began_on"),
            pl.col("until_on").last(),
        )
        .drop("spell")
    )


def _flagged(spells: pl.DataFrame, first: date) -> pl.DataFrame:
    """Return the beginnings of straying since a day: `at_risk` of being lost, and whether they were `lost_later`."""
    later = pl.col("lost_on") <= pl.col("began_on") + timedelta(days=LATER_DAYS)
    return spells.filter("strayed", pl.col("began_on") >= first).with_columns(
        at_risk=pl.col("lost_on").is_null() | (pl.col("lost_on") > pl.col("began_on")),
        lost_later=((pl.col("lost_on") > pl.col("began_on")) & later).fill_null(value=False),
    )


def _gone(judged: pl.DataFrame, spells: pl.DataFrame, lost: pl.DataFrame, first: date) -> pl.DataFrame:
    """Return who was lost from the journey since a day, whether unflagged (`missed`), and how long after straying."""
    before = pl.col("lost_on") - timedelta(days=LATER_DAYS)
    on_it = (
        judged.join(lost.filter(pl.col("lost_on") >= first), on=PAIR)
        .filter(pl.col("since_on") < pl.col("lost_on"))
        .filter(pl.col("until_on").is_null() | (pl.col("until_on") > before))
        .unique(PAIR)
        .select(*PAIR, "lost_on")
    )
    warned = (
        spells.filter("strayed", pl.col("began_on") < pl.col("lost_on"))
        .filter(pl.col("until_on").is_null() | (pl.col("until_on") > before))
        .group_by(PAIR)
        .agg(pl.col("began_on").max())
    )
    lead = (pl.col("lost_on") - pl.col("began_on")).dt.total_days()
    return on_it.join(warned, on=PAIR, how="left").with_columns(
        missed=pl.col("began_on").is_null(), lead_days=lead
    )
