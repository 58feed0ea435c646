"""What is RudderStack's own: addresses, times, pixels, answers; and Customer.io's pipelines beside it."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.collect.door import Door
from tests.collect.hostile import bodies, survives

AT_TEN = datetime(2026, 6, 1, 10, tzinfo=UTC)
STAMPED: dict[str, Any] = {
    "type": "track",
    "event": "Report Exported",
    "userId": "ada",
    "messageId": "m1",
    "originalTimestamp": "2026-06-01T10:00:00Z",
    "sentAt": "2026-06-03T12:00:00Z",
    "channel": "server",
    "context": {"library": {"name": "rudder"}},
}


def test_its_own_addresses_are_heard_below_its_mount_and_at_the_root(door: Door) -> None:
    for path in (
        "/in/rudder/v1/batch",
        "/in/rudder/v1/replay",
        "/in/rudder/beacon/v1/batch/",
        "/beacon/v1/batch",
    ):
        answered = door.post(path, {"batch": [STAMPED]}, key=None, query=f"writeKey={door.key}")
        assert (answered.status, answered.body, answered.headers["content-type"]) == (
            200,
            b"OK",
            "text/plain",
        )
    assert door.post("/in/rudder/v1/track", STAMPED).body == b"OK"
    assert door.post("/in/rudder/v1/m", {}).body == b"OK"
    assert [event.event_id for event in door.events()] == ["m1"] * 5


def test_what_the_sdk_stamped_is_put_right_and_what_was_given_stands(door: Door) -> None:
    an_hour_ahead = {**STAMPED, "originalTimestamp": "2026-06-01T11:00:00Z", "sentAt": "2026-06-03T13:00:00Z"}
    given_one = {**an_hour_ahead, "timestamp": "2026-06-01T10:00:00Z"}
    door.post(
        "/in/rudder/v1/batch",
        {"batch": [STAMPED, an_hour_ahead, given_one], "sentAt": "2020-01-01T00:00:00Z"},
    )
    assert [event.happened_at for event in door.events()] == [AT_TEN] * 3
    contexts = [json.loads(bytes(event.context)) for event in door.events()]
    assert contexts[0] == {"library": {"name": "rudder"}, "channel": "server"}
    assert contexts[1]["clientClock"]["timestamp"] == "2026-06-01T11:00:00Z"


def test_the_root_knows_its_sdks_by_what_only_they_send(door: Door) -> None:
    door.post("/v1/track", STAMPED)
    door.post("/v1/track", {**STAMPED, "timestamp": "2026-06-01T10:00:00Z"}, headers={"anonymousid": "eA=="})
    assert [event.happened_at for event in door.events()] == [AT_TEN, AT_TEN]
    segment = {name: value for name, value in STAMPED.items() if name != "originalTimestamp"}
    assert door.post("/v1/track", segment).said == {"success": True}


def test_a_pixel_is_an_event_and_always_a_picture(door: Door) -> None:
    known = f"writeKey={door.key}&anonymousId=v1&event=Opened"
    seen = door.ask("GET", "/in/rudder/pixel/v1/track", query=f"{known}&properties.letter.nr=7&context.ip=1")
    assert (seen.status, seen.headers["content-type"], seen.body[:3]) == (200, "image/gif", b"GIF")
    door.ask("GET", "/in/rudder/pixel/v1/track", query=f"{known}&properties.a=1&properties.a.b=2")
    door.ask("GET", "/in/rudder/pixel/v1/track", query=f"{known}&properties=x")
    refused = door.ask("GET", "/in/rudder/pixel/v1/page", query="anonymousId=v1")
    assert (refused.status, refused.body[:3]) == (401, b"GIF")
    said = [(each.name, each.anonymous_id, json.loads(bytes(each.properties))) for each in door.events()]
    assert said == [("Opened", "v1", {"letter": {"nr": "7"}}), ("Opened", "v1", {"a": "1"})]
    assert door.refusals() == {"wrong_type": 1, "no_key": 1}


def test_a_browser_is_told_that_the_source_is_there(door: Door) -> None:
    key = {"authorization": f"Basic {b64encode(b'wk:').decode()}"}
    said = door.ask("GET", "/in/rudder/sourceConfig/", headers=key).said
    assert (said["source"]["enabled"], said["source"]["destinations"], said["source"]["id"]) == (
        True,
        [],
        "wk",
    )
    assert door.ask("POST", "/in/rudder/sourceConfig/").status == 404
    assert door.ask("GET", "/in/rudder/elsewhere").status == 404


def test_refusals_carry_the_code_that_the_python_sdk_looks_for(door: Door) -> None:
    refused = door.post("/in/rudder/v1/batch", {"batch": [STAMPED]}, key="wrong")
    assert (refused.status, refused.said["code"]) == (401, "wrong_key")
    assert door.post("/in/rudder/v1/batch", b"{}" * 3_000_000).status == 413
    assert door.post("/in/rudder/v1/batch", {"batch": [{**STAMPED, "type": "push"}, 7]}).status == 200
    assert door.refusals() == {"wrong_key": 1, "body_too_large": 1, "unknown_kind": 1, "wrong_type": 1}
    assert door.post("/v1/batch", {"batch": [], "x": "y" * 600_000}).status == 400


def test_more_than_a_batch_may_hold_is_refused_by_name(door: Door) -> None:
    assert door.post("/in/rudder/v1/batch", {"batch": [STAMPED] * 2_501}).status == 200
    assert door.refusals() == {"too_many": 1}


def test_later_is_503_with_the_time_to_wait(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(door.commit), "crowded", "busy")
    answered = door.post("/in/rudder/v1/batch", {"batch": [STAMPED]})
    assert (answered.status, answered.headers["retry-after"], answered.said["code"]) == (503, "1", "busy")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies([{"batch": [STAMPED, {**STAMPED, "type": "identify", "traits": {"a": 1}}]}, [STAMPED]]))
def test_whatever_is_sent_the_door_stands(door: Door, body: bytes) -> None:
    for path in ("/in/rudder/v1/batch", "/in/rudder/v1/track", "/in/cio/v1/batch"):
        survives(door, "POST", path, body, query=f"writeKey={door.key}")
    survives(door, "GET", "/in/rudder/pixel/v1/page", b"", query=body.hex()[:200] + f"&writeKey={door.key}")


def test_customer_ios_pipelines_speak_segments_protocol_under_their_name(door: Door) -> None:
    said = door.ask("GET", "/in/cio/v1/projects/wk/settings", headers={"host": "in.example"}).said
    sending = {"apiKey": "wk", "apiHost": "in.example/in/cio/v1", "protocol": "http"}
    assert said["integrations"] == {"Customer.io Data Pipelines": sending}
    assert door.ask("POST", "/in/cio/v1/projects/wk/settings").status == 404
    assert (
        door.post("/in/cio/v1/batch", {"batch": [{**STAMPED, "timestamp": "2026-06-01T10:00:00Z"}]}).status
        == 200
    )
    assert [event.happened_at for event in door.events()] == [AT_TEN]
