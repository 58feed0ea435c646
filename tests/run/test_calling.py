"""What the odds of a morning say becomes standings and signals: once, from that day on, and the same in a replay."""

from collections.abc import Mapping

import msgspec
import polars as pl
import pytest

from tests.laws.state import differences, state_of
from tests.tale import ANALYST, Tale
from waypost.learn import OddsModel
from waypost.run.calling import call
from waypost.run.odds import OddsState, odds_state
from waypost.run.underway import Stage

PEOPLE = ("ada", "ben")
ENOUGH = msgspec.convert(
    {"people": 412, "accounts": 30, "met": 300, "hazard": {"weights": [], "covariance": []}}, type=OddsModel
)
LITTLE = OddsModel(people=40, accounts=6, met=30, why="odds need more")


def _learns(tale: Tale, said: Mapping[str, float | None], model: OddsModel = ENOUGH) -> None:
    """Let these be the odds of this morning for the first milestone; then a round states them."""
    tale.round()
    workspace = tale.workspace
    found = odds_state(workspace.warehouse, workspace.rules, today=workspace.today)
    mine = pl.col("person_id").replace_strict(said, default=None, return_dtype=pl.Float64)
    odds = found.odds.filter(milestone="first_7").with_columns(
        odds=mine, low=mine - 0.1, high=mine + 0.1, people=pl.lit(model.people)
    )
    models = {each: model if each.milestone == "first_7" else LITTLE for each in found.models}
    state = OddsState(models=models, odds=odds, today=workspace.today)
    workspace.writing(lambda writer: call(writer, state, now=workspace.now, zone=workspace.zone))
    tale.round()


def _told(tale: Tale) -> list[tuple[str, str | None, str | None]]:
    return tale.rows(
        "select name, person_id, properties ->> '$.milestone' from events where kind = 'learnt' order by arrival"
    )


def test_who_is_unlikely_stands_at_risk_from_that_morning_and_is_told_of_with_the_odds() -> None:
    tale = Tale().joins("ada").joins("ben").on_day(1)
    _learns(tale, {"ada": 0.6, "ben": 0.6})
    _learns(tale.on_day(2), {"ada": 0.31, "ben": 0.6})
    assert tale.standings("ada") == [(0, "not_started", "first_7"), (2, "at_risk", "first_7")]
    assert tale.standings("ben") == [(0, "not_started", "first_7")]
    assert tale.signals() == [(2, "at_risk", "ada")]
    [(said,)] = tale.rows("select properties from events where kind = 'signal'")
    told = msgspec.json.decode(said)
    assert (
        told["reason"] == "Not yet: export a report; 31% likely in time (21% to 41%), from 412 people before"
    )
    assert (told["odds"], told["people"]) == (0.31, 412)


def test_between_the_limits_nothing_turns_and_nobody_is_told_twice() -> None:
    tale = Tale().joins().on_day(1)
    for day, odds in enumerate((0.7, 0.3, 0.5, 0.45, 0.3, 0.6), start=1):
        _learns(tale.on_day(day), {"ada": odds})
    assert [name for name, *_ in _told(tale)] == ["by_odds", "at_risk", "not_at_risk"]
    assert tale.standings() == [
        (0, "not_started", "first_7"), (2, "at_risk", "first_7"), (6, "not_started", "first_7"),
    ]  # fmt: skip
    assert tale.signals() == [(2, "at_risk", "ada")]


def test_learning_twice_says_nothing_new() -> None:
    tale = Tale().joins().on_day(1)
    _learns(tale, {"ada": 0.3})
    told = _told(tale)
    _learns(tale, {"ada": 0.3})
    assert _told(tale) == told == [("by_odds", None, "first_7"), ("at_risk", "ada", "first_7")]


def test_the_first_day_of_odds_puts_people_at_risk_without_telling_of_it() -> None:
    tale = Tale().joins().on_day(2)
    _learns(tale, {"ada": 0.3})
    assert tale.standing() == "at_risk"
    assert tale.signals() == []


