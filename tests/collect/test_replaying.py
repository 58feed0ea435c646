"""What was refused and could be taken now is the same event as if it had been taken then."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from tests.collect.door import NOW, Door, track
from waypost.collect import Replayed, SourceRules, heaps, never, replay
from waypost.core import Event
from waypost.store import EVENTS, Intake, Marred, Sample, Way, sample

ISO = ("1999-06-01T10:00:00Z", "2026-06-01T10:00:00Z")
SECONDS = ("915148800", "1780308000")
MILLISECONDS = ("915148800123", "1780308000123")
FORM = {"content-type": "application/x-www-form-urlencoded"}
OFF = "2026-06-03T11:40:00Z"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(tmp_path)
    yield made
    made.close()


def rules(**said: object) -> dict[str, Any]:
    return {"kind": "source", "key": "web", "source": "segment:web", **said}


def read(document: dict[str, Any]) -> dict[str, SourceRules]:
    return {"segment:web": SourceRules.from_document(document, where="test")}


def again(
    door: Door,
    document: dict[str, Any] | None = None,
    *,
    source: str | None = None,
    reason: str | None = None,
    only_try: bool = False,
) -> Replayed:
    door.refusals()
    in_force = read(document) if document else {}
    return replay(door.inbox, in_force, source=source, reason=reason, only_try=only_try)


CASES: dict[str, tuple[tuple[str, str], str, str, Any, dict[str, str]]] = {
    "segment's batch with a clock that is off": (
        ISO, "POST", "/in/segment/v1/batch",
        {"batch": [track(timestamp=ISO[0])], "sentAt": OFF, "context": {"app": "ü"}, "writeKey": "KEY"}, {},
    ),
    "segment's single message": (
        ISO, "POST", "/in/segment/v1/track", {**track(timestamp=ISO[0]), "writeKey": "KEY", "sentAt": OFF}, {},
    ),
    "rudder": (
        ISO, "POST", "/in/rudder/v1/batch?writeKey=KEY",
        {"batch": [{**track(timestamp=None), "originalTimestamp": ISO[0], "sentAt": OFF, "channel": "web"}]}, {},
    ),
    "rudder's pixel": (
        ISO, "GET", f"/in/rudder/pixel/v1/track?writeKey=KEY&event=Seen&userId=ada&timestamp={ISO[0]}", "", {},
    ),
    "kissmetrics": (
        SECONDS, "GET", f"/in/kissmetrics/e?_k=KEY&_p=ada&_n=Exp%C3%B6rted&_t={SECONDS[0]}&_d=1&rows=3", "", {},
    ),
    "posthog": (
        ISO, "POST", "/in/posthog/batch",
        {"api_key": "KEY", "sent_at": OFF,
         "batch": [{"event": "Exported", "distinct_id": "ada", "timestamp": ISO[0], "properties": {"rows": 3}}]}, {},
    ),
    "amplitude": (
        MILLISECONDS, "POST", "/in/amplitude/2/httpapi",
        {"api_key": "KEY", "client_upload_time": OFF,
         "events": [{"event_type": "Exported", "user_id": "ada-long", "time": int(MILLISECONDS[0])}]}, {},
    ),
    "amplitude's identify": (
        MILLISECONDS, "POST", "/in/amplitude/identify",
        urlencode({"api_key": "KEY", "identification": json.dumps(
            {"user_id": "ada-long", "user_properties": {"plan": "pro"}, "time": int(MILLISECONDS[0])})}), FORM,
    ),
    "mixpanel": (
        SECONDS, "POST", "/in/mixpanel/track?group_key=firm",
        [{"event": "Exported", "properties": {"token": "KEY", "distinct_id": "ada", "time": int(SECONDS[0]),
                                               "$insert_id": "i1", "firm": "acme"}}], {},
    ),
    "mixpanel's people": (
        SECONDS, "POST", "/in/mixpanel/engage",
        [{"$token": "KEY", "$distinct_id": "ada", "$time": int(SECONDS[0]), "$set": {"plan": "pro"}}], {},
    ),
    "snowplow": (
        MILLISECONDS, "POST", "/in/snowplow/KEY/com.snowplowanalytics.snowplow/tp2",
        {"schema": "x", "data": [{"e": "se", "se_ca": "report", "se_ac": "export", "uid": "ada", "aid": "shop",
                                  "eid": "e1", "ttm": MILLISECONDS[0]}]}, {},
    ),
    "snowplow's pixel": (
        MILLISECONDS, "GET",
        f"/in/snowplow/KEY/i?e=pv&page=Home&uid=ada&aid=shop&eid=e1&ttm={MILLISECONDS[0]}", "", {},
    ),
    "customer.io": (
        SECONDS, "POST", "/in/customerio/api/v1/customers/ada%40acme.example/events",
        {"name": "Exported", "timestamp": int(SECONDS[0]), "data": {"rows": 3}}, {},
    ),
    "customer.io's batch": (
        SECONDS, "POST", "/in/customerio/api/v2/batch",
        {"batch": [{"type": "person", "identifiers": {"id": "ada"}, "action": "event", "name": "Exported",
                    "timestamp": int(SECONDS[0])}]}, {},
    ),
    "tapstream": (
        MILLISECONDS, "POST", "/in/tapstream/acme/event/bought",
        f"secret=KEY&uuid=u1&custom-user_id=ada&created-ms={MILLISECONDS[0]}", FORM,
    ),
    "tapstream's postback": (
        SECONDS, "GET", f"/in/tapstream/postback/KEY?event=bought&person=ada&timestamp={SECONDS[0]}", "", {},
    ),
    "a structured cloud event": (
        ISO, "POST", "/in/cloudevents",
        {"specversion": "1.0", "id": "1", "source": "/x", "type": "exported", "userid": "ada", "time": ISO[0]},
        {"content-type": "application/cloudevents+json"},
    ),
    "a cloud event in headers": (
        ISO, "POST", "/in/cloudevents", {"rows": 3},
        {"content-type": "application/json", "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/x",
         "ce-type": "exported", "ce-userid": "ada", "ce-time": ISO[0]},
    ),
}  # fmt: skip


def send(door: Door, case: str, stamp: str) -> None:
    (old, _), method, address, body, headers = CASES[case]

    def written(text: str) -> str:
        return text.replace("KEY", door.key).replace(old, stamp)

    path, _, query = written(address).partition("?")
    given = {name: written(value) for name, value in headers.items()}
    if case.startswith(("customer.io", "a ")):
        return _posted(door, method, path, query, written(_text(body)), given)
    door.ask(method, path, headers=given, pieces=[written(_text(body)).encode()], query=query)
    return None


def _posted(door: Door, _method: str, path: str, query: str, body: str, headers: dict[str, str]) -> None:
    door.post(path, body.encode(), headers=headers, query=query)


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)


@pytest.mark.parametrize("case", CASES)
def test_what_was_refused_and_is_mended_is_the_event_that_it_would_have_been(
    case: str, tmp_path: Path
) -> None:
    (old, good), *_ = CASES[case]
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    door, other = Door(first), Door(second)
    send(door, case, old)
    assert door.events() == []
    (kept,) = door.quarantined()
    assert kept.way
    assert door.key not in kept.payload + msgspec.json.encode(kept.way).decode() or kept.way.method == "POST"
    mended = sample(kept.reason, "", kept.payload.replace(old, good), kept.way)
    way = msgspec.structs.replace(kept.way, path=kept.way.path.replace(old, good))
    mended = msgspec.structs.replace(mended, way=way)
    other.inbox.put([Intake(source=kept.source, received_at=NOW, samples=(mended,))])
    done = replay(other.inbox, {})
    assert (done.samples, done.refused, done.never) == (1, {}, {})
    assert other.quarantined() == []
    send(door, case, good)
    assert door.events()
    assert [*map(plain, other.events())] == [*map(plain, door.events())]
    door.close()
    other.close()


def plain(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(msgspec.json.encode(event))
    return told


def test_an_origin_that_is_allowed_since_lets_in_what_came_from_it(door: Door) -> None:
    door.keeper.learn([rules(origins=["https://app.example"])])
    new = {"origin": "https://new.example"}
    body = {"batch": [track(), track(messageId="m2")], "writeKey": door.key}
    assert door.post("/v1/batch", body, key=None, headers=new).status == 403
    assert again(door, rules(origins=["https://app.example"])).refused == {"wrong_origin": 1}
    mended = rules(origins=["https://app.example", "https://new.example"])
    assert door.key not in door.quarantined()[0].payload
    foreseen = again(door, mended, only_try=True)
    assert (foreseen.samples, foreseen.events, len(door.quarantined())) == (1, 2, 1)
    assert again(door, mended) == foreseen
    assert again(door, mended).samples == 0
    assert [each.event_id for each in door.events()] == ["m1", "m2"]


def test_a_limit_that_is_raised_since_lets_in_what_was_over_it(door: Door) -> None:
    door.keeper.learn([rules(limits={"properties": 1, "body_kb": 1})])
    door.post("/v1/track", track(properties={"a": 1, "b": 2}))
    door.post("/v1/track", track(messageId="m2", properties={"a": "x" * 2_000}))
    assert door.refusals() == {"too_many_properties": 1, "body_too_large": 1}
    same = rules(limits={"properties": 1, "body_kb": 1})
    assert again(door, same).refused == {"too_many_properties": 1, "body_too_large": 1}
    door.keeper.learn([])
    assert again(door, reason="body_too_large").samples == 1
    assert again(door, source="another").samples == 0
    assert again(door).samples == 1
    assert sorted(each.event_id for each in door.events()) == ["m1", "m2"]


def test_of_a_body_that_can_be_read_since_the_messages_that_cannot_stay(door: Door) -> None:
    body = json.dumps({"batch": [track(), track(messageId="m2", event=None)]})
    way = Way(family="segment", path="/v1/batch", alone=False)
    door.inbox.put([Intake(source="web", received_at=NOW, samples=(sample("bad_body", "", body, way),))])
    done = again(door)
    assert (done.samples, done.events, done.refused) == (1, 1, {"no_name": 1})
    (left,) = door.quarantined()
    assert left.reason == "no_name"
    assert again(door).refused == {"no_name": 1}


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (sample("too_large", "", b"x" * 40_000, Way(family="segment", path="/v1/track")), "cut"),
        (sample("bad_text", "", b"\xff", Way(family="segment", path="/v1/track")), "not_text"),
        (sample("no_id", "", "{}", Way(family="otlp", path="/v1/logs")), "not_alone"),
        (sample("no_id", "", "{}", Way(family="of another version")), "not_alone"),
        (sample("wrong_key", "", "{}", Way(family="mixpanel", path="/track")), "no_key"),
        (sample("no_id", "", "{}"), "no_way"),
        (Sample(reason="no_id", detail="", payload="{}", marred=Marred.REDACTED), "redacted"),
    ],
)
def test_what_cannot_be_sent_again_says_why(door: Door, kept: Sample, why: str) -> None:
    door.inbox.put([Intake(source="web", received_at=NOW, samples=(kept,))])
    assert never(door.quarantined()[0]) == why
    done = again(door)
    assert (done.samples, done.events, done.never) == (0, 0, {why: 1})
    assert len(door.quarantined()) == 1


@pytest.mark.parametrize("personal", [{"drop": ["email"]}, {"hash": ["person_id"]}, {"keep_only": ["rows"]}])
def test_what_the_rules_took_something_out_of_is_never_sent_again(
    door: Door, personal: dict[str, Any]
) -> None:
    door.keeper.learn([rules(personal=personal, limits={"properties": 1})])
    door.post("/v1/track", {**track(event=None), "properties": {"email": "ada@acme.example"}})
    door.post("/v1/track", track(properties={"email": "ada@acme.example", "rows": 3, "b": 1}))
    door.refusals()
    assert all(each.marred is Marred.REDACTED for each in door.quarantined())
    door.keeper.learn([])
    assert again(door).samples == 0
    assert "ada@acme.example" not in str(door.quarantined()) or "hash" in personal


def test_what_the_rules_touched_nothing_of_can_be_sent_again(door: Door) -> None:
    door.keeper.learn([rules(personal={"drop": ["email"]}, limits={"properties": 1})])
    door.post("/v1/track", track(properties={"a": 1, "b": 2}))
    assert door.quarantined()[0].marred is Marred.NO
    door.keeper.learn([rules(personal={"drop": ["b"]})])
    assert again(door).events == 1
    assert json.loads(bytes(door.events()[0].properties)) == {"a": 1}


def test_an_address_that_may_name_somebody_is_not_kept_by_rules_on_personal_data(door: Door) -> None:
    door.keeper.learn([rules(personal={"drop": ["email"]})])
    door.post("/in/rudder/v1/track", track(event=None), query="email=ada%40acme.example")
    assert "ada" not in str(door.quarantined()[0].way)
    assert never(door.quarantined()[0]) == "redacted"


def test_two_who_replay_at_once_store_it_once(door: Door) -> None:
    way = Way(family="segment", path="/v1/track")
    kept = sample("no_id", "", json.dumps(track()), way)
    door.inbox.put([Intake(source="web", received_at=NOW, samples=(kept,))])
    (there,) = door.quarantined()
    event = Intake(source="web", received_at=NOW, form=EVENTS, events=b"{}", n=1)
    assert door.inbox.readmit({there.id: event}) == {there.id}
    assert door.inbox.readmit({there.id: event}) == set()
    assert door.inbox.waiting(0) == 1


def test_a_family_that_refuses_the_whole_says_so_again(door: Door) -> None:
    amplitude = Way(family="amplitude", path="/2/httpapi", alone=False)
    broken = sample("bad_body", "", "no JSON", amplitude)
    many = sample("body_too_large", "", json.dumps({"events": [1] * 2_001}), amplitude)
    door.inbox.put([Intake(source="web", received_at=NOW, samples=(broken, many))])
    assert again(door).refused == {"bad_body": 1, "body_too_large": 1}


def test_what_is_kept_is_listed_by_source_and_reason(door: Door) -> None:
    way = Way(family="segment", path="/v1/track")
    kept = (sample("no_id", "", "{}", way), sample("no_id", "", "{}"), sample("no_name", "", "{}", way))
    door.inbox.put([Intake(source="web", received_at=NOW, samples=kept)])
    first, second = heaps(door.inbox)
    assert (first.source, first.reason, first.samples, first.ready) == ("web", "no_id", 2, 1)
    assert first.never == {"no_way": 1}
    assert (second.reason, second.ready, second.newest_at) == ("no_name", 1, NOW)
    assert heaps(door.inbox, "another") == []
