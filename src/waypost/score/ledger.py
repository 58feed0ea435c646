"""The ledger: why a score differs from the day before, in parts that add up to the difference exactly.

Between two days an input's value n/d moves along the straight line from one state to the other. Its change is split
over the items of both sums by integrating along that line, which is exact and gives nothing to what did not move
(the path method of Aumann and Shapley for a quotient; see docs/explanation/ledger.md). The curve and the weight then
stretch every part by the same factor.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from waypost.score.curve import Numbers
from waypost.score.health import Parts

Rows = npt.NDArray[np.int64]
NOTHING = 1e-12
#: The same day judged twice may differ in the last digits, by the order in which floats were added up.
LAST_DIGITS = 1e-10
ITEM = ["row", "input", "item"]
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


def ledger(added: Parts, moved: pl.DataFrame, dated: pl.DataFrame, chain: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger rows of the days of `chain`.

    `added` is what `parts` returns, for days without gaps; `moved` the items' changes per day: row (which day of
    `added`), input (its number), item (a number, the same for the same item), side, cause, delta, and nr: which row of
    `dated` (item, happened_at, until_on, person_id, detail) tells of it. `chain` has row, score, before (the last known
    score before that day, null when there is none), before_on, same_rules (whether the same version of the rules made
    that score), and rebased: what the score of the day before is by the rules and facts of this day, or null when that
    is not known. For every day with a score and a score before, sum(points) == score - before.
    """
    due = (
        added.days[chain["row"]]
        .hstack(chain)
        .filter(pl.col("score").is_not_null() & pl.col("before").is_not_null())
    )
    yesterday = pl.col("before_on") == pl.col("on_day").dt.offset_by("-1d")
    is_daily = yesterday & pl.col("rebased").is_not_null()
    daily = due.filter(is_daily)
    # Without a change of rules the day before differs only by facts that came too late to restate it.
    other_rules = daily.filter(~pl.col("same_rules"))
    late = daily.filter(pl.col("same_rules") & ((pl.col("rebased") - pl.col("before")).abs() > LAST_DIGITS))
    days = daily["row"].to_numpy()
    rows = [
        _items(added, moved, dated, days),
        _switches(added, days),
        _jumps(other_rules, "rules", "rebased"),
        _jumps(late, "late", "rebased"),
        # A score that comes back after days without one is told in one row: what moved in the dark is not known by day.
        _jumps(due.filter(~is_daily), "resumed", "score"),
    ]
    told = pl.concat(rows).filter(pl.col("points").abs() > NOTHING)
    return told.sort("row", "input", maintain_order=True).select(list(LEDGER))


def _items(added: Parts, moved: pl.DataFrame, dated: pl.DataFrame, days: Rows) -> pl.DataFrame:
    """Split the change of every input that was known on both days over its items."""
    told = np.zeros(added.days.height, dtype=bool)
    told[days] = True
    row, number = moved["row"].to_numpy(), moved["input"].to_numpy()
    both = told[row] & added.known[number, row] & added.known[number, row - 1]
    ordered = moved.filter(both).sort(*ITEM, "side", "cause", maintain_order=True)
    begins = _runs(ordered, [*ITEM, "side"])
    delta = np.add.reduceat(ordered["delta"].to_numpy(), begins)
    # What came is netted with what went on the same day, on each side.
    stirred = np.abs(delta) > NOTHING
    sides, delta = ordered[begins[stirred]], delta[stirred]
    points = _worth(added, sides) * delta
    begins = _runs(sides, ITEM)
    whole = sides[begins].select("row", "input", pl.col("cause").cast(pl.String), "nr")
    said = dated.select("item", "happened_at", "until_on", "person_id", "detail")[whole["nr"]]
    at = whole["input"].to_numpy() * added.days.height + whole["row"].to_numpy()
    moment = (
        pl.when(cause="entered").then("happened_at").when(cause="left").then("until_on").otherwise("on_day")
    )
    return (
        _on(added, whole["row"])
        .hstack([*whole.select("input", "cause"), *said])
        .with_columns(
            pl.Series("points", np.add.reduceat(points, begins)),
            pl.Series("value_before", added.value.ravel()[at - 1]),
            pl.Series("value_after", added.value.ravel()[at]),
            moment.cast(pl.Datetime("us")).alias("happened_at"),
            pl.col("detail").fill_null(""),
        )
        .with_columns(_named(added))
        .select("row", *LEDGER)
    )


