"""The wire: bodies, keys and answers."""

import gzip
import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.collect.door import Answered, Door
from waypost.store import GroupCommit

TRACK = "/in/mixpanel/track"
IMPORT = "/in/mixpanel/import"


def event(door: Door, insert_id: str = "i1", **changed: object) -> dict[str, Any]:
    said: dict[str, Any] = {
        "token": door.key,
        "distinct_id": "ada",
        "time": 1_767_603_600,
        "$insert_id": insert_id,
        "rows": 12,
        "name": "Größe 📈 ??>>",
        **changed,
    }
    return {"event": "Report Exported", "properties": {k: v for k, v in said.items() if v is not None}}


def send(door: Door, body: object, query: str = "", path: str = TRACK) -> Answered:
    return door.post(path, body, key=None, query=query)


def test_every_way_to_write_a_body_says_the_same(door: Door) -> None:
    one = event(door)
    text = json.dumps(one, ensure_ascii=False).encode()
    halves = json.dumps(one, ensure_ascii=False).replace("📈", "\ud83d\udcc8").encode(errors="surrogatepass")
    bodies = [
        text,
        b"data=" + b64encode(halves),
        b"[" + text + b"]",
        b"data=" + b64encode(text),
        b"data=" + quote_plus(b64encode(text)).encode(),
        b"data=" + urlsafe_b64encode(text).rstrip(b"="),
        b"data=" + quote_plus(text).encode() + b"&verbose=0&ip=0",
        gzip.compress(text),
        b"\xef\xbb\xbf" + text,
    ]
    for body in bodies:
        assert send(door, body).body == b"1"
    got = door.ask("GET", TRACK, query=f"ip=0&verbose=0&data={quote(b64encode(text))}")
    assert (got.status, got.body) == (200, b"1")
    (stored,) = {(each.event_id, each.source, bytes(each.properties)) for each in door.events()}
    assert len(door.events()) == len(bodies) + 1
    properties = {name: value for name, value in one["properties"].items() if name != "token"}
    assert json.loads(stored[2]) == properties


def test_the_root_and_a_slash_at_the_end_are_heard_too(door: Door) -> None:
    for path in ("/track", "/track/", "/in/mixpanel/track/"):
        assert send(door, event(door), path=path).body == b"1"
    assert len(door.events()) == 3


@pytest.mark.parametrize("body", [b"", b"hello", b"data=%%%", b"data=", b"[1, 2", b"data=bm8="])
def test_a_body_that_cannot_be_read_is_refused(door: Door, body: bytes) -> None:
    answered = send(door, body, query="verbose=1")
    assert (answered.status, answered.said["status"]) == (400, 0)
    assert door.refusals() == {"bad_body": 1}


def test_the_answer_is_what_was_asked_for(door: Door) -> None:
    one = event(door)
    assert send(door, one, query="verbose=1").said == {"status": 1, "error": None}
    form = b"verbose=1&data=" + quote_plus(json.dumps(one)).encode()
    assert send(door, form).said == {"status": 1, "error": None}
    picture = send(door, one, query="img=1")
    assert (picture.body[:6], picture.headers["content-type"]) == (b"GIF89a", "image/gif")
    script = send(door, one, query="callback=mp._jsc[7]")
    assert (script.body, script.headers["content-type"]) == (b"mp._jsc[7](1);", "text/javascript")
    assert script.headers["x-content-type-options"] == "nosniff"
    assert send(door, one, query="callback=alert(1)//").body == b"1"


def test_one_event_hears_its_verdict_and_a_batch_never_comes_again(door: Door) -> None:
    nobody = event(door, distinct_id="undefined")
    told = send(door, nobody, query="verbose=1")
    assert (told.status, told.said["status"]) == (200, 0)
    assert "names nobody" in told.said["error"]
    assert send(door, [nobody, event(door)], query="verbose=1").said["status"] == 1
    assert len(door.events()) == 1
    assert door.refusals() == {"no_id": 2}


def test_messages_of_one_batch_may_name_several_keys_and_unknown_ones_cost_themselves(door: Door) -> None:
    known, unknown = event(door), event(door, "i2", token="wk_unknown")
    assert send(door, [unknown, known]).body == b"1"
    assert [each.name for each in door.events()] == ["Report Exported"]
    assert door.refusals() == {"wrong_key": 1}
    for body, code in (([unknown], "wk_unknown"), ([event(door, token=None)], "token")):
        refused = send(door, body, query="verbose=1")
        assert (refused.status, refused.said["status"]) == (401, 0)
        assert code not in refused.said["error"] or code == "token"
    assert all("wk_unknown" not in each.payload for each in door.quarantined())


