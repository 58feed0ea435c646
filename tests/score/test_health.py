import numpy as np
import polars as pl
import pytest

from tests.score.cards import MONDAY, NOT_STALE, card, known, measured
from waypost.score import Scorecard, parts, scores

TWO = card({"key": "seats", "weight": 30}, {"key": "exports", "weight": 10, "curve": [[0, 0], [2, 1]]})


def _scored(
    rules: Scorecard, stale: pl.DataFrame = NOT_STALE, **inputs: list[tuple[float, float]]
) -> pl.DataFrame:
    sure = known(*inputs)
    return scores(rules, 3, parts(rules, measured(**inputs), sure), sure, stale)


def test_a_score_is_the_weighted_sum_of_its_shares() -> None:
    scored = _scored(TWO, seats=[(2, 4)], exports=[(3, 2)])
    assert scored["score"].item() == pytest.approx(75 * 0.5 + 25 * 0.75)
    assert scored.select("account_id", "on_day", "scorecard", "version", "band", "withheld").row(0) == (
        "acme", MONDAY, "health", 3, "watch", None,
    )  # fmt: skip


def test_every_input_knows_how_it_came_to_its_points() -> None:
    found = parts(TWO, measured(seats=[(2, 4)], exports=[(0, 0)]), known("seats", "exports"))
    seats, exports = found.inputs.index("seats"), found.inputs.index("exports")
    told = [
        float(each[seats, 0])
        for each in (found.n, found.d, found.value, found.share, found.weight, found.points)
    ]
    assert told == [2, 4, 0.5, 0.5, 100, 50]
    assert found.known[:, 0].tolist() == [True, False]
    assert np.isnan([found.value[exports, 0], found.points[exports, 0]]).all()


def test_an_unknown_input_is_left_out_and_the_others_carry_its_weight() -> None:
    assert _scored(TWO, seats=[(2, 4)], exports=[(3, 0)])["score"].item() == pytest.approx(50)


def test_a_needed_input_that_is_unknown_withholds_the_score_with_its_reason() -> None:
    strict = card({"key": "seats"}, {"key": "exports", "missing": "withhold"})
    scored = _scored(strict, seats=[(2, 4)], exports=[(3, 0)])
    assert scored.select("score", "band", "withheld").row(0) == (
        None,
        "no_data",
        "nothing is known of exports",
    )


def test_an_account_of_which_nothing_is_known_has_no_score() -> None:
    scored = _scored(TWO, seats=[(0, 0)], exports=[(0, 0)])
    assert scored.select("score", "withheld").row(0) == (None, "nothing is known of this account yet")


def test_on_a_day_of_outage_every_score_is_withheld() -> None:
    stale = pl.DataFrame({"on_day": [MONDAY], "why": ["No usage has come from any source since 30 July"]})
    scored = _scored(TWO, stale, seats=[(2, 4), (2, 4)], exports=[(2, 2), (2, 2)])
    assert scored["score"].to_list() == [None, pytest.approx(50)]
    assert scored["withheld"].to_list() == ["No usage has come from any source since 30 July", None]


def test_the_last_bit_of_a_float_puts_nobody_in_another_band() -> None:
    one = card({"key": "seats"})
    assert _scored(one, seats=[(0.7 - 1e-9, 1)])["band"].item() == "steady"
    assert _scored(one, seats=[(0.69, 1)])["band"].item() == "watch"
    assert _scored(one, seats=[(0.49, 1)])["band"].item() == "at_risk"


def test_a_denominator_that_misses_its_bound_by_the_last_bit_is_known() -> None:
    found = parts(card({"key": "seats"}), measured(seats=[(1, 1 - 1e-12), (1, 0.9)]), known("seats"))
    assert found.value[0].tolist() == [pytest.approx(1), pytest.approx(np.nan, nan_ok=True)]
