"""Reasons: few, in the order in which they happened, and adding up."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.score.cards import card
from waypost.score import LedgerRow, Names, Reason, explain
from waypost.score.explain import MOST_REASONS

FIRST = datetime(2026, 8, 3, 9)  # noqa: DTZ001 -- the ledger's instants are UTC without saying so
CARD = card(
    {"key": "exports", "measure": {"kind": "feature_trend"}},
    {"key": "settings", "measure": {"kind": "setting_coverage"}},
    {"key": "nps", "measure": {"kind": "latest_answer"}},
    {"key": "team", "measure": {"kind": "team_changes"}},
    *({"key": f"other_{nr}", "measure": {"kind": "breadth"}} for nr in range(20)),
)


def row(input_: str, points: float, *, day: int = 0, item: str = "x", cause: str = "entered") -> LedgerRow:
    moment = FIRST + timedelta(days=day)
    return LedgerRow(
        on_day=moment.date(), input=input_, item=item, cause=cause, points=points, value_before=0.1,
        value_after=0.2, happened_at=moment, person_id=None, detail="9",
    )  # fmt: skip


def _explained(*rows: LedgerRow, scores: tuple[float, float] | None = None) -> list[Reason]:
    change = sum(each.points for each in rows)
    return explain(rows, CARD, scores=scores or (50, 50 + change), states=({}, {}), names=Names())


def test_letters_run_in_the_order_of_time() -> None:
    reasons = _explained(row("settings", -9, day=3), row("exports", -2, day=1), row("nps", 4, day=2))
    assert [(each.letter, each.input) for each in reasons] == [
        ("A", "exports"),
        ("B", "nps"),
        ("C", "settings"),
    ]


def test_the_days_of_one_input_are_one_reason_and_its_weightiest_day_stands_for_it() -> None:
    [reason] = _explained(row("exports", -1, day=1), row("exports", -5, day=4), row("exports", 1, day=6))
    assert (reason.points, reason.on_day, len(reason.rows)) == (-5, date(2026, 8, 7), 3)


def test_settings_answers_and_team_changes_are_told_one_by_one() -> None:
    rows = [row(key, -3, item=item) for key in ("settings", "nps", "team") for item in ("a", "b")]
    assert len(_explained(*rows)) == 6


def test_what_fades_is_one_reason() -> None:
    rows = [row("team", 1, day=day, item=item, cause="faded") for day in (1, 2) for item in ("a", "b")]
    assert [each.points for each in _explained(*rows)] == [4]


def test_switches_rules_late_data_and_a_score_that_came_back_are_told_apart() -> None:
    rows = [row("exports", -4, cause="known"), row("exports", -4, cause="unknown"), row("exports", -4)]
    rows += [row("", 2, cause=cause) for cause in ("rules", "late", "resumed")]
    assert sorted(each.points for each in _explained(*rows)) == [-8, -4, 2, 2, 2]


def test_small_reasons_are_pooled_last_and_open_to_their_parts() -> None:
    reasons = _explained(row("exports", -9), row("nps", 0.4, item="a"), row("nps", -0.3, item="b", day=-1))
    assert [each.letter for each in reasons] == ["A", None]
    pool = reasons[1]
    assert (pool.title, round(pool.points, 9), len(pool.parts), pool.family) == (
        "2 small changes",
        0.1,
        2,
        "",
    )


def test_one_small_reason_keeps_its_own_row() -> None:
    assert [each.letter for each in _explained(row("exports", -9), row("nps", 0.4, day=1))] == ["A", "B"]


def test_no_more_reasons_than_a_page_holds() -> None:
    reasons = _explained(*[row(f"other_{nr}", -1 - nr) for nr in range(20)])
    assert len(reasons) == MOST_REASONS + 1
    assert sum(each.points for each in reasons) == pytest.approx(-210)


def test_nothing_moved_and_nothing_is_explained() -> None:
    assert _explained() == []


@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from(["exports", "settings", "nps", "team", "other_1"]),
            st.floats(min_value=-30, max_value=30),
            day=st.integers(0, 9),
            item=st.sampled_from("abc"),
            cause=st.sampled_from(["entered", "left", "faded", "known"]),
        ),
        max_size=12,
    ),
    st.floats(min_value=0, max_value=100),
)
def test_exact_and_whole_points_both_add_up(rows: list[LedgerRow], before: float) -> None:
    after = before + sum(each.points for each in rows)
    reasons = _explained(*rows, scores=(before, after))
    assert sum(each.points for each in reasons) == pytest.approx(after - before, abs=1e-9)
    if reasons:
        assert sum(each.shown for each in reasons) == round(after) - round(before)
    assert [each.letter for each in reasons if each.letter] == sorted(
        each.letter for each in reasons if each.letter
    )
