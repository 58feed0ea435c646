import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.collect.door import NOW, Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.collect.cloudevents import CloudEvents
from waypost.collect.request import Request
from waypost.core import Event

STRUCTURED = "application/cloudevents+json; charset=utf-8"
BATCH = "application/cloudevents-batch+json"


def said(**changed: object) -> dict[str, Any]:
    """An event of Ada's, changed as asked; None takes an attribute away."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": "c1",
        "source": "/product",
        "type": "com.acme.report.exported",
        "time": "2026-06-01T10:00:00Z",
        "userid": "ada",
        "companyid": "acme",
        "data": {"rows": 12},
        **changed,
    }
    return {name: value for name, value in event.items() if value is not None}


def post(door: Door, body: object, kind: str, path: str = "/in/cloudevents", **headers: str) -> Answered:
    given = {"content-type": kind, "authorization": f"Bearer {door.key}", **headers}
    return door.post(path, body, key=None, headers=given)


def stored(door: Door, *events: object) -> list[Event]:
    assert post(door, events, BATCH).said == {"success": True}
    return door.events()


def properties(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.properties))


def context(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.context))


@pytest.mark.parametrize(
    "path", ["/", "/cloudevents", "/in/cloudevents", "/in/cloudevents/", "/in/cloudevents/events"]
)
def test_a_structured_event_is_taken(door: Door, path: str) -> None:
    assert post(door, said(subject="report-7"), STRUCTURED, path).status == 200
    (event,) = door.events()
    assert (event.event_id, event.kind, event.name) == (
        "cloudevents:/product c1",
        "track",
        "com.acme.report.exported",
    )
    assert (event.person_id, event.account_id, event.actor) == ("ada", "acme", "human")
    assert event.happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert properties(event) == {"rows": 12}
    assert context(event) == {
        "specversion": "1.0",
        "source": "/product",
        "userid": "ada",
        "companyid": "acme",
        "subject": "report-7",
    }


def test_attributes_may_stand_in_headers(door: Door) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "c%201",
        "ce-source": "/product",
        "ce-type": "com.acme.gr%C3%B6%C3%9Fe",
        "CE-UserId": "ada",
    }
    for body, kind in (
        (b'{"rows": 12}', "application/json"),
        (b"[1]", "application/vnd.acme+json"),
        ("Größe".encode(), "text/plain"),
        (b"\xff\xfe", "image/png"),
        (b"", "text/plain"),
    ):
        assert post(door, body, kind, **headers).status == 200
    assert [properties(event) for event in door.events()] == [
        {"rows": 12},
        {"data": [1]},
        {"data": "Größe"},
        {"data_base64": "//4="},
        {},
    ]
    assert {(event.name, event.event_id) for event in door.events()} == {
        ("com.acme.größe", "cloudevents:/product c 1")
    }
    for smuggled in (b'1,"userid":"ben"', b"{", b"\xff", b"[" * 3_000):
        assert post(door, smuggled, "application/json", **headers).status == 400


def test_whose_it_is_may_be_said_inside(door: Door) -> None:
    inside = {"userId": 7, "anonymous_id": "v1", "account_id": ["acme", "beta"], "team": "Blue"}
    event, joined, further = stored(door, said(userid=None, companyid=None, data=inside))
    assert (event.person_id, event.anonymous_id, event.account_id) == ("7", "v1", "acme")
    assert (joined.kind, joined.anonymous_id, further.kind, further.account_id) == (
        "identify",
        "v1",
        "group",
        "beta",
    )


def test_what_names_an_account_alone_was_done_by_a_machine(door: Door) -> None:
    (event,) = stored(door, said(userid=None))
    assert (event.person_id, event.account_id, event.actor) == (None, "acme", "automated")


def test_people_and_accounts_are_described_by_types_of_their_own(door: Door) -> None:
    person, account = stored(
        door,
        said(type="waypost.identify", anonymousid="v1"),
        said(type="waypost.group", id="c2", userid=None),
    )
    assert (person.kind, person.name, person.anonymous_id, properties(person)) == (
        "identify",
        "identify",
        "v1",
        {"rows": 12},
    )
    assert (account.kind, account.account_id, account.actor) == ("group", "acme", "human")


def test_one_bad_event_of_a_batch_costs_itself(door: Door) -> None:
    odd = (said(id=None), said(type=7), said(userid=None, companyid=None), said(time="soon"), 7)
    (event,) = stored(door, said(), *odd)
    assert event.name == "com.acme.report.exported"
    assert door.refusals() == {"missing_field": 2, "no_id": 1, "impossible_time": 1, "wrong_type": 1}
    assert post(door, [said()] * 2_501, BATCH).status == 200
    assert door.refusals()["too_many"] == 1


def test_one_that_is_alone_hears_what_is_wrong_with_it(door: Door) -> None:
    refused = post(door, said(id=""), STRUCTURED)
    assert (refused.status, refused.said["code"]) == (400, "missing_field")
    assert post(door, said(companyid=None, userid=None), STRUCTURED).said["code"] == "no_id"
    assert door.events() == []


def test_what_is_no_cloudevent_is_said_to_be_none(door: Door) -> None:
    assert post(door, said(), "application/json").status == 415
    assert post(door, b"{", BATCH).status == 400
    assert post(door, b"7", BATCH).status == 400


def test_the_key_may_stand_in_the_header_or_the_address(door: Door) -> None:
    kind = {"content-type": STRUCTURED}
    assert door.post("/in/cloudevents", said(), headers=kind).status == 200
    assert door.post("/in/cloudevents", said(), key=None, headers=kind, query=f"key={door.key}").status == 200
    token = f"access_token={door.key}"
    assert door.post("/in/cloudevents", said(), key=None, headers=kind, query=token).status == 200
    assert door.post("/in/cloudevents", said(), key=None, headers=kind).said["code"] == "no_key"
    assert door.post("/in/cloudevents", said(), key="wk_other", headers=kind).status == 401


def test_a_webhook_may_ask_first_and_a_browser_too(door: Door) -> None:
    asked = {"webhook-request-origin": "broker.example", "webhook-request-rate": "120"}
    answered = door.ask("OPTIONS", "/in/cloudevents", headers=asked)
    assert (answered.status, answered.headers["webhook-allowed-origin"]) == (200, "broker.example")
    assert answered.headers["webhook-allowed-rate"] == "*"
    assert door.ask("OPTIONS", "/in/segment/v1/track", headers=asked).status == 405
    page = door.ask("OPTIONS", "/in/cloudevents", headers={"origin": "https://app.example"})
    assert page.headers["access-control-allow-origin"] == "https://app.example"


def test_it_is_known_by_what_it_says_of_itself() -> None:
    def looks(**headers: str) -> bool:
        given = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        asked = Request(method="POST", path="", query_string=b"", headers=given, body=b"", received_at=NOW)
        return CloudEvents().recognises(asked)

    assert looks(content_type=STRUCTURED)
    assert looks(ce_specversion="1.0")
    assert not looks(content_type="application/json")


@pytest.mark.parametrize("kind", [BATCH, STRUCTURED, "application/json"])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies([[said(), said(data=None, data_base64="AA==")], said(anonymousid="v1", companyid=["a", "b"])])
)
def test_whatever_is_sent_the_door_stands(door: Door, kind: str, body: bytes) -> None:
    headers = {"content-type": kind, "authorization": f"Bearer {door.key}"}
    if kind == "application/json":
        headers |= {
            "ce-specversion": "1.0",
            "ce-id": "1",
            "ce-source": "/",
            "ce-type": "x",
            "ce-userid": "ada",
        }
    survives(door, "POST", "/in/cloudevents", body, headers=headers)
