import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)

from tests.collect.door import Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.core import Event
from waypost.store import Crowded, CrowdedError

LOGS = "/in/otlp/v1/logs"
TIME = 1_780_308_000_000_000_000
JSON, PROTOBUF = "application/json", "application/x-protobuf"


def pairs(**values: object) -> list[dict[str, Any]]:
    return [{"key": name.replace("__", "."), "value": value} for name, value in values.items()]


def text(value: str) -> dict[str, Any]:
    return {"stringValue": value}


def said(*more: object, **changed: object) -> dict[str, Any]:
    """A record of Ada's in JSON, changed as asked; None takes a field away."""
    record: dict[str, Any] = {
        "timeUnixNano": str(TIME),
        "eventName": "report.exported",
        "attributes": [*pairs(user__id=text("ada"), account__id=text("acme"), rows={"intValue": 12}), *more],
        **changed,
    }
    return {name: value for name, value in record.items() if value is not None}


def request(*records: object, resource: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    scoped = {"scope": {"name": "reports"}, "logRecords": records}
    return {"resourceLogs": [{"resource": {"attributes": resource or []}, "scopeLogs": [scoped]}]}


def packed(own: str = "ada", event: str = "report.exported") -> ExportLogsServiceRequest:
    """The same record in protobuf, with a value of every sort."""
    whole = ExportLogsServiceRequest()
    of_resource = whole.resource_logs.add()
    of_resource.resource.attributes.add(key="service.name").value.string_value = "shop"
    of_scope = of_resource.scope_logs.add()
    of_scope.scope.name = "reports"
    record = of_scope.log_records.add(
        time_unix_nano=TIME, event_name=event, trace_id=b"\x01" * 16, severity_text="INFO"
    )
    for name, value in (("user.id", own), ("account.id", "acme"), ("name", "Größe 📈")):
        record.attributes.add(key=name).value.string_value = value
    record.attributes.add(key="rows").value.int_value = 2**60
    record.attributes.add(key="share").value.double_value = 0.5
    record.attributes.add(key="done").value.bool_value = True
    record.attributes.add(key="picture").value.bytes_value = b"\xff"
    record.attributes.add(key="nothing")
    record.attributes.add(key="list").value.array_value.values.add().int_value = 1
    record.body.kvlist_value.values.add(key="step").value.int_value = 2
    return whole


def post(door: Door, body: object, kind: str = JSON, path: str = LOGS) -> Answered:
    headers = {"content-type": kind, "authorization": f"Bearer {door.key}"}
    return door.post(path, body, key=None, headers=headers)


def stored(door: Door, *records: object) -> list[Event]:
    answered = post(door, request(*records))
    assert (answered.status, answered.body) == (200, b"{}")
    return door.events()


def properties(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.properties))


def context(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.context))


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/logs/", "/in/otlp/v1/logs"])
def test_a_record_in_json_is_an_event(door: Door, path: str) -> None:
    body = request(
        said(severityText="INFO", traceId="0a", spanId="0b", body=text("done")),
        resource=pairs(service__name=text("shop")),
    )
    answered = post(door, body, JSON, path)
    assert (answered.status, answered.body, answered.headers["content-type"]) == (200, b"{}", JSON)
    (event,) = door.events()
    assert (event.kind, event.name, event.person_id, event.account_id) == (
        "track",
        "report.exported",
        "ada",
        "acme",
    )
    assert event.happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert properties(event) == {"user.id": "ada", "account.id": "acme", "rows": 12, "body": "done"}
    assert context(event) == {
        "resource": {"service.name": "shop"},
        "scope": "reports",
        "severity": "INFO",
        "traceId": "0a",
        "spanId": "0b",
    }


def test_a_record_in_protobuf_is_an_event(door: Door) -> None:
    answered = post(door, packed().SerializeToString(), PROTOBUF)
    assert (answered.status, answered.body, answered.headers["content-type"]) == (200, b"", PROTOBUF)
    (event,) = door.events()
    assert (event.name, event.person_id, event.account_id) == ("report.exported", "ada", "acme")
    assert properties(event) == {
        "user.id": "ada",
        "account.id": "acme",
        "name": "Größe 📈",
        "rows": 2**60,
        "share": 0.5,
        "done": True,
        "picture": "/w==",
        "nothing": None,
        "list": [1],
        "body": {"step": 2},
    }
    assert context(event)["traceId"] == "01" * 16


def test_values_of_every_sort_are_read(door: Door) -> None:
    nested = {"kvlistValue": {"values": pairs(a={"arrayValue": {"values": [{"intValue": "7"}, {}]}})}}
    odd = pairs(
        share={"doubleValue": "NaN"}, done={"boolValue": False}, empty={"arrayValue": {}}, nested=nested
    )
    (event,) = stored(door, said(*odd, {"key": "unknown", "value": {"x": 1}}, 7))
    said_of = properties(event)
    assert {name: said_of[name] for name in ("share", "done", "empty", "nested", "unknown")} == {
        "share": None,
        "done": False,
        "empty": [],
        "nested": {"a": [7, None]},
        "unknown": None,
    }


def test_the_name_may_be_an_attribute_and_a_record_may_have_an_id(door: Door) -> None:
    named = pairs(event__name=text("signed.in"), log__record__uid=text("r1"))
    (event,) = stored(door, said(*named, eventName=None))
    assert (event.name, event.event_id) == ("signed.in", "otlp:r1")
    assert "event.name" not in properties(event)


