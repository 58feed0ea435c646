"""Where everybody stands: facts from the store, judged by each journey in force."""

from datetime import date

import polars as pl

from waypost.journey import REACHED, Clock, reached, standings
from waypost.run.rulebook import Rulebook
from waypost.store import Scope, Writer

STAY = ["person_id", "account_id", "rulebook_nr", "provisioned_on"]
#: The clause number under which `standings/flips` tells the first use.
FIRST_USE = -1


def restate_standings(
    writer: Writer, people: frozenset[str], rules: Rulebook, *, today: date
) -> pl.DataFrame:
    """Judge these people anew on every journey; return the milestones each has reached while they were in force.

    The answer has the columns person_id, account_id, journey, milestone, met_on and late, of current journeys only.
    """
    scope = Scope(people=people).people_frame()
    places = _places(writer, scope, rules, today=today)
    stays, features = places.select("stay", *STAY).unique("stay"), rules.catalogue.feature_frame()
    asked = {"last_on": today}
    paused = writer.ask("standings/pauses", asked, {"stays": stays, "features": features})
    frames = {"stays": stays, "clauses": rules.clauses(), "features": features, "paused": paused}
    flips, clock = writer.ask("standings/flips", asked, frames), Clock.of(paused)
    first = flips.filter(pl.col("clause") == FIRST_USE).select("stay", first_used_on="on_day")
    placed = dict(places.join(first, on="stay", how="left").partition_by("rulebook_nr", as_dict=True))
    flipped = flips.filter(pl.col("clause") != FIRST_USE).partition_by("rulebook_nr", as_dict=True)
    judged, met = [], [pl.DataFrame(schema=REACHED)]
    for nr, each in enumerate(rules.journeys):
        mine = placed.get((nr,))
        if mine is None:
            continue
        flips_of = flipped.get((nr,), flips.clear())
        judged.append(standings(each.rule, each.version, mine, flips_of, clock))
        found = reached(each.rule, mine.filter(pl.col("until_on").is_null()), flips_of, clock)
        # What a new version finds already met was met under no rule of the time.
        met.append(found.filter(pl.col("met_on") >= each.from_on))
    writer.run("standings/clear", frames={"scope": scope})
    if judged:
        writer.run("standings/keep", frames={"fresh": pl.concat(judged)})
    return pl.concat(met)


def _places(writer: Writer, scope: pl.DataFrame, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Return who is on which version of which journey from when until when, with the number of each stay."""
    found = writer.ask("standings/placements", frames={"scope": scope, "audiences": rules.audiences()})
    ordered = found.sort(*STAY, "from_on")
    opens = pl.any_horizontal([pl.col(name).ne_missing(pl.col(name).shift(1)) for name in STAY])
    # Stretches on the same journey that follow each other are one: an era changed another journey, or a role changed.
    apart = opens | pl.col("from_on").ne_missing(pl.col("until_on").shift(1))
    return (
        ordered.with_columns(stay=opens.cum_sum().cast(pl.Int64), stretch=apart.cum_sum())
        .group_by("stretch", maintain_order=True)
        .agg(
            pl.col("stay", *STAY, "from_on").first(),
            pl.when(pl.col("until_on").is_null().any())
            .then(None)
            .otherwise(pl.col("until_on").max())
            .alias("until_on"),
        )
        .drop("stretch")
        .with_columns(pl.lit(today).alias("today"))
    )
