import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.collect.door import Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.collect import replay, rules_in
from waypost.collect.drains import family

LOGPLEX = {"content-type": "application/logplex-1"}
NDJSON = {"content-type": "application/x-ndjson"}
#: As Heroku's router, a dyno and an application write.
ROUTED = (
    "<158>1 2026-06-01T10:00:00.123456+00:00 host heroku router - at=info method=POST "
    'path="/orgs/acme/reports/17/export?user=ada%40acme.example" host=app.example '
    'request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="203.0.113.9, 10.1.2.3" dyno=web.1 connect=1ms '
    "service=18ms status=200 bytes=412 protocol=https"
)
STARTED = "<45>1 2026-06-01T10:00:01+00:00 host heroku web.1 - State changed from starting to up"
PRINTED = (
    "<190>1 2026-06-01T10:00:02.000001+00:00 host app web.1 - "
    '{"method":"GET","path":"/boards/7","status":200,"user_id":"ben","user_agent":"Mozilla/5.0"}'
)
#: As Vercel and Cloudflare send requests.
OF_VERCEL = {
    "id": "1780308000123456789",
    "message": "",
    "timestamp": 1_780_308_000_123,
    "source": "lambda",
    "host": "app-git.vercel.app",
    "path": "/api/[id]",
    "proxy": {
        "timestamp": 1_780_308_000_100,
        "method": "POST",
        "host": "app.example",
        "path": "/api/17/export?user=ada",
        "statusCode": 200,
        "userAgent": ["Mozilla/5.0"],
        "clientIp": "203.0.113.9",
    },
}
OF_CLOUDFLARE = {
    "ClientIP": "203.0.113.9",
    "ClientRequestHost": "app.example",
    "ClientRequestMethod": "POST",
    "ClientRequestURI": "/api/17/export?user=ada",
    "ClientRequestUserAgent": "Mozilla/5.0",
    "EdgeResponseBytes": 412,
    "EdgeResponseStatus": 200,
    "EdgeStartTimestamp": "2026-06-01T10:00:00Z",
    "RayID": "41ddf1740f67442d",
}
RULES = {
    "kind": "source",
    "key": "web",
    "source": "segment:web",
    "log": {
        "person": ["user", "query.user"],
        "account": [{"from": "path.org", "template": "/orgs/:org/*"}],
        "requests": [{"path": "POST /orgs/:org/reports/:report/export", "name": "Report Exported"}],
    },
}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path)
    made.keeper.learn([RULES])
    yield made
    made.close()


def frames(*lines: str) -> bytes:
    # Logplex counts the end of each line as well.
    return b"".join(b"%d %s\n" % (len(line.encode()) + 1, line.encode()) for line in lines)


def post(door: Door, body: bytes, headers: dict[str, str], query: str = "", **more: Any) -> Answered:  # noqa: ANN401
    return door.post("/in/logs", body, headers=headers, query=query, **more)


def noise(door: Door) -> dict[str, int]:
    return {each.reason: each.n for each in door.inbox.door_counts("2000-01-01") if each.outcome == "noise"}


def test_what_herokus_router_and_its_applications_say_is_read_by_the_rules_of_the_source(door: Door) -> None:
    answered = post(door, frames(ROUTED, STARTED, PRINTED), LOGPLEX)
    assert (answered.status, answered.said) == (200, {"success": True})
    exported, seen = door.events()
    assert (exported.name, exported.person_id, exported.account_id) == (
        "Report Exported",
        "ada@acme.example",
        "acme",
    )
    assert exported.happened_at.isoformat() == "2026-06-01T10:00:00.123456+00:00"
    assert json.loads(bytes(exported.properties))["bytes"] == 412
    assert (seen.name, seen.person_id) == ("GET /boards/:id", "ben")
    assert seen.happened_at.isoformat() == "2026-06-01T10:00:02.000001+00:00"
    assert noise(door) == {"plain_log": 1}
    assert door.inbox.last_by("logs")


def test_a_request_that_is_sent_again_is_the_same_events_again(door: Door) -> None:
    twice = frames(PRINTED, PRINTED)
    post(door, twice, LOGPLEX)
    post(door, twice, LOGPLEX)
    ids = [event.event_id for event in door.events()]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("sent", [OF_VERCEL, OF_CLOUDFLARE], ids=["vercel", "cloudflare"])
