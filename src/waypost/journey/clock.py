"""Pauses stop the clock: the days of a journey on which time goes by. Pure columns, no I/O, no clock of its own.

While somebody is on leave, or a whole account is closed for the season, no deadline comes nearer and no habit is lost.
So journeys are judged in *clock days*, which leave out the days of pauses, and what was found is told in calendar days.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from waypost.journey.progress import NEVER, Days, Places, days_of, moment_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The pauses of stays, in order: none of a stay overlaps another of it."""

    stay: Places
    begins: Days
    ends: Days
    #: Days paused before each pause, of the same stay.
    before: Days

    @classmethod
    def of(cls, pauses: pl.DataFrame) -> "Clock":
        """Return the clock of a frame with stay, from_on and until_on (exclusive), none overlapping within a stay."""
        ordered = pauses.sort("stay", "from_on")
        stay = ordered["stay"].to_numpy().astype(np.int64)
        begins, ends = days_of(ordered["from_on"]), days_of(ordered["until_on"])
        passed = np.cumsum(ends - begins) - (ends - begins)
        first = np.searchsorted(stay, stay)
        before = (passed - passed[first]).astype(np.int32)
        return cls(stay=stay, begins=begins, ends=ends, before=before)

    def clocked(self, places: pl.DataFrame) -> pl.DataFrame:
        """Return places (with a stay) in clock days: when access began, from when until when, first use, and today."""
        if not len(self.stay):
            return places
        stay = places["stay"].to_numpy()
        return places.with_columns(
            pl.Series(name, self.clock_days(stay, days_of(places[name])))
            .replace(int(NEVER), None)
            .cast(pl.Date)
            for name in ("provisioned_on", "from_on", "until_on", "first_used_on", "today")
        )

    def clock_days(self, stay: Places, days: Days) -> Days:
        """Return days without the pauses before them; all days of a pause and the first after it are one clock day."""
        if not len(self.stay):
            return days
        latest = np.searchsorted(moment_keys(self.stay, self.begins), moment_keys(stay, days)) - 1
        known = (latest >= 0) & (self.stay[latest] == stay) & (days != NEVER)
        paused = self.before[latest] + np.minimum(days, self.ends[latest]) - self.begins[latest]
        return np.where(known, days - paused, days).astype(np.int32)

    def calendar_days(self, stay: Places, days: Days) -> Days:
        """Return the calendar days of clock days: of the days of a pause, the first after it."""
        if not len(self.stay):
            return days
        reached = moment_keys(self.stay, self.begins - self.before)
        latest = np.searchsorted(reached, moment_keys(stay, days), side="right") - 1
        known = (latest >= 0) & (self.stay[latest] == stay) & (days != NEVER)
        paused = self.before[latest] + self.ends[latest] - self.begins[latest]
        return np.where(known, days + paused, days).astype(np.int32)


#: A clock that never stops.
RUNNING = Clock.of(pl.DataFrame(schema={"stay": pl.Int64, "from_on": pl.Date, "until_on": pl.Date}))
