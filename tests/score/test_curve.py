import polars as pl
import pytest

from waypost.score.curve import share, slope

CURVE = [(0.3, 0.0), (1.0, 0.8), (1.5, 1.0)]


def _at(value: float | None, made: pl.Expr) -> float | None:
    found: float | None = pl.DataFrame({"v": [value]}, schema={"v": pl.Float64}).select(made).item()
    return found


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0), (0.3, 0), (0.65, 0.4), (1.0, 0.8), (1.25, 0.9), (1.5, 1), (9, 1)]
)
def test_a_share_is_straight_between_points_and_flat_outside(value: float, expected: float) -> None:
    assert _at(value, share(pl.col("v"), CURVE)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.2, 0), (0.3, 0.8 / 0.7), (0.9, 0.8 / 0.7), (1.0, 0.4), (1.5, 0), (2, 0)]
)
def test_the_slope_is_that_to_the_right_of_a_point(value: float, expected: float) -> None:
    assert _at(value, slope(pl.col("v"), CURVE)) == pytest.approx(expected)


def test_the_unknown_has_neither() -> None:
    assert _at(None, share(pl.col("v"), CURVE)) is None
    assert _at(None, slope(pl.col("v"), CURVE)) is None


def test_a_curve_may_fall() -> None:
    fewer_is_better = [(0.0, 1.0), (3.0, 0.0)]
    assert _at(1, share(pl.col("v"), fewer_is_better)) == pytest.approx(2 / 3)
    assert _at(1, slope(pl.col("v"), fewer_is_better)) == pytest.approx(-1 / 3)
