"""Usage measures of everybody in one pass: what a nightly sweep or a long list asks, the same numbers as one by one.

A subject at a cutoff is one number here, its spot: the engine counts by it, and every measure is a column beside it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from waypost.measure.catalogue import Catalogue, Group
from waypost.measure.usage_library import USAGE_MEASURES
from waypost.measure.usage_measures import APART, UsageMeasure
from waypost.measure.usage_values import KEYS, NOT_YET, VALUES, Asks, Subjects, grid_of

SWEPT_DAYS = 90
OFFERED = "core_offered"
#: The measures that one pass answers, each with its count, what it is over, and the number of its items; all others are
#: asked by their own question.
SWEPT: dict[str, tuple[str, str | None, str]] = {
    "active_days_7": ("days_7", None, "days_7"),
    "active_days_28": ("days_28", None, "days_28"),
    "active_days_90": ("days_90", None, "days_90"),
    "weeks_active_12": ("weeks", None, "weeks"),
    "dau": ("people_1", None, "people_1"),
    "wau": ("people_7", None, "people_7"),
    "mau": ("people_28", None, "people_28"),
    "l7": ("person_days_7", "people_7", "people_7"),
    "l28": ("person_days_28", "people_28", "people_28"),
    "stickiness_28": ("person_days_28", "people_28", "people_28"),
    "uses_28": ("uses_28", None, "features"),
    "uses_per_person_28": ("uses_28", "people_28", "people_28"),
    "features_28": ("features", None, "features"),
    "breadth_core_28": ("core", OFFERED, "core"),
    "depth_core_28": ("core_days", "core", "core"),
}


def usage_sweep(
    asked: Asks, subjects: Subjects, cutoffs: Sequence[date], catalogue: Catalogue
) -> pl.DataFrame:
    """Return what `usage_values` returns for the measures in `SWEPT` that fit the level, from one scan of 90 days."""
    grid = (
        grid_of(asked, subjects, cutoffs).with_row_index("spot").with_columns(pl.col("spot").cast(pl.Int32))
    )
    spots = subjects.belong.join(grid.select("spot", *KEYS), on="subject_id").drop("subject_id")
    frames = subjects.whose(spots)
    bounds = {"first_on": min(cutoffs) - timedelta(days=SWEPT_DAYS - 1), "last_on": max(cutoffs)}
    rows = asked.ask("measure/usage_sweep", bounds, {**frames, "features": catalogue.feature_frame()})
    begun = pl.col("known_on").is_not_null() & (pl.col("known_on") <= pl.col("on_day"))
    # Who used nothing has no row, and what the catalogue offers is known all the same.
    core = sum(each.group is Group.CORE for each in catalogue.features)
    known = (
        grid.join(pl.DataFrame({"actor": list(APART)}), how="cross")
        .join(rows, on=["spot", "actor"], how="left")
        .with_columns(begun.alias("begun"))
    )
    # Polars divides by a constant as it multiplies by its inverse, which differs in the last digit: so it is a column.
    known = known.with_columns(pl.Series(OFFERED, np.full(known.height, float(core))))
    measures = [each for each in USAGE_MEASURES if each.key in SWEPT and subjects.level in each.levels]
    return pl.concat([known.select(_told(each)) for each in measures])


def _told(measure: UsageMeasure) -> list[pl.Expr]:
    """Return one measure of every spot and actor as the columns of `VALUES`."""
    count, over, items = SWEPT[measure.key]
    n = pl.col(count).cast(pl.Float64)
    if over is not None:
        value = pl.when(pl.col(over) > 0).then(n.fill_null(0.0) * measure.scale / pl.col(over))
    else:
        value = pl.when(pl.lit(measure.unknown is None) | n.is_not_null()).then(n.fill_null(0.0))
    value = pl.when("begun").then(value)
    why = pl.when("begun").then(pl.lit(measure.unknown, dtype=pl.String)).otherwise(pl.lit(NOT_YET))
    told = {
        "subject_id": pl.col("subject_id"),
        "on_day": pl.col("on_day"),
        "measure": pl.lit(measure.key),
        "actor": pl.col("actor"),
        "value": value,
        "items": pl.col(items).fill_null(0),
        "why": pl.when(value.is_null()).then(why),
    }
    return [told[name].cast(kind).alias(name) for name, kind in VALUES.items()]
