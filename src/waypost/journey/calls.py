"""Calls: who was called at risk by odds from which day on, and where odds judge in place of the rule of thumb.

Odds are worked out once a day and said as facts, so a day that is judged again keeps the call that was made on it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from waypost.journey.clock import Clock
from waypost.journey.progress import Days, Flips, Moments, Places, Truths, days_of

CALLS = {"stay": pl.Int64, "milestone": pl.String, "on_day": pl.Date, "holds": pl.Boolean}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What odds said of one milestone: from when on they judge it, and from when on each stay was called at risk."""

    by_odds: Flips
    called: Flips

    def on(self, moments: Moments) -> tuple[Truths, Truths]:
        """Return at every moment whether odds judge, and whether the stay is then called at risk."""
        return self.by_odds.on(moments)[0], self.called.on(moments)[0]

    def turning_days(self) -> list[tuple[Places, Days]]:
        """Return the days on which either begins or ends."""
        return [(each.stay, each.day) for each in (self.by_odds, self.called)]


def foretold(calls: pl.DataFrame, stays: pl.Series, clock: Clock) -> dict[str, Foretold]:
    """Return by milestone what odds said of these stays (their numbers, in order); none where odds never judged.

    `calls`: stay (null: everybody), milestone, on_day, holds. Of everybody it says whether odds judge the milestone
    from that day on, or the rule of thumb again; of a stay, whether it is called at risk from that day on.
    """
    ours = stays.to_frame("stay")
    judged = calls.filter(pl.col("stay").is_null()).drop("stay").join(ours, how="cross")
    called = calls.join(ours, on="stay", how="semi")
    return {
        key: Foretold(
            by_odds=_flips(judged.filter(milestone=key), stays, clock),
            called=_flips(called.filter(milestone=key), stays, clock),
        )
        for key in judged["milestone"].unique().sort()
    }


def _flips(said: pl.DataFrame, stays: pl.Series, clock: Clock) -> Flips:
    """Return what was said as flips, in clock days; of what was said in one pause, the last holds."""
    ordered = said.sort("stay", "on_day")
    stay = ordered["stay"].to_numpy()
    return Flips(
        stay=np.searchsorted(stays.to_numpy(), stay),
        day=clock.clock_days(stay, days_of(ordered["on_day"])),
        holds=ordered["holds"].to_numpy(),
    )
