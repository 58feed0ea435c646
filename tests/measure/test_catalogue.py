from typing import Any

import pytest

from tests.tale import CATALOGUE
from waypost.core import DefinitionError
from waypost.measure import Catalogue

READ = Catalogue.from_document(CATALOGUE, where="catalogue.yaml")
SETTING = CATALOGUE["settings"][0]


def test_features_and_settings_are_found_by_key() -> None:
    assert READ.feature("export") is READ.features[1]
    assert READ.feature("import") is None
    assert READ.setting("schedule") is READ.settings[0]
    assert READ.setting("colour") is None


def test_every_match_is_one_rule_with_the_paths_of_its_properties() -> None:
    assert READ.usage_rules().filter(feature="export").rows() == [
        ("export", None, None, "export", None, None, None, '$."rows"'),
        ("export", None, None, "export_run", None, None, "automated", '$."rows"'),
    ]
    assert READ.setting_rules().rows() == [
        ("schedule", None, None, "set", '$."setting"', "schedule", '$."to"', None)
    ]
    assert READ.wanted().rows() == [("schedule", "on")]
    assert READ.feature_frame().filter(feature="sign_in").rows() == [
        ("sign_in", "Sign-ins", "secondary", False)
    ]


def test_a_property_may_lie_deeper_and_its_name_may_hold_blanks() -> None:
    feature = {"key": "a", "name": "A", "match": [{"event": "x"}], "quantity": 'order.number "of" rows'}
    read = Catalogue.from_document({"features": [feature]}, where="catalogue.yaml")
    assert read.usage_rules()["quantity_path"].to_list() == ['$."order"."number of rows"']


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (
            {"features": [*CATALOGUE["features"], CATALOGUE["features"][0]]},
            "features[3].key: 'sign_in' stands twice; give each its own key",
        ),
        ({"settings": [SETTING, SETTING]}, "settings[1].key: 'schedule' stands twice; give each its own key"),
        (
            {"settings": [{**SETTING, "match": [{"event": "set"}]}]},
            "settings[0].match: say either `value` (a property) or `set_to` (a fixed value)",
        ),
        (
            {"settings": [{**SETTING, "match": [{"event": "set", "value": "to", "set_to": "on"}]}]},
            "settings[0].match: say either `value` (a property) or `set_to` (a fixed value)",
        ),
        (
            {"features": [{"key": "a", "name": "A", "match": [{"event": "x"}, {"event": "x", "kind": "track"}]}]},
            "features[0].match[1]: these events are meant by match[0] already, and would count twice",
        ),
    ],
)  # fmt: skip
def test_a_catalogue_that_makes_no_sense_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Catalogue.from_document({**CATALOGUE, **changes}, where="catalogue.yaml")
    assert str(refused.value) == f"catalogue.yaml: {complaint}"


def test_matches_that_can_never_mean_the_same_event_are_welcome() -> None:
    apart: list[dict[str, Any]] = [
        {"event": "x", "kind": "track"},
        {"event": "x", "kind": "row", "source": "db"},
        {"event": "x", "kind": "row", "source": "erp", "where": {"property": "state", "is": "done"}},
        {"event": "x", "kind": "row", "source": "erp", "where": {"property": "state", "is": "sent"}},
    ]
    feature = {"key": "a", "name": "A", "match": apart}
    assert len(Catalogue.from_document({"features": [feature]}, where="catalogue.yaml").usage_rules()) == 4


def test_a_misspelt_word_is_refused_with_its_path() -> None:
    with pytest.raises(DefinitionError) as refused:
        Catalogue.from_document({"features": [{"key": "a", "name": "A", "matches": []}]}, where="c.yaml")
    assert "features[0]" in str(refused.value)
