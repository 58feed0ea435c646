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


def test_every_name_of_a_feature_is_one_rule_with_the_paths_of_its_properties() -> None:
    rules = READ.usage_rules().filter(feature="export")
    assert rules.select("name", "kind", "source", "actor", "alternatives", "quantity_path").rows() == [
        ("export", None, None, None, None, '$."rows"'),
        ("export_run", None, None, "automated", None, '$."rows"'),
    ]
    [(alternatives,)] = READ.setting_rules().select("alternatives").rows()
    assert [(way["value_path"], way["conditions"]) for way in alternatives] == [
        (
            '$."to"',
            [
                {
                    "path": '$."setting"',
                    "op": "in",
                    "texts": ["schedule"],
                    "numbers": [],
                    "least": None,
                    "most": None,
                }
            ],
        )
    ]
    assert READ.wanted().rows() == [("schedule", "on")]
    assert READ.feature_frame().filter(feature="sign_in").rows() == [
        ("sign_in", "Sign-ins", "secondary", False, 1.0)
    ]


def test_only_a_feature_of_exact_names_can_list_them() -> None:
    feature = READ.feature("export")
    assert feature
    assert feature.exact_names() == ["export", "export_run"]
    assert not READ.has_open_features
    by_path = {"key": "a", "name": "A", "match": [{"event": "x"}, {"path": "/x"}]}
    read = Catalogue.from_document({"features": [by_path]}, where="catalogue.yaml")
    assert read.features[0].exact_names() is None
    assert read.has_open_features
    assert not read.has_open_settings


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
            {"features": [{"key": "a", "name": "A", "match": [{"event": "x"}, {"event": "x"}]}]},
            "features[0].match[1]: it is the same as match[0]; remove one of them",
        ),
        (
            {"features": [{"key": "a", "name": "A", "match": []}]},
            "features[0].match: name at least one event",
        ),
        (
            {"features": [{"key": "", "name": "A", "match": [{"event": "x"}]}]},
            "features[0].key: give it a key",
        ),
        (
            {"features": [{"key": "a", "name": "A", "weight": 0, "match": [{"event": "x"}]}]},
            "features[0].weight: give a number above 0",
        ),
        (
            {"features": [{"key": "a", "name": "A", "match": [{"event": "x", "set_to": "on"}]}]},
            "features[0].match: `value` and `set_to` are for settings",
        ),
        (
            {"noise": [{"event": "x"}, {}]},
            "noise[1]: say which events are meant: event, path, table or source",
        ),
    ],
)  # fmt: skip
def test_a_catalogue_that_makes_no_sense_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Catalogue.from_document({**CATALOGUE, **changes}, where="catalogue.yaml")
    assert str(refused.value) == f"catalogue.yaml: {complaint}"


def test_a_misspelt_word_is_refused_with_its_path() -> None:
    with pytest.raises(DefinitionError) as refused:
        Catalogue.from_document({"features": [{"key": "a", "name": "A", "matches": []}]}, where="c.yaml")
    assert "features[0]" in str(refused.value)


def test_weights_have_the_mean_one_in_their_group() -> None:
    weights = {"a": 3, "b": 1, "c": 0.5}
    features = [
        {
            "key": key,
            "name": key,
            "weight": weight,
            "group": "admin" if key == "c" else "core",
            "match": [{"event": key}],
        }
        for key, weight in weights.items()
    ]
    read = Catalogue.from_document({"features": features}, where="c.yaml")
    assert read.feature_frame()["weight"].to_list() == [1.5, 0.5, 1.0]
