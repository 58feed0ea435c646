"""Who is on which journey from when until when: belonging, as it was each day, against audience, entry and exit."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from waypost.journey import Entry, Exit, Of
from waypost.measure import held
from waypost.run.rulebook import Rulebook
from waypost.run.underway import Asks

STAY = ["person_id", "account_id", "provisioned_on"]
GATES = {"rulebook_nr": pl.Int64, "stay": pl.Int64, "enters_on": pl.Date, "leaves_on": pl.Date}
SEGMENTED = {"spot": pl.Int64, "segment": pl.String}
WAITS = {"feature": pl.String, "kind": pl.String, "name": pl.String, "contract": pl.Boolean}


def placements(asks: Asks, of: Of, scope: pl.DataFrame, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Return which journey each of `scope` (people, or accounts) is on, and when, as `standings/placements` tells it.

    Everything is as it was on the day itself: a new tier, plan or segment is another path from then on.
    """
    named = "standings/stretches" if of is Of.PEOPLE else "standings/account_stretches"
    keys = sorted(
        {key for each in rules.journeys if each.rule.of is of for key in each.rule.segments.values()}
    )
    stretches = asks.ask(named, {"whole": bool(keys)}, {"scope": scope})
    gated = [nr for nr, each in enumerate(rules.journeys) if each.rule.of is of and _is_gated(rules, nr)]
    gates = pl.DataFrame(schema=GATES)
    if gated:
        stretches = _with_stays(stretches)
        gates = pl.concat([_gates(asks, stretches, rules, nr, today=today) for nr in gated])
        stretches = _cut(stretches, gates)
    else:
        stretches = stretches.with_columns(stay=pl.lit(0, dtype=pl.Int64))
    spots = stretches.with_row_index("spot").with_columns(pl.col("spot").cast(pl.Int64))
    known = ["spot", "stay", *STAY, "role", "tier", "plan", "from_on", "until_on"]
    frames = {
        "stretches": spots.select(known),
        "audiences": rules.audiences(of),
        "segmented": _segmented(spots, rules, keys),
        "gates": gates,
    }
    return asks.ask("standings/placements", frames=frames)


def _is_gated(rules: Rulebook, nr: int) -> bool:
    return bool(rules.journeys[nr].rule.entry or rules.journeys[nr].rule.exit)


def _with_stays(stretches: pl.DataFrame) -> pl.DataFrame:
    """Return the stretches in order, with the number of the stay that each is part of."""
    ordered = stretches.sort(*STAY, "from_on")
    opens = pl.any_horizontal([pl.col(name).ne_missing(pl.col(name).shift(1)) for name in STAY])
    return ordered.with_columns(stay=opens.cum_sum().cast(pl.Int64))


def _gates(asks: Asks, stretches: pl.DataFrame, rules: Rulebook, nr: int, *, today: date) -> pl.DataFrame:
    """Return when each stay enters a journey and leaves it; who never enters has no row."""
    journey = rules.journeys[nr].rule
    stays = stretches.group_by("stay").agg(
        pl.col("person_id", "account_id", "provisioned_on").first(),
        since_on=pl.max_horizontal(pl.col("from_on").min(), pl.col("provisioned_on").first()),
        until_on=pl.col("until_on").max(),
    )
    if journey.entry:
        days = _first_days(asks, stretches, stays, journey.entry, rules, today=today)
        stays = stays.join(days, on="stay").with_columns(enters_on="on_day", since_on="on_day").drop("on_day")
    else:
        stays = stays.with_columns(enters_on=pl.lit(None, dtype=pl.Date), since_on="provisioned_on")
    leaves = _leaves(asks, stretches, stays, journey.exit, rules, today=today)
    found = stays.join(leaves, on="stay", how="left").with_columns(
        pl.lit(nr, dtype=pl.Int64).alias("rulebook_nr")
    )
    return found.select(*GATES)


