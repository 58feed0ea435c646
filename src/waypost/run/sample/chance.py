"""Chance: one random stream per part of the sample, so that tuning one part leaves the others as they were."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator


def stream(seed: int, part: str) -> Rng:
    """Return the random stream of one named part; the same seed and name give the same numbers everywhere."""
    return np.random.default_rng([seed, crc32(part.encode())])


def drawn(rng: Rng, shares: Mapping[str, float], size: int) -> npt.NDArray[np.object_]:
    """Return `size` keys, each drawn with its share; the shares need not add up to one."""
    weights = np.array(list(shares.values()), dtype=float)
    picks = rng.choice(len(weights), size=size, p=weights / weights.sum())
    return np.array(list(shares), dtype=object)[picks]


def picked(rng: Rng, words: Sequence[str], size: int) -> npt.NDArray[np.object_]:
    """Return `size` words, each as likely as the other."""
    return np.array(words, dtype=object)[rng.integers(0, len(words), size)]


def between(rng: Rng, low: float, high: float, size: int) -> Ints:
    """Return whole numbers from `low` up to and including `high`."""
    return rng.integers(int(low), int(high) + 1, size).astype(np.int64)
