"""Underway: who was on the way to which milestone when, what came of it, and what was known of them on a morning.

People and accounts are told alike: an account that goes a journey itself has no person. A pause stops their clock here
as it does in journeys: lengths are in days of the clock, and a day that is told by its date is a day of the calendar.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from waypost.journey import Clause, Clock, Journey, Milestone, Of
from waypost.run.rulebook import InForce, Rulebook
from waypost.store import Frames, Params

#: Nothing further back than this before a person's own window matters to what is known of them.
LOOKED_BACK_DAYS = 28
PLACE = ["journey", "version", "milestone"]
PLACE_SCHEMA = {"journey": pl.String, "version": pl.Int64, "milestone": pl.String}
SUBJECT = ["person_id", "account_id"]
Days = npt.NDArray[np.int32]


class Asks(Protocol):
    """Who answers questions: the warehouse, or a writer in its transaction."""

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One milestone with a day, of one version of a journey, and whether people or accounts go it.

    `shape` is alike in versions that ask the same.
    """

    journey: str
    version: int
    milestone: str
    shape: str
    window_days: int
    by_day: int
    units: str = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Spells on the way to a milestone, with `stay` (the same for one person at one account) and the clock of each."""

    frame: pl.DataFrame
    clock: Clock
    paused: pl.DataFrame

    def clock_days(self, rows: pl.DataFrame, column: str) -> Days:
        """Return a column of calendar days as days of the clock."""
        days = rows[column].to_physical().to_numpy().astype(np.int32)
        return self.clock.clock_days(rows["stay"].to_numpy(), days)


def spells_of(asks: Asks, rules: Rulebook, *, today: date, only: str | None = None) -> Spells:
    """Return when everybody was underway to a milestone that is in force today, and what came of it."""
    wanted = {each.shape for each in stages_of(rules, today=today) if only in (None, each.journey)}
    asked = [each for each in _every_stage(rules) if each.shape in wanted]
    return _spells(asks, rules, asked, today=today, underway_only=False)


def looked_at(asks: Asks, rules: Rulebook, looks: pl.DataFrame, spells: Spells) -> pl.DataFrame:
    """Return what was known on mornings (spells with elapsed_days) and what was seen after, as `fit_odds` reads it."""
    began, due, ended = (spells.clock_days(looks, name) for name in ("began_on", "due_on", "ended_on"))
    clock_on = began + looks["elapsed_days"].to_numpy().astype(np.int32)
    on_day = spells.clock.calendar_days(looks["stay"].to_numpy(), clock_on)
    met = looks["met"].to_numpy()
    followed = np.where(met, ended - clock_on + 1, np.minimum(ended, due + 1) - clock_on)
    seen_days = looks["ended_on"].to_physical().to_numpy() - on_day
    timed = looks.with_columns(
        pl.Series("on_day", on_day).cast(pl.Date),
        pl.Series("clock_on", clock_on).cast(pl.Date),
        pl.Series("left_days", due - clock_on + 1).cast(pl.Int64),
        pl.Series("followed_days", followed).cast(pl.Int64),
        pl.Series("paused", seen_days != ended - clock_on),
    )
    return known(asks, rules, timed.filter(pl.col("followed_days") >= 1), spells)


def this_morning(asks: Asks, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Return everybody underway this morning with what is known of them; paused: today their clock stands still."""
    spells = _spells(asks, rules, stages_of(rules, today=today), today=today, underway_only=True)
    cases = spells.frame.with_columns(on_day=pl.lit(today), after=pl.lit(today + timedelta(days=1)))
    began, due, now, after = (
        spells.clock_days(cases, name) for name in ("began_on", "due_on", "on_day", "after")
    )
    timed = cases.drop("after").with_columns(
        pl.Series("clock_on", now).cast(pl.Date),
        pl.Series("elapsed_days", now - began).cast(pl.Int64),
        pl.Series("left_days", due - now + 1).cast(pl.Int64),
        pl.Series("paused", now == after),
    )
    return known(asks, rules, timed.filter(pl.col("elapsed_days") >= 1), spells)


def known(asks: Asks, rules: Rulebook, cases: pl.DataFrame, spells: Spells) -> pl.DataFrame:
    """Return cases (stay, journey, version, milestone, due_on, on_day, clock_on, …) with what was known of them."""
    numbered = _from_day_0(rules, cases, spells).with_row_index("case_nr")
    numbered = numbered.with_columns(pl.col("case_nr").cast(pl.Int64))
    found = asks.ask(
        "learn/odds_known",
        {"since": _since(rules, cases, spells)},
        {
            "cases": numbered.select("case_nr", "stay", *PLACE, "on_day", "clock_on", "clock_0"),
            "stays": numbered.select("stay", *SUBJECT).unique("stay"),
            "paused": spells.paused,
            "parts": _parts(rules),
            "features": rules.catalogue.feature_frame(),
        },
    )
    return numbered.join(found, on="case_nr", how="left").sort("case_nr").drop("case_nr", "clock_0")


