"""Odds over a real workspace: who is underway, what was known of them that morning, and that a replay says the same."""

import random
from typing import Any

import msgspec
import polars as pl
import pytest

from tests.tale import ANALYST, FIRST, Tale, day
from waypost.core import Event
from waypost.learn import Called, Sensing, Tried, mornings, outdone_by, rule_at_risk
from waypost.run import odds
from waypost.run.calling import call
from waypost.run.sensing import outdone
from waypost.run.underway import clocked, known, looked_at, spells_of, this_morning

COMPANY = [f"acct-{nr:02}" for nr in range(12)]
LAST_DAY = 92
NOBODY = {"count": 0, "of": 0, "accounts": 0}
NOTHING_JUDGED: dict[str, Any] = {
    "split_on": FIRST, "people": 0, "accounts": 0, "strayed": 0, "days": 0, "odds": None, "bins": [], "brier": None,
    "brier_base": None, "milestones": [], "rule": {"precision": NOBODY, "recall": NOBODY, "early": NOBODY},
}  # fmt: skip


def _spells(tale: Tale) -> list[tuple[str, str, int, int, bool]]:
    """Return who was underway to what from which day until which, and whether it was met in time."""
    tale.round()
    found = spells_of(tale.workspace.warehouse, tale.workspace.rules, today=tale.workspace.today).frame
    rows = found.sort("person_id", "began_on").select("person_id", "milestone", "began_on", "ended_on", "met")
    return [
        (person, milestone, (began - FIRST).days, (ended - FIRST).days, met)
        for person, milestone, began, ended, met in rows.rows()
    ]


def test_a_milestone_met_late_or_never_is_missed_and_one_met_in_time_is_met() -> None:
    tale = Tale().joins("ada").joins("ben").joins("cleo")
    tale.on_day(5).by("ada").uses("export").on_day(9).by("ben").uses("export").on_day(40)
    assert [each for each in _spells(tale) if each[1] == "first_7"] == [
        ("ada", "first_7", 0, 5, True),
        ("ben", "first_7", 0, 8, False),
        ("cleo", "first_7", 0, 8, False),
    ]


def test_on_the_last_day_one_is_still_in_time() -> None:
    tale = Tale().joins().on_day(7).uses("export").on_day(20)
    assert _spells(tale)[0] == ("ada", "first_7", 0, 7, True)


def test_who_leaves_before_the_day_neither_met_nor_missed_it() -> None:
    tale = Tale().joins().on_day(4).leaves().on_day(20)
    (_, _, began, ended, met), *others = _spells(tale)
    assert (began, ended, met, others) == (0, 4, False, [])


def test_who_is_underway_now_was_seen_until_this_morning() -> None:
    tale = Tale().joins().on_day(3)
    assert _spells(tale) == [("ada", "first_7", 0, 3, False)]


def test_rules_that_ask_for_something_else_begin_a_history_of_their_own() -> None:
    tale = Tale().joins().on_day(10)
    asked_more = [{**ANALYST["milestones"][0], "by_day": 6}, *ANALYST["milestones"][1:]]
    tale.publishes({**ANALYST, "milestones": asked_more}).on_day(12)
    assert [each[1] for each in _spells(tale)] == []
    same = {**ANALYST, "name": "Renamed path"}
    renamed = Tale().joins().on_day(10).publishes(same).on_day(12)
    assert [each[1] for each in _spells(renamed)] == ["first_7"]


def _known(tale: Tale, on: int, *, due: int = 7) -> dict[str, object]:
    """Return what was known of Ada on the morning of a day, while underway to the first milestone, due on a day."""
    tale.round()
    cases = pl.DataFrame(
        {
            "person_id": ["ada"],
            "account_id": ["acme"],
            "journey": ["analyst"],
            "version": [1],
            "milestone": ["first_7"],
            "began_on": [FIRST],
            "due_on": [day(due)],
            "on_day": [day(on)],
        }
    )
    workspace = tale.workspace
    spells = clocked(workspace.warehouse, workspace.rules, cases, today=workspace.today)
    clock_on = pl.Series("clock_on", spells.clock_days(spells.frame, "on_day")).cast(pl.Date)
    timed = spells.frame.with_columns(clock_on)
    found = known(workspace.warehouse, workspace.rules, timed, spells)
    return found.drop(*timed.columns, "day_0").row(0, named=True)