def _worth(added: Parts, sides: pl.DataFrame) -> Numbers:
    """Return the points of one more on each side: the integral along the straight line from the day before."""
    at = sides["input"].to_numpy() * added.days.height + sides["row"].to_numpy()

    def both(numbers: Numbers) -> tuple[Numbers, Numbers]:
        flat = numbers.ravel()
        return flat[at], flat[at - 1]

    (n, n_0), (d, d_0), (value, value_0) = both(added.n), both(added.d), both(added.value)
    share, share_0 = both(added.share)
    dn, dd, dv = n - n_0, d - d_0, value - value_0
    with np.errstate(divide="ignore", invalid="ignore"):
        steady, still = np.abs(dd) < NOTHING, np.abs(dv) <= NOTHING
        # Integral of 1/d along the line, and what a unit of the denominator does to n/d.
        of_n = np.where(steady, 1.0 / d_0, np.log(d / d_0) / dd)
        of_d = np.where(steady, -(n + n_0) / 2.0 / d_0**2, (dv - dn * of_n) / dd)
        bend = np.where(still, added.slope.ravel()[at - 1], (share - share_0) / dv)
    return np.asarray(
        added.weight.ravel()[at] * bend * np.where((sides["side"] == "n").to_numpy(), of_n, of_d)
    )


def _switches(added: Parts, days: Rows) -> pl.DataFrame:
    """Tell of inputs that became known or unknown, with what that did to the weight of the others."""
    days = days[(added.known[:, days] != added.known[:, days - 1]).any(axis=0)]
    known, before = added.known[:, days], added.known[:, days - 1]
    weight, weight_0 = added.weight[:, days], added.weight[:, days - 1]
    switched, stayed = known != before, known & before
    others = np.where(stayed, (weight - weight_0) * added.share[:, days - 1], 0.0).sum(axis=0)
    told = np.where(switched, np.where(known, weight, weight_0), 0.0)
    own = np.where(known, added.points[:, days], -added.points[:, days - 1])
    number, nr = np.nonzero(switched)
    points = (own + others * told / told.sum(axis=0))[number, nr]
    whole = pl.DataFrame({"input": number.astype(np.uint32), "points": points})
    return _told(
        _on(added, pl.Series(days[nr])).hstack(whole).with_columns(_named(added)),
        cause=pl.when(pl.Series(known[number, nr])).then(pl.lit("known")).otherwise(pl.lit("unknown")),
        value_before=pl.Series(added.value[:, days - 1][number, nr], nan_to_null=True),
        value_after=pl.Series(added.value[:, days][number, nr], nan_to_null=True),
    )


def _jumps(days: pl.DataFrame, cause: str, after: str) -> pl.DataFrame:
    """Tell in one row what new rules or late facts made of the day before, or that a score came back."""
    return _told(
        days.with_columns(input=pl.lit(""), points=pl.col(after) - pl.col("before")),
        cause=pl.lit(cause),
        value_before=pl.col("before"),
        value_after=pl.col(after),
    )


def _told(rows: pl.DataFrame, **said: pl.Expr | pl.Series) -> pl.DataFrame:
    """Return rows of the ledger that no item stands behind."""
    return rows.with_columns(
        item=pl.lit(""),
        happened_at=pl.col("on_day").cast(pl.Datetime("us")),
        person_id=pl.lit(None, dtype=pl.String),
        detail=pl.lit(""),
        **said,
    ).select("row", *LEDGER)


def _on(added: Parts, row: pl.Series) -> pl.DataFrame:
    """Return the account and the day of some rows."""
    return added.days[row].with_columns(row.cast(pl.Int64).alias("row"))


def _named(added: Parts) -> pl.Expr:
    """Return the keys of inputs in place of their numbers."""
    return pl.lit(pl.Series(added.inputs, dtype=pl.String)).gather(pl.col("input")).alias("input")


def _runs(ordered: pl.DataFrame, columns: list[str]) -> Rows:
    """Return where each run of rows begins that are the same in these columns."""
    begins = np.ones(ordered.height, dtype=bool)
    same = np.ones(max(ordered.height - 1, 0), dtype=bool)
    for name in columns:
        values = ordered[name].to_physical().to_numpy()
        same &= values[1:] == values[:-1]
    begins[1:] = ~same
    return np.flatnonzero(begins)
