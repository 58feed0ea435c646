"""A curve turns a measure's value into a share from 0 to 1: straight between its points, flat outside."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Curve = Sequence[tuple[float, float]]
Numbers = npt.NDArray[np.float64]


def share(value: Numbers, curve: Curve) -> Numbers:
    """Return the share at each value; unknown (nan) stays unknown."""
    values, shares = zip(*curve, strict=True)
    return np.asarray(np.interp(value, values, shares))


def slope(value: Numbers, curve: Curve) -> Numbers:
    """Return the steepness of the curve at each value (to the right of a point); 0 outside."""
    values, shares = (np.array(each, dtype=np.float64) for each in zip(*curve, strict=True))
    steep = np.concatenate([[0.0], np.diff(shares) / np.diff(values), [0.0]])
    return np.where(np.isnan(value), np.nan, steep[np.searchsorted(values, value, side="right")])
