from tests.tale import ANALYST, CATALOGUE, Tale, scorecard
from waypost.core import Document
from waypost.run.foresight import foreseen

CARD = scorecard(
    {
        "key": "breadth",
        "measure": {"kind": "breadth", "group": "core", "within_days": 28},
        "curve": [[0, 0], [1, 1]],
    }
)
STRICTER_CARD = CARD | {"bands": {"steady": 99, "watch": 98}}
KINDER: Document = ANALYST | {"milestones": ANALYST["milestones"][2:]}


def a_stray_at_a_middling_account() -> Tale:
    tale = Tale("acme", ANALYST, CARD).joins("ada").joins("ben").uses("export")
    tale.lives_to(9).by("ben").uses("export").round()
    return tale


def test_what_rules_would_change_is_told_and_undone() -> None:
    tale = a_stray_at_a_middling_account()
    before = tale.workspace.warehouse.look("select * from standings order by all").rows()
    told = foreseen(tale.workspace, [KINDER, STRICTER_CARD], [])
    assert told[0] == "1 account would change band: 1 watch → at risk"
    people = "2 people would change standing: 1 strayed → on path, 1 on path → sustained"
    assert told[1] == people
    assert tale.workspace.warehouse.look("select * from standings order by all").rows() == before
    tale.round()
    assert tale.workspace.warehouse.look("select * from standings order by all").rows() == before


def test_a_journey_that_ends_lets_go_of_its_people() -> None:
    told = foreseen(a_stray_at_a_middling_account().workspace, [], [("journey", "analyst")])
    assert told[1].startswith("2 people would change standing: ")


def test_the_same_rules_change_nothing() -> None:
    told = foreseen(a_stray_at_a_middling_account().workspace, [ANALYST, CARD], [])
    assert told == ["no account would change band", "no person would change standing"]


def test_plays_change_nothing_of_what_is() -> None:
    assert foreseen(Tale().workspace, [{"kind": "play", "key": "back"}], []) == []


def test_another_catalogue_tells_how_features_would_count_and_which_accounts_would_move() -> None:
    tale = Tale("acme", ANALYST, CARD).joins("ada").uses("export", 3).by("ada").uses("print").lives_to(1)
    features = [*CATALOGUE["features"], {"key": "print", "name": "Prints", "match": [{"event": "pri*"}]}]
    features[1] = {**features[1], "match": [{"event": "export_run"}]}
    told = foreseen(tale.workspace, [{**CATALOGUE, "features": features}], [])
    assert told[0].startswith("1 account would change band: 1 ")
    assert told[2].startswith("the accounts: acme (")
    assert told[3:] == [
        "Reports exported: 3 → 0 uses by 1 → 0 people in 28 days",
        "Prints: 0 → 1 uses by 0 → 1 people in 28 days",
    ]
