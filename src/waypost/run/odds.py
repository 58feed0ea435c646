"""Odds: how likely everybody who is underway meets their next milestone in time, from the history of people like them.

`odds_state` fits a model per milestone to dated history and says the odds of everybody underway. It depends on the
derived tables, the rules and the day alone, so it comes out the same after a replay.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import msgspec
import polars as pl

from waypost.journey import Clause, Journey, Milestone, Of
from waypost.learn import OddsModel, fit_odds, mornings, odds_of
from waypost.run.rulebook import InForce, Rulebook
from waypost.store import Frames, Params, Writer

#: History is that of the latest so many people per milestone, looked at on so many mornings each.
MOST_PEOPLE = 4_000
PER_PERSON = 8
#: Nothing further back than this before a person's own window matters to what is known of them.
LOOKED_BACK_DAYS = 28
PLACE = ["journey", "version", "milestone"]


class Asks(Protocol):
    """Who answers questions: the warehouse, or a writer in its transaction."""

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One milestone with a day, of one version of a journey. `shape` is alike in versions that ask the same."""

    journey: str
    version: int
    milestone: str
    shape: str
    window_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsState:
    """What was worked out: the model of each stage, and the odds of everybody underway (as of `odds`, and age_days)."""

    models: dict[Stage, OddsModel]
    odds: pl.DataFrame
    today: date


def odds_state(asks: Asks, rules: Rulebook, *, today: date) -> OddsState:
    """Work out the models and odds of a morning; nothing is stored, so rounds need not wait for it."""
    models = fit_models(asks, rules, today=today)
    return OddsState(models=models, odds=odds_on(asks, rules, models, today=today), today=today)


def keep_odds(writer: Writer, state: OddsState, said: pl.DataFrame) -> None:
    """Store models and odds in place of those stored; `said` are the odds with who was called at risk by them."""
    writer.run("learn/odds_clear")
    writer.run("learn/odds_keep", frames={"fresh": said})
    writer.run("learn/odds_models_keep", frames={"fresh": _stored(state.models, state.today)})


def fit_models(asks: Asks, rules: Rulebook, *, today: date) -> dict[Stage, OddsModel]:
    """Return the model of every milestone of the journeys in force today, from what happened before today."""
    history = history_of(asks, rules, today=today)
    by_shape = dict(history.partition_by("shape", as_dict=True))
    fitted = {shape: fit_odds(each) for (shape,), each in by_shape.items()}
    nothing = fit_odds(history.clear())
    return {each: fitted.get(each.shape, nothing) for each in stages_of(rules, today=today)}


def history_of(asks: Asks, rules: Rulebook, *, today: date, only: str | None = None) -> pl.DataFrame:
    """Return the history of every milestone in force (or of one journey's), as `fit_odds` reads it."""
    spells = spells_of(asks, rules, today=today, only=only)
    return known(asks, rules, mornings(spells, most_people=MOST_PEOPLE, per_person=PER_PERSON))


def spells_of(asks: Asks, rules: Rulebook, *, today: date, only: str | None = None) -> pl.DataFrame:
    """Return when everybody was underway to a milestone that is in force today, and what came of it."""
    wanted = {each.shape for each in stages_of(rules, today=today) if only in (None, each.journey)}
    asked = [each for each in _every_stage(rules) if each.shape in wanted]
    told = {"today": today, "underway_only": False}
    return asks.ask("learn/odds_spells", told, {"stages": _stage_frame(asked)})


def odds_on(asks: Asks, rules: Rulebook, models: dict[Stage, OddsModel], *, today: date) -> pl.DataFrame:
    """Return the odds of everybody underway on the morning of today: the columns of `odds`, and age_days."""
    stages = stages_of(rules, today=today)
    told = {"today": today, "underway_only": True}
    spells = asks.ask("learn/odds_spells", told, {"stages": _stage_frame(stages)})
    cases = known(asks, rules, spells.with_columns(on_day=pl.lit(today)))
    parts = [_said(each, model, cases) for each, model in models.items()]
    return pl.concat([part for part in parts if part.height] or [_NOBODY])


def known(asks: Asks, rules: Rulebook, cases: pl.DataFrame) -> pl.DataFrame:
    """Return cases (person_id, account_id, journey, version, milestone, on_day) with what was known of them."""
    numbered = cases.with_row_index("case_nr").with_columns(pl.col("case_nr").cast(pl.Int64))
    first = numbered.select(pl.col("on_day").min()).item() if cases.height else date(1970, 1, 1)
    longest = max((each.window_days for each in _every_stage(rules)), default=0)
    furthest = max((_furthest_day(each.rule) for each in rules.journeys), default=0)
    found = asks.ask(
        "learn/odds_known",
        {"since": first - timedelta(days=max(LOOKED_BACK_DAYS, longest, furthest) + 1)},
        {
            "cases": numbered.select("case_nr", "person_id", "account_id", *PLACE, "on_day"),
            "parts": _parts(rules),
            "features": rules.catalogue.feature_frame(),
        },
    )
    return numbered.join(found, on="case_nr", how="left").sort("case_nr").drop("case_nr")


def stages_of(rules: Rulebook, *, today: date) -> list[Stage]:
    """Return the milestones with a day of the journeys in force today."""
    current = {(each.rule.key, each.version) for each in journeys_of_people(rules, today=today)}
    return [each for each in _every_stage(rules) if (each.journey, each.version) in current]


def journeys_of_people(rules: Rulebook, *, today: date) -> list[InForce[Journey]]:
    """Return the journeys in force today that people go; of accounts there are too few to learn odds from."""
    mine = (each for each in rules.journeys if each.rule.of is Of.PEOPLE)
    return [each for each in mine if each.from_on <= today < each.until_on]


def _every_stage(rules: Rulebook) -> list[Stage]:
    found = []
    for each in rules.journeys:
        if each.rule.of is not Of.PEOPLE:
            continue
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
    schema = {**_PLACE_SCHEMA, "shape": pl.String, "window_days": pl.Int64}
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
        **_PLACE_SCHEMA,
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


def _said(stage: Stage, model: OddsModel, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the odds of everybody underway to one milestone; none where there is no model."""
    place = (pl.col("journey") == stage.journey) & (pl.col("version") == stage.version)
    mine = cases.filter(place & (pl.col("milestone") == stage.milestone))
    return mine.hstack(odds_of(model, mine)).select(
        "person_id",
        "account_id",
        *PLACE,
        "on_day",
        "due_on",
        "odds",
        "low",
        "high",
        pl.lit(model.people, dtype=pl.Int64).alias("people"),
        pl.lit(model.why, dtype=pl.String).alias("why"),
        "age_days",
    )


def _stored(models: dict[Stage, OddsModel], today: date) -> pl.DataFrame:
    rows = [
        (
            each.journey,
            each.version,
            each.milestone,
            today,
            model.people,
            model.accounts,
            model.met,
            msgspec.json.encode(model).decode(),
        )
        for each, model in models.items()
    ]
    counts = dict.fromkeys(("people", "accounts", "met"), pl.Int64)
    schema = {**_PLACE_SCHEMA, "fitted_on": pl.Date, **counts, "model": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


_PLACE_SCHEMA = {"journey": pl.String, "version": pl.Int64, "milestone": pl.String}
_NOBODY = pl.DataFrame(
    schema={
        "person_id": pl.String,
        "account_id": pl.String,
        **_PLACE_SCHEMA,
        "on_day": pl.Date,
        "due_on": pl.Date,
        "odds": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "people": pl.Int64,
        "why": pl.String,
        "age_days": pl.Int64,
    }
)
