"""Where everybody stands: facts from the store, judged by each journey in force."""

from datetime import date

import polars as pl

from waypost.journey import reached, standings
from waypost.run.rulebook import Rulebook
from waypost.store import Scope, Writer

PLACE = ["person_id", "account_id", "journey", "version", "provisioned_on"]


def restate_standings(
    writer: Writer, people: frozenset[str], rules: Rulebook, *, today: date
) -> pl.DataFrame:
    """Judge these people anew on every journey; return the milestones each has reached while they were in force.

    The answer has the columns person_id, account_id, journey, milestone, met_on and late, of current journeys only.
    """
    scope = Scope(people=people).people_frame()
    places = _places(writer, scope, rules, today=today)
    flips = writer.ask(
        "standings/flips",
        {"last_on": today},
        {"placements": places, "clauses": rules.clauses(), "features": rules.catalogue.feature_frame()},
    )
    judged, met = [], []
    for each in rules.journeys:
        mine = (pl.col("journey") == each.rule.key) & (pl.col("version") == each.version)
        placed = places.filter(mine)
        if placed.height:
            flipped = flips.filter(mine)
            judged.append(standings(each.rule, each.version, placed, flipped))
            found = reached(each.rule, placed.filter(pl.col("until_on").is_null()), flipped)
            # What a new version finds already met was met under no rule of the time.
            met.append(found.filter(pl.col("met_on") >= each.from_on))
    writer.run("standings/clear", frames={"scope": scope})
    if judged:
        writer.run("standings/keep", frames={"fresh": pl.concat(judged)})
    return pl.concat(met) if met else _NOTHING_MET


def _places(writer: Writer, scope: pl.DataFrame, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Return who is on which version of which journey from when until when."""
    found = writer.ask("standings/placements", frames={"scope": scope, "audiences": rules.audiences()})
    features = rules.catalogue.feature_frame()
    first = writer.ask("standings/first_use", {"last_on": today}, {"placements": found, "features": features})
    joined = _merged(found).join(first, on=["person_id", "account_id", "provisioned_on"], how="left")
    return joined.with_columns(pl.lit(today).alias("today"))


def _merged(places: pl.DataFrame) -> pl.DataFrame:
    """Join stretches on the same journey that follow each other: an era that changed another journey, or a role."""
    ordered = places.sort(*PLACE, "from_on")
    apart = (pl.col("from_on") != pl.col("until_on").shift(1).over(PLACE)).fill_null(value=True)
    open_end = pl.col("until_on").is_null().any()
    return (
        ordered.with_columns(apart.cum_sum().over(PLACE).alias("stretch"))
        .group_by(*PLACE, "stretch", maintain_order=True)
        .agg(
            pl.col("from_on").min(),
            pl.when(open_end).then(None).otherwise(pl.col("until_on").max()).alias("until_on"),
        )
        .drop("stretch")
    )


_NOTHING_MET = pl.DataFrame(
    schema={
        "person_id": pl.String,
        "account_id": pl.String,
        "journey": pl.String,
        "milestone": pl.String,
        "met_on": pl.Date,
        "late": pl.Boolean,
    }
)
