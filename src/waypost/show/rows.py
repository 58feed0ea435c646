"""From frames to frozen rows: what a template reads has a type."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
import polars as pl
import polars.selectors as cs

Row = TypeVar("Row")


def rows_of(frame: pl.DataFrame, shape: type[Row]) -> list[Row]:
    """Return every row of a frame as the frozen struct `shape`; instants become aware, in UTC."""
    aware = frame.with_columns(cs.datetime().dt.replace_time_zone("UTC"))
    return msgspec.convert(aware.to_dicts(), list[shape], strict=False)  # type: ignore[valid-type]


def only(frame: pl.DataFrame, shape: type[Row]) -> Row | None:
    """Return the one row of a frame, None when it has none."""
    found = rows_of(frame.head(1), shape)
    return found[0] if found else None


def scope(column: str, ids: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return ids as the frame `scope` of a question; to bind a list costs the engine 0.1 ms per id."""
    return {"scope": pl.DataFrame({column: sorted(set(ids))}, schema={column: pl.String})}
