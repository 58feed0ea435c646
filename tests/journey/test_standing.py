"""The verdict over a handful of rows: places and flips in, dated standings out."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from tests.tale import ANALYST
from waypost.journey import Journey, reached, standings

DAY_0 = date(2026, 8, 3)
PLAN = Journey.from_document(ANALYST, where="analyst.yaml")
SHORT = Journey.from_document({**ANALYST, "milestones": ANALYST["milestones"][:2]}, where="analyst.yaml")
Flip = tuple[str, int, bool]
EXPORT = ANALYST["milestones"][0]["clauses"][0]
EXPORTED, SHARED, LASTING = "first_7.0", "first_30.0", "sustained.0"


def test_a_place_without_an_end_ends_with_an_open_stretch() -> None:
    judged = _judged(PLAN, _place(today=10), [])
    assert judged["until_on"].to_list() == [_day(6), _day(8), None]
    assert judged["due_on"].to_list() == [_day(7)] * 3
    assert judged["version"].to_list() == [4, 4, 4]


def test_every_stretch_says_which_clauses_are_missed() -> None:
    judged = _judged(PLAN, _place(today=10, first_used=1), [(EXPORTED, 1, True)])
    [missed] = json.loads(judged["missing"][-1])
    assert missed == {
        "clause": "first_30.0", "says": "Share a report", "missed": "Not yet: share a report", "needed": 1,
    }  # fmt: skip


def test_somebody_who_used_the_product_on_time_without_meeting_the_milestone_is_on_the_path() -> None:
    assert _told(PLAN, _place(today=5, first_used=3), []) == [
        (0, "not_started", "first_7"), (3, "on_path", "first_7"),
    ]  # fmt: skip


def test_the_last_quarter_of_a_milestone_puts_at_risk_who_misses_half_of_it() -> None:
    done = [(EXPORTED, 1, True)]
    assert _told(PLAN, _place(today=25, first_used=1), done)[-1] == (25, "at_risk", "first_30")
    assert _told(PLAN, _place(today=24, first_used=1), done)[-1] == (8, "on_path", "first_30")


def test_a_setting_put_back_after_its_day_is_a_return() -> None:
    milestone = {**ANALYST["milestones"][0], "clauses": [{"says": "Set it", "setting": "s", "is": "on"}]}
    plan = Journey.from_document(
        {**ANALYST, "milestones": [milestone, ANALYST["milestones"][1]]}, where="a.yaml"
    )
    flips = [(EXPORTED, 2, True), (EXPORTED, 10, False), (EXPORTED, 12, True)]
    assert _told(plan, _place(today=20, first_used=1), flips)[-3:] == [
        (8, "on_path", "first_30"), (10, "strayed", "first_7"), (12, "returned", "first_30"),
    ]  # fmt: skip


def test_a_path_without_sustained_use_ends_sustained_or_returned() -> None:
    in_time = [(EXPORTED, 1, True), (SHARED, 9, True)]
    assert _told(SHORT, _place(today=40, first_used=1), in_time)[-1] == (31, "sustained", "first_30")
    late = [(EXPORTED, 1, True), (SHARED, 35, True)]
    assert _told(SHORT, _place(today=40, first_used=1), late)[-2:] == [
        (31, "strayed", "first_30"), (35, "returned", "first_30"),
    ]  # fmt: skip


def test_a_late_last_milestone_makes_a_return_that_lasts_through_the_grace() -> None:
    late = [(EXPORTED, 1, True), (SHARED, 35, True)]
    assert _told(PLAN, _place(today=60, first_used=1), late)[-2:] == [
        (35, "returned", "sustained"), (59, "strayed", "sustained"),
    ]  # fmt: skip


def test_who_moves_to_another_path_brings_along_what_was_done_before() -> None:
    moved = _place(today=20, first_used=1, begins=12)
    assert _told(PLAN, moved, [(EXPORTED, 9, True)]) == [(12, "returned", "first_30")]


def test_who_once_sustained_before_moving_to_the_path_has_lapsed_on_it() -> None:
    done = [(EXPORTED, 1, True), (SHARED, 1, True), (LASTING, 40, True), (LASTING, 50, False)]
    moved = _place(today=70, first_used=1, begins=60)
    assert _told(PLAN, moved, done) == [(60, "lapsed", "sustained")]


def test_a_place_that_ended_keeps_its_past_only() -> None:
    judged = _judged(PLAN, _place(today=20, ends=8), [])
    assert judged["until_on"].to_list()[-1] == _day(8)
    assert judged["standing"].to_list() == ["not_started", "at_risk"]


def test_nobody_is_judged_on_days_to_come() -> None:
    judged = _judged(PLAN, _place(today=6, ends=9), [])
    assert judged["since_on"].to_list() == [_day(0), _day(6)]
    assert judged["until_on"].to_list() == [_day(6), None], "an end that lies ahead is not known yet"


def test_who_joined_before_day_0_waits_for_it() -> None:
    early = _place(today=9, begins=-5)
    assert _told(PLAN, early, [])[0] == (-5, "not_started", "first_7")
    assert _told(PLAN, early, [])[-1] == (8, "strayed", "first_7")


def test_a_milestone_is_reached_when_its_last_clause_is_first_met() -> None:
    two = {
        **ANALYST["milestones"][0],
        "clauses": [*ANALYST["milestones"][0]["clauses"], {"says": "x", "setting": "s", "is": "on"}],
    }
    plan = Journey.from_document({**ANALYST, "milestones": [two]}, where="a.yaml")
    half = [(EXPORTED, 2, True)]
    assert reached(plan, _place(today=9), _flips(plan, half)).rows() == []
    whole = [*half, ("first_7.1", 9, True), (EXPORTED, 12, False), (EXPORTED, 15, True)]
    assert reached(plan, _place(today=9), _flips(plan, whole)).rows() == [
        ("ada", "acme", "analyst", "first_7", _day(9), True)
    ]


def test_a_path_of_sustained_use_alone_has_no_milestone_to_reach() -> None:
    plan = Journey.from_document({**ANALYST, "milestones": ANALYST["milestones"][2:]}, where="a.yaml")
    assert reached(plan, _place(today=9), _flips(plan, [(LASTING, 1, True)])).height == 0
    assert _told(plan, _place(today=60), [(LASTING, 1, True), (LASTING, 30, False)]) == [
        (0, "on_path", "sustained"), (1, "sustained", "sustained"), (30, "lapsed", "sustained"),
    ]  # fmt: skip
    assert _told(plan, _place(today=60), [])[-1] == (29, "strayed", "sustained")


def test_one_of_several_ways_is_enough() -> None:
    plan = _with_first_clauses(
        {"says": "Get data out", "any_of": [EXPORT, {"says": "Sync", "setting": "s", "is": "on"}]}
    )
    assert _told(plan, _place(today=9, first_used=1), [("first_7.0.1", 5, True)])[-1] == (
        8,
        "on_path",
        "first_30",
    )
    assert _told(plan, _place(today=9, first_used=1), [("first_7.0.0", 5, True)])[-1] == (
        8,
        "on_path",
        "first_30",
    )
    [missed] = json.loads(_judged(plan, _place(today=9), [])["missing"][-1])
    assert missed == {
        "clause": "first_7.0",
        "says": "Get data out",
        "missed": "Not yet: get data out",
        "needed": 1,
    }
    assert reached(plan, _place(today=9), _flips(plan, [("first_7.0.1", 5, True)]))["met_on"].to_list() == [
        _day(5)
    ]


def test_a_group_of_all_is_met_with_its_last_part() -> None:
    both = {"says": "Both", "all_of": [EXPORT, {"says": "Sync", "setting": "s", "is": "on"}]}
    plan = _with_first_clauses(both)
    half = [("first_7.0.0", 2, True)]
    assert _told(plan, _place(today=9, first_used=1), half)[-1] == (8, "strayed", "first_7")
    assert reached(plan, _place(today=9), _flips(plan, half)).height == 0
    late = [*half, ("first_7.0.1", 9, True)]
    assert _told(plan, _place(today=9, first_used=1), late)[-1] == (9, "returned", "first_30")


def test_an_optional_clause_is_never_missed() -> None:
    plan = _with_first_clauses(
        EXPORT, {"says": "Invite a colleague", "feature": "share", "at_least": 1, "optional": True}
    )
    assert _told(plan, _place(today=9, first_used=1), [(EXPORTED, 2, True)])[-1] == (8, "on_path", "first_30")
    judged = _judged(plan, _place(today=9, first_used=1), [])
    assert [each["clause"] for each in json.loads(judged["missing"][-1])] == ["first_7.0"]


def test_who_left_and_came_back_is_judged_for_each_stay_alone() -> None:
    again = _place(today=40, begins=20).with_columns(
        pl.lit(8, dtype=pl.Int64).alias("stay"), pl.lit(_day(20)).alias("provisioned_on")
    )
    places = pl.concat(
        [_place(today=40, ends=10, first_used=1).with_columns(pl.col("stay").cast(pl.Int64)), again]
    )
    judged = standings(PLAN, 4, places, _flips(PLAN, [(EXPORTED, 1, True)]))
    told = [
        ((since - DAY_0).days, standing) for since, standing in judged.select("since_on", "standing").rows()
    ]
    assert told == [
        (0, "not_started"),
        (1, "on_path"),
        (8, "on_path"),
        (20, "not_started"),
        (26, "at_risk"),
        (28, "strayed"),
    ]


def _with_first_clauses(*clauses: dict[str, Any]) -> Journey:
    first = {**ANALYST["milestones"][0], "clauses": list(clauses)}
    return Journey.from_document(
        {**ANALYST, "milestones": [first, *ANALYST["milestones"][1:]]}, where="a.yaml"
    )


def _place(
    *, today: int, begins: int = 0, ends: int | None = None, first_used: int | None = None
) -> pl.DataFrame:
    row: dict[str, Any] = {
        "stay": 7,
        "person_id": "ada",
        "account_id": "acme",
        "provisioned_on": DAY_0,
        "from_on": _day(begins),
        "until_on": None if ends is None else _day(ends),
        "first_used_on": None if first_used is None else _day(first_used),
        "today": _day(today),
    }
    dates = dict.fromkeys(("provisioned_on", "from_on", "until_on", "first_used_on", "today"), pl.Date)
    return pl.DataFrame([row], schema_overrides=dates)


def _flips(plan: Journey, flips: Sequence[Flip]) -> pl.DataFrame:
    numbers = {key: nr for nr, (key, _, _) in enumerate(plan.leaves())}
    rows = [(7, numbers[clause], _day(day), holds) for clause, day, holds in flips if clause in numbers]
    schema = {"stay": pl.Int64, "clause": pl.Int64, "on_day": pl.Date, "holds": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _judged(plan: Journey, place: pl.DataFrame, flips: Sequence[Flip]) -> pl.DataFrame:
    return standings(plan, 4, place, _flips(plan, flips))


def _told(plan: Journey, place: pl.DataFrame, flips: Sequence[Flip]) -> list[tuple[int, str, str]]:
    judged = _judged(plan, place, flips).select("since_on", "standing", "milestone").rows()
    return [((since - DAY_0).days, standing, milestone) for since, standing, milestone in judged]


def _day(nr: int) -> date:
    return DAY_0 + timedelta(days=nr)
