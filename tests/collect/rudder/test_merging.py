"""What merge calls join: each id that one names, and nothing else."""

import json
from typing import Any

from tests.collect.door import Door
from tests.collect.rudder.test_family import AT_TEN, STAMPED
from waypost.core import Event

EMAIL = {"type": "email", "value": "ada@acme.example"}
MOBILE = {"type": "mobile", "value": "+1-202-555-0146"}
MERGE: dict[str, Any] = {**STAMPED, "type": "merge", "mergeProperties": [EMAIL, MOBILE]}


def joined(events: list[Event]) -> list[tuple[str | None, str]]:
    assert {(each.kind, each.happened_at) for each in events} <= {("alias", AT_TEN)}
    return [(each.person_id, json.loads(bytes(each.properties))["previousId"]) for each in events]


def merge(door: Door, **changed: object) -> list[Event]:
    before = len(door.events())
    said = {name: value for name, value in {**MERGE, **changed}.items() if value is not None}
    assert door.post("/in/rudder/v1/merge", said).body == b"OK"
    return door.events()[before:]


def test_every_id_that_a_merge_names_is_the_persons(door: Door) -> None:
    found = merge(door, anonymousId="v1")
    assert joined(found) == [("ada", "ada@acme.example"), ("ada", "+1-202-555-0146"), ("ada", "v1")]
    assert len({each.event_id for each in found}) == 3
    assert json.loads(bytes(found[0].context))["mergeProperties"] == [EMAIL, MOBILE]
    again = merge(door, anonymousId="v1")
    assert [each.event_id for each in again] == [each.event_id for each in found]


def test_the_type_says_so_in_a_batch_and_the_address_alone(door: Door) -> None:
    door.post("/in/rudder/v1/batch", {"batch": [MERGE, STAMPED]})
    assert [each.kind for each in door.events()] == ["alias", "alias", "track"]
    assert joined(merge(door, type=None, mergeProperties=EMAIL)) == [("ada", "ada@acme.example")]


def test_the_person_may_be_one_of_the_properties(door: Door) -> None:
    named = [{"type": "user_id", "value": "ada"}, {"type": "anonymous_id", "value": "v1"}, EMAIL]
    assert joined(merge(door, userId=None, mergeProperties=named)) == [
        ("ada", "v1"),
        ("ada", "ada@acme.example"),
    ]


def test_what_names_nobody_or_nothing_is_refused(door: Door) -> None:
    assert merge(door, userId=None) == []
    assert merge(door, userId=None, anonymousId="v1") == []
    assert merge(door, mergeProperties=None) == []
    assert merge(door, mergeProperties=[{"type": "user_id", "value": "ada"}, 7]) == []
    assert merge(door, mergeProperties=[{"type": "email", "value": {"a": 1}}]) == []
    assert door.refusals() == {"no_id": 2, "no_previous_id": 2, "wrong_type": 1}