@pytest.mark.parametrize("way", ["lines", "array", "packed"])
def test_drains_of_json_are_read_line_by_line(door: Door, sent: dict[str, Any], way: str) -> None:
    lines = [json.dumps(sent).encode(), json.dumps({**sent, "n": 1}).encode()]
    body = b"[" + b",".join(lines) + b"]" if way == "array" else b"\n".join(lines) + b"\n"
    answered = post(door, gzip.compress(body) if way == "packed" else body, NDJSON)
    assert answered.status == 200
    assert [(event.name, event.person_id) for event in door.events()] == [("POST /api/:id/export", "ada")] * 2
    assert {event.happened_at.isoformat()[:19] for event in door.events()} == {"2026-06-01T10:00:00"}
    assert len({event.event_id for event in door.events()}) == 2


def test_plain_lines_are_read_in_the_format_that_the_address_names(door: Door) -> None:
    line = b'10.0.0.1 - ada [01/Jun/2026:10:00:00 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"'
    plain = {"content-type": "text/plain"}
    post(door, line, plain)
    assert noise(door) == {"plain_log": 1}
    post(door, line + b"\r\nodd\n\n", plain, "format=apache-combined")
    assert [(event.name, event.person_id) for event in door.events()] == [
        ("POST /projects/:id/export", "ada")
    ]
    assert door.refusals() == {"not_a_line": 1}
    for query in ("format=pattern&written=(a*)*b", "format=nginx-log", "format=x"):
        refused = post(door, line, plain, query)
        assert (refused.status, refused.said["code"]) == (400, "bad_body")


def test_a_line_that_was_refused_can_be_sent_again(door: Door) -> None:
    post(door, frames(PRINTED.replace("2026-06-01T10:00:02.000001+00:00", "soon")), LOGPLEX)
    assert door.refusals() == {"impossible_time": 1}
    (kept,) = door.quarantined()
    assert kept.way
    done = replay(door.inbox, rules_in([RULES]), source=None, reason=None, only_try=True)
    assert (done.samples, done.refused) == (0, {"impossible_time": 1})


@pytest.mark.parametrize("data", ["-", '[a b="c]\\"d"][e f="g"]'])
def test_what_rfc_5424_has_and_logplex_leaves_out_is_taken_off(door: Door, data: str) -> None:
    head = f"<190>1 2026-06-01T10:00:02Z host app 7 - {data} "
    line = '10.0.0.1 - ada [01/Jun/2026:10:00:00 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"'
    printed = '{"method":"GET","path":"/boards/7","status":200,"user_id":"ben"}'
    post(door, frames(head + line, head + printed), LOGPLEX, "format=apache-combined")
    assert [event.person_id for event in door.events()] == ["ada", "ben"]


@pytest.mark.parametrize("body", [b"12 <4", b"x <45>1 a", b"-1 a", b"9999999999 a"])
def test_frames_that_are_none_are_refused_whole(door: Door, body: bytes) -> None:
    assert post(door, frames(ROUTED) + body, LOGPLEX).status == 400
    assert door.events() == []


def test_a_drain_needs_a_key_in_whatever_place_it_can_have_one(door: Door) -> None:
    assert post(door, frames(PRINTED), LOGPLEX, key=None).status == 401
    assert post(door, frames(PRINTED), LOGPLEX, key="wk_other").status == 401
    assert post(door, frames(PRINTED), LOGPLEX, f"key={door.key}", key=None).status == 200
    assert (
        post(door, frames(PRINTED), {**LOGPLEX, "authorization": f"Bearer {door.key}"}, key=None).status
        == 200
    )


def test_there_is_a_limit_to_lines(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST_LINES", 5)
    post(door, b"{}\n" * 7, NDJSON)
    assert door.refusals() == {"too_many": 2}
    post(door, b'{"a":"' + b"x" * 70_000 + b'"}', NDJSON)
    assert door.refusals() == {"too_many": 2, "too_large": 1}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    body=bodies(
        [
            frames(ROUTED, STARTED, PRINTED),
            json.dumps([OF_VERCEL]).encode(),
            json.dumps(OF_CLOUDFLARE).encode(),
        ]
    )
)
def test_whatever_is_sent_is_answered(door: Door, body: bytes) -> None:
    for kind in (LOGPLEX, NDJSON):
        survives(door, "POST", "/in/logs", body, headers={**kind, "authorization": f"Bearer {door.key}"})
