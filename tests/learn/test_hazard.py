import numpy as np
import pytest

from waypost.learn.hazard import Hazard, Landmarks, fit, within


def test_equal_days_add_up_to_the_odds_of_any_of_them() -> None:
    hazard = Hazard(weights=[np.log(0.1 / 0.9), 0, 0, 0, 0], covariance=np.zeros((5, 5)).tolist())
    point, low, high = within(hazard, _nobody_knows_anything([1, 5, 20]), 0.95)
    assert point == pytest.approx([0.1, 1 - 0.9**5, 1 - 0.9**20])
    assert low == pytest.approx(point)
    assert high == pytest.approx(point)


def test_nobody_underway_has_no_odds() -> None:
    hazard = Hazard(weights=[0, 0, 0, 0, 0], covariance=np.zeros((5, 5)).tolist())
    assert [len(each) for each in within(hazard, _nobody_knows_anything([]), 0.95)] == [0, 0, 0]


def test_the_interval_is_that_of_many_draws_of_the_weights() -> None:
    chance = np.random.default_rng(3)
    weights, spread = np.array([-2.0, -0.1, -0.3, 0.2, -0.5]), np.diag([0.04, 0.01, 0.01, 0.02, 0.02])
    people = _nobody_knows_anything([12])
    _, low, high = within(Hazard(weights=weights.tolist(), covariance=spread.tolist()), people, 0.95)
    drawn = [
        within(Hazard(weights=each.tolist(), covariance=spread.tolist()), people, 0.95)[0][0]
        for each in chance.multivariate_normal(weights, spread, 4_000)
    ]
    assert (low[0], high[0]) == pytest.approx(np.quantile(drawn, (0.025, 0.975)), abs=0.02)


def test_a_fit_finds_the_hazard_that_made_the_history() -> None:
    chance = np.random.default_rng(5)
    left = np.full(6_000, 10)
    happens = chance.random((6_000, 10)) < 0.08
    done = np.asarray(happens.any(axis=1))
    followed = np.where(done, happens.argmax(axis=1) + 1, 10)
    landmarks = Landmarks(
        known=np.zeros((6_000, 0)), fading=(), left=left, weekday=np.zeros(6_000, dtype=int)
    )
    hazard = fit(landmarks, followed, done, np.arange(6_000) % 50)
    point, low, high = within(hazard, _nobody_knows_anything([10]), 0.95)
    assert point[0] == pytest.approx(1 - 0.92**10, abs=0.03)
    assert low[0] < 1 - 0.92**10 < high[0]


def test_people_of_few_accounts_that_differ_widen_the_interval() -> None:
    chance = np.random.default_rng(7)
    cluster = np.repeat(np.arange(20), 60)
    happens = chance.random((1_200, 5)) < np.repeat(np.where(np.arange(20) % 2, 0.02, 0.3), 60)[:, None]
    done = np.asarray(happens.any(axis=1))
    followed = np.where(done, happens.argmax(axis=1) + 1, 5)
    landmarks = _nobody_knows_anything([5] * 1_200)
    widths = []
    for clusters in (cluster, np.arange(1_200)):
        _, low, high = within(fit(landmarks, followed, done, clusters), _nobody_knows_anything([5]), 0.95)
        widths.append(float(high[0] - low[0]))
    assert widths[0] > 2 * widths[1]


def _nobody_knows_anything(left: list[int]) -> Landmarks:
    return Landmarks(
        known=np.zeros((len(left), 0)),
        fading=(),
        left=np.array(left, dtype=np.int64),
        weekday=np.zeros(len(left), dtype=np.int64),
    )
