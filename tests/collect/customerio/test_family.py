import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.core import Event

V1 = "/in/customerio/api/v1"
V2 = "/in/customerio/api/v2"
HAPPENED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def call(door: Door, method: str, path: str, body: object = None, *, key: str | None = None) -> Answered:
    basic = b64encode(f"site-1:{key or door.key}".encode()).decode()
    written = b"" if body is None else json.dumps(body).encode()
    return door.ask(method, path, headers={"authorization": f"Basic {basic}"}, pieces=[written])


def told(event: Event) -> tuple[str, str, str | None, str | None, dict[str, Any]]:
    properties = json.loads(bytes(event.properties))
    return (event.kind.value, event.name, event.person_id, event.account_id, properties)


def test_people_are_named_in_the_address_as_it_was_written(door: Door) -> None:
    said = {"email": "ada@acme.example", "created_at": 1, "anonymous_id": "v1", "company": {"id": "acme"}}
    assert call(door, "PUT", f"{V1}/customers/u-b%C3%B8b%2F7", said).body == b"{}"
    (one,) = door.events()
    kept = {"email": "ada@acme.example", "created_at": 1, "company": {"id": "acme"}}
    assert told(one) == ("identify", "identify", "u-bøb/7", "acme", kept)
    assert one.anonymous_id == "v1"


def test_events_of_people_and_of_visitors(door: Door) -> None:
    said = {
        "name": "Report Exported",
        "data": {"rows": 12, "company": ["acme", "beta"]},
        "timestamp": 1_767_603_600,
    }
    call(door, "POST", f"{V1}/customers/ada/events", {**said, "id": "01H", "more": 1})
    call(door, "POST", f"{V1}/customers/ada/events", {"name": "/docs", "type": "page"})
    call(door, "POST", f"{V1}/events", {"name": "Signed Up", "anonymous_id": "v1"})
    exported, further, page, signed_up = door.events()
    assert told(exported)[:4] == ("track", "Report Exported", "ada", "acme")
    assert (exported.event_id, exported.happened_at) == ("customerio:01H", HAPPENED_AT)
    assert json.loads(bytes(exported.context)) == {"more": 1}
    assert (further.kind, further.account_id) == ("group", "beta")
    assert told(page)[:3] == ("page", "/docs", "ada")
    assert (signed_up.person_id, signed_up.anonymous_id) == (None, "v1")


def test_what_else_is_said_of_people_is_kept(door: Door) -> None:
    calls: list[tuple[str, str, object]] = [
        ("PUT", "/customers/ada/devices", {"device": {"id": "d1", "platform": "ios"}}),
        ("DELETE", "/customers/ada/devices/d%201", None),
        ("POST", "/customers/ada/suppress", None),
        ("POST", "/customers/ada/unsuppress", {}),
        ("DELETE", "/customers/ada", {}),
        ("POST", "/merge_customers", {"primary": {"id": "ada"}, "secondary": {"email": "a@acme.example"}}),
        (
            "POST",
            "/push/events",
            {"device_id": "d1", "event": "opened", "delivery_id": "x", "timestamp": 1_767_603_600},
        ),
    ]
    for method, path, body in calls:
        assert call(door, method, V1 + path, body).status == 200, path
    *noted, merged, pushed = [told(each) for each in door.events()]
    assert [each[4] for each in noted] == [
        {"device": {"id": "d1", "platform": "ios"}},
        {"device_deleted": "d 1"},
        {"suppressed": True},
        {"suppressed": False},
        {"deleted": True},
    ]
    assert {each[2] for each in noted} == {"ada"}
    assert merged == ("alias", "alias", "ada", None, {"previousId": "a@acme.example"})
    assert (pushed[1], door.events()[-1].anonymous_id) == ("Push opened", "d1")


