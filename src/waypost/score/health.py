"""Health: a weighted sum of what is known, and withheld with a reason when too little is."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from waypost.score.curve import share, slope
from waypost.score.scorecard import Band, Missing, Scorecard

DAY = ["account_id", "on_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """When an input's measure is known: from this denominator on; `unknown` says why it is not below."""

    least: float
    unknown: str


def parts(card: Scorecard, measured: pl.DataFrame, known: Mapping[str, Known]) -> pl.DataFrame:
    """Return what each input adds to the score of each account and day.

    `measured`: account_id, on_day, input, n, d. The answer adds value (n / d), share (0 to 1 by the input's curve),
    slope (of the curve there), weight (its part of 100, the known inputs sharing all of it), points (weight * share)
    and why (null when known). An unknown input has no value, weight or points.
    """
    judged = []
    for each in card.inputs:
        rule = known[each.key]
        # A denominator made of whole items that came and went may miss its bound by the last bit.
        sure = pl.col("d") >= rule.least - 1e-9
        mine = measured.filter(pl.col("input") == each.key)
        value = pl.when(sure).then(pl.col("n") / pl.col("d"))
        valued = mine.with_columns(value.alias("value"))
        judged.append(
            valued.with_columns(
                share(pl.col("value"), each.curve).alias("share"),
                slope(pl.col("value"), each.curve).alias("slope"),
                pl.when(sure).then(pl.lit(each.weight)).alias("weight"),
                pl.when(~sure).then(pl.lit(rule.unknown)).alias("why"),
                pl.lit(each.missing is Missing.WITHHOLD).alias("needed"),
            )
        )
    everything = pl.concat(judged)
    whole = pl.col("weight").sum().over(DAY)
    weighted = everything.with_columns((100.0 * pl.col("weight") / whole).alias("weight"))
    return weighted.with_columns((pl.col("weight") * pl.col("share")).alias("points")).sort(*DAY, "input")


def scores(card: Scorecard, version: int, added: pl.DataFrame, stale: pl.DataFrame) -> pl.DataFrame:
    """Return one score per account and day from `parts`, with the columns of the table `scores`.

    `stale` (on_day, why) lists days on which no usage source had sent anything for long: every score of such a day is
    withheld with that reason, for an outage is not a silence.
    """
    shown = pl.struct("input", "n", "d", "value", "share", "weight", "points", "why")
    unknown = pl.col("why").filter(pl.col("needed") & pl.col("why").is_not_null()).first()
    summed = added.group_by(DAY, maintain_order=True).agg(
        pl.col("points").sum().alias("score"),
        pl.col("weight").is_not_null().any().alias("any_known"),
        unknown.alias("withheld"),
        shown.alias("inputs"),
    )
    nothing = pl.when(~pl.col("any_known")).then(pl.lit("nothing is known of this account yet"))
    withheld = pl.coalesce("stale", "withheld", nothing)
    judged = summed.join(stale.rename({"why": "stale"}), on="on_day", how="left").with_columns(
        withheld.alias("withheld")
    )
    score = pl.when(pl.col("withheld").is_null()).then("score")
    return judged.with_columns(score.alias("score")).select(
        *DAY,
        pl.lit(card.key).alias("scorecard"),
        pl.lit(version, dtype=pl.Int64).alias("version"),
        "score",
        _band(card).alias("band"),
        "withheld",
        _as_json(pl.col("inputs")).alias("inputs"),
    )


def _band(card: Scorecard) -> pl.Expr:
    # Sums of floats are equal only to the last bits: a score of 69.9999999999 is a 70.
    score = pl.col("score").round(6)
    low = (
        pl.when(score >= card.bands.watch)
        .then(pl.lit(Band.WATCH.value))
        .otherwise(pl.lit(Band.AT_RISK.value))
    )
    known = pl.when(score >= card.bands.steady).then(pl.lit(Band.STEADY.value)).otherwise(low)
    return pl.when(score.is_null()).then(pl.lit(Band.NO_DATA.value)).otherwise(known)


def _as_json(inputs: pl.Expr) -> pl.Expr:
    text = inputs.list.eval(pl.element().struct.json_encode()).list.join(",")
    return pl.format("[{}]", text)
