"""Odds: how likely everybody who is underway meets their next milestone in time, from the history of people like them.

`odds_state` fits a model per milestone to dated history and says the odds of everybody underway. It depends on the
derived tables, the rules and the day alone, so it comes out the same after a replay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
import polars as pl

from waypost.learn import OddsModel, Tried, fit_odds, mornings, odds_of, outdone_by
from waypost.run.rulebook import Rulebook
from waypost.run.underway import (
    PLACE,
    PLACE_SCHEMA,
    Asks,
    Stage,
    looked_at,
    spells_of,
    stages_of,
    this_morning,
)
from waypost.store import Writer

#: History is that of the latest so many people per milestone, looked at on so many mornings each.
MOST_PEOPLE = 4_000
PER_PERSON = 8
#: A milestone: journey, version, key.
Place = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsState:
    """What was worked out: the model of each stage, and the odds of everybody underway (see `odds_on`)."""

    models: dict[Stage, OddsModel]
    odds: pl.DataFrame
    today: date


def odds_state(
    asks: Asks, rules: Rulebook, *, today: date, outdone: Mapping[Place, Tried] | None = None
) -> OddsState:
    """Work out the models and odds of a morning; nothing is stored, so rounds need not wait for it.

    Where the odds were `outdone` by the rule of thumb on people who came later, there are none.
    """
    fitted = fit_models(asks, rules, today=today)
    models = {stage: _used(stage, model, outdone or {}) for stage, model in fitted.items()}
    return OddsState(models=models, odds=odds_on(asks, rules, models, today=today), today=today)


def keep_odds(writer: Writer, state: OddsState, said: pl.DataFrame) -> None:
    """Store models and odds in place of those stored; `said` are the odds with who was called at risk by them."""
    writer.run("learn/odds_clear")
    writer.run("learn/odds_keep", frames={"fresh": said})
    writer.run("learn/odds_models_keep", frames={"fresh": _stored(state.models, state.today)})


def fit_models(asks: Asks, rules: Rulebook, *, today: date) -> dict[Stage, OddsModel]:
    """Return the model of every milestone of the journeys in force today, from what happened before today."""
    stages = stages_of(rules, today=today)
    history = history_of(asks, rules, today=today)
    units = {each.shape: each.units for each in stages}
    by_shape = dict(history.partition_by("shape", as_dict=True))
    fitted = {shape: fit_odds(each, units=units[shape]) for (shape,), each in by_shape.items()}
    return {each: fitted.get(each.shape) or fit_odds(history.clear(), units=each.units) for each in stages}


def _used(stage: Stage, model: OddsModel, outdone: Mapping[Place, Tried]) -> OddsModel:
    """Return a model as it is used: without a hazard where the rule of thumb judges."""
    tried = outdone.get((stage.journey, stage.version, stage.milestone))
    if tried is None or model.hazard is None:
        return model
    return msgspec.structs.replace(model, hazard=None, why=outdone_by(tried, of=stage.units))


def history_of(asks: Asks, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Return the history of every milestone in force, as `fit_odds` reads it."""
    spells = spells_of(asks, rules, today=today)
    looks = mornings(spells.frame, most_people=MOST_PEOPLE, per_person=PER_PERSON)
    return looked_at(asks, rules, looks, spells)


def odds_on(asks: Asks, rules: Rulebook, models: dict[Stage, OddsModel], *, today: date) -> pl.DataFrame:
    """Return the odds of everybody underway this morning: the columns of `odds` but at_risk, day_0, paused (today)."""
    cases = this_morning(asks, rules, today=today)
    parts = [_said(each, model, cases) for each, model in models.items()]
    return pl.concat([part for part in parts if part.height] or [_NOBODY])


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
        "day_0",
        "paused",
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
    schema = {**PLACE_SCHEMA, "fitted_on": pl.Date, **counts, "model": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


_NOBODY = pl.DataFrame(
    schema={
        "person_id": pl.String,
        "account_id": pl.String,
        **PLACE_SCHEMA,
        "on_day": pl.Date,
        "due_on": pl.Date,
        "odds": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "people": pl.Int64,
        "why": pl.String,
        "day_0": pl.Date,
        "paused": pl.Boolean,
    }
)
