"""Where everybody stands: facts from the store, judged by each journey in force."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from waypost.journey import REACHED, STANDINGS, Clock, Of, reached, standings
from waypost.run.placing import placements
from waypost.run.rulebook import Rulebook
from waypost.run.underway import Asks
from waypost.store import Scope, Writer

STAY = ["person_id", "account_id", "rulebook_nr", "provisioned_on"]
#: The clause number under which `standings/flips` tells the first use.
FIRST_USE = -1
#: So many people are judged at once, so that a million fit into memory.
MOST_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """All that one version of a journey is judged on: who is on it when, what held when, the pauses, what odds said."""

    places: pl.DataFrame
    flips: pl.DataFrame
    clock: Clock
    calls: pl.DataFrame


def restate_standings(
    writer: Writer, people: frozenset[str], rules: Rulebook, *, today: date
) -> pl.DataFrame:
    """Judge these people anew on every journey of people; return the milestones that each has reached.

    The answer has the columns person_id, account_id, journey, milestone, met_on and late, of current journeys only and
    of milestones reached while they were in force.
    """
    met = [pl.DataFrame(schema=REACHED)]
    everybody = sorted(people)
    for begin in range(0, len(everybody), MOST_AT_ONCE):
        scope = Scope(people=frozenset(everybody[begin : begin + MOST_AT_ONCE])).people_frame()
        found = _judge(writer, placements(writer, Of.PEOPLE, scope, rules, today=today), rules, today=today)
        writer.run("standings/clear", frames={"scope": scope})
        if found.standings.height:
            writer.run("standings/keep", frames={"fresh": found.standings})
        met.append(found.met)
    return pl.concat(met)


def restate_account_standings(
    writer: Writer, accounts: frozenset[str], rules: Rulebook, *, today: date
) -> pl.DataFrame:
    """Judge these accounts anew on every journey of accounts; return the milestones reached, as for people."""
    scope = Scope(accounts=accounts).accounts_frame()
    if not scope.height or all(each.rule.of is Of.PEOPLE for each in rules.journeys):
        return pl.DataFrame(schema=REACHED)
    found = _judge(writer, placements(writer, Of.ACCOUNTS, scope, rules, today=today), rules, today=today)
    writer.run("standings/clear_accounts", frames={"scope": scope})
    if found.standings.height:
        writer.run("standings/keep_accounts", frames={"fresh": found.standings})
    return found.met


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What the journeys say of some stays: dated standings, and the milestones reached."""

    standings: pl.DataFrame
    met: pl.DataFrame


def judging(asks: Asks, placed: pl.DataFrame, rules: Rulebook, *, today: date) -> dict[int, Judging]:
    """Return what there is to judge by each version of a journey (its place in `rules.journeys`); changes nothing.

    `placed` is what `placements` said of them.
    """
    places = _places(placed, today=today)
    stays, features = places.select("stay", *STAY).unique("stay"), rules.catalogue.feature_frame()
    asked = {"last_on": today}
    paused = asks.ask("standings/pauses", asked, {"stays": stays, "features": features})
    frames = {"stays": stays, "clauses": rules.clauses(), "features": features, "paused": paused}
    flips, clock = asks.ask("standings/flips", asked, frames), Clock.of(paused)
    calls = asks.ask("standings/calls", asked, {"stays": stays, "versions": rules.versions()})
    first = flips.filter(pl.col("clause") == FIRST_USE).select("stay", first_used_on="on_day")
    begun = places.join(first, on="stay", how="left").partition_by("rulebook_nr", as_dict=True)
    flipped = flips.filter(pl.col("clause") != FIRST_USE).partition_by("rulebook_nr", as_dict=True)
    return {
        int(nr): Judging(
            places=mine,
            flips=flipped.get((nr,), flips.clear()),
            clock=clock,
            calls=calls.filter(rulebook_nr=nr).drop("rulebook_nr"),
        )
        for (nr,), mine in begun.items()
    }


def _judge(writer: Writer, placed: pl.DataFrame, rules: Rulebook, *, today: date) -> _Judged:
    """Judge everybody placed on each version of a journey that they are placed on."""
    judged, met = [pl.DataFrame(schema=STANDINGS)], [pl.DataFrame(schema=REACHED)]
    for nr, mine in judging(writer, placed, rules, today=today).items():
        each = rules.journeys[nr]
        judged.append(standings(each.rule, each.version, mine.places, mine.flips, mine.clock, mine.calls))
        found = reached(each.rule, mine.places.filter(pl.col("until_on").is_null()), mine.flips, mine.clock)
        # What a new version finds already met was met under no rule of the time.
        met.append(found.filter(pl.col("met_on") >= each.from_on))
    return _Judged(standings=pl.concat(judged), met=pl.concat(met))


def _places(placed: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """Return who is on which version of which journey from when until when, with the number of each stay."""
    ordered = placed.sort(*STAY, "from_on")
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
