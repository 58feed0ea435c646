"""Where people stand, told as short histories; each standing reaches the store by a real round."""

from typing import Any

from tests.tale import ANALYST, Tale


def test_a_person_who_was_provisioned_and_never_came_strays_on_day_8() -> None:
    tale = Tale("acme").joins("ada").on_day(7)
    assert tale.standings() == [(0, "not_started", "first_7"), (6, "at_risk", "first_7")]
    assert tale.on_day(8).standing() == "strayed"


def test_what_is_done_on_day_7_is_in_time() -> None:
    tale = Tale("acme").joins("ada").on_day(7).uses("export").on_day(8)
    assert tale.standing() == "on_path"


def test_a_milestone_met_late_makes_a_return_until_the_next_is_met_in_time() -> None:
    tale = Tale("acme").joins("ada").on_day(12).uses("export").on_day(14).uses("share").on_day(20)
    assert tale.standings()[2:] == [
        (8, "strayed", "first_7"),
        (12, "returned", "first_30"),
        (14, "on_path", "first_30"),
    ]


def test_the_first_window_after_the_last_milestone_is_a_grace() -> None:
    tale = Tale("acme").joins("ada").uses("export").on_day(1).uses("share")
    assert tale.on_day(58).standing() == "on_path"
    assert tale.on_day(59).standing() == "strayed"


def test_who_sustained_and_stops_has_lapsed() -> None:
    tale = Tale("acme").joins("ada").uses("export").uses("share").on_day(40).uses("export", 2)
    assert tale.on_day(67).standing() == "sustained"
    assert tale.on_day(68).standing() == "lapsed"


def test_habits_of_the_first_month_are_not_yet_sustained_use() -> None:
    tale = Tale("acme").joins("ada").uses("export", 5).uses("share").on_day(31)
    assert tale.standing() == "on_path", "five exports on day 0 are too old, and were never sustained use"


def test_a_setting_switched_off_again_is_not_set() -> None:
    tale = Tale("acme", _with_clause(setting="schedule", **{"is": "on"})).joins("ada").uses("export")
    tale.on_day(3).sets("schedule", "on")
    assert tale.on_day(8).standing() == "on_path"
    tale.on_day(9).sets("schedule", "off")
    assert tale.on_day(10).standing() == "strayed"
    tale.on_day(12).sets("schedule", "on")
    assert tale.on_day(13).standing() == "returned"


def test_a_quantity_clause_adds_up_what_events_say() -> None:
    tale = Tale("acme", _with_clause(feature="export", quantity_at_least=100)).joins("ada")
    tale.on_day(2).uses("export", rows=60).on_day(4).uses("export", rows=39.5)
    assert tale.on_day(8).standing() == "strayed"
    assert tale.on_day(9).uses("export", rows=0.5).standing() == "returned"


def test_active_days_count_within_their_days_only() -> None:
    rule = _with_clause(active_days=2, in_days=7)
    spread = Tale("acme", rule).joins("ada").uses("sign_in").on_day(7).uses("sign_in").on_day(8)
    close = Tale("acme", rule).joins("ada").on_day(1).uses("sign_in").on_day(7).uses("sign_in").on_day(8)
    assert (spread.standing(), close.standing()) == ("strayed", "on_path")


def test_a_new_role_is_another_path_with_the_same_day_0() -> None:
    admin = {**ANALYST, "key": "admin", "audience": {"roles": ["admin"]}}
    analyst = {**ANALYST, "audience": {"roles": ["analyst"]}}
    tale = Tale("acme", admin, analyst).joins("ada").on_day(10)
    tale.tells("membership", "role_changed", role="admin").on_day(11)
    assert tale.standings(journey="analyst")[-1] == (8, "strayed", "first_7")
    assert tale.standing(journey="analyst") is None, "the old path ended with the old role"
    assert tale.standings(journey="admin") == [(10, "strayed", "first_7")]


def test_a_person_at_two_accounts_stands_at_each_for_what_was_done_there() -> None:
    tale = Tale("acme").joins("ada").at("beta").joins("ada").uses("export").on_day(8)
    assert tale.standing() == "on_path"
    assert tale.at("acme").standing() == "strayed"


def test_who_has_left_stands_nowhere() -> None:
    tale = Tale("acme").joins("ada").on_day(9).leaves().on_day(10)
    assert tale.standing() is None
    assert tale.standings()[-1] == (8, "strayed", "first_7")


def test_automated_use_counts_where_the_catalogue_says_so() -> None:
    assert Tale("acme").joins("ada").uses("export_run").on_day(8).standing() == "on_path"


def _with_clause(**clause: object) -> dict[str, Any]:
    first, *others = ANALYST["milestones"]
    changed = {**first, "clauses": [{"says": "Do it", **clause}]}
    return {**ANALYST, "milestones": [changed, *others]}
