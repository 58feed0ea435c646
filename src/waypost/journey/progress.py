"""What happened: on which days something could change, and which clauses hold on each. Pure columns, no I/O, no clock.

Days are counted as whole numbers (days since 1970), for comparing numbers is many times faster than comparing dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from waypost.journey.plan import Clause, ClauseKind, Journey, Milestone

Days = npt.NDArray[np.int32]
Truths = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

#: Later than any day: what has not happened.
NEVER = np.int32(2**31 - 1)
#: A moment is one number: the stay above these bits, the day in them.
_DAY_BITS = 23
_EARLIEST = 2**22


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """One row per person at an account since a day 0 (`stay` in the frames), and between which days it is judged."""

    provisioned: Days
    first_used: Days
    earliest: Days
    today: Days

    def __len__(self) -> int:
        """Return the number of stays."""
        return len(self.provisioned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Every day on which a standing can change, stay after stay and day after day."""

    stay: Places
    day: Days
    keys: Places

    @classmethod
    def of(cls, stays: Stays, days: list[tuple[Places, Days]]) -> "Moments":
        """Return these days (of stays) between the first day and the last day to judge, each once."""
        stay = np.concatenate([each[0] for each in days])
        day = np.concatenate([each[1] for each in days])
        told = (day >= stays.earliest[stay]) & (day <= stays.today[stay])
        keys = np.unique(moment_keys(stay[told], day[told]))
        return cls(
            stay=keys >> _DAY_BITS,
            day=((keys & (2**_DAY_BITS - 1)) - _EARLIEST).astype(np.int32),
            keys=keys,
        )

    def ever(self, holds: Truths) -> Truths:
        """Return whether something held at the moment or at an earlier one of the same stay."""
        counted = np.cumsum(holds)
        first = np.searchsorted(self.stay, self.stay)
        return np.asarray(counted - (counted[first] - holds[first]) > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """The days on which one clause began or ceased to hold, stay after stay and day after day."""

    stay: Places
    day: Days
    holds: Truths

    @classmethod
    def by_clause(cls, flips: pl.DataFrame, journey: Journey, stays: pl.Series) -> list["Flips"]:
        """Return the flips of each leaf of a journey; `stays` are the numbers of the stays to judge, in order.

        `flips` has the columns stay, clause (the number of the leaf), on_day and holds; other stays' are left out.
        """
        ordered = flips.join(stays.to_frame("stay"), on="stay", how="semi").sort("clause", "stay", "on_day")
        edges = np.searchsorted(ordered["clause"].to_numpy(), np.arange(len(journey.leaves()) + 1))
        stay = np.searchsorted(stays.to_numpy(), ordered["stay"].to_numpy())
        day = days_of(ordered["on_day"])
        holds = ordered["holds"].to_numpy()
        return [
            cls(stay=stay[begin:end], day=day[begin:end], holds=holds[begin:end])
            for begin, end in pairwise(edges.tolist())
        ]

    def first(self, stays: int) -> Days:
        """Return per stay the first day on which the clause held, NEVER if it did not."""
        first = np.full(stays, NEVER, dtype=np.int32)
        np.minimum.at(first, self.stay[self.holds], self.day[self.holds])
        return first

    def on(self, moments: Moments) -> tuple[Truths, Days]:
        """Return whether the clause holds on each moment's day, and since when it has been as it is."""
        if not len(self.day) or not len(moments.day):
            return np.zeros(len(moments.day), dtype=bool), np.full(len(moments.day), NEVER, dtype=np.int32)
        latest = np.searchsorted(moment_keys(self.stay, self.day), moments.keys, side="right") - 1
        known = (latest >= 0) & (self.stay[latest] == moments.stay)
        return known & self.holds[latest], np.where(known, self.day[latest], NEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One clause or milestone at every moment: whether it is met, and on which day it was (NEVER: it is not)."""

    holds: Truths
    on: Days


class Progress:
    """What of a journey is met at every moment."""

    def __init__(self, journey: Journey, moments: Moments, flips: list[Flips], stays: int) -> None:
        """Read the flips of a journey's leaves, in the order of `journey.leaves()`."""
        self._met: dict[str, Met] = {}
        self._leaves = {key: flipped for (key, _, _), flipped in zip(journey.leaves(), flips, strict=True)}
        for milestone in journey.milestones:
            for key, clause in milestone.keyed():
                self._learn(milestone, key, clause, moments, stays)

    def clause(self, key: str) -> Met:
        """Return a clause by its key."""
        return self._met[key]

    def milestone(self, milestone: Milestone) -> Met:
        """Return a milestone: met when all of its clauses are that are not optional, on the day of the last."""
        return _all([self._met[key] for key, clause in milestone.keyed() if not clause.optional])

    def share_unmet(self, milestone: Milestone) -> npt.NDArray[np.float64]:
        """Return the share of the milestone's needed clauses that are not met, 0 to 1."""
        unmet = [~self._met[key].holds for key, clause in milestone.keyed() if not clause.optional]
        return np.asarray(np.mean(np.array(unmet, dtype=np.float64), axis=0))

    def _learn(self, milestone: Milestone, key: str, clause: Clause, moments: Moments, stays: int) -> Met:
        if clause.parts:
            parts = [
                self._learn(milestone, f"{key}.{nr}", part, moments, stays)
                for nr, part in enumerate(clause.parts)
            ]
            met = _any(parts) if clause.any_of else _all(parts)
        else:
            met = _leaf(milestone, clause, self._leaves[key], moments, stays)
        self._met[key] = met
        return met


def reached_on(journey: Journey, flips: list[Flips], stays: int) -> Mapping[str, Days]:
    """Return per fixed milestone the day on which each stay first had all of its needed clauses, once each."""
    first = {key: each.first(stays) for (key, _, _), each in zip(journey.leaves(), flips, strict=True)}

    def of(key: str, clause: Clause) -> Days:
        if not clause.parts:
            return first[key]
        parts = np.array([of(f"{key}.{nr}", part) for nr, part in enumerate(clause.parts)])
        return np.asarray(parts.min(axis=0) if clause.any_of else parts.max(axis=0))

    return {
        each.key: np.array([of(key, clause) for key, clause in each.keyed() if not clause.optional]).max(
            axis=0
        )
        for each in journey.fixed
    }


def moment_keys(stay: Places, day: Days) -> Places:
    """Return stay and day as one number that sorts by stay, then day."""
    return (stay.astype(np.int64) << _DAY_BITS) | (day.astype(np.int64) + _EARLIEST)


def days_of(dates: pl.Series) -> Days:
    """Return dates as days since 1970, NEVER where there is none."""
    return dates.to_physical().fill_null(int(NEVER)).to_numpy().astype(np.int32)


def _leaf(milestone: Milestone, clause: Clause, flips: Flips, moments: Moments, stays: int) -> Met:
    if milestone.rolling_days is not None or clause.kind is ClauseKind.SETTING:
        # A setting switched off again is not set, even if it once was; a rolling clause must hold now.
        holds, since = flips.on(moments)
        return Met(holds=holds, on=np.where(holds, since, NEVER))
    first = flips.first(stays)[moments.stay]
    holds = first <= moments.day
    return Met(holds=holds, on=np.where(holds, first, NEVER))


def _all(parts: list[Met]) -> Met:
    holds = np.logical_and.reduce([each.holds for each in parts])
    return Met(holds=holds, on=np.where(holds, np.maximum.reduce([each.on for each in parts]), NEVER))


def _any(parts: list[Met]) -> Met:
    holds = np.logical_or.reduce([each.holds for each in parts])
    return Met(holds=holds, on=np.minimum.reduce([each.on for each in parts]))
