import numpy as np
import numpy.typing as npt
import pytest

from waypost.score.curve import share, slope

CURVE = [(0.3, 0.0), (1.0, 0.8), (1.5, 1.0)]


def _at(value: float) -> npt.NDArray[np.float64]:
    return np.array([value])


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0), (0.3, 0), (0.65, 0.4), (1.0, 0.8), (1.25, 0.9), (1.5, 1), (9, 1)]
)
def test_a_share_is_straight_between_points_and_flat_outside(value: float, expected: float) -> None:
    assert share(_at(value), CURVE) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.2, 0), (0.3, 0.8 / 0.7), (0.9, 0.8 / 0.7), (1.0, 0.4), (1.5, 0), (2, 0)]
)
def test_the_slope_is_that_to_the_right_of_a_point(value: float, expected: float) -> None:
    assert slope(_at(value), CURVE) == pytest.approx(expected)


def test_the_unknown_has_neither() -> None:
    assert np.isnan(share(_at(np.nan), CURVE))
    assert np.isnan(slope(_at(np.nan), CURVE))


def test_a_curve_may_fall() -> None:
    fewer_is_better = [(0.0, 1.0), (3.0, 0.0)]
    assert share(_at(1), fewer_is_better) == pytest.approx(2 / 3)
    assert slope(_at(1), fewer_is_better) == pytest.approx(-1 / 3)
