from typing import Any

import pytest

from waypost.measure import Catalogue
from waypost.show.catalogue_words import differences, match_words

ONE: dict[str, Any] = {
    "features": [{"key": "a", "name": "Apples", "match": [{"event": "x"}, {"event": "y"}]}],
    "settings": [{"key": "s", "name": "Sync", "match": [{"event": "set", "value": "to"}], "wanted": "on"}],
    "noise": [{"event": "beep"}],
}


def read(document: dict[str, Any]) -> Catalogue:
    return Catalogue.from_document(document, where="c.yaml")


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ({"event": "Seen"}, "event Seen"),
        ({"event": "Seen", "kind": "page", "source": "web"}, "page Seen from web"),
        ({"event": "seen*", "ignore_case": True}, "event seen* in any case"),
        ({"path": "/a/:id"}, "page or request /a/:id"),
        ({"path": "GET /a/:id", "kind": "log"}, "request GET /a/:id"),
        ({"path": "/a", "event": "Seen", "kind": "page"}, "page /a named Seen"),
        ({"table": "orders", "source": "erp"}, "row of orders from erp"),
        ({"source": "erp"}, "every event from erp"),
        ({"event": "x", "actor": "automated"}, "event x, as automated use"),
        ({"event": "x", "where": {"property": "p", "is": 3}}, "event x where p is 3"),
        (
            {"event": "x", "where": [{"property": "p", "is_not": "a"}, {"property": "q", "exists": True}]},
            "event x where p is not a and q is there",
        ),
        ({"event": "x", "where": {"property": "p", "exists": False}}, "event x where p is not there"),
        ({"event": "x", "where": {"property": "p", "one_of": ["a", 2]}}, "event x where p is one of a, 2"),
        (
            {"event": "x", "where": {"property": "p", "at_least": 1, "at_most": 2.5}},
            "event x where p is at least 1 and at most 2.5",
        ),
        ({"event": "x", "where": {"property": "p", "at_most": 2}}, "event x where p is at most 2"),
    ],
)
def test_a_match_is_said_in_words(match: dict[str, Any], said: str) -> None:
    assert match_words(read({"noise": [match]}).noise[0]) == said


def test_what_a_setting_is_told_by_is_said_in_words() -> None:
    matches = [{"event": "set", "value": "to"}, {"table": "sso", "set_to": "on"}]
    found = read({"settings": [{"key": "s", "name": "S", "match": matches}]}).settings[0].match
    assert [match_words(match) for match in found] == [
        "event set, its value in to",
        "row of sso, which sets it to on",
    ]


def test_equal_catalogues_do_not_differ() -> None:
    assert differences(read(ONE), read(ONE)) == []


def test_every_difference_is_said_once() -> None:
    other: dict[str, Any] = {
        "features": [
            {
                "key": "a",
                "name": "Apples",
                "group": "core",
                "weight": 2,
                "automated_counts": True,
                "quantity": "n",
                "match": [{"event": "y"}, {"event": "z"}],
            },
            {"key": "b", "name": "Pears", "match": [{"event": "p"}]},
        ],
        "settings": [],
        "noise": [{"event": "click"}],
    }
    assert [f"{each.about} {each.says}" for each in differences(read(ONE), read(other))] == [
        "Apples no longer means event x",
        "Apples also means event z",
        "Apples group was secondary and becomes core",
        "Apples weight was 1 and becomes 2",
        "Apples automated counts was no and becomes yes",
        "Apples quantity was nothing and becomes n",
        "Pears is a new feature: event p",
        "Sync is no setting any more",
        "Noise no longer event beep",
        "Noise also event click",
    ]


def test_another_order_of_matches_is_told_for_the_first_that_holds_counts() -> None:
    other = {**ONE, "features": [{**ONE["features"][0], "match": [{"event": "y"}, {"event": "x"}]}]}
    assert [each.says for each in differences(read(ONE), read(other))] == ["means the same in another order"]
