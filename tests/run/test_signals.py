"""Signals as a running workspace raises them, day after day."""

from tests.tale import ANALYST, Tale, scorecard

SEATS = scorecard({"measure": {"kind": "seat_use", "within_days": 7}})


def test_a_stray_is_told_of_on_day_8_and_the_return_on_its_day() -> None:
    tale = Tale("acme").joins("ada").on_day(7).lives_to(9)
    assert tale.signals() == [(6, "at_risk", "ada"), (8, "strayed", "ada")]
    tale.uses("export").lives_to(10)
    assert tale.signals()[2:] == [(9, "returned", "ada"), (9, "milestone_reached", "ada")]


def test_a_second_round_and_a_replay_tell_nothing_again() -> None:
    tale = Tale("acme").joins("ada").on_day(8)
    assert tale.round().signals == 1
    assert tale.round().signals == 0
    assert tale.workspace.replay().signals == 0


def test_who_strays_on_is_told_of_once_though_a_clause_is_met_meanwhile() -> None:
    first, *others = ANALYST["milestones"]
    clauses = [*first["clauses"], {"feature": "share", "at_least": 1, "says": "Share"}]
    rules = {**ANALYST, "milestones": [{**first, "clauses": clauses}, *others]}
    tale = Tale("acme", rules).joins("ada").on_day(8)
    tale.round()
    tale.on_day(20).uses("share").round()
    assert tale.signals("strayed") == [(8, "strayed", "ada")]


def test_history_that_is_loaded_is_no_news() -> None:
    tale = Tale("acme").on_day(100).joins("ada", on=0).uses("export", on=1)
    tale.round()
    assert tale.signals() == []


def test_new_rules_tell_nothing_of_anybody() -> None:
    lenient = {**ANALYST, "milestones": [{**ANALYST["milestones"][0], "by_day": 60}]}
    tale = Tale("acme", lenient).joins("ada").at("beta").joins("cleo").uses("export").on_day(30)
    tale.round()
    before = tale.signals()
    tale.publishes(ANALYST).round()
    assert tale.standings("cleo")[-1] == (30, "at_risk", "first_30")
    assert tale.at("acme").standings("ada")[-1] == (30, "strayed", "first_7")
    tale.on_day(31).round()
    assert tale.signals("strayed", "at_risk", "milestone_reached") == [
        *before,
        (31, "strayed", "cleo"),
    ], "the rules of day 30 put both where they are; day 31 is Cleo's own doing"


def test_a_fall_and_another_band_are_told_of_the_account_with_reasons() -> None:
    tale = Tale("acme", SEATS).signs(seats=1).joins("ada").uses("sign_in").on_day(7)
    tale.by("ben").at("beta").uses("sign_in", on=4).uses("sign_in", on=7).at("acme").lives_to(8)
    assert tale.signals() == [(7, "band_changed", "acme"), (7, "score_fell", "acme")]
    reasons = tale.rows("select distinct properties ->> '$.reason' from events where kind = 'signal'")
    assert reasons == [("Input −100",)]


def test_a_score_that_comes_back_after_an_outage_says_so() -> None:
    tale = Tale("acme", SEATS).signs(seats=1).joins("ada").uses("sign_in").on_day(7)
    tale.by("ben").at("beta").uses("sign_in", on=7).at("acme").lives_to(8)
    reasons = tale.rows("select distinct properties ->> '$.reason' from events where kind = 'signal'")
    assert reasons == [("Score came back −100",)]


def test_a_workspace_without_a_scorecard_still_tells_of_people() -> None:
    tale = Tale("acme", ANALYST).joins("ada").on_day(8)
    assert tale.signals("strayed") == [(8, "strayed", "ada")]


def test_a_change_noticed_a_day_later_carries_its_own_day() -> None:
    tale = Tale("acme").joins("ada").on_day(10)
    assert tale.signals() == [(8, "strayed", "ada")], (
        "the risk of day 6 is over, and the stray is two days old"
    )
