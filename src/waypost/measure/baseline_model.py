"""A count against its own past: gamma-Poisson with forgetting, shrunk to a group whose prior is fitted.

The rate of a subject is a gamma variable. Every week it forgets a share of what it knew and drifts back towards its
group (the power steady model of Harvey and Fernandes, 1989, with a floor); the next count is then negative binomial.
What moves the rest of the group in a week is taken to move the subject too, as far as the group tells it surely.
Counts may vary more than that (`noise`, a gamma factor of each week) or less (`spread` below 1: a quasi-likelihood that
takes a count for so many more). The numbers of a group maximise its marginal likelihood: the product of the
one-week-ahead probabilities of all its counts.
"""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import optimize, special

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
LEAST_RATE = 1e-3
LEAST_SUBJECTS = 2
LEAST_PEERS = 5
#: From this mean on a count's probability is taken as its density.
MANY = 15.0
MOST_STEPS = 220
#: A limit that is reached less often than this is none.
ALMOST = 1e-6
#: Where the search begins and between what it stays: shape, keep, noise, spread, season's variance.
START = (1.5, 0.85, 12.0, 0.8, 0.01)
LOW = (0.05, 0.3, 0.5, 0.08, 1e-5)
HIGH = (50.0, 0.995, 5_000.0, 1.0, 0.3)


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """What a group is like: its mean rate a week, how sure that is, and how weeks vary and rates drift.

    `shape` is the gamma shape of rates within the group, `keep` the share of knowledge that a week leaves, `noise` the
    size of the gamma factor of each week (large: none), `spread` the variance of a count over that of Poisson (at most
    1), `season` the variance of what moves the whole group in one week. `subjects` and `counts` say what it is made of.
    """

    rate: float
    shape: float
    keep: float
    noise: float
    spread: float
    season: float
    subjects: int = 0
    counts: int = 0


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was expected of every subject and week before it was seen: arrays (subjects, weeks).

    `mean` is the expected count and `size` the negative-binomial size with which it varies; `weeks` is the exposure
    seen before; `shape` and `rate` are what was known of the subject's rate; `moved` is exposure times season.
    """

    mean: Numbers
    size: Numbers
    weeks: Numbers
    shape: Numbers
    rate: Numbers
    moved: Numbers


def fit_prior(counts: Numbers, exposure: Numbers, most: Numbers | None = None) -> Prior | None:
    """Return the prior under which a group's counts (subjects, weeks; oldest first) are likeliest.

    `most` is what each count could be at most (None: there is no such limit): a count that reached it says only that it
    would have been so many or more. `exposure` is 1 for a usual week, less for a week with holidays or with days before
    the subject was known, 0 for none. None when fewer than two subjects have a history, or nothing was counted.
    """
    there = exposure.sum(axis=1) > 1
    if there.sum() < LEAST_SUBJECTS or counts[there].sum() < 1:
        return None
    counts, exposure = counts[there], exposure[there]
    limits = np.full_like(counts, np.inf) if most is None else most[there]
    rate = float(((counts.sum(axis=1) + 0.5) / (exposure.sum(axis=1) + 0.5)).mean())
    low, high = np.log(LOW), np.log(HIGH)

    def prior_at(place: Numbers) -> Prior:
        shape, keep, noise, spread, season = np.exp(np.clip(place, low, high)).tolist()
        return Prior(
            rate=rate, shape=shape, keep=keep, noise=noise, spread=spread, season=season,
            subjects=len(counts), counts=int(counts.sum()),
        )  # fmt: skip

    found = optimize.minimize(
        lambda place: -_log_likelihood(prior_at(place), counts, exposure, limits),
        np.log(START),
        method="Nelder-Mead",
        options={"maxfev": MOST_STEPS, "xatol": 0.02, "fatol": 0.05, "adaptive": True},
    )
    return prior_at(found.x)


def known(prior: Prior, counts: Numbers, exposure: Numbers) -> Known:
    """Return what was expected of each week (columns, oldest first) from the weeks before it and from its peers."""
    base = prior.shape / max(prior.rate, LEAST_RATE)
    shape, rate = np.full(len(counts), prior.shape), np.full(len(counts), base)
    seen = np.zeros(len(counts))
    kept: list[tuple[Numbers, ...]] = []
    for week in range(counts.shape[1]):
        count, open_ = counts[:, week], exposure[:, week]
        alone = shape / rate * open_
        factor, unsure = _season(prior, count, alone, 1 / shape + 1 / prior.noise)
        moved = open_ * factor
        mean = alone * factor
        size = 1 / (1 / shape + 1 / prior.noise + unsure)
        kept.append((mean, size, seen.copy(), shape.copy(), rate.copy(), moved))
        # A count that varies by more than Poisson tells so much less of the rate.
        weight = 1 / (prior.spread + mean / prior.noise)
        shape = prior.keep * (shape + weight * np.where(open_ > 0, count, 0)) + (1 - prior.keep) * prior.shape
        rate = prior.keep * (rate + weight * moved) + (1 - prior.keep) * base
        seen = seen + open_
    names = ("mean", "size", "weeks", "shape", "rate", "moved")
    return Known(**{name: np.stack([row[nr] for row in kept], axis=1) for nr, name in enumerate(names)})


def at_most(count: Numbers, mean: Numbers, size: Numbers, spread: float) -> Numbers:
    """Return the probability of `count` or fewer when `mean` was expected; 1 where nothing was."""
    whole = np.maximum(mean, 1e-12) / spread
    edge = (count + 0.5) / spread - 0.5
    share = size / (size + whole)
    return np.where(mean > 0, special.betainc(size, np.maximum(edge + 1, 1e-9), share), 1.0)


def band(mean: Numbers, size: Numbers, spread: float, tail: float) -> tuple[Numbers, Numbers]:
    """Return the least and the most count that is not rarer than `tail` on its side: outside, a change is called."""
    deviation = np.sqrt(spread * mean + mean**2 / size)
    low, high = np.floor(mean - 9 * deviation), np.ceil(mean + 30 * deviation + 8)
    low = np.maximum(low, 0)
    return _first(low, np.ceil(mean), mean, size, spread, tail), _first(
        np.floor(mean), high, mean, size, spread, 1 - tail
    )


def limited(mean: Numbers, size: Numbers, spread: float, most: Numbers) -> Numbers:
    """Return the mean of counts that can be at most `most`: whatever would have been above it is just that."""
    reach = (mean > 0) & (at_most(most, mean, size, spread) < 1 - ALMOST)
    found = np.minimum(mean, most)
    if not reach.any():
        return found
    there, middle, wide = most[reach], mean[reach], size[reach]
    # The mean of what is cut at `most` is `most` less the probabilities of each lesser count or fewer.
    first = np.maximum(np.floor(middle - 9 * np.sqrt(spread * middle + middle**2 / wide)), 0)
    below = np.zeros_like(there)
    for nr in range(int(np.max(there - first, initial=0))):
        count = first + nr
        below += np.where(count < there, at_most(count, middle, wide, spread), 0.0)
    found[reach] = there - below
    return found


def _first(low: Numbers, high: Numbers, mean: Numbers, size: Numbers, spread: float, share: float) -> Numbers:
    """Return the least count (between two) of which `at_most` is above `share`, by halving."""
    low, high = low.copy(), high.copy()
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        enough = at_most(middle, mean, size, spread) > share
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
        low = np.minimum(low, high)
    return low


def _season(prior: Prior, count: Numbers, alone: Numbers, rest: Numbers) -> tuple[Numbers, Numbers]:
    """Return what moved the others in this week as a factor for each subject, and how unsure it is (a variance)."""
    if (alone > 0).sum() <= LEAST_PEERS:
        return np.ones(len(count)), np.zeros(len(count))
    there = np.where(alone > 0, count, 0.0)
    noise = prior.spread * alone + alone**2 * rest
    others = np.maximum(alone.sum() - alone, 1e-9)
    ratio = (there.sum() - there) / others
    unsure = np.maximum(noise.sum() - noise, 0) / others**2
    weight = prior.season / (prior.season + unsure)
    return 1 + weight * (np.clip(ratio, 0.02, 5) - 1), weight * unsure


def _log_likelihood(prior: Prior, counts: Numbers, exposure: Numbers, most: Numbers) -> float:
    told = known(prior, counts, exposure)
    there = (exposure > 0) & (told.weeks > 0)
    count, mean, size, full = counts[there], told.mean[there], told.size[there], (counts >= most)[there]
    few = (mean < MANY) | full
    exact = np.where(full[few], 1.0, at_most(count[few], mean[few], size[few], prior.spread))
    below = np.where(count[few] > 0, at_most(count[few] - 1, mean[few], size[few], prior.spread), 0.0)
    chances = np.log(np.maximum(exact - below, 1e-12)).sum()
    return float(chances + _density(count[~few], mean[~few], size[~few], prior.spread).sum())


def _density(count: Numbers, mean: Numbers, size: Numbers, spread: float) -> Numbers:
    """Return the log density of counts so large that a cell is as good as its middle."""
    whole, many = np.maximum(mean, 1e-9) / spread, count / spread
    chance = special.gammaln(many + size) - special.gammaln(size) - special.gammaln(many + 1)
    chance += size * np.log(size / (size + whole)) + many * np.log(whole / (size + whole))
    return np.asarray(chance - np.log(spread))
