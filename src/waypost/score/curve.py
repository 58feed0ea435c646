"""A curve turns a measure's value into a share from 0 to 1: straight between its points, flat outside."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

Curve = Sequence[tuple[float, float]]


def share(value: pl.Expr, curve: Curve) -> pl.Expr:
    """Return the share at each value; null stays null."""
    (first, low), (_, high) = curve[0], curve[-1]
    answer: pl.Expr = pl.lit(high)
    for (left, below), (right, above) in reversed(list(pairwise(curve))):
        inside = below + (value - left) * ((above - below) / (right - left))
        answer = pl.when(value < right).then(inside).otherwise(answer)
    answer = pl.when(value < first).then(pl.lit(low)).otherwise(answer)
    return pl.when(value.is_not_null()).then(answer)


def slope(value: pl.Expr, curve: Curve) -> pl.Expr:
    """Return the steepness of the curve at each value (to the right of a point); 0 outside."""
    answer: pl.Expr = pl.lit(0.0)
    for (left, below), (right, above) in reversed(list(pairwise(curve))):
        answer = pl.when(value < right).then(pl.lit((above - below) / (right - left))).otherwise(answer)
    answer = pl.when(value < curve[0][0]).then(pl.lit(0.0)).otherwise(answer)
    return pl.when(value.is_not_null()).then(answer)
