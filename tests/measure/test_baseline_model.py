"""The baseline on made-up companies whose truth is known: the stated false-alarm rate holds, and falls are seen."""

from math import comb, exp, factorial

import numpy as np
import pytest

from waypost.measure.baseline_model import Numbers, Prior, at_most, band, fit_prior, known, limited

WEEKS, TAIL = 45, 0.01
#: What companies are like: mean uses a week, shape of rates, noise of weeks, drift a week, common season.
COMPANIES = {
    "busy and noisy": (60.0, 1.0, 8.0, 0.05, 0.1),
    "small": (5.0, 0.7, 6.0, 0.05, 0.1),
    "tiny": (1.0, 0.5, 4.0, 0.05, 0.05),
    "plain counts": (40.0, 1.0, 1e6, 0.0, 0.05),
    "huge and drifting": (300.0, 0.6, 20.0, 0.1, 0.15),
}


def company(name: str, subjects: int, seed: int) -> Numbers:
    mean, shape, noise, drift, season = COMPANIES[name]
    chance = np.random.default_rng(seed)
    rates = chance.gamma(shape, mean / shape, subjects)[:, None]
    rates = rates * np.exp(np.cumsum(chance.normal(0, drift, (subjects, WEEKS)), axis=1))
    weeks = np.exp(chance.normal(0, season, WEEKS))[None, :]
    return chance.poisson(rates * weeks * chance.gamma(noise, 1 / noise, (subjects, WEEKS))).astype(float)


def regulars(subjects: int, seed: int) -> Numbers:
    """People of whom each comes with odds of their own on each of fifty days: counts that vary less than Poisson."""
    chance = np.random.default_rng(seed)
    return chance.binomial(50, chance.beta(6, 3, subjects)[:, None], (subjects, WEEKS)).astype(float)


def alarms(counts: Numbers) -> tuple[float, float, Prior]:
    """Return the shares of weeks called a fall and a rise, of weeks with a history, and the prior."""
    whole = np.ones_like(counts)
    prior = fit_prior(counts[:60, -30:], whole[:60, -30:])
    assert prior
    told = known(prior, counts, whole)
    low, high = band(told.mean, told.size, prior.spread, TAIL)
    there = told.weeks >= 4
    return float((counts < low)[there].mean()), float((counts > high)[there].mean()), prior


@pytest.mark.parametrize("name", COMPANIES)
def test_no_more_is_called_than_the_stated_rate(name: str) -> None:
    found = [alarms(company(name, 250, seed))[:2] for seed in (1, 2)]
    falls, rises = np.mean(found, axis=0)
    assert falls <= 1.3 * TAIL
    assert rises <= 1.6 * TAIL


def test_counts_that_vary_less_than_poisson_have_a_narrower_band() -> None:
    falls, rises, prior = alarms(regulars(250, 3))
    assert prior.spread < 0.6
    assert 0.2 * TAIL <= falls <= 1.5 * TAIL
    assert 0.2 * TAIL <= rises <= 1.5 * TAIL


def test_the_prior_finds_how_weeks_vary() -> None:
    _, _, noisy = alarms(company("busy and noisy", 120, 5))
    _, _, plain = alarms(company("plain counts", 120, 5))
    assert noisy.noise == pytest.approx(8, rel=0.6)
    assert plain.noise > 40
    assert (noisy.subjects, plain.subjects) == (60, 60)


def test_a_halved_account_is_called_and_its_neighbours_are_not() -> None:
    counts = company("plain counts", 200, 7)
    halved = np.arange(200) % 10 == 0
    counts[halved, -1] = np.random.default_rng(8).binomial(counts[halved, -1].astype(int), 0.5)
    whole = np.ones_like(counts)
    prior = fit_prior(counts[:60, :-1], whole[:60, :-1])
    assert prior
    told = known(prior, counts, whole)
    low, _ = band(told.mean, told.size, prior.spread, TAIL)
    fell, big = (counts < low)[:, -1], told.mean[:, -1] > 40
    assert fell[halved & big].mean() > 0.8
    assert fell[~halved].mean() < 0.03


