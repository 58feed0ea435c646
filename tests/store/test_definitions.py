"""Definitions are published once, kept for ever, and in force by day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from waypost.core import DefinitionError
from waypost.store import Definitions, Operations

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
PLAN: dict[str, Any] = {"kind": "journey", "key": "analyst", "name": "Analyst path"}


@pytest.fixture
def definitions() -> Definitions:
    return Definitions(Operations(None))


def _publish(definitions: Definitions, *documents: dict[str, Any], day: int = 3) -> list[int]:
    published = definitions.publish(list(documents), now=NOON, today=date(2026, 8, day))
    return [each.version for each in published]


def test_what_did_not_change_is_no_new_version(definitions: Definitions) -> None:
    assert _publish(definitions, PLAN) == [1]
    assert _publish(definitions, PLAN) == []
    assert _publish(definitions, {**PLAN, "name": "Path"}) == [2]
    assert _publish(definitions, PLAN) == [3], "back to the first words is a change again"


def test_every_version_is_kept_and_the_newest_is_asked_for(definitions: Definitions) -> None:
    _publish(definitions, PLAN, {**PLAN, "key": "admin"}, {"kind": "tiers", "key": "tiers"})
    _publish(definitions, {**PLAN, "name": "Path"}, day=5)
    assert [(each.key, each.version) for each in definitions.all("journey")] == [
        ("admin", 1), ("analyst", 1), ("analyst", 2),
    ]  # fmt: skip
    assert [each.document["name"] for each in definitions.newest("journey")] == ["Analyst path", "Path"]
    assert [each.kind for each in definitions.newest()] == ["journey", "journey", "tiers"]
    first = definitions.all("tiers")[0]
    assert (first.published_at, first.published_on, first.withdrawn) == (NOON, date(2026, 8, 3), False)


def test_a_withdrawn_definition_ends_and_may_come_back(definitions: Definitions) -> None:
    _publish(definitions, PLAN)
    definitions.withdraw("journey", "analyst", now=NOON, today=date(2026, 8, 5))
    assert definitions.newest("journey") == []
    assert [each.withdrawn for each in definitions.newest("journey", withdrawn=True)] == [True]
    assert _publish(definitions, PLAN, day=7) == [3]
    assert [each.version for each in definitions.newest("journey")] == [3]


def test_only_what_is_there_can_be_withdrawn(definitions: Definitions) -> None:
    with pytest.raises(DefinitionError, match="journey analyst: there is no such definition in force"):
        definitions.withdraw("journey", "analyst", now=NOON, today=date(2026, 8, 5))


def test_of_two_documents_of_one_key_the_later_is_the_newer(definitions: Definitions) -> None:
    assert _publish(definitions, PLAN, {**PLAN, "name": "Path"}) == [1, 2]
    assert [each.document["name"] for each in definitions.newest()] == ["Path"]
