from typing import Any

import pytest

from waypost.core import DefinitionError
from waypost.measure import EMPTY_CATALOGUE, Addition, Becomes, Catalogue, with_addition

MATCH = {"event": "Report Printed"}
ONE: dict[str, Any] = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [{"key": "prints", "name": "Prints", "match": [{"event": "print"}]}],
}


def test_events_become_a_new_feature_with_a_key_of_its_own() -> None:
    new = Addition(match=MATCH, becomes=Becomes.NEW, name=" Prints! ", group="core", automated_counts=True)
    changed = with_addition(ONE, new, where="catalogue")
    assert changed["features"][1] == {
        "key": "prints_2",
        "name": "Prints!",
        "group": "core",
        "automated_counts": True,
        "match": [MATCH],
    }
    assert len(ONE["features"]) == 1
    assert Catalogue.from_document(changed, where="catalogue").feature("prints_2")


def test_events_become_another_way_to_use_a_feature_or_noise() -> None:
    more = with_addition(ONE, Addition(match=MATCH, becomes=Becomes.EXISTING, feature="prints"), where="c")
    assert more["features"][0]["match"] == [{"event": "print"}, MATCH]
    quiet = with_addition(EMPTY_CATALOGUE, Addition(match=MATCH, becomes=Becomes.NOISE), where="c")
    assert quiet["noise"] == [MATCH]
    assert EMPTY_CATALOGUE["noise"] == []


def test_a_setting_says_which_property_holds_its_value_and_may_be_one_that_is_there() -> None:
    new = Addition(match=MATCH, becomes=Becomes.SETTING, name="Paper size", value="size")
    changed = with_addition(ONE, new, where="c")
    assert changed["settings"] == [
        {"key": "paper_size", "name": "Paper size", "match": [{**MATCH, "value": "size"}]}
    ]
    again = Addition(match={"event": "set"}, becomes=Becomes.SETTING, setting="paper_size", value="to")
    more = with_addition(changed, again, where="c")
    assert more["settings"][0]["match"][1] == {"event": "set", "value": "to"}
    assert changed["settings"][0]["match"] == [{**MATCH, "value": "size"}]


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        (
            {"becomes": Becomes.EXISTING, "feature": "none"},
            "there is no feature 'none'; choose one of the list",
        ),
        ({"becomes": Becomes.NEW, "name": " "}, "give the new feature a name, such as Reports exported"),
        (
            {"becomes": Becomes.SETTING, "value": "to", "setting": "none"},
            "there is no setting 'none'; choose one of the list",
        ),
        ({"becomes": Becomes.SETTING, "name": "A"}, "say which property holds the value of the setting"),
        (
            {"becomes": Becomes.SETTING, "value": "to"},
            "give the new setting a name, such as Scheduled reports",
        ),
        (
            {"becomes": Becomes.NEW, "name": "prints"},
            "there is a feature named prints already; add the events to that one",
        ),
    ],
)
def test_an_addition_that_makes_no_sense_is_refused(addition: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        with_addition(ONE, Addition(match=MATCH, **addition), where="c")
    assert refused.value.problem == complaint