def test_a_week_in_which_everybody_falls_is_nobody_s_fall() -> None:
    counts = company("plain counts", 100, 9)
    whole = np.ones_like(counts)
    prior = fit_prior(counts[:60, -30:], whole[:60, -30:])
    assert prior
    prior = Prior(**{**{f: getattr(prior, f) for f in prior.__struct_fields__}, "season": 0.2})
    counts[:, -1] = np.random.default_rng(10).binomial(counts[:, -1].astype(int), 0.3)
    told = known(prior, counts, whole)
    low, _ = band(told.mean, told.size, prior.spread, TAIL)
    assert (counts < low)[:, -1].mean() < 0.05
    alone = known(prior, counts[:3], whole[:3])
    low, _ = band(alone.mean, alone.size, prior.spread, TAIL)
    assert (counts[:3] < low)[:, -1].any(), "three accounts are no group that could tell"


def test_a_small_history_is_drawn_to_the_group() -> None:
    prior = Prior(rate=20, shape=2, keep=0.95, noise=1e6, spread=1, season=0)
    counts = np.array([[0.0, 0.0, 0.0, 0.0, 0.0]])
    told = known(prior, counts, np.ones_like(counts))
    assert told.mean[0, 0] == pytest.approx(20)
    assert np.all(np.diff(told.mean[0]) < 0), "it learns from every week"
    assert told.mean[0, 1] == pytest.approx((0.95 * 2 + 0.05 * 2) / (0.95 * 1.1 + 0.05 * 0.1), abs=1e-3)


def test_a_week_without_exposure_teaches_nothing_and_expects_nothing() -> None:
    prior = Prior(rate=10, shape=5, keep=1.0, noise=1e6, spread=1, season=0)
    exposure = np.array([[1.0, 0.0, 1.0]])
    told = known(prior, np.array([[14.0, 0.0, 14.0]]), exposure)
    assert told.mean[0, 1] == 0
    assert told.mean[0, 2] == pytest.approx((5 + 14) / (0.5 + 1))
    assert at_most(np.zeros((1, 3)), told.mean, told.size, 1.0)[0, 1] == 1


def test_the_tail_is_that_of_the_negative_binomial() -> None:
    share = 4 / (4 + 10)
    by_hand = sum(comb(k + 3, k) * share**4 * (1 - share) ** k for k in range(4))
    poisson = sum(exp(-10) * 10**k / factorial(k) for k in range(4))
    found = at_most(np.array([3.0, 3.0]), np.array([10.0, 10.0]), np.array([4.0, 1e9]), 1.0)
    assert found == pytest.approx([by_hand, poisson], abs=1e-6)


@pytest.mark.parametrize(("mean", "size", "spread"), [(0.2, 1, 1), (7, 3, 1), (50, 1e6, 0.3), (900, 12, 0.8)])
def test_the_band_ends_where_the_tail_does(mean: float, size: float, spread: float) -> None:
    ms, ss = np.array([mean]), np.array([size])
    low, high = band(ms, ss, spread, TAIL)
    assert at_most(low, ms, ss, spread)[0] > TAIL
    assert low[0] == 0 or at_most(low - 1, ms, ss, spread)[0] <= TAIL
    assert at_most(high, ms, ss, spread)[0] > 1 - TAIL
    assert at_most(high - 1, ms, ss, spread)[0] <= 1 - TAIL


def test_a_group_without_a_history_has_no_prior() -> None:
    assert fit_prior(np.zeros((5, 10)), np.ones((5, 10))) is None
    assert fit_prior(np.ones((1, 10)), np.ones((1, 10))) is None
    assert fit_prior(np.ones((5, 10)), np.zeros((5, 10))) is None


def test_the_mean_of_counts_that_are_cut_is_that_of_what_can_be() -> None:
    chance = np.random.default_rng(7)
    mean, size, most = np.array([7.0, 7.0, 300.0]), np.array([20.0, 20.0, 50.0]), np.array([8.0, 80.0, 290.0])
    drawn = chance.poisson(mean * chance.gamma(size, 1 / size, (200_000, 3))).astype(float)
    found = limited(mean, size, 1.0, most)
    assert found == pytest.approx(np.minimum(drawn, most).mean(axis=0), rel=0.01)
    assert found[1] == pytest.approx(7, abs=1e-4), "a limit that is never reached is none"
    assert limited(np.array([0.0]), np.array([1.0]), 1.0, np.array([5.0])).tolist() == [0.0]


def test_where_everybody_always_comes_the_limit_is_no_narrow_band() -> None:
    chance = np.random.default_rng(8)
    free = chance.poisson(8, (60, 30)).astype(float)
    most = np.full_like(free, 8.0)
    whole = np.ones_like(free)
    told, naive = fit_prior(np.minimum(free, most), whole, most), fit_prior(np.minimum(free, most), whole)
    assert told
    assert naive
    assert told.spread > naive.spread + 0.1, "whoever reached the limit might have gone further"