def test_whose_time_runs_out_on_the_first_day_of_odds_is_told_of() -> None:
    tale = Tale().joins().on_day(8)
    _learns(tale, {"ada": 0.3})
    assert tale.joins("ben", on=0).standing() == "strayed"
    assert (8, "strayed", "ben") in tale.signals()


def test_odds_that_are_calm_take_back_what_the_rule_of_thumb_said() -> None:
    tale = Tale().joins().on_day(6)
    tale.round()
    assert tale.standing() == "at_risk"
    _learns(tale, {"ada": 0.8})
    assert tale.standing() == "not_started"
    assert tale.signals() == [(6, "at_risk", "ada")], "what was told stays told"


def test_with_too_little_history_again_the_rule_judges_again() -> None:
    tale = Tale().joins().on_day(1)
    _learns(tale, {"ada": 0.7})
    _learns(tale.on_day(6), {"ada": None}, LITTLE)
    assert tale.standing() == "at_risk"
    assert [name for name, *_ in _told(tale)] == ["by_odds", "by_rule"]


def test_who_meets_the_milestone_is_at_risk_no_more_before_odds_are_said_again() -> None:
    tale = Tale().joins().on_day(1)
    _learns(tale, {"ada": 0.3})
    assert tale.on_day(3).uses("export").standing() == "on_path"


def test_who_comes_back_begins_with_no_call() -> None:
    tale = Tale().joins().on_day(1)
    _learns(tale, {"ada": 0.3})
    tale.on_day(3).leaves().on_day(5).joins().on_day(7)
    assert tale.standing() == "not_started"
    _learns(tale, {"ada": 0.5})
    assert tale.standing() == "not_started"


@pytest.mark.parametrize("replayed_on", [4, 12])
def test_a_replay_keeps_every_call_on_its_day_also_after_a_merge(replayed_on: int) -> None:
    tale = Tale().joins("ada").joins("ben").joins("a-visitor").on_day(1)
    _learns(tale, {"ada": 0.6, "ben": 0.2, "a-visitor": 0.2})
    _learns(tale.on_day(3), {"ada": 0.2, "ben": 0.7, "a-visitor": 0.2})
    tale.by("ada").tells("alias", "alias", previousId="a-visitor").on_day(replayed_on).round()
    live, told = state_of(tale.workspace), tale.signals()
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}
    assert tale.signals() == told
    assert (3, "at_risk", "first_7") in tale.standings("ada") or (1, "at_risk", "first_7") in tale.standings(
        "ada"
    )


def test_expecting_somebody_who_never_began_to_stray_makes_no_account_look_better() -> None:
    card = {
        "kind": "scorecard", "key": "health", "name": "Health",
        "inputs": [{"key": "adoption", "name": "Adoption", "family": "Journey", "weight": 10,
                    "measure": {"kind": "adoption"}, "curve": [[0, 0], [1, 1]]}],
    }  # fmt: skip
    tale = Tale("acme", ANALYST, card).joins("ada").joins("ben").by("ben").uses("sign_in").on_day(2)
    before = tale.rows("select score from scores order by on_day desc limit 1")
    _learns(tale, {"ada": 0.2, "ben": 0.7})
    assert tale.standing("ada") == "at_risk"
    assert tale.rows("select score from scores order by on_day desc limit 1") == before


def test_every_stage_is_named_once_it_is_judged_by_odds() -> None:
    tale = Tale().joins().on_day(1)
    _learns(tale, {"ada": 0.7})
    [(said,)] = tale.rows("select properties from events where name = 'by_odds'")
    told = msgspec.json.decode(said)
    assert (
        Stage(
            journey=told["journey"],
            version=told["version"],
            milestone=told["milestone"],
            shape="",
            window_days=0,
            by_day=0,
        ).milestone
        == "first_7"
    )
    assert (told["people"], told["accounts"], told["met"]) == (412, 30, 300)
