from typing import Any

import pytest

from waypost.collect.log_rules import LogRules
from waypost.collect.source_rules import SourceRules
from waypost.core import DefinitionError

WRITTEN: dict[str, Any] = {"kind": "source", "key": "web", "source": "web"}


def read(log: dict[str, Any]) -> LogRules:
    return SourceRules.from_document({**WRITTEN, "log": log}, where="sources/web.yaml").log


def test_without_rules_only_the_user_says_who_asked() -> None:
    assert not SourceRules.from_document(WRITTEN, where="x").log.asks_who
    assert not read({"requests": [{"path": "POST /orders", "status": [201, "3xx"]}]}).asks_who
    assert read({"account": ["host"]}).asks_who
    assert read({"person": ["cookie.uid", "user"]}).asks_who


@pytest.mark.parametrize(
    ("log", "problem"),
    [
        ({"persons": []}, "log: there is no persons here; did you mean person"),
        (
            {"person": ["session"]},
            r"log\.person\[0\]\.from: 'session' is no place; say user, host, address, cookie",
        ),
        ({"account": ["user", "query."]}, r"log\.account\[1\]\.from: 'query\.' is no place"),
        ({"account": ["path.org"]}, r"log\.account\[0\]\.template: path\.NAME needs one"),
        (
            {"account": [{"from": "host", "template": "/x"}]},
            r"log\.account\[0\]\.template: path\.NAME needs one",
        ),
        ({"account": [{"from": "path.org", "template": "/orgs/:id"}]}, "it must have the step :org"),
        ({"account": [{"from": "path.org", "template": "orgs"}]}, r"template: begin with /"),
        ({"person": [{"from": "user", "pattern": "("}]}, r"pattern: it is no regular expression"),
        ({"person": [{"from": "user", "pattern": "(a)(b)"}]}, r"pattern: it has 2 groups"),
        ({"account": [{"from": "host", "table": {}, "file": "/x"}]}, "say either `table` or `file`"),
        ({"account": [{"from": "host", "file": "x.csv"}]}, "give the whole path"),
        ({"anonymous": ["address"] * 21}, r"log\.anonymous: 21 places are too many"),
        ({"requests": [{"path": "POST orders"}]}, r"log\.requests\[0\]\.path: begin with /"),
        ({"requests": [{"path": "/a", "status": [99]}]}, r"requests\[0\]\.status: 99 is none"),
        ({"requests": [{"path": "/a", "status": []}]}, r"requests\[0\]\.status: None is none"),
        ({"requests": [{"path": "/a", "name": " "}]}, r"requests\[0\]\.name: give the event a name"),
        (
            {"noise": {"internal": ["office"]}},
            r"log\.noise\.internal\[0\]: 'office' is no address and no network",
        ),
        ({"noise": {"paths": ["/a", "b"]}}, r"log\.noise\.paths\[1\]: begin with /"),
        ({"noise": {"agents": [" "]}}, r"log\.noise\.agents\[0\]: it is empty"),
        ({"noise": {"people": ["a"] * 301}}, r"log\.noise\.people: 301 are too many"),
        ({"noise": {"keep": ["no_user"]}}, r"log\.noise\.keep\[0\]: no_user is none of those known"),
        ({"requests": [{"path": "/a"}] * 301}, r"requests: 301 are too many"),
    ],
)
def test_a_fault_is_named_with_its_path(log: dict[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        read(log)
