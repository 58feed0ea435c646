"""Small scorecards and their measured numbers."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from waypost.core import Document
from waypost.score import Known, Scorecard

MONDAY = date(2026, 8, 3)
STRAIGHT = [[0, 0], [1, 1]]
NOT_STALE = pl.DataFrame(schema={"on_day": pl.Date, "why": pl.String})


def document(*keys: str, **changes: object) -> Document:
    inputs = [
        {"key": key, "name": key.title(), "family": "Volume", "measure": {}, "weight": 10, "curve": STRAIGHT}
        for key in keys or ("seats",)
    ]
    return {"kind": "scorecard", "key": "health", "name": "Health", "inputs": inputs, **changes}


def card(*inputs: dict[str, Any], **changes: object) -> Scorecard:
    usual = {"name": "Seats in use", "family": "Frequency", "measure": {}, "weight": 10, "curve": STRAIGHT}
    written = {"kind": "scorecard", "key": "health", "name": "Health", **changes}
    return Scorecard.from_document(
        {**written, "inputs": [{**usual, **each} for each in inputs]}, where="health.yaml"
    )


def measured(**inputs: Sequence[tuple[float, float]]) -> pl.DataFrame:
    """Return n and d of each input day by day, from Monday on."""
    height = len(next(iter(inputs.values())))
    days = [MONDAY + timedelta(days=nr) for nr in range(height)]
    sums = {
        f"{key}.{side}": [float(each[nr]) for each in states]
        for key, states in inputs.items()
        for nr, side in enumerate(("n", "d"))
    }
    return pl.DataFrame({"account_id": ["acme"] * height, "on_day": days, **sums})


def known(*keys: str, least: float = 1.0) -> Mapping[str, Known]:
    return {key: Known(least=least, unknown=f"nothing is known of {key}") for key in keys}
