"""A company whose truth is known: people with a rhythm, who may meet a milestone on each day that is left to them."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy import special

FIRST = date(2026, 1, 5)
WINDOW = 20


def hazard_of(active: np.ndarray, enterprise: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the true hazard of a day: more with use, more at large accounts, most on the last days."""
    return np.asarray(special.expit(-4.2 + 3.0 * active / 7 + 0.8 * enterprise - 0.35 * np.log(left)))


def true_odds(cases: pl.DataFrame) -> np.ndarray:
    """Return the true odds of cases on their morning."""
    left = (cases["due_on"] - cases["on_day"]).dt.total_days().to_numpy() + 1
    active, enterprise = cases["active_7"].to_numpy(), (cases["tier"] == "enterprise").to_numpy()
    not_done = np.ones(len(left))
    for ahead in range(1, int(left.max()) + 1):
        still = left >= ahead
        day = hazard_of(active[still], enterprise[still], left[still] - ahead + 1)
        not_done[still] *= 1 - day
    return 1 - not_done


def company(people: int, *, accounts: int = 60, seed: int = 1, began_over: int = 200) -> pl.DataFrame:
    """Return spells of a company: everybody keeps the rhythm they have, so that the true odds are known."""
    chance = np.random.default_rng(seed)
    account = chance.integers(0, accounts, people)
    large = chance.random(accounts) < 0.4
    liveliness = chance.normal(0, 0.8, accounts)
    active = chance.binomial(7, special.expit(-0.3 + liveliness[account]))
    began = np.sort(chance.integers(0, began_over, people))
    done_after = np.full(people, WINDOW + 1)
    for after in range(1, WINDOW + 1):
        day = hazard_of(active, large[account], np.full(people, WINDOW - after + 1))
        happens = (chance.random(people) < day) & (done_after > WINDOW)
        done_after[happens] = after
    met = done_after <= WINDOW
    return pl.DataFrame(
        {
            "spell": np.arange(people),
            "person_id": [f"p{nr:05}" for nr in range(people)],
            "account_id": [f"a{nr:03}" for nr in account],
            "shape": "first",
            "milestone": "first",
            "window_days": WINDOW,
            "began_on": [FIRST + timedelta(days=int(day)) for day in began],
            "due_on": [FIRST + timedelta(days=int(day) + WINDOW) for day in began],
            "ended_on": [
                FIRST + timedelta(days=int(day + after)) for day, after in zip(began, done_after, strict=True)
            ],
            "met": met,
            "seen_until": FIRST + timedelta(days=began_over + WINDOW + 1),
            "whole_days": WINDOW,
            "active_7": active.astype(np.int64),
            "tier": np.where(large[account], "enterprise", "self_serve"),
        }
    )


def timed(mornings: pl.DataFrame) -> pl.DataFrame:
    """Return mornings with their day, and what lies after it, by a clock that never stops."""
    dated = mornings.with_columns(
        on_day=pl.col("began_on") + pl.duration(days="elapsed_days"), paused=pl.lit(value=False)
    )
    last = (
        pl.when("met")
        .then("ended_on")
        .otherwise(pl.min_horizontal(pl.col("ended_on") - pl.duration(days=1), "due_on"))
    )
    return dated.with_columns(
        left_days=(pl.col("due_on") - pl.col("on_day")).dt.total_days() + 1,
        followed_days=(last - pl.col("on_day")).dt.total_days() + 1,
    ).filter(pl.col("followed_days") >= 1)


def known(mornings: pl.DataFrame) -> pl.DataFrame:
    """Return mornings with all else that is known of them: a rhythm kept for months, and nothing done yet."""
    return timed(mornings).with_columns(
        pl.lit(None, dtype=pl.String).alias("role"),
        pl.lit(0.0).alias("share_met"),
        pl.lit(0.0).alias("part_done"),
        (pl.col("active_7") * 4).alias("active_28"),
        pl.when(pl.col("active_7") > 0).then(pl.lit(3)).alias("days_since"),
        ((pl.col("on_day") - pl.col("began_on")).dt.total_days() + 90).alias("age_days"),
    )