def _leaves(
    asks: Asks, stretches: pl.DataFrame, stays: pl.DataFrame, leaving: Exit, rules: Rulebook, *, today: date
) -> pl.DataFrame:
    """Return the day from which each stay, on a journey since `since_on`, is no longer on it: stay, leaves_on."""
    days = [_first_days(asks, stretches, stays, leaving, rules, today=today)]
    if leaving.after_days is not None:
        days.append(stays.select("stay", on_day=pl.col("since_on") + timedelta(days=leaving.after_days)))
    return pl.concat(days).group_by("stay").agg(leaves_on=pl.col("on_day").min())


def _first_days(
    asks: Asks,
    stretches: pl.DataFrame,
    stays: pl.DataFrame,
    gate: Entry | Exit,
    rules: Rulebook,
    *,
    today: date,
) -> pl.DataFrame:
    """Return the first day since `since_on` on which what a gate asks for came to each stay: stay, on_day."""
    asked = pl.DataFrame(list(_waited_for(gate)), schema=WAITS, orient="row")
    whose = stays.select("stay", "person_id", "account_id", "since_on", "until_on")
    waits = whose.join(asked, how="cross").with_row_index("wait").with_columns(pl.col("wait").cast(pl.Int64))
    frames = {"waits": waits.drop("stay"), "features": rules.catalogue.feature_frame()}
    came = asks.ask("standings/first_days", {"last_on": today}, frames) if waits.height else _NO_DAYS
    days = [waits.select("wait", "stay").join(came, on="wait").select("stay", "on_day")]
    if gate.segment is not None:
        inside = stretches.filter(_is_in(gate.segment, rules)).select("stay", "from_on", ends_on="until_on")
        joined = inside.join(whose, on="stay").filter(pl.col("ends_on") > pl.col("since_on"))
        came_on = pl.max_horizontal("from_on", "since_on")
        days.append(joined.select("stay", on_day=came_on).filter(pl.col("on_day") <= today))
    return pl.concat(days).group_by("stay").agg(pl.col("on_day").min())


def _waited_for(gate: Entry | Exit) -> Iterable[tuple[str | None, str | None, str | None, bool]]:
    """Yield what a gate asks for, other than a segment, as `standings/first_days` reads it."""
    if gate.feature is not None:
        yield gate.feature, None, None, False
    if gate.event is not None:
        kind, _, name = gate.event.partition("/")
        yield None, kind, name, False
    if isinstance(gate, Entry) and gate.contract:
        yield None, None, None, True


def _cut(stretches: pl.DataFrame, gates: pl.DataFrame) -> pl.DataFrame:
    """Return the stretches parted where a gate opens or closes within one."""
    days = pl.concat([gates.select("stay", cut=name) for name in ("enters_on", "leaves_on")])
    inside = (pl.col("from_on") < pl.col("cut")) & (pl.col("cut") < pl.col("until_on"))
    spots = stretches.with_row_index("spot")
    begins = spots.join(days.drop_nulls().unique(), on="stay").filter(inside).select("spot", from_on="cut")
    if not begins.height:
        return stretches
    every = pl.concat([spots.select("spot", "from_on"), begins]).sort("spot", "from_on")
    parted = spots.drop("from_on").join(every, on="spot").sort("spot", "from_on")
    until_on = pl.col("from_on").shift(-1).over("spot").fill_null(pl.col("until_on"))
    return parted.with_columns(until_on=until_on).drop("spot")


def _segmented(spots: pl.DataFrame, rules: Rulebook, keys: Iterable[str]) -> pl.DataFrame:
    """Return which stretches lie in which of these segments."""
    inside = [spots.filter(_is_in(key, rules)).select("spot", pl.lit(key).alias("segment")) for key in keys]
    return pl.concat([pl.DataFrame(schema=SEGMENTED), *inside])


def _is_in(key: str, rules: Rulebook) -> pl.Expr:
    known = {each.key: each for each in rules.segments}
    return held(known[key], known) if key in known else pl.lit(value=False)


_NO_DAYS = pl.DataFrame(schema={"wait": pl.Int64, "on_day": pl.Date})
