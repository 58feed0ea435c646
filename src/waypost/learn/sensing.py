"""How early and how rightly strays are sensed: odds against the rule of thumb, on people whom the model never saw."""

from datetime import date

import numpy as np
import polars as pl
from msgspec import Struct

from waypost.learn.alarm import alarms, rule_at_risk
from waypost.learn.odds import is_over
from waypost.learn.shares import Share, share

#: The model sees what was known when this share of people had begun; the others are what it is judged on.
SEEN_SHARE = 0.7
BINS = 10
#: So many days before straying, a call leaves time to act.
EARLY_DAYS = 3


class Alarm(Struct, frozen=True, kw_only=True):
    """What one way of raising alarms did.

    `precision` is the share of those called at risk who then strayed, `recall` the share of strays who had been called
    at risk before, `early` the share who had been so `EARLY_DAYS` before. The lead is in days from the first call to
    the day of straying, of strays who were called: its median and quartiles.
    """

    precision: Share
    recall: Share
    early: Share
    lead_days: float | None = None
    lead_low: float | None = None
    lead_high: float | None = None


class Bin(Struct, frozen=True, kw_only=True):
    """People of odds from `low` until before `high`: the mean of the odds, and the share who were in time."""

    low: float
    high: float
    odds: float
    met: Share
    people: int


class Sensing(Struct, frozen=True, kw_only=True):
    """A judgement on people who began on or after `split_on`, by models of what was known on that day.

    `days` counts the mornings judged; Brier's score is the mean squared error of the odds, `brier_base` that of saying
    the same odds to everybody at a milestone. Without odds (None) history was too short on that day.
    """

    split_on: date
    people: int
    accounts: int
    strayed: int
    days: int
    odds: Alarm | None
    rule: Alarm
    bins: list[Bin]
    brier: float | None
    brier_base: float | None
    milestones: list[str]


def split_day(spells: pl.DataFrame) -> date | None:
    """Return the day that parts what the model may see from what it is judged on; None without history."""
    over = spells.filter(is_over())["began_on"].sort()
    return over[int(SEEN_SHARE * len(over))] if len(over) else None


def sense(days: pl.DataFrame, split_on: date) -> Sensing:
    """Return how the odds and the rule did on `days`: a row per morning of people whose time is over.

    Columns: spell, person_id (null: the account), account_id, milestone, on_day, began_on, due_on, left_days,
    window_days, met, share_met, odds (null where history was too short). The rule is judged on the same people as the
    odds.
    """
    judged = days.filter(pl.col("odds").is_not_null())
    spells = judged.unique("spell")
    called = alarms(judged)
    return Sensing(
        split_on=split_on,
        people=spells.select(pl.coalesce("person_id", "account_id").n_unique()).item(),
        accounts=spells["account_id"].n_unique(),
        strayed=int((~spells["met"]).sum()),
        days=judged.height,
        odds=_alarm(called) if judged.height else None,
        rule=_alarm(judged.with_columns(at_risk=rule_at_risk())),
        bins=_bins(judged),
        brier=_mean(judged, (pl.col("odds") - pl.col("met").cast(pl.Float64)) ** 2),
        brier_base=_mean(
            judged, (pl.col("met").mean().over("milestone") - pl.col("met").cast(pl.Float64)) ** 2
        ),
        milestones=judged["milestone"].unique().sort().to_list(),
    )


def _mean(days: pl.DataFrame, squared: pl.Expr) -> float | None:
    return float(days.select(squared.mean()).item()) if days.height else None


def _alarm(called: pl.DataFrame) -> Alarm:
    first = called.filter(pl.col("at_risk")).group_by("spell").agg(first_on=pl.col("on_day").min())
    spells = called.unique("spell").join(first, on="spell", how="left")
    spells = spells.with_columns(strayed=~pl.col("met"), called=pl.col("first_on").is_not_null())
    lead_days = (pl.col("due_on") - pl.col("first_on")).dt.total_days() + 1
    strays = spells.filter(pl.col("strayed")).with_columns(
        lead=lead_days, early=(lead_days >= EARLY_DAYS).fill_null(value=False)
    )
    lead = strays["lead"].drop_nulls()
    quarters = np.quantile(lead.to_numpy(), (0.25, 0.5, 0.75)).tolist() if len(lead) else (None, None, None)
    return Alarm(
        precision=share(spells.filter(pl.col("called")), "strayed", each="spell"),
        recall=share(strays, "called", each="spell"),
        early=share(strays, "early", each="spell"),
        lead_low=quarters[0],
        lead_days=quarters[1],
        lead_high=quarters[2],
    )


def _bins(days: pl.DataFrame) -> list[Bin]:
    place = (pl.col("odds") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64)
    parts = days.with_columns(place=place).partition_by("place", as_dict=True)
    return [
        Bin(
            low=nr / BINS,
            high=(nr + 1) / BINS,
            odds=_mean(part, pl.col("odds")) or 0.0,
            met=share(part, "met", each="spell"),
            people=part["spell"].n_unique(),
        )
        for (nr,), part in sorted(parts.items())
    ]
