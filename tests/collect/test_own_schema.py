import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from waypost.collect.gathering import Gathering
from waypost.collect.own_schema import OwnLines
from waypost.core import Actor, Event, Kind

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
USE: dict[str, Any] = {
    "kind": "track",
    "name": "Report Exported",
    "happened_at": "2026-06-01T10:00:00+05:30",
    "person_id": "ada",
}
SURVEY = {
    **USE,
    "kind": "survey",
    "name": "nps",
    "properties": {"answer_id": "a1", "score": 9, "scale": "nps", "comment": None},
}
TICKET = {**USE, "kind": "ticket", "name": "opened", "properties": {"ticket_id": "t1", "priority": "high"}}
CONTRACT = {
    **USE,
    "kind": "contract",
    "name": "signed",
    "account_id": "acme",
    "properties": {"contract_id": "c1", "value": 12_000, "seats": 40, "starts_on": "2026-01-01"},
}
MEMBERSHIP = {
    **USE,
    "kind": "membership",
    "name": "joined",
    "account_id": "acme",
    "properties": {"role": "analyst"},
}


def read(*lines: dict[str, Any] | bytes) -> Gathering:
    gathering, read_line = Gathering("history", NOW), OwnLines()
    for line in lines:
        read_line(line if isinstance(line, bytes) else json.dumps(line).encode(), gathering)
    return gathering


def one(line: dict[str, Any]) -> Event:
    (event,) = read(line).events
    return event


def test_an_event_is_kept_as_it_was_written() -> None:
    event = one(
        {
            **USE,
            "event_id": "e1",
            "account_id": 7,
            "actor": "automated",
            "quantity": 3,
            "properties": {"a": 1},
        }
    )
    assert (event.event_id, event.source, event.kind, event.name) == (
        "e1",
        "history",
        Kind.TRACK,
        "Report Exported",
    )
    assert (event.person_id, event.account_id, event.actor, event.quantity) == (
        "ada",
        "7",
        Actor.AUTOMATED,
        3.0,
    )
    assert event.happened_at == datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
    assert (event.received_at, bytes(event.properties)) == (NOW, b'{"a": 1}')


@pytest.mark.parametrize("line", [SURVEY, TICKET, CONTRACT, MEMBERSHIP])
def test_every_kind_of_record_has_its_properties(line: dict[str, Any]) -> None:
    assert json.loads(bytes(one(line).properties)) == line["properties"]


def test_source_and_time_of_receipt_are_those_of_the_import() -> None:
    event = one({**USE, "source": "elsewhere", "received_at": "2020-01-01T00:00:00Z"})
    assert (event.source, event.received_at) == ("history", NOW)


def test_without_an_id_the_content_is_the_id() -> None:
    same = {name: USE[name] for name in reversed(USE)}
    assert one(USE).event_id == one(same).event_id != one({**USE, "name": "Report Shared"}).event_id


def test_a_time_to_come_is_the_time_of_receipt() -> None:
    assert one({**USE, "happened_at": "2030-01-01T00:00:00Z"}).happened_at == NOW


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in USE.items() if key != name}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "bad_json"),
        (b'{"kind": NaN}', "bad_json"),
        (json.dumps(USE).encode().replace(b"ada", b"\xff"), "bad_text"),
        ({**USE, "person_id": "a\0b"}, "bad_text"),
        ({**USE, "properties": {"a": "x" * 40_000}}, "too_large"),
        (
            json.dumps(USE)[:-1].encode() + b',"properties":{"a":' + b"[" * 500 + b"]" * 500 + b"}}",
            "too_deep",
        ),
        ({**USE, "kind": "visit"}, "unknown_kind"),
        ({**USE, "kind": "definition"}, "unknown_kind"),
        ({**USE, "happened_at": "yesterday"}, "impossible_time"),
        ({**USE, "happened_at": "2026-06-01T10:00:00"}, "impossible_time"),
        ({**USE, "happened_at": "1999-12-31T23:59:59Z"}, "impossible_time"),
        (without("name"), "missing_field"),
        ({**USE, "user_id": "ada"}, "unknown_field"),
        ({**USE, "quantity": "three"}, "wrong_type"),
        (b"[]", "not_a_line"),
        ({**USE, "name": ""}, "no_name"),
        ({**USE, "name": "x" * 501}, "too_long"),
        (without("person_id"), "no_id"),
        ({**MEMBERSHIP, "person_id": None}, "no_id"),
        ({**MEMBERSHIP, "account_id": ""}, "no_group"),
        ({**CONTRACT, "account_id": None}, "no_group"),
        ({**TICKET, "name": "closed"}, "unknown_name"),
        ({**CONTRACT, "name": "expired"}, "unknown_name"),
        ({**USE, "kind": "signal", "name": "wandered"}, "unknown_name"),
        ({**USE, "properties": [1]}, "bad_properties"),
        ({**USE, "context": "x"}, "bad_properties"),
        ({**SURVEY, "properties": {"answer_id": "a1", "score": 11, "scale": "nps"}}, "bad_properties"),
        ({**SURVEY, "properties": {"answer_id": "a1", "score": 6, "scale": "csat"}}, "bad_properties"),
        ({**SURVEY, "properties": {"score": 6, "scale": "nps"}}, "bad_properties"),
        ({**TICKET, "properties": {"ticket_id": "t1", "priority": "asap"}}, "bad_properties"),
        ({**CONTRACT, "properties": {"contract_id": "c1", "starts_on": "soon"}}, "bad_properties"),
        ({**USE, "kind": "alias", "name": "alias"}, "bad_properties"),
    ],
)
def test_what_is_wrong_is_refused_by_name(line: dict[str, Any] | bytes, why: str) -> None:
    gathering = read(USE, line)
    assert gathering.refused == {why: 1}
    assert len(gathering.events) == 1
    assert gathering.samples[0].detail


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some.dictionaries(some.sampled_from([*USE, "properties"]), some.none() | some.integers() | some.text())
)
def test_no_line_stops_the_reading(fields: dict[str, Any]) -> None:
    gathering = read({**USE, **fields})
    assert len(gathering.events) + gathering.refused.total() == 1


def test_a_number_that_nothing_can_count_in_is_kept_as_text() -> None:
    gathering = Gathering("own", NOW)
    line = json.dumps({**USE, "properties": {"rows": "@", "note": "é 1e999"}}, ensure_ascii=False)
    OwnLines()(line.encode().replace(b'"@"', b"1e999"), gathering)
    (event,) = gathering.events
    assert json.loads(bytes(event.properties)) == {"rows": "1e999", "note": "é 1e999"}
