import asyncio
import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from tests.collect.door import NOW, SENT_AT, Door, track
from tests.running import run
from waypost.collect import SAYS, Collector, TurnedAway
from waypost.store import GroupCommit, Keys, Operations

SUCCESS = {"success": True}


def basic(user: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(user.encode()).decode()}"}


@pytest.mark.parametrize("mount", ["", "/in/segment"])
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((word, word) for word in ("track", "identify", "page", "screen", "group", "alias")),
        *{"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}.items(),
    ],
)
def test_every_call_has_an_address_and_a_short_one(
    door: Door, mount: str, slash: str, word: str, kind: str
) -> None:
    said = track(type=None, groupId="acme", previousId="visitor-1")
    assert door.post(f"{mount}/v1/{word}{slash}", said).said == SUCCESS
    assert [event.kind for event in door.events()] == [kind]


@pytest.mark.parametrize("word", ["batch", "import", "b"])
def test_batches_are_taken_whole(door: Door, word: str) -> None:
    answered = door.post(f"/v1/{word}", {"batch": [track(), track(messageId="m2")], "sentAt": SENT_AT})
    assert (answered.status, answered.said) == (200, SUCCESS)
    assert [(event.event_id, event.source) for event in door.events()] == [
        ("m1", "segment:web"),
        ("m2", "segment:web"),
    ]


def test_metrics_of_the_client_are_answered_and_ignored(door: Door) -> None:
    assert door.post("/v1/m", {"series": []}).said == SUCCESS
    assert door.events() == []


def test_the_key_may_stand_in_the_body_the_header_or_the_address(door: Door) -> None:
    bodies = [
        track(messageId="1", writeKey=door.key),
        {"batch": [track(messageId="2")], "writeKey": door.key},
    ]
    assert [
        door.post(path, body, key=None).status for path, body in zip(("/v1/t", "/v1/b"), bodies, strict=True)
    ] == [
        200,
        200,
    ]
    for number, user in enumerate((f"{door.key}:", door.key, f"{door.key}:x")):
        assert door.post("/v1/t", track(messageId=f"h{number}"), key=None, headers=basic(user)).status == 200
    assert door.post("/v1/t", track(messageId="q"), key=None, query=f"a=b&writeKey={door.key}").status == 200
    assert [event.event_id for event in door.events()] == ["1", "2", "h0", "h1", "h2", "q"]


def test_a_key_in_the_header_goes_before_one_in_the_body(door: Door) -> None:
    assert door.post("/v1/t", track(writeKey="wk_wrong")).status == 200
    assert door.post("/v1/t", track(writeKey=door.key), key="wk_wrong").status == 401


@pytest.mark.parametrize(
    ("headers", "body", "why"),
    [
        ({}, track(), TurnedAway.NO_KEY),
        ({}, {"batch": [track()], "sentAt": SENT_AT}, TurnedAway.NO_KEY),
        ({}, track(writeKey=5), TurnedAway.NO_KEY),
        ({"authorization": "Basic ???"}, track(), TurnedAway.NO_KEY),
        ({"authorization": "Bearer wk_1"}, track(), TurnedAway.NO_KEY),
        (basic(":"), track(), TurnedAway.NO_KEY),
        (basic("wk_wrong:"), track(), TurnedAway.WRONG_KEY),
        ({}, track(writeKey="wk_wrong"), TurnedAway.WRONG_KEY),
        ({}, {"batch": [track()], "writeKey": "wk_wrong", "sentAt": SENT_AT}, TurnedAway.WRONG_KEY),
    ],
)
def test_without_a_sound_key_nothing_is_stored(
    door: Door, headers: dict[str, str], body: dict[str, Any], why: TurnedAway
) -> None:
    path = "/v1/batch" if "batch" in body else "/v1/track"
    answered = door.post(path, body, key=None, headers=headers)
    assert answered.status == 401
    assert answered.said == {"success": False, "code": why.value, "message": SAYS[why]}
    assert door.events() == []
    assert door.refusals() == {why.value: 1}


def test_a_revoked_key_is_a_wrong_key(door: Door) -> None:
    assert door.post("/v1/t", track()).status == 200
    door.revoke()
    assert door.post("/v1/t", track()).status == 401