def _from_day_0(rules: Rulebook, cases: pl.DataFrame, spells: Spells) -> pl.DataFrame:
    """Return the cases with day_0, the day from which their journey counts, and clock_0, the same day of the clock.

    It is that of access or of the entry, so it is told by the day that the milestone is due rather than by belonging.
    """
    rows = [(each.journey, each.version, each.milestone, each.by_day) for each in _every_stage(rules)]
    by_day = pl.DataFrame(rows, schema={**PLACE_SCHEMA, "by_day": pl.Int32}, orient="row")
    placed = cases.join(by_day, on=PLACE, how="left", maintain_order="left")
    clock_0 = spells.clock_days(placed, "due_on") - placed["by_day"].to_numpy()
    day_0 = spells.clock.calendar_days(placed["stay"].to_numpy(), clock_0)
    told = (pl.Series("day_0", day_0).cast(pl.Date), pl.Series("clock_0", clock_0).cast(pl.Date))
    return placed.drop("by_day").with_columns(told)


def stages_of(rules: Rulebook, *, today: date) -> list[Stage]:
    """Return the milestones with a day of the journeys in force today."""
    current = {(each.rule.key, each.version) for each in journeys_on(rules, today=today)}
    return [each for each in _every_stage(rules) if (each.journey, each.version) in current]


def journeys_on(rules: Rulebook, *, today: date) -> list[InForce[Journey]]:
    """Return the journeys in force today."""
    return [each for each in rules.journeys if each.from_on <= today < each.until_on]


def _spells(asks: Asks, rules: Rulebook, stages: list[Stage], *, today: date, underway_only: bool) -> Spells:
    told = {"today": today, "underway_only": underway_only}
    found = asks.ask("learn/odds_spells", told, {"stages": _stage_frame(stages)})
    return clocked(asks, rules, found, today=today)


def clocked(asks: Asks, rules: Rulebook, found: pl.DataFrame, *, today: date) -> Spells:
    """Return spells with their stays, their clock, and whole_days: of the clock, from began_on to due_on."""
    subjects = found.select(SUBJECT).unique(maintain_order=True).with_row_index("stay")
    stays = subjects.with_columns(pl.col("stay").cast(pl.Int64))
    numbered = found.join(stays, on=SUBJECT, how="left", nulls_equal=True, maintain_order="left")
    frames = {"stays": stays, "features": rules.catalogue.feature_frame()}
    paused = asks.ask("standings/pauses", {"last_on": today}, frames)
    spells = Spells(frame=numbered, clock=Clock.of(paused), paused=paused)
    whole = spells.clock_days(numbered, "due_on") - spells.clock_days(numbered, "began_on")
    return Spells(
        frame=numbered.with_columns(pl.Series("whole_days", whole).cast(pl.Int64)),
        clock=spells.clock,
        paused=paused,
    )


def _since(rules: Rulebook, cases: pl.DataFrame, spells: Spells) -> date:
    """Return the first day that matters to any case."""
    if not cases.height:
        return date(1970, 1, 1)
    first: date = cases.select(pl.col("on_day").min()).item()
    longest = max((each.window_days for each in _every_stage(rules)), default=0)
    furthest = max((_furthest_day(each.rule) for each in rules.journeys), default=0)
    away = spells.paused.select("stay", days=(pl.col("until_on") - pl.col("from_on")).dt.total_days())
    paused: int = away.group_by("stay").agg(pl.col("days").sum()).select(pl.col("days").max()).item() or 0
    return first - timedelta(days=max(LOOKED_BACK_DAYS, longest, furthest) + paused + 1)


def _every_stage(rules: Rulebook) -> list[Stage]:
    found = []
    for each in rules.journeys:
        previous = 0
        for milestone in each.rule.fixed:
            due = milestone.by_day or 0
            found.append(
                Stage(
                    journey=each.rule.key,
                    version=each.version,
                    milestone=milestone.key,
                    shape=_shape(each.rule, milestone, previous),
                    window_days=due - previous,
                    by_day=due,
                    units="people" if each.rule.of is Of.PEOPLE else "accounts",
                )
            )
            previous = due
    return found


def _shape(journey: Journey, milestone: Milestone, previous: int) -> str:
    """Return what tells this milestone from others: whose it is, what it asks, from which day to which."""
    asked = (journey.key, milestone.key, previous, milestone.by_day, milestone.clauses)
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]


def _furthest_day(journey: Journey) -> int:
    return max((each.by_day or 0 for each in journey.fixed), default=0)


def _stage_frame(stages: list[Stage]) -> pl.DataFrame:
    rows = [(each.journey, each.version, each.milestone, each.shape, each.window_days) for each in stages]
    schema = {**PLACE_SCHEMA, "shape": pl.String, "window_days": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _parts(rules: Rulebook) -> pl.DataFrame:
    """Return every clause that must hold, of every version, as `learn/odds_known.sql` reads them."""
    rows = [
        (each.rule.key, each.version, milestone.key, key, *_counts(clause))
        for each in rules.journeys
        for milestone in each.rule.fixed
        for key, clause in milestone.keyed()
        if not clause.optional
    ]
    schema = {
        **PLACE_SCHEMA,
        "clause": pl.String,
        "kind": pl.String,
        "feature": pl.String,
        "threshold": pl.Float64,
        "window_days": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _counts(clause: Clause) -> tuple[str, str | None, float, int | None]:
    if clause.parts:
        return "group", None, 1.0, None
    return clause.kind.value, clause.feature, clause.threshold, clause.in_days
