"""Trails: when everybody did each step of a funnel, as sorted whole numbers that are walked by searching.

An instant of a person (or account) is one number: whose it is times the length of the time looked at, and the time
since its beginning (µs). So the next time of everybody is one search in one sorted array, however many they are.
Use is rolled up by day: of a day on which a step was done more than twice only the first and last time are known. Such
a day is open; where it matters what lies between, the events are asked, and the trail knows more from then on.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

Keys = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

#: Later than any time: what was not done.
NEVER = np.int64(2**63 - 1)
#: So many numbers are told apart: whose it is times the length of the time looked at must be fewer.
_NUMBERS = 2**62
#: More than a day is ever known by without the events: its first and its last time.
_KNOWN_A_DAY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """One step: the known times, in order, and the open days (`opens` to `closes`) by their beginning."""

    times: Keys
    opens: Keys
    closes: Keys

    def after(self, reached: Keys, *, later: bool) -> tuple[Keys, Truths]:
        """Return the next known time from each on (`later`: after it), and whether an open day may hide one before."""
        side: Literal["left", "right"] = "right" if later else "left"
        # One more than there is, so that nobody need ask whether they are past the end.
        found = np.append(self.times, NEVER)[np.searchsorted(self.times, reached, side)]
        begun = np.searchsorted(self.opens, reached, side)
        lasts = np.append(np.int64(-1), np.maximum.accumulate(self.closes))[begun]
        return found, (lasts > reached) & (found > reached) & (reached != NEVER)

    @property
    def nbytes(self) -> int:
        """Return how much memory the trail takes."""
        return self.times.nbytes + self.opens.nbytes + self.closes.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trails:
    """The steps of a funnel, and whose they are: `units` in order of their names."""

    units: pl.Series
    origin: int
    span: int
    steps: tuple[Trail, ...]

    @classmethod
    def of(cls, marks: pl.DataFrame, steps: int) -> "list[Trails]":
        """Return the trails of marks (unit, nr, first_at, last_at, n): some if time is long and units are many."""
        if not marks.height:
            return []
        units, codes = _numbered(marks["unit"])
        first, last = _micros(marks["first_at"]), _micros(marks["last_at"])
        numbers, n = marks["nr"].to_numpy(), marks["n"].to_numpy()
        origin = int(first.min())
        span = int(last.max()) - origin + 1
        most = max(1, _NUMBERS // span)
        found = []
        for begin in range(0, units.len(), most):
            base = (codes - begin) * np.int64(span) - origin
            inside = (codes >= begin) & (codes < begin + most)
            trails = tuple(
                _trail(first[mine] + base[mine], last[mine] + base[mine], n[mine])
                for mine in (np.flatnonzero(inside & (numbers == nr)) for nr in range(1, steps + 1))
            )
            found.append(cls(units=units[begin : begin + most], origin=origin, span=span, steps=trails))
        return found

    @property
    def bases(self) -> Keys:
        """Return the earliest number of each unit."""
        return np.arange(self.units.len(), dtype=np.int64) * self.span

    @property
    def nbytes(self) -> int:
        """Return how much memory the trails take."""
        return sum(each.nbytes for each in self.steps) + int(self.units.estimated_size())

    def at(self, instant: datetime) -> int:
        """Return an instant (UTC, without a zone) on the scale of the time looked at."""
        return int(pl.Series([instant], dtype=pl.Datetime("us")).to_physical().item()) - self.origin

    def instants(self, keys: Keys) -> pl.Series:
        """Return times of all units, one each, as instants; null is NEVER."""
        known = keys != NEVER
        micros = pl.Series(np.where(known, keys - self.bases + self.origin, 0)).cast(pl.Datetime("us"))
        return micros if known.all() else pl.select(pl.when(pl.Series(known)).then(micros)).to_series()

    def next(self, nr: int, reached: Keys, *, later: bool = False) -> tuple[Keys, Truths]:
        """Return when each unit next did step `nr` (from 0), from `reached` (one each) on, and whether it is unsure."""
        found, unsure = self.steps[nr].after(reached, later=later)
        return np.where(found < self.bases + self.span, found, NEVER), unsure

    def replacing(self, units: pl.Series, fresh: "Trails | None") -> "Trails | None":
        """Return the trails with those of some units forgotten, and `fresh` (of some of them) in their place.

        None when nobody is left, and when time has become too long for all of them to be told apart.
        """
        stay = ~self.units.is_in(units.implode())
        parts = [(self, stay.to_numpy())]
        if fresh is not None:
            parts.append((fresh, np.ones(fresh.units.len(), dtype=bool)))
        origin = min(each.origin for each, _ in parts)
        span = max(each.origin + each.span for each, _ in parts) - origin
        named = pl.concat([each.units.filter(pl.Series(chosen)) for each, chosen in parts]).sort()
        if not named.len() or named.len() > _NUMBERS // span:
            return None
        moved = [_Moved.of(each, chosen, named, origin=origin, span=span) for each, chosen in parts]
        steps = [_together([each.trail(nr) for each in moved]) for nr in range(len(self.steps))]
        return Trails(units=named, origin=origin, span=span, steps=tuple(steps))

    def knowing(self, unsure: pl.Series, times: pl.DataFrame) -> "Trails":
        """Return the trails with all times of some units known: `times` (unit, nr, reached_at) of their open days."""
        theirs = np.zeros(self.units.len(), dtype=bool)
        theirs[_codes(unsure, self.units)] = True
        keys = (
            _codes(times["unit"], self.units) * np.int64(self.span)
            + _micros(times["reached_at"])
            - self.origin
        )
        numbers = times["nr"].to_numpy()
        steps = []
        for nr, step in enumerate(self.steps, start=1):
            left = ~theirs[step.opens // self.span]
            learnt = np.sort(keys[numbers == nr])
            known = np.insert(step.times, np.searchsorted(step.times, learnt), learnt)
            steps.append(Trail(times=known, opens=step.opens[left], closes=step.closes[left]))
        return replace(self, steps=tuple(steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """Trails of which some units go on among others: the base of each unit there, and which units those are."""

    trails: Trails
    chosen: Truths
    bases: Keys

    @classmethod
    def of(cls, trails: Trails, chosen: Truths, named: pl.Series, *, origin: int, span: int) -> "_Moved":
        """Find the place of every chosen unit among `named`."""
        bases = np.zeros(len(chosen), dtype=np.int64)
        places = _codes(trails.units.filter(pl.Series(chosen)), named)
        bases[chosen] = places * np.int64(span) + (trails.origin - origin)
        return cls(trails=trails, chosen=chosen, bases=bases)

    def trail(self, nr: int) -> Trail:
        """Return a step of the units that go on, as it is told there."""
        step, span = self.trails.steps[nr], self.trails.span
        whose, opened = step.times // span, step.opens // span
        times = (self.bases[whose] + step.times - whose * span)[self.chosen[whose]]
        shift = (self.bases[opened] - opened * span)[self.chosen[opened]]
        kept = self.chosen[opened]
        return Trail(times=times, opens=step.opens[kept] + shift, closes=step.closes[kept] + shift)


def _together(trails: list[Trail]) -> Trail:
    """Return the trails of different units as one."""
    times, opens, closes = (
        np.concatenate([getattr(each, name) for each in trails]) for name in ("times", "opens", "closes")
    )
    order = np.argsort(opens, kind="stable")
    # Stable sorting finds what is in order already, and merges it.
    return Trail(times=np.sort(times, kind="stable"), opens=opens[order], closes=closes[order])


def _trail(first: Keys, last: Keys, n: Keys) -> Trail:
    is_open = (n > _KNOWN_A_DAY) & (last > first)
    order = np.argsort(first[is_open], kind="stable")
    times = np.sort(np.concatenate([first, last[n > 1]]))
    return Trail(times=times, opens=first[is_open][order], closes=last[is_open][order])


def _numbered(names: pl.Series) -> tuple[pl.Series, Keys]:
    """Return the different names in order, and the place of each name among them."""
    coded = names.cast(pl.Categorical(pl.Categories.random()))
    different = coded.unique()
    units = different.cast(pl.String)
    order = units.arg_sort().to_numpy()
    # Categories are numbered from 0 as they come.
    places = np.empty(len(order), dtype=np.int64)
    places[different.to_physical().to_numpy()[order]] = np.arange(len(order))
    return units[order], places[coded.to_physical().to_numpy()]


def _codes(names: pl.Series, units: pl.Series) -> Keys:
    """Return the place of each name among the units."""
    return names.cast(pl.Enum(units)).to_physical().to_numpy().astype(np.int64)


def _micros(instants: pl.Series) -> Keys:
    return instants.to_physical().to_numpy()
