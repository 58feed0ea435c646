"""A trial of a journey's rules on what already happened: who would have strayed, and who of them was lost later.

A trial judges rules against the past; it says what straying went with, never what it caused. Everything is counted on
dated standings under the rules on trial, whoever was judged by other rules at the time.
"""

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
from msgspec import Struct

from waypost.learn.shares import Share, share

#: Who is lost within so many days after straying was lost later; who strayed in so many days before, was flagged.
LATER_DAYS = 90
#: Without any use for so many days, or with the contract of the account ended, somebody is lost.
SILENT_DAYS = 60
MONTHS = 12
PAIR = ["person_id", "account_id"]


class Outcome(Struct, frozen=True, kw_only=True):
    """What the rules said and what came, of one month or of the whole time.

    `strayed` counts who began to be a stray; `lost_later`, of those not lost before, who was lost within 90 days;
    `missed`, of all who were lost, who was no stray in the 90 days before; `lead_days` is the median from straying to
    being lost, of those flagged.
    """

    strayed: int
    lost_later: Share
    missed: Share
    lead_days: float | None


class Month(Struct, frozen=True, kw_only=True):
    """One month: who was on the journey in it, and its outcome. An open month may still see more of them lost."""

    first_on: date
    people: int
    outcome: Outcome
    is_open: bool


class Trial(Struct, frozen=True, kw_only=True):
    """What rules come to: today's strays, and the months before. `otherwise` are those lost from the path.

    `lost_since` counts those of today's strays who have been lost after they strayed. `looked_at` of `of_all` people
    were judged: all of them, unless there are too many for an answer while somebody types.
    """

    people: int
    strays: int
    lost_since: int
    whole: Outcome
    otherwise: Share
    months: list[Month]
    looked_at: int
    of_all: int


def trial(judged: pl.DataFrame, lost: pl.DataFrame, *, today: date, of_all: int) -> Trial:
    """Return what rules come to.

    `judged`: person_id, account_id, since_on, until_on (null: open), strayed (whether the standing is a stray's).
    `lost`: person_id, account_id, lost_on (the first day). Both hold everybody looked at, each pair of person and
    account for itself; `of_all` says how many people there are.
    """
    spells = _spells(judged).join(lost, on=PAIR, how="left")
    now = judged.filter(_covers(today))
    strays = now.filter("strayed").join(
        spells.filter("strayed", pl.col("until_on").is_null()).select(*PAIR, "began_on", "lost_on"),
        on=PAIR,
        how="left",
    )
    firsts = _months(today)
    flagged = _flagged(spells, firsts[0])
    gone = _gone(judged, spells, lost, firsts[0])
    return Trial(
        people=now.height,
        strays=strays.height,
        lost_since=strays.filter(pl.col("lost_on") > pl.col("began_on")).height,
        whole=_outcome(flagged, gone, today),
        otherwise=_otherwise(spells, firsts, today),
        months=[_month(judged, flagged, gone, each, today) for each in pairwise([*firsts, _after(today)])],
        looked_at=judged["person_id"].n_unique(),
        of_all=of_all,
    )


def _covers(day: date) -> pl.Expr:
    return (pl.col("since_on") <= day) & (pl.col("until_on").is_null() | (pl.col("until_on") > day))


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


def _outcome(flagged: pl.DataFrame, gone: pl.DataFrame, today: date) -> Outcome:
    """Return the outcome of the straying whose 90 days are over; a month's own says whether they are."""
    over = flagged.filter("at_risk", pl.col("began_on") + timedelta(days=LATER_DAYS) <= today)
    return Outcome(
        strayed=flagged.height,
        lost_later=share(over, "lost_later"),
        missed=share(gone, "missed"),
        lead_days=_median(gone),
    )


def _month(
    judged: pl.DataFrame, flagged: pl.DataFrame, gone: pl.DataFrame, between: tuple[date, date], today: date
) -> Month:
    first, end = between
    mine = flagged.filter(pl.col("began_on").is_between(first, end, closed="left"))
    left = gone.filter(pl.col("lost_on").is_between(first, end, closed="left"))
    there = judged.filter(pl.col("since_on") < end).filter(
        pl.col("until_on").is_null() | (pl.col("until_on") > first)
    )
    return Month(
        first_on=first,
        people=there.unique(PAIR).height,
        outcome=Outcome(
            strayed=mine.height,
            lost_later=share(mine.filter("at_risk"), "lost_later"),
            missed=share(left, "missed"),
            lead_days=_median(left),
        ),
        is_open=end + timedelta(days=LATER_DAYS - 1) > today,
    )


def _otherwise(spells: pl.DataFrame, firsts: list[date], today: date) -> Share:
    """Return how many of those on the path at the beginning of a month were lost within the same time after."""
    cases = []
    for first in firsts:
        end = first + timedelta(days=LATER_DAYS)
        if end <= today:
            there = spells.filter(~pl.col("strayed"), pl.col("began_on") <= first).filter(
                pl.col("until_on").is_null() | (pl.col("until_on") > first),
                pl.col("lost_on").is_null() | (pl.col("lost_on") > first),
            )
            cases.append(there.select(*PAIR, lost_later=(pl.col("lost_on") <= end).fill_null(value=False)))
    return share(pl.concat(cases), "lost_later") if cases else Share(of=0, count=0, accounts=0)


def _median(gone: pl.DataFrame) -> float | None:
    median = gone["lead_days"].median()
    return float(median) if isinstance(median, int | float) else None


def _months(today: date) -> list[date]:
    """Return the first days of the last twelve months, this one included."""
    months = today.year * 12 + today.month - 1
    return [date((months - back) // 12, (months - back) % 12 + 1, 1) for back in range(MONTHS - 1, -1, -1)]


def _after(today: date) -> date:
    return today + timedelta(days=1)
