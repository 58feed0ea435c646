"""Hosts that stand in for a vendor's: at the root, addresses of several protocols are told apart by the request."""

import json
from base64 import b64encode
from urllib.parse import urlencode

import pytest

from tests.collect.door import Door

POSTHOG = {"event": "x", "distinct_id": "ada", "properties": {"$lib": "web"}}
MIXPANEL = {
    "event": "x",
    "properties": {"token": "KEY", "distinct_id": "ada", "mp_lib": "web", "$lib_version": "2"},
}
KISSMETRICS = urlencode({"_k": "KEY", "_p": "ada", "_n": "x"})


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("family", "asked", "body", "query"),
    [
        ("posthog", "POST /batch", {"api_key": "KEY", "batch": [{**POSTHOG, "events": 1}]}, ""),
        (
            "amplitude",
            "POST /batch",
            {"api_key": "KEY", "events": [{"event_type": "x", "user_id": "batch"}]},
            "",
        ),
        ("posthog", "POST /e", {"api_key": "KEY", **POSTHOG}, ""),
        ("kissmetrics", "GET /e", None, KISSMETRICS),
        ("kissmetrics", "POST /e", None, KISSMETRICS),
        ("snowplow", "GET /i", None, urlencode({"aid": "KEY", "e": "se", "se_ac": "x", "uid": "ada"})),
        ("mixpanel", "POST /track", [MIXPANEL], ""),
        ("posthog", "POST /track", {"api_key": "KEY", **POSTHOG}, ""),
        ("posthog", "POST /track", {**POSTHOG, "properties": {"$lib": "web", "token": "KEY"}}, ""),
        ("mixpanel", "POST /engage", [{"$token": "KEY", "$distinct_id": "ada", "$set": {"a": 1}}], ""),
        ("posthog", "POST /engage", [{"api_key": "KEY", **POSTHOG}], ""),
    ],
)
def test_a_request_goes_to_the_protocol_that_it_is_of(
    door: Door, family: str, asked: str, body: object, query: str, slash: str
) -> None:
    method, path = asked.split()
    written = b"" if body is None else json.dumps(body).replace("KEY", door.key).encode()
    answered = door.ask(method, path + slash, pieces=[written], query=query.replace("KEY", door.key))
    assert answered.status == 200
    assert [event.event_id.partition(":")[0] for event in door.events()] == [family]
    # The first steps ask by which protocol something came.
    assert door.inbox.last_by(family)


def test_recordings_are_let_go_where_another_protocol_sets_properties(door: Door) -> None:
    for path in ("/s/", "/in/posthog/s"):
        assert door.ask("POST", path, pieces=[b"x" * 600_000]).said == {"status": 1}
    form = urlencode({"_p": "ada", "plan": "pro", "_k": door.key})
    for query, body in ((form, b""), ("", form.encode())):
        assert door.ask("POST", "/s", pieces=[body], query=query).headers["content-type"] == "image/gif"
    assert {event.event_id.partition(":")[0] for event in door.events()} <= {"kissmetrics"}


def test_a_form_is_looked_into(door: Door) -> None:
    for each, family in ((MIXPANEL, "mixpanel"), ({"api_key": "KEY", **POSTHOG}, "posthog")):
        packed = b64encode(json.dumps(each).replace("KEY", door.key).encode())
        assert door.ask("POST", "/track", pieces=[b"data=" + packed.replace(b"+", b"%2B")]).status == 200
        assert door.events()[-1].event_id.startswith(f"{family}:")


def test_flags_are_those_of_who_asks(door: Door) -> None:
    assert "featureFlags" in door.ask("POST", "/flags/", query="v=2").said
    assert "featureFlags" not in door.ask("GET", "/flags/", query="token=x").said
