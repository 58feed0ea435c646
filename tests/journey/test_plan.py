from typing import Any

import pytest

from tests.tale import ANALYST
from waypost.core import DefinitionError
from waypost.journey import Clause, ClauseKind, Journey

FIRST_7, FIRST_30, SUSTAINED = ANALYST["milestones"]
PLAN = Journey.from_document(ANALYST, where="journeys/analyst.yaml")
EXPORT = FIRST_7["clauses"][0]
DEEP = {"says": "b", "all_of": [{"says": "c", "any_of": [{"says": "d", "all_of": [EXPORT]}]}]}


def test_a_journey_knows_its_milestones_and_clauses_by_key() -> None:
    assert [each.key for each in PLAN.fixed] == ["first_7", "first_30"]
    assert PLAN.sustained is PLAN.milestone("sustained")
    assert PLAN.milestone("first_7") is PLAN.milestones[0]
    assert PLAN.milestone("first_8") is None
    assert PLAN.clause("first_30.0") is PLAN.milestones[1].clauses[0]
    assert PLAN.clause("first_30.1") is None
    assert [key for key, _ in PLAN.clauses()] == ["first_7.0", "first_30.0", "sustained.0"]


def test_a_journey_may_end_without_sustained_use() -> None:
    short = Journey.from_document({**ANALYST, "milestones": [FIRST_7]}, where="a.yaml")
    assert short.sustained is None


@pytest.mark.parametrize(
    ("clause", "kind", "threshold"),
    [
        ({"feature": "export", "at_least": 3}, ClauseKind.EVENTS, 3),
        ({"feature": "export", "quantity_at_least": 0.5}, ClauseKind.QUANTITY, 0.5),
        ({"active_days": 2, "in_days": 7}, ClauseKind.ACTIVE_DAYS, 2),
        ({"setting": "schedule", "is": "on"}, ClauseKind.SETTING, 1),
    ],
)
def test_a_clause_counts_one_kind_of_thing(
    clause: dict[str, Any], kind: ClauseKind, threshold: float
) -> None:
    read = _first(clause)
    assert (read.kind, read.threshold) == (kind, threshold)


def test_who_misses_a_clause_is_told_in_its_words() -> None:
    assert _first({"feature": "export", "at_least": 1}).when_missed == "Not yet: do it"
    said = _first({"feature": "export", "at_least": 1, "missed": "Never exported"})
    assert said.when_missed == "Never exported"


def test_a_window_is_the_clause_s_own_or_the_rolling_milestone_s() -> None:
    asked: list[dict[str, Any]] = [
        {"active_days": 2, "in_days": 7},
        {"setting": "schedule", "is": "on"},
        {"active_days": 3},
    ]
    clauses: list[dict[str, Any]] = [{"says": "Do it", **each} for each in asked]
    plan = Journey.from_document(
        {**ANALYST, "milestones": [FIRST_7, {**SUSTAINED, "clauses": clauses}]}, where="a.yaml"
    )
    windows = [(key, window_days) for key, _, window_days in plan.leaves()]
    assert windows == [("first_7.0", None), ("sustained.0", 7), ("sustained.1", None), ("sustained.2", 28)]


def test_the_parts_of_a_group_are_leaves_of_their_own() -> None:
    group = {
        "says": "Any",
        "any_of": [EXPORT, {"says": "Both", "all_of": [EXPORT, {"says": "x", "active_days": 2}]}],
    }
    plan = Journey.from_document(
        {**ANALYST, "milestones": [{**FIRST_7, "clauses": [group, EXPORT]}]}, where="a.yaml"
    )
    assert [key for key, _ in plan.clauses()] == ["first_7.0", "first_7.1"]
    assert [key for key, _, _ in plan.leaves()] == [
        "first_7.0.0",
        "first_7.0.1.0",
        "first_7.0.1.1",
        "first_7.1",
    ]
    assert plan.clause("first_7.0.1.1") == Clause(says="x", active_days=2)
    assert plan.milestones[0].clauses[0].parts[1].threshold == 2