def test_what_was_known_that_morning_ends_with_the_day_before() -> None:
    tale = Tale().joins().on_day(1).uses("sign_in").on_day(3).uses("sign_in").on_day(9)
    assert _known(tale, 3) == {
        "age_days": 3,
        "role": "analyst",
        "tier": "self_serve",
        "share_met": 0.0,
        "part_done": 0.0,
        "active_7": 1,
        "active_28": 1,
        "days_since": 2,
    }
    assert _known(tale, 4)["days_since"] == 1


def test_part_of_a_clause_is_part_done() -> None:
    clauses = [
        {"feature": "export", "at_least": 4, "says": "Export 4 reports"},
        {"active_days": 2, "says": "2 days"},
    ]
    rules = {
        **ANALYST,
        "milestones": [{"key": "first_7", "name": "First 7 days", "by_day": 7, "clauses": clauses}],
    }
    tale = Tale("acme", rules).joins().on_day(2).uses("export", 3).on_day(6).uses("sign_in").on_day(9)
    first, second = _known(tale, 4), _known(tale, 7)
    assert (first["share_met"], first["part_done"]) == (0.0, (3 / 4 + 1 / 2) / 2)
    assert (second["share_met"], second["part_done"]) == (0.5, (3 / 4 + 1) / 2)


def test_a_tier_is_that_of_the_contract_in_force_that_morning() -> None:
    tale = Tale().joins().on_day(3).signs(value=90_000).on_day(9)
    assert (_known(tale, 3)["tier"], _known(tale, 5)["tier"]) == ("self_serve", "enterprise")


@pytest.mark.parametrize("morning", [2, 4, 6])
def test_nothing_known_moves_when_everything_after_the_morning_is_another(morning: int) -> None:
    def told(future: int) -> Tale:
        tale = Tale().joins().signs(value=10_000)
        for on in range(morning):
            tale.on_day(on).uses("sign_in", on % 3)
        chance = random.Random(future)
        for on in range(morning, 12):
            tale.on_day(on).uses(chance.choice(("export", "share", "sign_in")), chance.randint(1, 5))
        tale.signs(value=10_000 * (1 + future))
        if future:
            tale.joins("ada", "manager", on=morning + 1)
        return tale.on_day(12)

    assert _known(told(0), morning) == _known(told(1), morning) == _known(told(2), morning)


def _told(tale: Tale) -> list[Event]:
    """Return the events of a company with enough history: the lively meet the milestone, the others mostly do not."""
    chance = random.Random(1)
    told = []
    for nr in range(420):
        began, lively = chance.randint(0, 90), chance.random() < 0.6
        tale.at(COMPANY[nr % 12]).by(f"p{nr:03}")
        told.append(tale.an_event("membership", "joined", on=began, role="analyst"))
        for on in range(began, began + 8):
            used, exported = chance.random() < (0.8 if lively else 0.25), chance.random() < 0.22
            told += [tale.an_event("track", "sign_in", on=on)] if used and on <= LAST_DAY else []
            told += [tale.an_event("track", "export", on=on)] if used and exported and on <= LAST_DAY else []
    return told


@pytest.fixture(scope="module")
def company() -> Tale:
    tale = Tale(COMPANY[0])
    tale.told(*_told(tale)).on_day(LAST_DAY).round()
    return tale


def _restated(tale: Tale) -> dict[str, list[tuple[object, ...]]]:
    workspace = tale.workspace
    state = odds.odds_state(workspace.warehouse, workspace.rules, today=workspace.today)
    with workspace.warehouse.writing() as writer:
        odds.keep_odds(writer, state, call(writer, state, now=workspace.now, zone=workspace.zone))
    frames = {
        "odds": tale.workspace.warehouse.look("select * from odds"),
        "models": tale.workspace.warehouse.look("select * from odds_models"),
    }
    return {name: sorted(frame.rows(), key=str) for name, frame in frames.items()}


def test_odds_tell_the_lively_from_the_others_with_interval_and_count(company: Tale) -> None:
    _restated(company)
    found = company.workspace.warehouse.look("select * from odds").filter(milestone="first_7")
    with_odds = found.drop_nulls("odds")
    assert with_odds.height == found.height > 5
    assert (
        with_odds.filter(~((pl.col("low") <= pl.col("odds")) & (pl.col("odds") <= pl.col("high")))).height
        == 0
    )
    assert (with_odds["people"] > 300).all()
    assert with_odds["at_risk"].null_count() == 0
    assert with_odds.select((pl.col("odds").max() - pl.col("odds").min()) > 0.2).item()


