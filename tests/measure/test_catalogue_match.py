from typing import Any

import pytest

from waypost.core import DefinitionError
from waypost.measure import Catalogue
from waypost.measure.catalogue_match import Match


def read(match: dict[str, Any]) -> Match:
    feature = {"key": "a", "name": "A", "match": [{"event": "first"}, match]}
    return Catalogue.from_document({"features": [feature]}, where="c.yaml").features[0].match[1]


@pytest.mark.parametrize(
    ("match", "complaint"),
    [
        ({}, ": say which events are meant: event, path, table or source"),
        ({"kind": "page"}, ": say which events are meant: event, path, table or source"),
        (
            {"event": "x", "table": "y"},
            ": table: it is the name of the rows' events; say event or table, not both",
        ),
        ({"table": "y", "kind": "track"}, ": kind: a table has events of kind row, not track"),
        (
            {"path": "orders"},
            ": path: begin with / (or a method and /), without query and blanks: /orders/:id/export",
        ),
        (
            {"path": "/orders?x=1"},
            ": path: begin with / (or a method and /), without query and blanks: /orders/:id/export",
        ),
        (
            {"path": "/a/*/b"},
            ": path: `*` stands for everything below and comes last; `:id` is any one step",
        ),
        ({"path": "/a/b*"}, ": path: `*` stands for everything below and comes last; `:id` is any one step"),
        ({"path": "/a", "kind": "track"}, ": path: events of kind track have none; use event"),
        ({"path": "GET /a", "kind": "page"}, ": path: only logged requests have a method, not events of kind page"),
        (
            {"path": "/a", "kind": "log", "event": "x"},
            ": path: the name of a logged request is its path already; say event or path, not both",
        ),
        (
            {"event": "x", "where": {"property": "p"}},
            ".where: say one of is, is_not, one_of, exists, at_least, at_most (the last two may stand together)",
        ),
        (
            {"event": "x", "where": [{"property": "p", "is": "a"}, {"property": "p", "is": "a", "is_not": "b"}]},
            ".where[1]: say one of is, is_not, one_of, exists, at_least, at_most (the last two may stand together)",
        ),
        (
            {"event": "x", "where": {"property": "", "is": "a"}},
            ".where: property: name the property; a dot steps into an object",
        ),
        ({"event": "x", "where": {"property": "p", "one_of": []}}, ".where: one_of: name at least one value"),
        (
            {"event": "x", "where": {"property": "p", "at_least": float("nan")}},
            ".where: at_least and at_most: give a plain number",
        ),
        (
            {"event": "x", "where": {"property": "p", "at_least": 3, "at_most": 2}},
            ".where: at_least is above at_most, so that no value fits",
        ),
    ],
)  # fmt: skip
def test_a_match_that_makes_no_sense_is_refused_with_its_path(match: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(match)
    assert str(refused.value) == f"c.yaml: features[0].match[1]{complaint}"


@pytest.mark.parametrize(
    ("match", "path"),
    [
        ({"event": "x", "kind": "pge"}, "features[0].match[1].kind"),
        ({"event": "x", "where": {"property": "p", "is": True}}, "features[0].match[1].where"),
        ({"event": "x", "when": {"property": "p"}}, "features[0].match[1]"),
    ],
)
def test_a_misspelt_word_and_a_value_that_no_text_can_be_are_refused(
    match: dict[str, Any], path: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(match)
    assert path in str(refused.value)


@pytest.mark.parametrize(
    ("match", "exact"),
    [
        ({"event": "x"}, "x"),
        ({"table": "orders"}, "orders"),
        ({"event": "x*"}, None),
        ({"event": "x", "ignore_case": True}, None),
        ({"path": "/x"}, None),
        ({"event": "x", "path": "/x"}, None),
        ({"source": "shop"}, None),
    ],
)
def test_only_a_plain_name_is_exact(match: dict[str, Any], exact: str | None) -> None:
    assert read(match).exact == exact