@pytest.mark.parametrize(
    ("milestones", "complaint"),
    [
        ([], "a.yaml: milestones: a journey needs at least one milestone"),
        (
            [FIRST_7, {**FIRST_30, "key": "first_7"}],
            "a.yaml: milestones[1]: key: 'first_7' stands twice; give each its own key",
        ),
        (
            [{**FIRST_7, "clauses": []}],
            "a.yaml: milestones[0]: clauses: say at least one thing that should be done and is not optional",
        ),
        ([{**FIRST_7, "rolling_days": 7}], "a.yaml: milestones[0]: give either by_day or rolling_days"),
        ([SUSTAINED, FIRST_7], "a.yaml: milestones[0]: the rolling milestone must be the last"),
        ([FIRST_30, FIRST_7], "a.yaml: milestones[1]: by_day: must come after day 30"),
        ([{**FIRST_7, "by_day": -1}], "a.yaml: milestones[0]: by_day: must be 0 or more"),
        ([{**SUSTAINED, "rolling_days": 0}], "a.yaml: milestones[0]: rolling_days: must be 1 or more"),
    ],
)
def test_a_path_that_makes_no_sense_is_refused(milestones: list[dict[str, Any]], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Journey.from_document({**ANALYST, "milestones": milestones}, where="a.yaml")
    assert str(refused.value) == complaint


@pytest.mark.parametrize(
    ("clause", "complaint"),
    [
        (
            {"feature": "export"},
            "give exactly one of at_least, quantity_at_least, active_days, people, is, any_of, all_of",
        ),
        (
            {"feature": "export", "at_least": 1, "active_days": 2},
            "give exactly one of at_least, quantity_at_least, active_days, people, is, any_of, all_of",
        ),
        ({"at_least": 1}, "at_least and quantity_at_least need a feature, and a feature needs one of them"),
        (
            {"feature": "export", "active_days": 2},
            "at_least and quantity_at_least need a feature, and a feature needs one of them",
        ),
        ({"setting": "schedule", "active_days": 2}, "`setting` and `is` go together"),
        ({"feature": "export", "at_least": 0}, "at_least must be above 0"),
        ({"feature": "export", "quantity_at_least": -1}, "quantity_at_least must be above 0"),
        ({"active_days": 0}, "active_days must be above 0"),
        ({"active_days": 2, "in_days": 0}, "in_days must be above 0"),
        ({"active_days": 8, "in_days": 7}, "active_days: there are only 7 days to be active on"),
        (
            {"any_of": [EXPORT], "all_of": [EXPORT]},
            "give either any_of or all_of; put one group inside the other for both",
        ),
        (
            {"any_of": [EXPORT], "active_days": 2},
            "a group counts nothing itself: move this into one of its clauses",
        ),
        ({"any_of": [DEEP]}, "groups may be 3 deep; make this clause simpler"),
    ],
)
def test_a_clause_that_makes_no_sense_is_refused(clause: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        _first(clause)
    assert str(refused.value).split("clauses[0]")[0] == "a.yaml: milestones[0]."
    assert str(refused.value).endswith(f": {complaint}")


def test_a_part_of_a_group_cannot_be_optional_and_a_milestone_not_wholly() -> None:
    with pytest.raises(DefinitionError, match="only a whole clause can be optional"):
        _first({"any_of": [{**EXPORT, "optional": True}]})
    with pytest.raises(DefinitionError, match="is not optional"):
        _first({"feature": "export", "at_least": 1, "optional": True})


def test_people_are_counted_on_journeys_of_accounts_only() -> None:
    team = {
        **ANALYST,
        "of": "accounts",
        "milestones": [{**FIRST_7, "clauses": [{"says": "Two", "people": 2}]}],
    }
    [(_, clause, window_days)] = Journey.from_document(team, where="a.yaml").leaves()
    assert (clause.kind, clause.threshold, window_days) == (ClauseKind.PEOPLE, 2, None)
    with pytest.raises(DefinitionError, match="say `of: accounts`"):
        _first({"people": 2})
    with pytest.raises(DefinitionError, match="an account has no role"):
        Journey.from_document({**team, "audience": {"roles": ["analyst"]}}, where="a.yaml")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"entry": {"feature": "share", "contract": True}},
            "entry: give one of feature, event, segment, contract",
        ),
        ({"entry": {"event": "solved"}}, "entry: event: say kind/name, with a kind of group, membership,"),
        (
            {"exit": {"event": "track/export"}},
            "exit: event: say kind/name, with a kind of group, membership,",
        ),
        ({"exit": {"event": "ticket/"}}, "exit: event: say kind/name, with a kind of group, membership,"),
        ({"exit": {"after_days": 30}}, "exit.after_days: must come after day 30, when the last milestone"),
    ],
)
def test_an_entry_or_exit_that_makes_no_sense_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Journey.from_document({**ANALYST, **changes}, where="a.yaml")
    assert str(refused.value).startswith(f"a.yaml: {complaint}")


def test_a_journey_names_the_segments_on_which_it_hangs_and_where() -> None:
    asked = {
        "audience": {"segments": ["rich", "eu"]},
        "entry": {"segment": "new"},
        "rank": 3,
        "exit": {"segment": "rich", "after_days": 31},
    }
    assert Journey.from_document({**ANALYST, **asked}, where="a.yaml").segments == {
        "audience.segments[0]": "rich",
        "audience.segments[1]": "eu",
        "entry.segment": "new",
        "exit.segment": "rich",
    }
    assert PLAN.segments == {}
    solved = {**ANALYST, "entry": {"event": "ticket/solved"}}
    assert Journey.from_document(solved, where="a.yaml").entry
    assert not PLAN.entry
    assert not PLAN.exit


def test_a_misspelt_key_is_refused_with_its_path() -> None:
    with pytest.raises(DefinitionError) as refused:
        _first({"feture": "export", "at_least": 1})
    assert "milestones[0].clauses[0]" in str(refused.value)
    assert "feture" in str(refused.value)


def _first(clause: dict[str, Any]) -> Clause:
    milestones = [{**FIRST_7, "clauses": [{"says": "Do it", **clause}]}]
    return (
        Journey.from_document({**ANALYST, "milestones": milestones}, where="a.yaml").milestones[0].clauses[0]
    )
