"""Where odds judge, who is called at risk stands at risk, and nobody else; until the rule of thumb judges again."""

from datetime import date

import polars as pl

from tests.journey.test_standing import PLAN, SHORT, _day, _flips, _place
from waypost.journey import Clock, standings

Said = tuple[int | None, int, bool]
NOBODY_PAUSED = pl.DataFrame(schema={"stay": pl.Int64, "from_on": pl.Date, "until_on": pl.Date})


def _told(*said: Said, today: int = 9, paused: tuple[int, int] | None = None) -> list[tuple[int, str, str]]:
    """Say of everybody (None) whether odds judge, and of stay 7 whether it is called, from a day on."""
    rows = [(stay, "first_7", _day(day), holds) for stay, day, holds in said]
    schema = {"stay": pl.Int64, "milestone": pl.String, "on_day": pl.Date, "holds": pl.Boolean}
    calls = pl.DataFrame(rows, schema=schema, orient="row")
    away = pl.DataFrame(
        [(7, _day(paused[0]), _day(paused[1]))] if paused else [], schema=NOBODY_PAUSED.schema, orient="row"
    )
    place, flips = _place(today=today, first_used=1), _flips(PLAN, [])
    judged = standings(SHORT, 4, place, flips, Clock.of(away), calls)
    days = [(each - date(2026, 8, 3)).days for each in judged["since_on"]]
    return list(zip(days, judged["standing"], judged["milestone"], strict=True))


def test_who_is_called_stands_at_risk_from_that_day_on_and_until_called_off() -> None:
    told = _told((None, 0, True), (7, 3, True), (7, 5, False))
    assert told[2:5] == [(3, "at_risk", "first_7"), (5, "on_path", "first_7"), (8, "strayed", "first_7")]


def test_who_never_began_can_be_called_too() -> None:
    assert _told((None, 0, True), (7, 0, True))[0] == (0, "at_risk", "first_7")


def test_where_odds_judge_the_rule_of_thumb_is_silent() -> None:
    assert [standing for _, standing, _ in _told((None, 2, True))] == ["not_started", "on_path", "strayed"]


def test_the_rule_judges_before_odds_do_and_again_after_them() -> None:
    assert (6, "at_risk", "first_7") in _told((None, 7, True))
    assert _told((None, 7, True))[-2] == (7, "on_path", "first_7")
    assert _told((None, 0, True), (None, 7, False))[-2] == (7, "at_risk", "first_7")


def test_without_a_word_of_what_judges_a_call_is_not_heard() -> None:
    assert [day for day, standing, _ in _told((7, 2, True)) if standing == "at_risk"] == [6]


def test_a_milestone_that_is_met_is_not_at_risk_whatever_was_called() -> None:
    calls = pl.DataFrame(
        [(None, "first_7", _day(0), True), (7, "first_7", _day(2), True)],
        schema={"stay": pl.Int64, "milestone": pl.String, "on_day": pl.Date, "holds": pl.Boolean},
        orient="row",
    )
    flips = _flips(PLAN, [("first_7.0", 4, True)])
    judged = standings(SHORT, 4, _place(today=6, first_used=1), flips, calls=calls)
    assert judged["standing"].to_list() == ["not_started", "on_path", "at_risk", "on_path"]


def test_what_is_called_in_a_pause_holds_when_the_clock_runs_again_and_the_last_word_of_it() -> None:
    told = _told((None, 0, True), (7, 3, True), (7, 4, False), today=12, paused=(2, 6))
    assert [standing for _, standing, _ in told] == ["not_started", "on_path", "strayed"]
    told = _told((None, 0, True), (7, 3, True), today=12, paused=(2, 6))
    assert told[2] == (6, "at_risk", "first_7")
