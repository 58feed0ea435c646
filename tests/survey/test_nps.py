import pytest

from waypost.survey import Nps, tally


def test_without_answers_there_is_no_score_and_a_reason() -> None:
    assert tally([]) == Nps(n=0, why="nobody has answered yet")


def test_promoters_begin_at_9_and_detractors_end_at_6() -> None:
    assert tally([9, 10, 7, 8, 6, 0]).value == 0
    assert tally([9, 10, 8, 8]).value == 50
    assert tally([6, 0, 8, 8]).value == -50


def test_the_interval_is_rocks_s_adjusted_wald() -> None:
    # 50 promoters, 30 passives, 20 detractors. By bc -l, from Rocks (2016), Stat. Methods Med. Res., formula AW(3, T):
    # p = 50.75/103 = 0.49271845, d = 20.75/103 = 0.20145631, p - d = 0.29126214,
    # (p + d - (p-d)^2)/103 = 0.00591593, square root 0.07691510, times 1.95996398 = 0.15075083.
    answers = tally([10] * 50 + [8] * 30 + [3] * 20)
    assert answers.n == 100
    assert answers.value == pytest.approx(30)
    assert answers.low == pytest.approx(14.0511, abs=1e-4)
    assert answers.high == pytest.approx(44.2013, abs=1e-4)


def test_the_interval_of_very_few_answers_holds_the_score_and_stays_within_what_a_score_can_be() -> None:
    answers = tally([10])
    assert (answers.value, answers.high) == (100, 100)
    assert answers.low is not None
    assert -100 <= answers.low < 50
