from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from waypost.learn import ENTER_BELOW, LEAVE_ABOVE, alarms, calls, is_at_risk, rule_at_risk

MONDAY = date(2026, 8, 3)
ODDS = st.one_of(st.none(), st.floats(0, 1))


def _days(odds: Sequence[float | None], spell: int = 1) -> pl.DataFrame:
    days = [MONDAY + timedelta(days=nr + 1) for nr in range(len(odds))]
    return pl.DataFrame(
        {"spell": [spell] * len(odds), "on_day": days, "odds": list(odds)},
        schema={"spell": pl.Int64, "on_day": pl.Date, "odds": pl.Float64},
    ).with_columns(began_on=pl.lit(MONDAY))


def _folded(odds: list[float | None]) -> list[bool | None]:
    """Say day by day, as plainly as can be, what the verdict is."""
    said: list[bool | None] = []
    before = False
    for each in odds:
        row = pl.DataFrame(
            {"odds": [each], "before": [before]}, schema={"odds": pl.Float64, "before": pl.Boolean}
        )
        verdict = row.select(is_at_risk(pl.col("odds"), pl.col("before"))).item()
        said.append(verdict)
        before = before if verdict is None else verdict
    return said


def test_between_the_limits_it_stays_as_it_was() -> None:
    between = (ENTER_BELOW + LEAVE_ABOVE) / 2
    assert _folded([between, 0.3, between, 0.6, between]) == [False, True, True, False, False]


def test_without_odds_it_is_unknown() -> None:
    assert _folded([None, 0.2, None]) == [None, True, None]


@given(st.lists(ODDS, min_size=1, max_size=15))
def test_all_days_at_once_are_one_day_after_the_other(odds: list[float | None]) -> None:
    assert alarms(_days(odds))["at_risk"].to_list() == _folded(odds)


def _asked(
    odds: float | None, *, person: str | None = "ada", age_days: int = 10, paused: bool = False
) -> pl.DataFrame:
    place = {"person_id": person, "account_id": "acme", "journey": "analyst", "milestone": "first_30"}
    types = {"person_id": pl.String, "odds": pl.Float64}
    day_0 = MONDAY - timedelta(days=age_days)
    return pl.DataFrame({**place, "day_0": day_0, "paused": paused, "odds": odds}, schema_overrides=types)


def _called(days_ago: int | None, *, person: str | None = "ada") -> pl.DataFrame:
    called_on = None if days_ago is None else MONDAY - timedelta(days=days_ago)
    found = _asked(None, person=person).select("person_id", "account_id", "journey", "milestone")
    return found.with_columns(called_on=pl.lit(called_on, dtype=pl.Date)).drop_nulls("called_on")


def _verdict(odds: float | None, days_ago: int | None, **more: object) -> tuple[bool | None, bool]:
    found = calls(_asked(odds, **more), _called(days_ago))  # type: ignore[arg-type]
    at_risk, turns = found.select("at_risk", "turns").row(0)
    return at_risk, turns


def test_a_call_turns_where_the_odds_leave_what_was_called_last() -> None:
    assert _verdict(0.3, None) == (True, True)
    assert _verdict(0.3, 2) == (True, False)
    assert _verdict(0.5, 2) == (True, False)
    assert _verdict(0.5, None) == (False, False)
    assert _verdict(0.6, 2) == (False, True)


def test_without_odds_nothing_turns() -> None:
    assert _verdict(None, 2) == (None, False)


def test_a_call_from_before_day_0_says_nothing_of_who_came_back() -> None:
    assert _verdict(0.5, 3, age_days=3) == (True, False)
    assert _verdict(0.5, 3, age_days=2) == (False, False)


def test_while_the_clock_stands_still_nothing_turns() -> None:
    assert _verdict(0.1, None, paused=True) == (False, False)
    assert _verdict(0.9, 2, paused=True) == (True, False)
    assert _verdict(None, 2, paused=True) == (None, False)


def test_accounts_are_called_as_people_are() -> None:
    found = calls(_asked(0.5, person=None), _called(1, person=None))
    assert found.select("at_risk", "turns").row(0) == (True, False)


def test_the_rule_calls_who_is_late_with_half_undone() -> None:
    cases = pl.DataFrame(
        {
            "left_days": [7, 6, 5, 5],
            "window_days": [23] * 4,
            "share_met": [0.0, 0.5, 0.0, 0.75],
        }
    )
    assert cases.select(rule_at_risk()).to_series().to_list() == [False, True, True, False]
