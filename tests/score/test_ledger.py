"""The ledger, with numbers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from math import log

import polars as pl
import pytest

from tests.score.cards import MONDAY, NOT_STALE, card, known, measured
from waypost.score import Scorecard, ledger, parts, scores

ONE = card({"key": "seats"})
TUESDAY = MONDAY + timedelta(days=1)
Moved = tuple[str, str, str, float]
Row = tuple[str, str, str, float]


def test_who_came_is_worth_what_the_sum_gained() -> None:
    assert _told(ONE, [("seats", "n", "ben", 1)], seats=[(1, 4), (2, 4)]) == [
        ("seats", "ben", "entered", 25.0)
    ]


def test_a_larger_denominator_costs() -> None:
    assert _told(ONE, [("seats", "d", "c1", 1)], seats=[(2, 4), (2, 5)]) == [
        ("seats", "c1", "entered", -10.0)
    ]


def test_both_sums_moving_are_split_along_the_straight_line() -> None:
    # n/d goes from 1/2 to 3/4 while d doubles: the integral of dn/d is ln 2, and the rest belongs to d.
    told = _told(ONE, [("seats", "n", "ben", 2), ("seats", "d", "c1", 2)], seats=[(1, 2), (3, 4)])
    by_n = round(100 * log(2), 6)
    assert told == [("seats", "ben", "entered", by_n), ("seats", "c1", "entered", round(25 - by_n, 6))]
    assert by_n == 69.314718


def test_items_that_cancel_are_told_apart() -> None:
    told = _told(ONE, [("seats", "n", "ada", -1), ("seats", "n", "ben", 1)], seats=[(1, 4), (1, 4)])
    assert told == [("seats", "ada", "left", -25.0), ("seats", "ben", "entered", 25.0)]


def test_what_moved_where_the_curve_is_flat_moved_nothing() -> None:
    flat = card({"key": "seats", "curve": [[0.8, 0], [0.9, 1]]})
    assert _told(flat, [("seats", "n", "ben", 1)], seats=[(1, 4), (2, 4)]) == []


def test_one_item_in_both_sums_is_one_row() -> None:
    told = _told(ONE, [("seats", "n", "ben", 1), ("seats", "d", "ben", 1)], seats=[(1, 1), (2, 2)])
    assert told == [], "a journey joined on the path, where everybody was: the two halves cancel"


def test_an_input_that_becomes_known_takes_weight_from_the_others() -> None:
    two = card({"key": "a"}, {"key": "b"})
    # a alone: 100 * 1.0; both: 50 * 1.0 + 50 * 0.5.
    told = _told(two, [("b", "d", "known", 2), ("b", "n", "x", 1)], a=[(1, 1), (1, 1)], b=[(0, 0), (1, 2)])
    assert told == [("b", "", "known", -25.0)]


def test_an_input_no_longer_known_gives_its_weight_back() -> None:
    two = card({"key": "a"}, {"key": "b"})
    told = _told(two, [("b", "d", "known", -2)], a=[(1, 1), (1, 1)], b=[(1, 2), (1, 0)])
    assert told == [("b", "", "unknown", 25.0)]


def test_the_switch_and_what_else_moved_add_up() -> None:
    two = card({"key": "a"}, {"key": "b"})
    told = _told(two, [("a", "n", "x", -1)], a=[(4, 4), (3, 4)], b=[(0, 0), (1, 1)])
    assert (
        told == [("a", "x", "left", -12.5), ("b", "", "known", 0.0)] or sum(row[3] for row in told) == -12.5
    )


def test_new_rules_are_told_apart_from_what_customers_did() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    chain = _chain(added, ONE).with_columns(before=pl.lit(60.0), same_rules=pl.lit(value=False))
    found = ledger(added, _moved([("seats", "n", "ben", 1)]), chain)
    assert _rows(found) == [("", "", "rules", -35.0), ("seats", "ben", "entered", 25.0)]


def test_what_came_too_late_for_the_day_before_is_told_as_late() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    chain = _chain(added, ONE).with_columns(before=pl.lit(20.0))
    found = ledger(added, _moved([("seats", "n", "ben", 1)]), chain)
    assert _rows(found) == [("", "", "late", 5.0), ("seats", "ben", "entered", 25.0)]


def test_a_score_that_was_withheld_comes_back_in_one_row() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    chain = _chain(added, ONE).with_columns(before=pl.lit(80.0), before_on=pl.lit(MONDAY - timedelta(days=9)))
    found = ledger(added, _moved([("seats", "n", "ben", 1)]), chain)
    assert _rows(found) == [("", "", "resumed", -30.0)]


def test_a_first_score_and_a_withheld_one_have_no_reasons() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    unknown_before = _chain(added, ONE).with_columns(before=pl.lit(None, dtype=pl.Float64))
    withheld = _chain(added, ONE).with_columns(score=pl.lit(None, dtype=pl.Float64))
    for chain in (unknown_before, withheld):
        assert ledger(added, _moved([("seats", "n", "ben", 1)]), chain).height == 0


def _told(rules: Scorecard, moved: list[Moved], **inputs: list[tuple[float, float]]) -> list[Row]:
    """Return the ledger of Tuesday, having checked that it adds up."""
    added = parts(rules, measured(**inputs), known(*inputs))
    chain = _chain(added, rules)
    found = ledger(added, _moved(moved), chain)
    [(score, before)] = chain.select("score", "before").rows()
    assert found["points"].sum() == pytest.approx(score - before, abs=1e-9)
    return _rows(found)


def _chain(added: pl.DataFrame, rules: Scorecard) -> pl.DataFrame:
    scored = scores(rules, 1, added, NOT_STALE)
    monday, tuesday = scored["score"].to_list()
    return pl.DataFrame(
        {
            "account_id": ["acme"],
            "on_day": [TUESDAY],
            "score": [tuesday],
            "before": [monday],
            "before_on": [MONDAY],
            "same_rules": [True],
            "rebased": [monday],
        }
    )


def _moved(moved: list[Moved]) -> pl.DataFrame:
    moment = datetime(2026, 8, 4, 9, tzinfo=UTC).replace(tzinfo=None)
    rows = [
        (
            "acme",
            TUESDAY,
            input_,
            side,
            item,
            float(delta),
            "entered" if delta > 0 else "left",
            moment,
            None,
            "",
        )
        for input_, side, item, delta in moved
    ]
    names = [
        "account_id",
        "on_day",
        "input",
        "side",
        "item",
        "delta",
        "cause",
        "happened_at",
        "person_id",
        "detail",
    ]
    found = pl.DataFrame(rows, schema=names, orient="row")
    return found.with_columns(
        pl.col("person_id").cast(pl.String), pl.col("happened_at").cast(pl.Datetime("us"))
    )


def _rows(found: pl.DataFrame) -> list[Row]:
    assert set(found["on_day"].to_list()) <= {date(2026, 8, 4)}
    told = found.select("input", "item", "cause", "points").rows()
    return [(input_, item, cause, round(points, 6)) for input_, item, cause, points in told]
