from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from waypost.learn import ENTER_BELOW, LEAVE_ABOVE, alarm_now, alarms, is_at_risk, rule_at_risk

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


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=12), min_size=1, max_size=5))
def test_looking_back_as_far_as_it_takes_gives_the_same(many: list[list[float]]) -> None:
    days = pl.concat([_days(odds, spell) for spell, odds in enumerate(many)])
    now = days.group_by("spell", maintain_order=True).last()

    def earlier(cases: pl.DataFrame) -> pl.Series:
        asked = cases.select("spell", "on_day")
        return asked.join(days, on=["spell", "on_day"], how="left", maintain_order="left")["odds"]

    wanted = alarms(days).group_by("spell", maintain_order=True).last()["at_risk"].to_list()
    assert alarm_now(now, earlier).to_list() == wanted


def test_who_is_clearly_in_or_out_is_not_asked_about_again() -> None:
    def earlier(_cases: pl.DataFrame) -> pl.Series:
        raise AssertionError

    assert alarm_now(_days([0.1]), earlier).to_list() == [True]
    assert alarm_now(_days([None]), earlier).to_list() == [None]


def test_the_rule_calls_who_is_late_with_half_undone() -> None:
    cases = pl.DataFrame(
        {
            "on_day": [MONDAY + timedelta(days=nr) for nr in (16, 17, 18, 18)],
            "due_on": [MONDAY + timedelta(days=22)] * 4,
            "window_days": [23] * 4,
            "share_met": [0.0, 0.5, 0.0, 0.75],
        }
    )
    assert cases.select(rule_at_risk()).to_series().to_list() == [False, True, True, False]
