"""Each kind of measure at one small account, with scores and ledger worked out by hand.

Every scorecard here has one input, so its weight is all of the 100 points.
"""

from typing import Any, cast

import pytest

from tests.tale import ANALYST, CATALOGUE, Tale, day, scorecard
from waypost.core import DefinitionError
from waypost.measure import known_from, measure_from, measured_at
from waypost.store import Writer

STRAIGHT = [[0, 0], [1, 1]]


def acme(
    kind: str, *rules: dict[str, Any], curve: list[list[float]] | None = None, **measure: object
) -> Tale:
    return Tale("acme", *rules, scorecard({"measure": {"kind": kind, **measure}, "curve": curve or STRAIGHT}))


def test_adoption_is_the_share_of_people_on_their_path() -> None:
    tale = acme("adoption", ANALYST).joins("ada").uses("export").joins("ben").on_day(8)
    tale.at("beta").by("cleo").uses("sign_in", on=4).uses("sign_in").at("acme")
    assert tale.scores() == {**dict.fromkeys(range(6), 100.0), 6: 100.0, 7: 100.0, 8: 50.0}
    assert tale.ledger(8) == [("adoption", "ben", "entered", -50.0)], "a stray who had not begun"


def test_whoever_has_not_started_is_nobody_s_adoption_yet() -> None:
    assert acme("adoption", ANALYST).joins("ada").on_day(2).scores() == {0: None, 1: None, 2: None}


def test_seat_use_counts_people_active_in_the_window_against_the_contract() -> None:
    tale = (
        acme("seat_use", within_days=3)
        .signs(seats=4)
        .joins("ada")
        .uses("sign_in")
        .joins("ben")
        .uses("sign_in")
    )
    tale.on_day(2).by("ada").uses("share").on_day(3).by_nobody("contract", "changed", seats=5).on_day(5)
    assert tale.scores() == {0: 50.0, 1: 50.0, 2: 50.0, 3: 20.0, 4: 20.0, 5: 0.0}
    assert tale.ledger(5) == [("seat_use", "ada", "left", -20.0)]
    by_ben = -100 * 1 * 0.22314355  # the integral of 1/d from 4 to 5 seats: ln(5/4)
    assert [row[:3] for row in tale.ledger(3)] == [
        ("seat_use", "acme", "entered"),
        ("seat_use", "ben", "left"),
    ]
    assert tale.ledger(3)[1][3] == pytest.approx(by_ben, abs=1e-4)
    assert sum(row[3] for row in tale.ledger(3)) == pytest.approx(-30)


def test_seat_use_without_seats_is_unknown() -> None:
    tale = acme("seat_use").signs(value=10).joins("ada").uses("sign_in")
    assert tale.scores() == {0: None}


def test_a_trend_compares_with_the_account_s_own_pace() -> None:
    tale = acme("feature_trend", feature="export", recent_days=2, baseline_days=4, least_events=4)
    tale.joins("ada").uses("export", 4).on_day(1).uses("sign_in").on_day(2).uses("export", 1).on_day(3)
    # Day 2: the four of day 0 are the baseline, 4 * 2/4 = 2 a window; recent is 1.
    assert tale.scores() == {0: None, 1: None, 2: 50.0, 3: 50.0}
    tale.on_day(4).round()
    assert tale.scores()[4] == 0.0, "the one of day 2 has left the recent days and joined the baseline"


def test_breadth_counts_the_features_of_a_group_in_use() -> None:
    tale = acme("breadth", within_days=2).joins("ada").uses("export").on_day(1).uses("share").on_day(3)
    assert tale.scores() == {0: 50.0, 1: 100.0, 2: 50.0, 3: 0.0}
    assert tale.ledger(1) == [("breadth", "share", "entered", 50.0)]
    assert tale.ledger(2) == [("breadth", "export", "left", -50.0)]


def test_breadth_counts_a_feature_by_its_weight() -> None:
    weighed = [{**each, "weight": 3} if each["key"] == "export" else each for each in CATALOGUE["features"]]
    tale = acme("breadth", {**CATALOGUE, "features": weighed}).joins("ada").uses("export")
    assert tale.scores() == {0: 75.0}


def test_setting_coverage_counts_wanted_values() -> None:
    tale = acme("setting_coverage").joins("ada").uses("sign_in").on_day(1).sets("schedule", "on")
    tale.on_day(2).sets("schedule", "off").on_day(3)
    assert tale.scores() == {0: None, 1: 100.0, 2: 0.0, 3: 0.0}
    assert tale.ledger(2) == [("setting_coverage", "schedule", "left", -100.0)]


def test_open_tickets_are_counted_from_their_age_on_until_they_are_solved() -> None:
    tale = acme("open_tickets", older_than_days=1, curve=[[0, 1], [2, 0]]).joins("ada").uses("sign_in")
    tale.tells("ticket", "opened", ticket_id="t1", priority="urgent", subject="Export fails")
    tale.tells("ticket", "opened", ticket_id="t2", priority="low").on_day(3).uses("sign_in")
    tale.tells("ticket", "solved", ticket_id="t1").on_day(5).tells(
        "ticket", "reopened", ticket_id="t1"
    ).on_day(6)
    assert tale.scores() == {0: 100.0, 1: 50.0, 2: 50.0, 3: 100.0, 4: 100.0, 5: 50.0, 6: 50.0}
    assert tale.ledger(1) == [("open_tickets", "t1", "entered", -50.0)]
    assert tale.ledger(3) == [("open_tickets", "t1", "left", 50.0)]
    assert tale.ledger(5) == [("open_tickets", "t1", "entered", -50.0)]