def test_the_key_may_stand_beside_the_messages(door: Door) -> None:
    without = event(door, token=None)
    account = b64encode(f"{door.key}:".encode()).decode()
    basic = {"authorization": f"Basic {account}"}
    assert door.post(IMPORT, [without], key=None, headers=basic).status == 200
    service = {"authorization": "Basic " + b64encode(b"robot.1234:secret").decode()}
    assert door.post(IMPORT, [event(door)], key=None, headers=service).status == 200
    assert door.post(IMPORT, [without], key=None, query=f"api_key={door.key}").status == 200
    form = f"api_key={door.key}&data={quote_plus(json.dumps(without))}".encode()
    assert door.post(IMPORT, form, key=None).status == 200
    foreign = event(door, token="a-token-of-mixpanel")
    assert door.post(IMPORT, [foreign], key=None, headers=basic).status == 200
    assert len(door.events()) == 5


def test_import_tells_each_bad_record_and_keeps_the_good_ones(door: Door) -> None:
    batch = [
        event(door, "i1"),
        event(door, "i2", time="soon"),
        {"event": "", "properties": {"token": door.key}},
    ]
    strict = send(door, batch, path=IMPORT, query="strict=1&project_id=7")
    assert strict.status == 400
    assert strict.said["num_records_imported"] == 1
    assert [(each["index"], each["insert_id"], each["field"]) for each in strict.said["failed_records"]] == [
        (1, "i2", "properties.time"),
        (2, "", "event"),
    ]
    lenient = send(door, batch, path=IMPORT)
    assert lenient.said == {"code": 200, "num_records_imported": 1, "status": "OK"}
    assert {each.event_id for each in door.events()} == {door.events()[0].event_id}
    assert door.refusals() == {"impossible_time": 2, "no_name": 2}


def test_import_takes_a_line_each_and_speaks_to_older_clients(door: Door) -> None:
    lines = "\n".join(json.dumps(event(door, f"i{nr}")) for nr in range(3)).encode()
    assert send(door, gzip.compress(lines), path=IMPORT).said["num_records_imported"] == 3
    assert send(door, lines, path=IMPORT, query="verbose=0").body == b"1"
    assert send(door, lines, path=IMPORT, query="verbose=1").said == {"status": 1, "error": None}


def test_what_is_wrong_inside_one_message_is_its_own_fault(door: Door) -> None:
    good = json.dumps(event(door)).encode()
    deep = b'{"event":"x","properties":' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001
    key = door.key.encode()
    bad = [
        b'{"event":"x","properties":{"token":"' + key + b'","a":NaN}}',
        b'{"event":"x","properties":{"token":"' + key + b'","a":"\\ud83d"}}',
        b'{"event":"x","properties":7}',
        b"7",
        deep,
    ]
    answered = send(door, b"[" + b",".join([*bad, good]) + b"]", path=IMPORT, query="strict=1")
    assert answered.said["num_records_imported"] == 1
    assert len(answered.said["failed_records"]) == 5
    assert len(door.events()) == 1
    assert send(door, bad[0]).body == b"0"
    assert send(door, bad[1].replace(b"\\ud83d", b"\xff")).body == b"0"
    assert door.refusals() == {"bad_json": 3, "bad_text": 1, "no_key": 3}


def test_too_many_and_too_large(door: Door) -> None:
    one = event(door)
    assert send(door, [one] * 2_502, path=IMPORT).said["num_records_imported"] == 2_500
    large = send(door, [event(door, rows="x" * 11 * 1024 * 1024)], query="verbose=1")
    assert (large.status, large.said["status"]) == (413, 0)
    assert send(door, b"data=" + b"a" * 3 * 1024 * 1024).status == 413
    assert send(door, event(door, rows="x" * 40_000)).body == b"0"
    assert door.refusals() == {"too_many": 2, "body_too_large": 2, "too_large": 1}


def test_later_says_when(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GroupCommit, "crowded", "inbox_full")
    for path in (TRACK, IMPORT):
        answered = send(door, event(door), path=path, query="verbose=1")
        assert (answered.status, answered.said["status"], answered.headers["retry-after"]) == (503, 0, "30")
    answered = send(door, event(door), path=IMPORT)
    assert (answered.said["code"], answered.headers["retry-after"]) == (503, "30")


def test_what_browsers_ask_for_keeps_them_calm(door: Door) -> None:
    flags = door.ask("GET", "/in/mixpanel/flags/", query="token=x&context=%7B%7D")
    assert flags.said == {"flags": {}, "pending_first_time_events": []}
    assert door.ask("GET", "/in/mixpanel/settings").said == {"sdk_config": {}}
    assert door.ask("GET", "/in/mixpanel/decide", query="version=3").status == 200
    assert door.ask("POST", "/in/mixpanel/record/", pieces=[b"x" * 600 * 1024]).status == 200
    assert door.ask("POST", "/in/mixpanel/flags").status == 404
    assert door.events() == []


def test_pages_that_send_cookies_may_read_the_answer(door: Door) -> None:
    page = {"origin": "https://app.example"}
    for path in ("/in/mixpanel/track", "/track"):
        shown = door.ask("POST", path, headers=page, pieces=[json.dumps(event(door)).encode()]).headers
        assert shown["access-control-allow-origin"] == "https://app.example"
        assert shown["access-control-allow-credentials"] == "true"