def test_where_the_odds_were_outdone_the_rule_judges_and_says_why(company: Tale) -> None:
    workspace = company.workspace
    tried = Tried(
        milestone="first_7",
        people=90,
        strayed=20,
        odds=Called(in_time=9, for_nothing=12),
        rule=Called(in_time=8, for_nothing=3),
    )
    report = msgspec.convert({**NOTHING_JUDGED, "tried": [tried]}, type=Sensing)
    state = odds.odds_state(
        workspace.warehouse, workspace.rules, today=workspace.today, outdone=outdone({("analyst", 1): report})
    )
    mine = state.odds.filter(milestone="first_7")
    assert mine.height > 5
    assert mine["odds"].null_count() == mine.height
    assert set(mine["why"]) == {outdone_by(tried)}
    better = msgspec.structs.replace(tried, odds=Called(in_time=12, for_nothing=3))
    assert outdone({("analyst", 1): msgspec.structs.replace(report, tried=[better])}) == {}


def test_live_odds_are_those_of_a_replay(company: Tale) -> None:
    live = _restated(company)
    company.workspace.replay()
    assert company.workspace.warehouse.look("select count(*) from odds").item() == 0
    assert _restated(company) == live


def test_odds_told_in_another_order_and_in_batches_are_the_same(company: Tale) -> None:
    other = Tale(COMPANY[0])
    told = _told(other)
    random.Random(2).shuffle(told)
    other.on_day(LAST_DAY)
    for start in range(0, len(told), 700):
        other.told(*told[start : start + 700]).round()
    assert _restated(other) == _restated(company)


def test_without_history_the_rule_of_thumb_judges_and_says_so() -> None:
    tale = Tale().joins("ada").joins("ben", on=4).on_day(7)
    tale.round()
    _restated(tale)
    rows = tale.workspace.warehouse.look(
        "select person_id, odds, at_risk, people, why from odds order by 1"
    ).rows()
    assert [(person, said, at_risk, people) for person, said, at_risk, people, _ in rows] == [
        ("ada", None, None, 0),
        ("ben", None, None, 0),
    ]
    assert "odds need 100 people" in rows[0][4]


def test_the_rule_of_thumb_is_the_one_that_journeys_judge_by() -> None:
    tale = Tale().joins().on_day(45)
    tale.uses("export", on=6).uses("export", on=2).round()
    judged = {since for since, standing, _ in tale.standings() if standing == "at_risk"}
    spell = spells_of(tale.workspace.warehouse, tale.workspace.rules, today=tale.workspace.today).frame
    spell = spell.filter(milestone="first_30")
    days = spell.join(pl.DataFrame({"share_met": [0.0]}), how="cross").with_columns(
        pl.date_ranges("began_on", "due_on").alias("on_day")
    )
    left_days = (pl.col("due_on") - pl.col("on_day")).dt.total_days() + 1
    called = days.explode("on_day").with_columns(left_days=left_days).filter(rule_at_risk())
    assert set(called.select((pl.col("on_day").min() - FIRST).dt.total_days()).to_series()) == judged


def test_who_began_today_has_no_odds_until_tomorrow() -> None:
    tale = Tale().joins().on_day(0)
    tale.round()
    assert _restated(tale)["odds"] == []
    tale.on_day(1).round()
    assert len(_restated(tale)["odds"]) == 1


PAUSED: dict[str, Any] = {
    **ANALYST,
    "milestones": [
        {
            "key": "first_7",
            "name": "First 7 days",
            "by_day": 7,
            "clauses": [
                {"feature": "export", "at_least": 4, "says": "Export 4 reports"},
                {"active_days": 3, "in_days": 5, "says": "3 days of 5"},
            ],
        }
    ],
}


def _away(tale: Tale, begins: int, ends: int) -> Tale:
    return tale.on_day(begins).tells("pause", "began").on_day(ends).tells("pause", "ended")