def test_a_key_that_was_made_just_now_is_known(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    refresh = door.ring.refresh

    def look() -> None:
        looked.append("again")
        refresh()

    monkeypatch.setattr(door.ring, "refresh", look)
    operations = Operations(door.folder / "operations.db")
    key = Keys(operations).create("app", now=NOW)
    operations.close()
    assert door.post("/v1/t", track(), key=key).status == 200
    assert door.post("/v1/t", track(), key="wk_guessed").status == 401
    # Whoever guesses does not make the collector read its keys again and again.
    assert looked == ["again"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", b""),
        ("/v1/track", b"{"),
        ("/v1/track", b"[]"),
        ("/v1/track", b"event=Report+Exported"),
        ("/v1/track", b'{"event": NaN}'),
        ("/v1/batch", b"{"),
        ("/v1/batch", b"{}"),
        ("/v1/batch", b"[]"),
        ("/v1/batch", b'{"batch": {}}'),
        ("/v1/batch", b'{"batch": [{]}'),
        ("/v1/batch", b'{"batch": [{"type": "track"}}'),
        ("/v1/batch", b'{"batch": []} x'),
        ("/v1/batch", b"\xff\xfe{"),
        ("/v1/batch", b"\x1f\x8bnot gzip"),
        ("/v1/batch", gzip.compress(b'{"batch": []}', mtime=0)[:-4]),
    ],
)
def test_a_body_that_is_not_json_of_the_shape_is_refused_whole(door: Door, path: str, body: bytes) -> None:
    answered = door.post(path, body)
    assert (answered.status, answered.said["code"]) == (400, "bad_body")
    assert door.events() == []
    assert door.refusals() == {"bad_body": 1}
    assert [one.reason for one in door.quarantined()] == ["bad_body"] if body else True


@pytest.mark.parametrize(
    "pieces",
    [[b" " * 512_001], [b" " * 400_000] * 2, [gzip.compress(b"{" + b" " * 50_000_000)]],
    ids=["whole", "in pieces", "packed"],
)
def test_a_body_over_500_kb_is_refused_whole(door: Door, pieces: list[bytes]) -> None:
    answered = door.ask("POST", "/v1/batch", headers=basic(door.key), pieces=pieces)
    assert (answered.status, answered.said["code"]) == (400, "body_too_large")
    assert door.refusals() == {"body_too_large": 1}


def test_a_sender_that_never_ends_is_cut_off(door: Door) -> None:
    answered = door.ask("POST", "/v1/batch", headers=basic(door.key), pieces=[b"x" * 4_000_000] * 6)
    assert answered.said["code"] == "body_too_large"


def test_compressed_bodies_are_known_by_header_or_first_bytes(door: Door) -> None:
    body = json.dumps({"batch": [track()], "sentAt": SENT_AT}).encode()
    packed = {
        "gzip": ({"content-encoding": "gzip"}, gzip.compress(body)),
        "magic": ({"content-type": "text/plain"}, gzip.compress(body)),
        "zlib": ({"content-encoding": "deflate"}, zlib.compress(body)),
        "already": ({"content-encoding": "gzip"}, body),
        "marked": ({}, b"\xef\xbb\xbf" + body),
    }
    assert {
        name: door.post("/v1/b", each, headers=given).status for name, (given, each) in packed.items()
    } == (dict.fromkeys(packed, 200))
    assert door.post("/v1/b", body, headers={"content-encoding": "br"}).said["code"] == "bad_body"
    assert len(door.events()) == 5


def test_a_body_may_come_in_pieces(door: Door) -> None:
    body = json.dumps({"batch": [track()], "sentAt": SENT_AT}).encode()
    pieces = [body[:10], b"", body[10:]]
    assert door.ask("POST", "/v1/batch", headers=basic(door.key), pieces=pieces).status == 200
    assert len(door.events()) == 1


def test_a_sender_that_hangs_up_leaves_nothing(door: Door) -> None:
    async def story() -> list[object]:
        sent: list[object] = []
        coming: list[MutableMapping[str, Any]] = [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> MutableMapping[str, Any]:
            return coming.pop(0)

        async def send(message: object) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/t",
            "query_string": b"",
            "headers": [],
            "scheme": "http",
        }
        await door.collector(scope, receive, send)
        return sent

    assert run(story()) == []
    assert door.events() == []


def test_browsers_are_let_in_and_may_read_errors(door: Door) -> None:
    asking = {
        "origin": "https://app.example",
        "access-control-request-headers": "authorization,x-retry-count",
    }
    allowed = door.ask("OPTIONS", "/v1/batch", headers=asking)
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert allowed.headers["access-control-allow-headers"] == "authorization,x-retry-count"
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert allowed.headers["access-control-max-age"] == "86400"
    for answered in (
        door.post("/v1/t", track(), headers={"origin": "https://app.example"}),
        door.post("/v1/t", b"{", headers={"origin": "https://app.example"}),
        door.ask("GET", "/nowhere", headers={"origin": "https://app.example"}),
    ):
        assert answered.headers["access-control-allow-origin"] == "https://app.example"
        assert answered.headers["access-control-expose-headers"] == "retry-after"
        assert answered.headers["vary"] == "origin"
    assert "vary" not in door.post("/v1/t", track()).headers