def test_a_record_without_a_name_is_a_log_of_the_system_and_counted(door: Door) -> None:
    assert stored(door, said(eventName=None), said(eventName="")) == []
    assert [(one.outcome, one.reason, one.n) for one in door.inbox.door_counts("2000-01-01")] == [
        ("noise", "plain_log", 2)
    ]


def test_whose_it_is_may_be_said_of_the_resource(door: Door) -> None:
    of_all = pairs(enduser__id=text("ada"), session__id=text("s1"))
    of_all += pairs(tenant_id={"arrayValue": {"values": [text("acme"), text("beta")]}})
    answered = post(
        door, request(said(attributes=[]), said(attributes=[], eventName="nightly.sync"), resource=of_all)
    )
    assert answered.body == b"{}"
    event, joined, further, *_ = door.events()
    assert (event.person_id, event.anonymous_id, event.account_id) == ("ada", "s1", "acme")
    assert (joined.kind, joined.anonymous_id, further.kind, further.account_id) == (
        "identify",
        "s1",
        "group",
        "beta",
    )


def test_what_names_an_account_alone_was_done_by_a_machine(door: Door) -> None:
    (event,) = stored(door, said(attributes=pairs(account__id=text("acme"))))
    assert (event.person_id, event.actor) == (None, "automated")


def test_time_is_that_of_the_event_else_of_the_observer_else_of_receipt(door: Door) -> None:
    times: tuple[dict[str, object], ...] = (
        {},
        {"timeUnixNano": 0, "observedTimeUnixNano": TIME + 10**9},
        {"timeUnixNano": None},
    )
    events = stored(door, *(said(**each) for each in times))
    assert [event.happened_at.isoformat()[8:19] for event in events] == [
        "01T10:00:00",
        "01T10:00:01",
        "03T12:00:00",
    ]


def test_rejected_records_are_counted_in_the_answer_and_the_others_are_stored(door: Door) -> None:
    odd = (said(attributes=[]), said(timeUnixNano="soon"), said(timeUnixNano=10**30), 7)
    answered = post(door, request(said(), *odd))
    partial = answered.said["partialSuccess"]
    assert (answered.status, partial["rejectedLogRecords"]) == (200, "4")
    assert "1 times: the event names nobody" in partial["errorMessage"]
    assert [event.name for event in door.events()] == ["report.exported"]
    assert door.refusals() == {"no_id": 1, "wrong_type": 2, "impossible_time": 1}


def test_so_are_those_in_protobuf(door: Door) -> None:
    answered = post(door, packed(own="x" * 501).SerializeToString(), PROTOBUF)
    response = ExportLogsServiceResponse.FromString(answered.body)
    assert response.partial_success.rejected_log_records == 1
    assert response.partial_success.error_message == "1 times: an id or a name is longer than 500 characters"


def test_too_many_are_rejected_by_count(door: Door) -> None:
    assert post(door, request(*[said()] * 2_501)).said["partialSuccess"]["rejectedLogRecords"] == "1"
    assert door.refusals() == {"too_many": 1}


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_a_refusal_is_written_as_the_request_was(door: Door, kind: str) -> None:
    for body, key, status in (
        (b"{\xff", door.key, 400),
        (b"{}", "wk_other", 401),
        (b" " * 5_000_000, door.key, 413),
    ):
        headers = {"content-type": kind, "authorization": f"Bearer {key}"}
        answered = door.post(LOGS, body, key=None, headers=headers)
        assert (answered.status, answered.headers["content-type"]) == (status, kind)
        if kind == JSON:
            assert answered.said["code"] in (3, 16)
        else:
            assert answered.body[0] == 8
    assert door.post(LOGS, b"", key=None, headers={"content-type": kind}).status == 401


def test_what_must_come_again_is_told_so_with_503(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise CrowdedError(Crowded.BUSY)

    monkeypatch.setattr(door.commit, "offer_and_tell", busy)
    for body, kind in ((request(said()), JSON), (packed().SerializeToString(), PROTOBUF)):
        answered = post(door, body, kind)
        assert (answered.status, answered.headers["retry-after"]) == (503, "1")


def test_the_key_may_stand_in_the_header_or_the_address(door: Door) -> None:
    assert door.post(LOGS, request(said())).status == 200
    assert door.post(LOGS, request(said()), key=None, query=f"key={door.key}").status == 200


REAL_JSON = (
    request(
        said(
            *pairs(
                nested={"kvlistValue": {"values": pairs(a={"arrayValue": {"values": [{"intValue": "7"}]}})}}
            )
        )
    ),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(REAL_JSON))
def test_whatever_json_is_sent_the_door_stands(door: Door, body: bytes) -> None:
    survives(door, "POST", LOGS, body, headers={"content-type": JSON, "authorization": f"Bearer {door.key}"})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies([packed().SerializeToString()]) | some.binary(max_size=100))
def test_whatever_protobuf_is_sent_the_door_stands(door: Door, body: bytes) -> None:
    headers = {"content-type": PROTOBUF, "authorization": f"Bearer {door.key}"}
    answered = survives(door, "POST", LOGS, body, headers=headers)
    if answered.status == 200:
        ExportLogsServiceResponse.FromString(answered.body)
