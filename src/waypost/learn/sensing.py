"""How early and how rightly strays are sensed: odds against the rule of thumb, on people whom the model never saw."""

from datetime import date

import numpy as np
import polars as pl
from msgspec import Struct

from waypost.learn.alarm import ENTER_BELOW, alarms, rule_at_risk
from waypost.learn.odds import is_over
from waypost.learn.shares import Share, share

#: The model sees what was known when this share of people had begun; the others are what it is judged on.
SEEN_SHARE = 0.7
BINS = 10
#: So many days before straying, a call leaves time to act.
EARLY_DAYS = 3
#: A call for nothing weighs so many strays called in time: what calling below these odds says it does (net benefit;
#: Vickers and Elkin, 2006).
FOR_NOTHING = (1 - ENTER_BELOW) / ENTER_BELOW


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


class Called(Struct, frozen=True, kw_only=True):
    """Whom one way of raising alarms called: strays in time (`EARLY_DAYS` before), and people who did not stray."""

    in_time: int
    for_nothing: int

    @property
    def worth(self) -> float:
        """What the calls were worth, in strays called in time."""
        return round(self.in_time - FOR_NOTHING * self.for_nothing, 6)


class Tried(Struct, frozen=True, kw_only=True):
    """Odds and rule on the same people at one milestone."""

    milestone: str
    people: int
    strayed: int
    odds: Called
    rule: Called

    @property
    def outdone(self) -> bool:
        """Whether the odds were no better than the rule of thumb, so that the rule is used."""
        called = (self.odds, self.rule)
        return any(each.in_time or each.for_nothing for each in called) and self.odds.worth <= self.rule.worth


class Sensing(Struct, frozen=True, kw_only=True):
    """A judgement on people who began on or after `split_on`, by models of what was known on that day.

    `days` counts the mornings judged; Brier's score is the mean squared error of the odds, `brier_base` that of saying
    the same odds to everybody at a milestone. Without odds (None) history was too short on that day. `tried` has the
    milestones of which there were odds.
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
    tried: list[Tried] = []


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
    called, ruled = alarms(judged), judged.with_columns(at_risk=rule_at_risk())
    return Sensing(
        split_on=split_on,
        people=spells.select(pl.coalesce("person_id", "account_id").n_unique()).item(),
        accounts=spells["account_id"].n_unique(),
        strayed=int((~spells["met"]).sum()),
        days=judged.height,
        odds=_alarm(called) if judged.height else None,
        rule=_alarm(ruled),
        bins=_bins(judged),
        brier=_mean(judged, (pl.col("odds") - pl.col("met").cast(pl.Float64)) ** 2),
        brier_base=_mean(
            judged, (pl.col("met").mean().over("milestone") - pl.col("met").cast(pl.Float64)) ** 2
        ),
        milestones=judged["milestone"].unique().sort().to_list(),
        tried=_tried(called, ruled),
    )


def _mean(days: pl.DataFrame, squared: pl.Expr) -> float | None:
    return float(days.select(squared.mean()).item()) if days.height else None


def _tried(by_odds: pl.DataFrame, by_rule: pl.DataFrame) -> list[Tried]:
    odds, rule = (_by_milestone(_spells(each)) for each in (by_odds, by_rule))
    return [
        Tried(
            milestone=row["milestone"],
            people=row["people"],
            strayed=row["strayed"],
            odds=Called(in_time=row["in_time"], for_nothing=row["for_nothing"]),
            rule=Called(in_time=row["in_time_rule"], for_nothing=row["for_nothing_rule"]),
        )
        for row in odds.join(rule, on="milestone", suffix="_rule").sort("milestone").to_dicts()
    ]


def _by_milestone(spells: pl.DataFrame) -> pl.DataFrame:
    return spells.group_by("milestone").agg(
        people=pl.len(),
        strayed=pl.col("strayed").sum(),
        in_time=(pl.col("strayed") & pl.col("early")).sum(),
        for_nothing=(~pl.col("strayed") & pl.col("called")).sum(),
    )


def _spells(called: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each spell: whether they strayed, were called, how many days before, and whether early."""
    first = called.filter(pl.col("at_risk")).group_by("spell").agg(first_on=pl.col("on_day").min())
    lead_days = (pl.col("due_on") - pl.col("first_on")).dt.total_days() + 1
    return (
        called.unique("spell")
        .join(first, on="spell", how="left")
        .with_columns(
            strayed=~pl.col("met"),
            called=pl.col("first_on").is_not_null(),
            lead=lead_days,
            early=(lead_days >= EARLY_DAYS).fill_null(value=False),
        )
    )


def _alarm(called: pl.DataFrame) -> Alarm:
    spells = _spells(called)
    strays = spells.filter(pl.col("strayed"))
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
