"""Usage measures of everybody in one pass: what a nightly sweep or a long list asks, the same numbers as one by one."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from waypost.measure.catalogue import Catalogue, Group
from waypost.measure.usage_library import USAGE_MEASURES
from waypost.measure.usage_values import KEYS, Asks, Subjects, grid_of, valued

BREADTH = "breadth_core_28"
SWEPT_DAYS = 90
#: The measures that one pass answers; all others are asked by their own question.
SWEPT = frozenset(
    (
        "active_days_7",
        "active_days_28",
        "active_days_90",
        "weeks_active_12",
        "dau",
        "wau",
        "mau",
        "l7",
        "l28",
        "stickiness_28",
        "uses_28",
        "uses_per_person_28",
        "features_28",
        BREADTH,
        "depth_core_28",
    )
)


def usage_sweep(
    asked: Asks, subjects: Subjects, cutoffs: Sequence[date], catalogue: Catalogue
) -> pl.DataFrame:
    """Return what `usage_values` returns for the measures in `SWEPT` that fit the level, from one scan of 90 days."""
    frames = subjects.at(cutoffs)
    bounds = {"first_on": min(cutoffs) - timedelta(days=SWEPT_DAYS - 1), "last_on": max(cutoffs)}
    rows = asked.ask("measure/usage_sweep", bounds, {**frames, "features": catalogue.feature_frame()})
    grid = grid_of(asked, subjects, cutoffs)
    measures = [each for each in USAGE_MEASURES if each.key in SWEPT and subjects.level in each.levels]
    mine = rows.filter(pl.col("measure").is_in([each.key for each in measures]))
    upper = mine.select(
        *KEYS, "measure", "actor", pl.lit("n").alias("side"), pl.col("n").alias("value"), "items"
    )
    lower = mine.filter(pl.col("d").is_not_null() & (pl.col("measure") != BREADTH)).select(
        *KEYS, "measure", "actor", pl.lit("d").alias("side"), pl.col("d").alias("value"), "items"
    )
    # Who used nothing has no row, and what the catalogue offers is known all the same.
    core = sum(each.group is Group.CORE for each in catalogue.features)
    offered = grid.select(
        *KEYS,
        pl.lit(BREADTH).alias("measure"),
        pl.lit(None, dtype=pl.String).alias("actor"),
        pl.lit("d").alias("side"),
        pl.lit(float(core)).alias("value"),
        pl.lit(core, dtype=pl.Int64).alias("items"),
    )
    return valued(measures, pl.concat([upper, lower, offered]), grid)