@pytest.mark.parametrize("mount", ["", "/in/segment"])
def test_a_browser_is_told_where_to_send(door: Door, mount: str) -> None:
    path = f"{mount}/v1/projects/wk_any/settings"
    told = door.ask("GET", path, headers={"host": "in.example:8090"}).said
    sending = {"apiKey": "wk_any", "apiHost": f"in.example:8090{mount}/v1", "protocol": "http"}
    assert told == {"integrations": {"Segment.io": sending}}
    secure = door.ask("GET", path, headers={"host": "in.example", "x-forwarded-proto": "https"}).said
    securely = {"apiKey": "wk_any", "apiHost": f"in.example{mount}/v1", "protocol": "https"}
    assert secure["integrations"]["Segment.io"] == securely
    assert door.ask("GET", path, headers={"host": "<script>"}).status == 404


def test_other_addresses_and_methods_are_told_apart(door: Door) -> None:
    assert door.ask("GET", "/nothing").status == 404
    assert door.post("/v2/batch", {}).status == 404
    assert door.ask("GET", "/v1/batch").status == 405
    assert door.ask("DELETE", "/v1/batch").status == 405
    assert door.ask("GET", "/healthz").said == {"status": "ok"}


@pytest.mark.parametrize(
    ("limits", "status", "code"),
    [
        ({"least_free_bytes": 1 << 60}, 503, "disk_full"),
        ({"most_inbox_bytes": 1}, 503, "inbox_full"),
        ({"most_waiting_bytes": -1}, 429, "busy"),
    ],
)
def test_a_full_door_asks_to_come_again(
    tmp_path: Path, limits: dict[str, int], status: int, code: str
) -> None:
    door = Door(tmp_path, limits, on_disk=True)
    answered = door.post("/v1/t", track())
    assert (answered.status, answered.said["code"]) == (status, code)
    assert int(answered.headers["retry-after"]) > 0
    assert door.ask("GET", "/healthz").status == status
    assert door.events() == []
    door.close()


def test_what_the_disk_refuses_is_not_accepted(door: Door) -> None:
    door.inbox._rows.execute(
        "create trigger full before insert on chunks begin select raise(abort, 'full'); end"
    )
    answered = door.post("/v1/t", track())
    assert (answered.status, answered.said["code"], answered.headers["retry-after"]) == (
        503,
        "not_kept",
        "10",
    )


def test_before_the_keys_are_known_nobody_is_told_that_a_key_is_wrong(door: Door) -> None:
    door.ring.known = False
    answered = door.post("/v1/t", track())
    assert (answered.status, answered.said["code"]) == (503, "not_ready")


def test_the_server_starts_and_stops_with_the_callable(tmp_path: Path) -> None:
    door = Door(tmp_path)
    door.commit.stop()
    told = run(_life(door))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert {one.reason for one in door.inbox.door_counts("2000-01-01")} == {"wrong_key"}
    door.inbox.close()


async def _life(door: Door) -> list[str]:
    door.collector = Collector(GroupCommit(door.inbox), door.ring, door.keeper, lambda: door.now)
    stop, told = asyncio.Event(), list[str]()
    events = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> MutableMapping[str, Any]:
        kind = next(events)
        if kind == "lifespan.shutdown":
            await stop.wait()
        return {"type": kind}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message["type"])

    living = asyncio.create_task(door.collector({"type": "lifespan"}, receive, send))
    await asyncio.sleep(0.05)
    door.collector._hearing.count("wrong_key")
    await asyncio.sleep(1.1)
    stop.set()
    await living
    return told


def test_a_body_that_takes_too_long_is_asked_for_again_and_its_line_cut(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waypost.collect.unpack.MOST_BODY_S", 0.05)
    for path, method in (("/v1/t", "POST"), ("/in/mixpanel/track", "POST"), ("/nowhere", "POST")):
        started = run(_slow(door, method, path))
        assert started["status"] == 503
        assert (b"connection", b"close") in started["headers"]
    assert door.refusals() == {"too_slow": 3}
    assert door.events() == []


async def _slow(door: Door, method: str, path: str) -> MutableMapping[str, Any]:
    sent: list[MutableMapping[str, Any]] = []
    coming = [{"type": "http.request", "body": b"{", "more_body": True}]

    async def receive() -> MutableMapping[str, Any]:
        if not coming:
            await asyncio.sleep(60)
        return coming.pop()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "scheme": "http",
    }
    await door.collector(scope, receive, send)
    return sent[0]
