"""The ledger, with numbers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from math import log

import polars as pl
import pytest

from tests.score.cards import MONDAY, NOT_STALE, card, known, measured
from waypost.score import Parts, Scorecard, ledger, parts, scores

ONE = card({"key": "seats"})
TUESDAY = MONDAY + timedelta(days=1)
Schema = dict[str, pl.DataType | type[pl.DataType]]
SIDES, CAUSES = pl.Enum(["n", "d"]), pl.Enum(["entered", "faded", "left"])
MOVED: Schema = {
    "row": pl.Int64,
    "input": pl.Int64,
    "item": pl.UInt64,
    "side": SIDES,
    "cause": CAUSES,
    "delta": pl.Float64,
    "nr": pl.Int64,
}
DATED: Schema = {
    "item": pl.String,
    "happened_at": pl.Datetime("us"),
    "until_on": pl.Date,
    "person_id": pl.String,
    "detail": pl.String,
}
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
    found = _ledger(added, [("seats", "n", "ben", 1)], chain)
    assert _rows(found) == [("", "", "rules", -35.0), ("seats", "ben", "entered", 25.0)]


def test_what_came_too_late_for_the_day_before_is_told_as_late() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    chain = _chain(added, ONE).with_columns(before=pl.lit(20.0))
    found = _ledger(added, [("seats", "n", "ben", 1)], chain)
    assert _rows(found) == [("", "", "late", 5.0), ("seats", "ben", "entered", 25.0)]


def test_a_score_that_was_withheld_comes_back_in_one_row() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    chain = _chain(added, ONE).with_columns(before=pl.lit(80.0), before_on=pl.lit(MONDAY - timedelta(days=9)))
    found = _ledger(added, [("seats", "n", "ben", 1)], chain)
    assert _rows(found) == [("", "", "resumed", -30.0)]


def test_a_first_score_and_a_withheld_one_have_no_reasons() -> None:
    added = parts(ONE, measured(seats=[(1, 4), (2, 4)]), known("seats"))
    unknown_before = _chain(added, ONE).with_columns(before=pl.lit(None, dtype=pl.Float64))
    withheld = _chain(added, ONE).with_columns(score=pl.lit(None, dtype=pl.Float64))
    for chain in (unknown_before, withheld):
        assert _ledger(added, [("seats", "n", "ben", 1)], chain).height == 0


def _told(rules: Scorecard, moved: list[Moved], **inputs: list[tuple[float, float]]) -> list[Row]:
    """Return the ledger of Tuesday, having checked that it adds up."""
    added = parts(rules, measured(**inputs), known(*inputs))
    chain = _chain(added, rules)
    found = _ledger(added, moved, chain)
    [(score, before)] = chain.select("score", "before").rows()
    assert found["points"].sum() == pytest.approx(score - before, abs=1e-9)
    return _rows(found)


def _chain(added: Parts, rules: Scorecard) -> pl.DataFrame:
    scored = scores(rules, 1, added, known(*added.inputs), NOT_STALE)
    monday, tuesday = scored["score"].to_list()
    return pl.DataFrame(
        {
            "row": [1],
            "score": [tuesday],
            "before": [monday],
            "before_on": [MONDAY],
            "same_rules": [True],
            "rebased": [monday],
        }
    )


def _ledger(added: Parts, moved: list[Moved], chain: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger of a chain of one day, given what moved on it."""
    moment = datetime(2026, 8, 4, 9, tzinfo=UTC).replace(tzinfo=None)
    numbers = [
        {
            "row": 1,
            "input": added.inputs.index(input_),
            "item": sum(item.encode()),
            "side": side,
            "cause": "entered" if delta > 0 else "left",
            "delta": float(delta),
            "nr": nr,
        }
        for nr, (input_, side, item, delta) in enumerate(moved)
    ]
    words = {"happened_at": moment, "until_on": TUESDAY, "person_id": None, "detail": None}
    dated = pl.DataFrame([{"item": item, **words} for _, _, item, _ in moved], schema=DATED)
    return ledger(added, pl.DataFrame(numbers, schema=MOVED), dated, chain)


def _rows(found: pl.DataFrame) -> list[Row]:
    assert set(found["on_day"].to_list()) <= {date(2026, 8, 4)}
    told = found.select("input", "item", "cause", "points").rows()
    return sorted((input_, item, cause, round(points, 6)) for input_, item, cause, points in told)
