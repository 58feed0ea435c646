"""Discrete-time survival: how likely something is done on each day that is left.

A pooled logistic regression over person-days (Allison, 1982; Tutz and Schmid, 2016) with a ridge. Each person is asked
about at a few landmarks (van Houwelingen and Putter, 2011): what is known on that morning stays as it was, and the days
after it are the rows. Rows of one account rise and fall together, so the covariance is clustered by account.
"""

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from scipy import special

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

RIDGE = 2.0
MOST_STEPS = 40
CLOSE_ENOUGH = 1e-9
LONGEST_STEP = 5.0
WEEK = 7
#: Days whose number, counted from a Monday, falls on a weekend.
SATURDAY = 5
# What a day brings whoever it is: an intercept, how long until it, how long is left, the last day, the weekend.
DAY_TERMS = 5
_CHUNK = 100_000


class Landmarks(Struct, frozen=True, kw_only=True):
    """Who is asked about, one row per person and morning.

    `known` holds what is known that morning, a column each; `fading` says which columns count less the further a day
    is ahead. `left` is the number of days left, that day included; `weekday` is 0 on Mondays.
    """

    known: Numbers
    fading: tuple[int, ...]
    left: Whole
    weekday: Whole

    def __len__(self) -> int:
        """Return the number of landmarks."""
        return len(self.left)

    def at(self, chosen: Whole) -> "Landmarks":
        """Return some of the rows."""
        return Landmarks(
            known=self.known[chosen],
            fading=self.fading,
            left=self.left[chosen],
            weekday=self.weekday[chosen],
        )


class Hazard(Struct, frozen=True, kw_only=True):
    """A fitted hazard: log-odds of a day are `weights` times its terms; `covariance` is of the weights."""

    weights: list[float]
    covariance: list[list[float]]


def fit(landmarks: Landmarks, followed: Whole, done: npt.NDArray[np.bool_], cluster: Whole) -> Hazard:
    """Fit the hazard to what came of the landmarks.

    `followed` counts the days that were seen from each landmark on (at least 1); with `done` it was done on the last of
    them, else on none. `cluster` numbers the accounts from 0.
    """
    row = np.repeat(np.arange(len(landmarks)), followed)
    ahead = np.arange(len(row)) - np.repeat(np.cumsum(followed) - followed, followed) + 1
    terms = _terms(landmarks.at(row), ahead)
    happened = (done[row] & (ahead == followed[row])).astype(np.float64)
    middle, scale = terms.mean(axis=0), terms.std(axis=0)
    scale[scale < CLOSE_ENOUGH] = 1.0
    middle[0], scale[0] = 0.0, 1.0
    scaled = (terms - middle) / scale
    weights, inverse = _ridge(scaled, happened)
    spread = _clustered(scaled, happened, weights, inverse, cluster[row])
    # Back from standard units: the intercept takes up what centring took away.
    back = np.diag(1 / scale)
    back[0] -= middle / scale
    back[0, 0] = 1.0
    return Hazard(weights=(back @ weights).tolist(), covariance=(back @ spread @ back.T).tolist())


def within(hazard: Hazard, landmarks: Landmarks, confidence: float) -> tuple[Numbers, Numbers, Numbers]:
    """Return how likely it is done within the days left, with the interval of that confidence around it.

    The interval is symmetric for log(-log(1 - probability)), by the delta method.
    """
    parts = [
        _within(hazard, landmarks.at(np.arange(start, min(start + _CHUNK, len(landmarks)))), confidence)
        for start in range(0, max(len(landmarks), 1), _CHUNK)
    ]
    point, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
    return point, low, high


def _within(hazard: Hazard, landmarks: Landmarks, confidence: float) -> tuple[Numbers, Numbers, Numbers]:
    weights = np.array(hazard.weights)
    not_done = np.zeros(len(landmarks))
    slope = np.zeros((len(landmarks), len(weights)))
    for ahead in range(1, int(landmarks.left.max(initial=0)) + 1):
        here = np.flatnonzero(landmarks.left >= ahead)
        terms = _terms(landmarks.at(here), np.full(len(here), ahead))
        score = terms @ weights
        not_done[here] -= np.logaddexp(0.0, score)
        slope[here] += special.expit(score)[:, None] * terms
    spread = np.sqrt(np.einsum("ij,jk,ik->i", slope, np.array(hazard.covariance), slope, optimize=True))
    # log(-log S): its error is the error of log S over log S.
    length = np.maximum(-not_done, CLOSE_ENOUGH)
    reach = special.ndtri(0.5 + confidence / 2) * spread / length
    return -np.expm1(-length), -np.expm1(-length * np.exp(-reach)), -np.expm1(-length * np.exp(reach))


def _terms(landmarks: Landmarks, ahead: Whole) -> Numbers:
    """Return the terms of one day each, `ahead` days from the landmark (1: the landmark's own day)."""
    left = (landmarks.left - ahead + 1).astype(np.float64)
    weekend = (landmarks.weekday + ahead - 1) % WEEK >= SATURDAY
    far = np.log(ahead.astype(np.float64))
    day = np.column_stack([np.ones(len(left)), far, np.log(left), left == 1, weekend])
    return np.hstack([day, landmarks.known, landmarks.known[:, list(landmarks.fading)] * far[:, None]])


def _ridge(terms: Numbers, happened: Numbers) -> tuple[Numbers, Numbers]:
    """Return the weights of a ridge logistic regression, by Newton's method, and the inverse of its curvature."""
    penalty = np.full(terms.shape[1], RIDGE)
    penalty[0] = CLOSE_ENOUGH
    weights = np.zeros(terms.shape[1])
    share = np.clip(happened.mean(), 1e-4, 1 - 1e-4)
    weights[0] = np.log(share / (1 - share))
    length, steps = 1.0, 0
    while length >= CLOSE_ENOUGH and steps < MOST_STEPS:
        likely = special.expit(terms @ weights)
        curvature = (terms * (likely * (1 - likely))[:, None]).T @ terms + np.diag(penalty)
        step = np.linalg.solve(curvature, terms.T @ (happened - likely) - penalty * weights)
        length, steps = float(np.abs(step).max()), steps + 1
        # A step is cut where it would leave the region in which the curvature says anything.
        weights += step * min(1.0, LONGEST_STEP / max(length, CLOSE_ENOUGH))
    return weights, np.linalg.inv(curvature)


def _clustered(
    terms: Numbers, happened: Numbers, weights: Numbers, inverse: Numbers, cluster: Whole
) -> Numbers:
    """Return the covariance of the weights with accounts as what is independent (Liang and Zeger, 1986)."""
    score = terms * (happened - special.expit(terms @ weights))[:, None]
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    sums = np.add.reduceat(score[order], starts, axis=0)
    few = len(starts) / max(len(starts) - 1, 1)
    return np.asarray(few * inverse @ (sums.T @ sums) @ inverse)