def test_a_pause_stops_the_clock_of_what_is_known() -> None:
    here = Tale("acme", PAUSED).joins().on_day(1).uses("export", 2).on_day(2).uses("sign_in").on_day(9)
    away = _away(Tale("acme", PAUSED).joins().on_day(1).uses("export", 2).on_day(2).uses("sign_in"), 3, 33)
    assert _known(here, 4) == _known(away.on_day(40), 34, due=37)
    assert _known(away, 34, due=37)["active_7"] == 2
    assert _known(away, 34, due=37)["age_days"] == 4


def test_what_is_known_on_a_journey_counts_from_its_entry_not_from_access() -> None:
    entered = {**PAUSED, "entry": {"feature": "share"}}
    tale = Tale("acme", entered).joins().on_day(2).uses("export", 3).on_day(10).uses("share")
    tale.on_day(11).uses("export").on_day(14).round()
    (case,) = this_morning(tale.workspace.warehouse, tale.workspace.rules, today=day(14)).rows(named=True)
    assert (case["began_on"], case["due_on"], case["day_0"]) == (day(10), day(17), day(10))
    assert (case["age_days"], case["elapsed_days"]) == (4, 4)
    assert case["part_done"] == pytest.approx((1 / 4 + 2 / 3) / 2), (
        "the exports before the entry count for nothing"
    )


def test_a_pause_stops_the_clock_of_what_came_of_it() -> None:
    here = Tale("acme", PAUSED).joins().on_day(3).on_day(20)
    away = _away(Tale("acme", PAUSED).joins(), 3, 33).on_day(50)
    lengths = ["elapsed_days", "left_days", "followed_days"]
    looks = [_looks(each).sort("elapsed_days") for each in (here, away)]
    assert looks[0].select(lengths).equals(looks[1].select(lengths))
    assert [(each - FIRST).days for each in looks[1]["on_day"]] == [1, 2, 33, 34, 35, 36, 37]
    assert looks[1]["paused"].to_list() == [True, True, False, False, False, False, False]


def _looks(tale: Tale) -> pl.DataFrame:
    """Return every morning of everybody, with what was known and seen of them."""
    tale.round()
    asked = tale.workspace.warehouse, tale.workspace.rules
    spells = spells_of(*asked, today=tale.workspace.today)
    return looked_at(*asked, mornings(spells.frame, most_people=9, per_person=99), spells)


def test_who_is_away_this_morning_is_said_so_and_keeps_the_days_that_are_left() -> None:
    tale = Tale("acme", PAUSED).joins().on_day(2).tells("pause", "began").on_day(30)
    tale.round()
    found = this_morning(tale.workspace.warehouse, tale.workspace.rules, today=tale.workspace.today)
    assert found.select("elapsed_days", "left_days", "paused").rows() == [(2, 6, True)]
    tale.tells("pause", "ended").on_day(31).round()
    found = this_morning(tale.workspace.warehouse, tale.workspace.rules, today=tale.workspace.today)
    assert found.select("elapsed_days", "left_days", "paused").rows() == [(3, 5, False)]


def test_accounts_on_journeys_of_accounts_are_known_as_people_are() -> None:
    clauses = [
        {"people": 4, "says": "Four people at work"},
        {"feature": "export", "at_least": 4, "says": "Export 4 reports"},
    ]
    first = {"key": "first_9", "name": "First 9 days", "by_day": 9, "clauses": clauses}
    team = {
        "kind": "journey",
        "key": "team",
        "name": "A team at work",
        "of": "accounts",
        "milestones": [first],
    }
    tale = Tale("acme", team).joins("ada").joins("ben").on_day(1).by("ada").uses("export", 3)
    tale.on_day(3).by("ben").uses("sign_in").on_day(5)
    tale.round()
    workspace = tale.workspace
    [found] = this_morning(workspace.warehouse, workspace.rules, today=workspace.today).to_dicts()
    assert (found["person_id"], found["account_id"], found["left_days"]) == (None, "acme", 5)
    assert (found["share_met"], found["part_done"]) == (0.0, (2 / 4 + 3 / 4) / 2)
    assert (found["active_7"], found["days_since"], found["age_days"]) == (2, 2, 5)
    [(stage, model)] = odds.fit_models(workspace.warehouse, workspace.rules, today=workspace.today).items()
    assert (stage.units, model.why) == (
        "accounts",
        "0 accounts have had their time, 0 met it; odds need 100 accounts, 20 who met it and 20 who did not",
    )
