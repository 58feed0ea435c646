"""Calibration: of people with odds of 30 %, three in ten should be in time. A map that makes it so, where it pays."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

#: A map must lower the log-loss by so many of its standard errors before it is preferred to none: less is luck.
CLEARLY = 2.0
LEAST_CASES = 50
_EDGE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Odds by a model that had seen nothing of these cases, what came of them, and the number of each one's account."""

    odds: Numbers
    truth: Truths
    cluster: npt.NDArray[np.int64]


class Map(StrEnum):
    """How raw odds become the odds that are shown."""

    NONE = "none"
    SIGMOID = "sigmoid"
    ISOTONIC = "isotonic"


class Calibration(Struct, frozen=True, kw_only=True):
    """A chosen map. Sigmoid: log-odds times `slope` plus `shift`; isotonic: straight lines between the points."""

    map: Map = Map.NONE
    slope: float = 1.0
    shift: float = 0.0
    raw: list[float] = []
    shown: list[float] = []


def calibrate(calibration: Calibration, odds: Numbers) -> Numbers:
    """Return odds (0 to 1) after the map; every map keeps their order."""
    match calibration.map:
        case Map.NONE:
            return odds
        case Map.SIGMOID:
            return np.asarray(special.expit(calibration.slope * _logit(odds) + calibration.shift))
        case Map.ISOTONIC:
            return np.interp(odds, calibration.raw, calibration.shown)
        case _:
            assert_never(calibration.map)


def choose(blocks: Sequence[Block]) -> tuple[Calibration, dict[str, float]]:
    """Return the map with clearly the least log-loss, and the mean log-loss of each.

    `blocks` follow each other in time. Each map is fitted to the earlier blocks and judged on the next (a rolling
    origin): none is judged on what it saw. None is kept unless another is better by two standard errors over accounts.
    """
    judged = [_judged(blocks[:nr], blocks[nr]) for nr in range(1, len(blocks)) if _are_enough(blocks[:nr])]
    if not judged:
        return Calibration(), {}
    losses = {each: np.concatenate([block[each] for block in judged]) for each in Map}
    cluster = np.concatenate(
        [block.cluster for nr, block in enumerate(blocks) if nr and _are_enough(blocks[:nr])]
    )
    best = min(Map, key=lambda each: float(losses[each].sum()))
    gained = losses[Map.NONE] - losses[best]
    if float(gained.sum()) <= CLEARLY * float(np.sqrt((np.bincount(cluster, gained) ** 2).sum())):
        best = Map.NONE
    said = {each.value: float(loss.mean()) for each, loss in losses.items()}
    return _fitted_to(best, blocks), said


def _are_enough(blocks: Sequence[Block]) -> bool:
    return sum(len(block.odds) for block in blocks) >= LEAST_CASES


def _judged(before: Sequence[Block], block: Block) -> dict[Map, Numbers]:
    """Return the losses of each map, fitted to the blocks before, on one block."""
    return {each: log_loss(calibrate(_fitted_to(each, before), block.odds), block.truth) for each in Map}


def _fitted_to(chosen: Map, blocks: Sequence[Block]) -> Calibration:
    odds, truth = (
        np.concatenate([each.odds for each in blocks]),
        np.concatenate([each.truth for each in blocks]),
    )
    return _fitted(chosen, odds, truth)


def log_loss(odds: Numbers, truth: Truths) -> Numbers:
    """Return the log-loss of each case, in nats; odds are kept a little away from 0 and 1."""
    kept = np.clip(odds, _EDGE, 1 - _EDGE)
    return -np.where(truth, np.log(kept), np.log1p(-kept))


def _fitted(chosen: Map, odds: Numbers, truth: Truths) -> Calibration:
    match chosen:
        case Map.NONE:
            return Calibration()
        case Map.SIGMOID:
            return _sigmoid(odds, truth)
        case Map.ISOTONIC:
            # A point at each end, so that the map says something for all odds.
            kept = np.argsort(odds, kind="stable")
            steps = optimize.isotonic_regression(_softened(truth)[kept]).x
            raw, first = np.unique(odds[kept], return_index=True)
            last = np.append(first[1:], len(steps)) - 1
            shown = (steps[first] + steps[last]) / 2
            return Calibration(map=chosen, raw=raw.tolist(), shown=np.maximum.accumulate(shown).tolist())
        case _:
            assert_never(chosen)


def _sigmoid(odds: Numbers, truth: Truths) -> Calibration:
    """Fit slope and shift by least log-loss (Platt, 2000)."""
    raw, wanted = _logit(odds), _softened(truth)

    def loss(line: Numbers) -> float:
        score = line[0] * raw + line[1]
        return float(np.mean(np.logaddexp(0, score) - wanted * score))

    found = optimize.minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    # A falling map would turn the order round: then there is nothing to learn but the mean.
    return Calibration(map=Map.SIGMOID, slope=max(float(found[0]), 0.0), shift=float(found[1]))


def _softened(truth: Truths) -> Numbers:
    """Return targets a little away from 0 and 1, as Platt advises: n cases cannot prove certainty."""
    met = int(truth.sum())
    return np.where(truth, (met + 1) / (met + 2), 1 / (len(truth) - met + 2))


def _logit(odds: Numbers) -> Numbers:
    return np.asarray(special.logit(np.clip(odds, _EDGE, 1 - _EDGE)))