def test_entities_are_people_and_accounts_with_what_relates_them(door: Door) -> None:
    acme = {"identifiers": {"object_type_id": "1", "object_id": "acme"}}
    beta = {"identifiers": {"object_type_id": "1", "object_id": "beta"}}
    person = {"type": "person", "identifiers": {"id": "ada"}}
    entities: list[dict[str, Any]] = [
        {**person, "action": "identify", "attributes": {"plan": "pro"}, "cio_relationships": [acme, beta]},
        {
            **person,
            "action": "event",
            "name": "Signed In",
            "attributes": {"a": 1},
            "timestamp": 1_767_603_600,
        },
        {**person, "action": "suppress"},
        {**person, "action": "delete_relationships", "cio_relationships": [acme]},
        {"type": "person", "action": "merge", "primary": {"id": "ada"}, "secondary": {"id": "a"}},
        {
            "type": "object",
            **acme,
            "action": "identify",
            "attributes": {"name": "Acme"},
            "cio_relationships": [person],
        },
    ]
    assert call(door, "POST", f"{V2}/entity", entities[0]).status == 200
    answered = call(door, "POST", f"{V2}/batch", {"batch": [*entities[1:], {"type": "object"}, 7]})
    assert [(each["batch_index"], each["reason"]) for each in answered.said["errors"]] == [
        (5, "no_group"),
        (6, "wrong_type"),
    ]
    assert [told(each) for each in door.events()] == [
        ("identify", "identify", "ada", "acme", {"plan": "pro"}),
        ("group", "group", "ada", "beta", {}),
        ("track", "Signed In", "ada", None, {"a": 1}),
        ("identify", "identify", "ada", None, {"suppress": True}),
        ("identify", "identify", "ada", None, {"delete_relationships": True}),
        ("alias", "alias", "ada", None, {"previousId": "a"}),
        ("group", "group", None, "acme", {"name": "Acme"}),
        ("group", "group", "ada", "acme", {}),
    ]


def test_what_is_wrong_is_told_where_its_sdks_look(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = call(door, "POST", f"{V1}/customers/ada/events", {"name": ""})
    assert (refused.status, "no name" in refused.said["meta"]["error"]) == (400, True)
    assert call(door, "POST", f"{V1}/events", {"name": "x"}).status == 400
    assert call(door, "PUT", f"{V1}/customers/ada", [1]).status == 400
    assert call(door, "PUT", f"{V1}/customers/ada", {}, key="wrong").status == 401
    assert call(door, "POST", f"{V2}/batch", {"batch": 7}).status == 400
    assert call(door, "GET", f"{V1}/customers/ada").status == 405
    assert call(door, "GET", f"{V1}/accounts/region").said["region"] == "us"
    assert call(door, "GET", f"{V1}/elsewhere").status == 404
    assert call(door, "POST", f"{V2}/batch", {"batch": [{}] * 2_501}).status == 200
    monkeypatch.setattr(type(door.commit), "crowded", "busy")
    later = call(door, "PUT", f"{V1}/customers/ada", {})
    assert (later.status, later.headers["retry-after"]) == (503, "1")


def test_the_root_is_heard_too(door: Door) -> None:
    assert call(door, "PUT", "/api/v1/customers/ada", {"plan": "pro"}).status == 200
    assert [event.person_id for event in door.events()] == ["ada"]


PATHS = [
    f"{V1}/customers/%ff%00a/events",
    f"{V1}/events",
    f"{V1}/merge_customers",
    f"{V2}/entity",
    f"{V2}/batch",
]
REAL = (
    {"name": "x", "data": {"company": "acme"}, "timestamp": 1_767_603_600, "id": "01H", "anonymous_id": "v"},
    {"primary": {"id": "ada"}, "secondary": {"email": "a"}},
    {
        "batch": [
            {
                "type": "person",
                "identifiers": {"id": "ada"},
                "action": "event",
                "name": "x",
                "cio_relationships": [],
            }
        ]
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(REAL), path=some.sampled_from(PATHS))
def test_whatever_is_sent_the_door_stands(door: Door, body: bytes, path: str) -> None:
    basic = b64encode(f"site-1:{door.key}".encode()).decode()
    survives(door, "POST", path, body, headers={"authorization": f"Basic {basic}"})
