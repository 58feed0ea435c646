"""The ledger: why a score differs from the day before, in parts that add up to the difference exactly.

Between two days an input's value n/d moves along the straight line from one state to the other. Its change is split
over the items of both sums by integrating along that line, which is exact and gives nothing to what did not move
(the path method of Aumann and Shapley for a quotient; see docs/explanation/ledger.md). The curve and the weight then
stretch every part by the same factor.
"""

import polars as pl

DAY = ["account_id", "on_day"]
INPUT = [*DAY, "input"]
NOTHING = 1e-12
#: The same day judged twice may differ in the last digits, by the order in which floats were added up.
LAST_DIGITS = 1e-10
LEDGER = [
    "account_id",
    "on_day",
    "input",
    "item",
    "cause",
    "points",
    "value_before",
    "value_after",
    "happened_at",
    "person_id",
    "detail",
]


def ledger(added: pl.DataFrame, moved: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger rows of every day but each account's first.

    `added` is what `parts` returns, for days without gaps; `moved` the items' changes per day (account_id, on_day,
    input, side, item, delta, cause, happened_at, person_id, detail); `scored` has account_id, on_day, score, and before
    (the last known score before that day, null when there is none), before_on, same_rules (whether the same version of
    the rules made that score), and rebased: what the score of the day before is by the rules and facts of this day, or
    null when that is not known. For every day with a score and a score before, sum(points) == score - before.
    """
    steps = _steps(added)
    due = scored.filter(pl.col("score").is_not_null() & pl.col("before").is_not_null())
    yesterday = pl.col("before_on") == pl.col("on_day").dt.offset_by("-1d")
    daily = due.filter(yesterday & pl.col("rebased").is_not_null())
    # Without a change of rules the day before differs only by facts that came too late to restate it.
    other_rules = daily.filter(~pl.col("same_rules"))
    late = daily.filter(pl.col("same_rules") & ((pl.col("rebased") - pl.col("before")).abs() > LAST_DIGITS))
    rows = [
        _items(steps, moved, daily),
        _switches(steps, daily),
        _jumps(other_rules, "rules", pl.col("rebased")),
        _jumps(late, "late", pl.col("rebased")),
        # A score that comes back after days without one is told in one row: what moved in the dark is not known by day.
        _jumps(due.join(daily, on=DAY, how="anti"), "resumed", pl.col("score")),
    ]
    # The input may be told by the numbers of an enumeration, which has no word for none of them.
    told = [each.with_columns(pl.col("input").cast(pl.String)) for each in rows]
    return pl.concat(told).filter(pl.col("points").abs() > NOTHING).sort(*INPUT, "item", "cause")


def _steps(added: pl.DataFrame) -> pl.DataFrame:
    """Put each input's state beside its state of the day before."""
    columns = ["n", "d", "value", "share", "slope", "weight", "points"]
    ordered = added.select(*INPUT, *columns).sort("account_id", "input", "on_day")
    # In this order the day before is the row before, which costs less to find than a join.
    beside = ordered.with_columns(
        [pl.col(name).shift(1).alias(f"{name}_0") for name in columns]
        + [
            pl.all_horizontal(
                pl.col(each) == pl.col(each).shift(1) for each in ("account_id", "input")
            ).alias("same")
        ]
    )
    next_day = (pl.col("on_day") - pl.col("on_day").shift(1)).dt.total_days() == 1
    return beside.filter(pl.col("same") & next_day).drop("same")


def _items(steps: pl.DataFrame, moved: pl.DataFrame, daily: pl.DataFrame) -> pl.DataFrame:
    """Split the change of every input that was known on both days over its items."""
    both = steps.filter(pl.col("weight").is_not_null() & pl.col("weight_0").is_not_null())
    both = moved.join(daily.select(DAY), on=DAY, how="semi").join(both, on=INPUT, how="inner")
    dn, dd = pl.col("n") - pl.col("n_0"), pl.col("d") - pl.col("d_0")
    dv = pl.col("value") - pl.col("value_0")
    steady = dd.abs() < NOTHING
    # Integral of 1/d along the line, and what a unit of the denominator does to n/d.
    of_n = pl.when(steady).then(1.0 / pl.col("d_0")).otherwise((pl.col("d") / pl.col("d_0")).log() / dd)
    middle = (pl.col("n") + pl.col("n_0")) / 2.0
    of_d = pl.when(steady).then(-middle / pl.col("d_0") ** 2).otherwise((dv - dn * of_n) / dd)
    bend = (
        pl.when(dv.abs() > NOTHING)
        .then((pl.col("share") - pl.col("share_0")) / dv)
        .otherwise(pl.col("slope_0"))
    )
    rates = both.with_columns(of_n.alias("of_n"), of_d.alias("of_d"), bend.alias("bend"))
    rate = pl.when(pl.col("side") == "n").then("of_n").otherwise("of_d")
    split = rates.with_columns((pl.col("weight") * pl.col("bend") * rate * pl.col("delta")).alias("points"))
    return (
        split.sort(*INPUT, "item", "side", descending=[False, False, False, False, True])
        .group_by(*INPUT, "item", maintain_order=True)
        .agg(
            pl.col("cause").first(),
            pl.col("points").sum(),
            pl.col("value_0").first().alias("value_before"),
            pl.col("value").first().alias("value_after"),
            pl.col("happened_at").first(),
            pl.col("person_id").first(),
            pl.col("detail").first().fill_null(""),
        )
        .select(LEDGER)
    )


def _switches(steps: pl.DataFrame, daily: pl.DataFrame) -> pl.DataFrame:
    """Tell of inputs that became known or unknown, with what that did to the weight of the others."""
    known, before = pl.col("weight").is_not_null(), pl.col("weight_0").is_not_null()
    days = steps.filter(known != before).select(DAY).unique().join(daily.select(DAY), on=DAY, how="semi")
    mine = steps.join(days, on=DAY, how="semi")
    others = (
        pl.when(known & before)
        .then((pl.col("weight") - pl.col("weight_0")) * pl.col("share_0"))
        .otherwise(0.0)
    )
    shared = mine.with_columns(others.sum().over(DAY).alias("others"))
    switched = shared.filter(known != before).with_columns(
        (pl.coalesce("weight", "weight_0") / pl.coalesce("weight", "weight_0").sum().over(DAY)).alias("part")
    )
    own = pl.when(known).then(pl.col("points")).otherwise(-pl.col("points_0"))
    return switched.select(
        *INPUT,
        pl.lit("").alias("item"),
        pl.when(known).then(pl.lit("known")).otherwise(pl.lit("unknown")).alias("cause"),
        (own + pl.col("others") * pl.col("part")).alias("points"),
        pl.col("value_0").alias("value_before"),
        pl.col("value").alias("value_after"),
        pl.col("on_day").cast(pl.Datetime("us")).alias("happened_at"),
        pl.lit(None, dtype=pl.String).alias("person_id"),
        pl.lit("").alias("detail"),
    )


def _jumps(days: pl.DataFrame, cause: str, after: pl.Expr) -> pl.DataFrame:
    """Tell in one row what new rules or late facts made of the day before, or that a score came back."""
    return days.select(
        *DAY,
        pl.lit("").alias("input"),
        pl.lit("").alias("item"),
        pl.lit(cause).alias("cause"),
        (after - pl.col("before")).alias("points"),
        pl.col("before").alias("value_before"),
        after.alias("value_after"),
        pl.col("on_day").cast(pl.Datetime("us")).alias("happened_at"),
        pl.lit(None, dtype=pl.String).alias("person_id"),
        pl.lit("").alias("detail"),
    )