def test_a_later_priority_says_nothing_of_earlier_days() -> None:
    tale = acme("open_tickets", older_than_days=0, curve=[[0, 1], [1, 0]]).joins("ada").uses("sign_in")
    tale.tells("ticket", "opened", ticket_id="t1", priority="low").on_day(2)
    tale.tells("ticket", "priority_changed", ticket_id="t1", priority="urgent").on_day(3)
    tale.tells("ticket", "priority_changed", ticket_id="t1", priority="normal")
    assert tale.scores() == {0: 100.0, 1: 100.0, 2: 0.0, 3: 100.0}


def test_the_latest_answer_of_each_person_counts_until_it_is_too_old() -> None:
    tale = (
        acme("latest_answer", survey="nps", within_days=4, curve=[[0, 0], [10, 1]])
        .joins("ada")
        .uses("sign_in")
    )
    tale.tells("survey", "nps", score=4).joins("ben").on_day(1).by("ben").tells("survey", "nps", score=8)
    tale.on_day(2).by("ada").tells("survey", "nps", score=6).uses("sign_in").on_day(6).uses("sign_in")
    assert tale.scores() == {0: 40.0, 1: 60.0, 2: 70.0, 3: 70.0, 4: 70.0, 5: 60.0, 6: None}
    assert tale.ledger(2) == [("latest_answer", "ada", "entered", 10.0)]
    assert tale.ledger(5) == [("latest_answer", "ben", "left", -10.0)]


def test_team_changes_fade_by_half_in_their_half_life() -> None:
    tale = acme("team_changes", half_life_days=1, curve=[[-1, 0], [0, 1]]).joins("ada", champion=True)
    tale.joins("ben", champion=True).uses("sign_in").on_day(2).by("ada").leaves().uses("sign_in").on_day(4)
    assert tale.scores() == {0: 100.0, 1: 100.0, 2: 0.0, 3: 50.0, 4: 75.0}
    assert tale.ledger(2) == [("team_changes", "ada:left", "entered", -100.0)]
    assert tale.ledger(3) == [("team_changes", "ada:left", "faded", 50.0)]


def test_a_champion_named_later_comes_on_that_day_and_one_who_steps_down_has_not_left() -> None:
    tale = (
        acme("team_changes", half_life_days=1, curve=[[0, 0], [1, 1]]).joins("ada").uses("sign_in").on_day(40)
    )
    tale.tells("membership", "role_changed", champion=True).uses("sign_in").on_day(41)
    tale.tells("membership", "role_changed", champion=False).uses("sign_in")
    assert [tale.scores()[day] for day in (39, 40, 41)] == [None, 100.0, 50.0]
    assert tale.ledger(41) == [("team_changes", "ada:joined", "faded", -50.0)]


def test_no_ticket_source_is_not_the_same_as_no_tickets() -> None:
    tale = acme("open_tickets", curve=[[0, 1], [2, 0]]).joins("ada").uses("sign_in").on_day(1)
    tale.at("beta").by("cleo").tells("ticket", "opened", ticket_id="t9").at("acme").on_day(2)
    assert tale.scores() == {0: None, 1: 100.0, 2: 100.0}


def test_a_measure_s_document_is_read_strictly() -> None:
    with pytest.raises(DefinitionError, match="weather is none of those known"):
        measure_from({"kind": "weather"}, where="health.yaml")
    with pytest.raises(DefinitionError, match="within_dayz"):
        measure_from({"kind": "seat_use", "within_dayz": 3}, where="health.yaml")


def test_a_trend_is_known_from_its_least_events_on_and_the_others_from_one_item() -> None:
    assert (
        known_from(measure_from({"kind": "feature_trend", "feature": "x", "least_events": 7}, where="")) == 7
    )
    assert known_from(measure_from({"kind": "breadth"}, where="")) == 1
    assert len(CATALOGUE["features"]) == 3


def test_what_an_input_was_on_two_days_far_apart_can_be_asked_again() -> None:
    tale = acme("seat_use", within_days=3).signs(seats=4).joins("ada").uses("sign_in").on_day(9)
    tale.by("ben").uses("sign_in").by("ada").uses("sign_in").round()
    writer, rules = cast("Writer", tale.workspace.warehouse), tale.workspace.rules
    measures = {"seats": measure_from({"kind": "seat_use", "within_days": 3}, where="health.yaml")}
    found = measured_at(writer, measures, "acme", rules.catalogue, days=(day(0), day(9)))
    assert found == [{"seats": {"n": 1, "d": 4, "value": 0.25}}, {"seats": {"n": 2, "d": 4, "value": 0.5}}]
    before = measured_at(writer, measures, "acme", rules.catalogue, days=(day(-1), day(9)))
    assert before[0] == {"seats": {"n": 0, "d": 0, "value": None}}, "unknown is not zero"
    assert measured_at(writer, {}, "acme", rules.catalogue, days=(day(0), day(9))) == [{}, {}]
