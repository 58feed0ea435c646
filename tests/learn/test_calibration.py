import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from waypost.learn.calibration import Block, Calibration, Map, calibrate, choose, log_loss

MAPS = (
    Calibration(),
    Calibration(map=Map.SIGMOID, slope=0.5, shift=-0.4),
    Calibration(map=Map.ISOTONIC, raw=[0.1, 0.4, 0.9], shown=[0.2, 0.2, 0.8]),
)


def _blocks(bend: float, *, cases: int = 600, accounts: int = 40) -> list[Block]:
    chance = np.random.default_rng(11)
    blocks = []
    for _ in range(4):
        true = chance.uniform(0.03, 0.97, cases)
        said = np.asarray(special.expit(bend * special.logit(true)))
        cluster = chance.integers(0, accounts, cases)
        blocks.append(Block(odds=said, truth=chance.random(cases) < true, cluster=cluster))
    return blocks


def test_odds_that_are_right_are_left_alone() -> None:
    chosen, losses = choose(_blocks(1.0))
    assert chosen == Calibration()
    assert set(losses) == {"none", "sigmoid", "isotonic"}


def test_odds_that_are_too_sure_are_drawn_to_the_middle() -> None:
    chosen, losses = choose(_blocks(2.5))
    assert chosen.map is Map.SIGMOID
    assert chosen.slope == pytest.approx(1 / 2.5, abs=0.06)
    assert losses["sigmoid"] < losses["none"]


def test_with_one_block_nothing_can_be_judged() -> None:
    assert choose(_blocks(2.5)[:1]) == (Calibration(), {})


def test_a_few_cases_before_a_block_are_too_few_to_learn_a_map() -> None:
    assert choose(_blocks(2.5, cases=20)[:2]) == (Calibration(), {})


def test_odds_that_run_against_what_comes_learn_the_mean_and_no_more() -> None:
    chosen, _ = choose(_blocks(-2.0))
    mapped = calibrate(chosen, np.array([0.1, 0.9]))
    assert mapped == pytest.approx([0.5, 0.5], abs=0.05)


@given(st.sampled_from(MAPS), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_every_map_keeps_the_order_and_stays_between_0_and_1(chosen: Calibration, odds: list[float]) -> None:
    mapped = calibrate(chosen, np.sort(np.array(odds)))
    assert (np.diff(mapped) >= -1e-12).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


def test_certainty_that_is_wrong_costs_much_and_never_everything() -> None:
    assert log_loss(np.array([1.0]), np.array([False]))[0] == pytest.approx(9.21, abs=0.01)
