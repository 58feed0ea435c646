from typing import Any

import pytest

from waypost.collect.source_rules import Addresses, SourceRules
from waypost.core import DefinitionError

WRITTEN: dict[str, Any] = {
    "kind": "source",
    "key": "web",
    "source": "segment:web",
    "origins": ["https://app.example", "http://127.0.0.1:8000"],
    "limits": {"events_per_s": 200, "body_kb": 100, "properties": 50, "names": 300},
    "personal": {"drop": ["email"], "hash": ["phone"], "ip": "truncate"},
}


def test_rules_are_read() -> None:
    rules = SourceRules.from_document(WRITTEN, where="sources/web.yaml")
    assert (rules.source, rules.limits.names, rules.personal.ip) == ("segment:web", 300, Addresses.TRUNCATE)
    assert rules.changes
    only_origins = SourceRules.from_document({"key": "web", "source": "s", "origins": []}, where="x")
    assert not only_origins.changes


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"source": None}, "source: here stands nothing; it must be text"),
        ({"limit": {}}, "there is no limit here; did you mean limits"),
        ({"limits": {"names": 0}}, r"limits\.names: expected more than 0"),
        ({"origins": ["app.example"]}, r"origins\[0\]: expected a scheme and a host"),
        ({"origins": ["https://app.example/page"]}, r"origins\[0\]: expected a scheme and a host"),
        ({"personal": {"drop": ["a"], "hash": ["a"]}}, r"personal\.hash: a is dropped already"),
        (
            {"personal": {"ip": "forget"}},
            r"personal\.ip: forget is none of those known; known are drop",
        ),
    ],
)
def test_a_fault_is_named_with_its_path(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        SourceRules.from_document({**WRITTEN, **changed}, where="sources/web.yaml")
