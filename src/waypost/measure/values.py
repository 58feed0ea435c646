"""One question, one code path: `measure(items, cutoffs)` answers for any set of accounts and days."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.measures import AnyMeasure
from waypost.store import Scope, Writer, question

KEYS = ["account_id", "input"]
ITEM_COLUMNS = [
    "account_id",
    "input",
    "side",
    "item",
    "value",
    "from_on",
    "until_on",
    "happened_at",
    "person_id",
    "detail",
]


def items(
    writer: Writer,
    measures: Mapping[str, AnyMeasure],
    scope: Scope,
    catalogue: Catalogue,
    *,
    days: tuple[date, date],
) -> pl.DataFrame:
    """Return the dated items of the measures (by input key) that count on any of the days (both included).

    An item counts at the cutoffs from `from_on` until before `until_on`. `side` is n for the numerator and d for the
    denominator, whose items are already scaled; `half_life_days` is null unless the item fades.
    """
    since, last_on = days
    accounts = scope.accounts_frame()
    found = []
    for key, measure in measures.items():
        frames = {"scope": accounts, **measure.frames(catalogue)}
        params = {"since": since, "last_on": last_on, **measure.params()}
        answer = writer.ask(measure.question, _only_used(measure, params), frames)
        found.append(_dated(answer, key, measure))
    return pl.concat(found)


def measure(dated: pl.DataFrame, inputs: Sequence[str], cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return numerator and denominator of every input at every cutoff.

    `dated` is what `items` returns for `inputs`; `cutoffs` has account_id and on_day. The answer has one row per
    account, day and input: account_id, on_day, input, n, d. sum(items that count) == value, exactly for whole numbers.
    """
    grid = cutoffs.join(
        pl.DataFrame({"input": inputs}, schema={"input": dated.schema["input"]}), how="cross"
    ).sort("on_day")
    for side in ("n", "d"):
        part = dated.filter(pl.col("side") == side)
        total = _running(part.filter(pl.col("half_life_days").is_null()))
        grid = grid.join_asof(total, on="on_day", by=KEYS, strategy="backward", check_sortedness=False)
        fading = _fading(part.filter(pl.col("half_life_days").is_not_null()), cutoffs)
        summed = fading.group_by(*KEYS, "on_day").agg(pl.col("value").sum().alias("faded"))
        grid = grid.join(summed, on=[*KEYS, "on_day"], how="left")
        value = pl.col("total").fill_null(0.0) + pl.col("faded").fill_null(0.0)
        grid = grid.with_columns(value.alias(side)).drop("total", "faded").sort("on_day")
    return grid.select("account_id", "on_day", "input", "n", "d")


def changes(dated: pl.DataFrame, cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return by how much each item changed its input on each of the cutoffs' days, against the day before.

    Columns: account_id, on_day, input, side, item, delta, cause (entered, left, faded), happened_at, person_id,
    detail. Items that came and went on the same day are left out, for they changed nothing.
    """
    came = dated.select(
        *KEYS, "side", "item", pl.col("from_on").alias("on_day"), pl.col("value").alias("delta"),
        pl.lit("entered").alias("cause"), "happened_at", "person_id", "detail",
    )  # fmt: skip
    lasting = dated.filter(pl.col("half_life_days").is_null() & pl.col("until_on").is_not_null())
    went = lasting.select(
        *KEYS, "side", "item", pl.col("until_on").alias("on_day"), (-pl.col("value")).alias("delta"),
        pl.lit("left").alias("cause"), pl.col("until_on").cast(pl.Datetime("us")).alias("happened_at"),
        "person_id", "detail",
    )  # fmt: skip
    moved = pl.concat([came, went, _fades(dated, cutoffs)])
    days = cutoffs.select("account_id", "on_day")
    identity = ["account_id", "on_day", "input", "side", "item"]
    return (
        moved.join(days, on=["account_id", "on_day"], how="semi")
        .sort(*identity, "cause")
        .group_by(identity, maintain_order=True)
        .agg(
            pl.col("delta").sum(),
            pl.col("cause").first(),
            pl.col("happened_at").first(),
            pl.col("person_id").first(),
            pl.col("detail").first(),
        )
        .filter(pl.col("delta").abs() > 1e-12)  # noqa: PLR2004 -- below this nothing moved but the last bit
    )


def _dated(answer: pl.DataFrame, key: str, measure: AnyMeasure) -> pl.DataFrame:
    half_life = measure.half_life_days
    until = pl.col("until_on")
    if half_life is not None:
        end = pl.col("from_on") + pl.duration(days=measure.days_back())
        until = pl.when(pl.col("side") == "n").then(end).otherwise(until)
    fades = pl.when(pl.col("side") == "n").then(pl.lit(half_life, dtype=pl.Float64)).otherwise(None)
    scaled = pl.when(pl.col("side") == "d").then(pl.col("value") * measure.scale).otherwise(pl.col("value"))
    return answer.with_columns(
        pl.lit(key).alias("input"), until.alias("until_on"), fades.alias("half_life_days"), scaled.alias("value"),
    ).select(*ITEM_COLUMNS, "half_life_days")  # fmt: skip


def _running(part: pl.DataFrame) -> pl.DataFrame:
    begin = part.select(*KEYS, pl.col("from_on").alias("on_day"), pl.col("value").alias("delta"))
    ended = part.filter(pl.col("until_on").is_not_null())
    end = ended.select(*KEYS, pl.col("until_on").alias("on_day"), (-pl.col("value")).alias("delta"))
    return (
        pl.concat([begin, end])
        .group_by(*KEYS, "on_day")
        .agg(pl.col("delta").sum())
        .sort("on_day")
        .with_columns(pl.col("delta").cum_sum().over(KEYS).alias("total"))
        .drop("delta")
    )


def _fading(part: pl.DataFrame, cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return the value of each fading item at each cutoff at which it counts: w * 2 ** (-age / half-life)."""
    age = (pl.col("on_day") - pl.col("from_on")).dt.total_days()
    return (
        part.join(cutoffs.select("account_id", "on_day"), on="account_id")
        .filter((pl.col("from_on") <= pl.col("on_day")) & (pl.col("on_day") < pl.col("until_on")))
        .with_columns(pl.col("value") * (2.0 ** (-age / pl.col("half_life_days"))))
    )


def _fades(dated: pl.DataFrame, cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return what fading items lost on each day after they entered, and what was left of them at the end."""
    part = dated.filter(pl.col("half_life_days").is_not_null())
    age = (pl.col("on_day") - pl.col("from_on")).dt.total_days()
    now = (
        pl.when(pl.col("on_day") < pl.col("until_on"))
        .then(2.0 ** (-age / pl.col("half_life_days")))
        .otherwise(0.0)
    )
    before = 2.0 ** (-(age - 1) / pl.col("half_life_days"))
    return (
        part.join(cutoffs.select("account_id", "on_day"), on="account_id")
        .filter((pl.col("on_day") > pl.col("from_on")) & (pl.col("on_day") <= pl.col("until_on")))
        .select(
            *KEYS, "side", "item", "on_day", (pl.col("value") * (now - before)).alias("delta"),
            pl.lit("faded").alias("cause"), pl.col("on_day").cast(pl.Datetime("us")).alias("happened_at"),
            "person_id", "detail",
        )
    )  # fmt: skip


def _only_used(measure: AnyMeasure, params: dict[str, object]) -> dict[str, object]:
    """Leave out what the question does not name; DuckDB refuses a parameter that it was not asked for."""
    text = question(measure.question)
    return {name: value for name, value in params.items() if f"${name}" in text}
