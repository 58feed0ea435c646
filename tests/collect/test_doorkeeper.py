"""Rules of sources, seen at the door: what is sent, and what of it has reached the disk."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.collect.door import NOW, Door, track
from tests.collect.running import running
from waypost.collect import Doorkeeper
from waypost.collect.doorkeeper import ADDRESSES
from waypost.core import Event, Kind
from waypost.store import Definitions, Intake, Judged, Operations, intake_of, sample

SECRET = b"a secret of thirty-two characters"


def learn(door: Door, **rules: object) -> None:
    door.keeper.learn([{"kind": "source", "key": "web", "source": "segment:web", **rules}])


def kept(door: Door) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(json.loads(bytes(e.properties)), json.loads(bytes(e.context))) for e in door.events()]


TOLD = track(
    properties={"rows": 12, "email": "ada@acme.example", "who": [{"phone": "+49 170", "email": "x"}]},
    context={"groupId": "acme", "ip": "203.0.113.77", "device": {"ip": "2001:db8:1:2::3"}, "locale": "de"},
)


@pytest.mark.parametrize("mount", ["plain", "through the steps"])
def test_what_is_dropped_or_hashed_never_reaches_the_disk(door: Door, mount: str) -> None:
    learn(door, personal={"drop": ["email"], "hash": ["phone"], "ip": "truncate"})
    # A number as an id takes the batch off the express lane.
    body = {"batch": [TOLD if mount == "plain" else {**TOLD, "userId": 7}]}
    assert door.post("/v1/batch", body).status == 200
    ((properties, context),) = kept(door)
    assert properties["rows"] == 12
    assert "email" not in properties
    (who,) = properties["who"]
    assert set(who) == {"phone"}
    assert (len(who["phone"]), who["phone"] == "+49 170") == (32, False)
    assert context == {
        "groupId": "acme",
        "ip": "203.0.113.0",
        "device": {"ip": "2001:db8:1::"},
        "locale": "de",
    }


def test_of_an_allow_list_nothing_else_is_kept(door: Door) -> None:
    learn(door, personal={"keep_only": ["rows", "pages"], "keep_context": False})
    door.post("/v1/batch", {"batch": [TOLD]})
    assert kept(door) == [({"rows": 12}, {"groupId": "acme"})]
    assert door.events()[0].account_id == "acme"


def test_people_can_be_hashed_and_are_the_same_person_each_time(door: Door) -> None:
    learn(door, personal={"hash": ["person_id", "anonymous_id"]})
    door.post("/v1/batch", {"batch": [track(messageId="1"), track(messageId="2", anonymousId="visitor")]})
    door.post("/v1/batch", {"batch": [track(messageId="3", userId="ben")]})
    first, second, third = door.events()
    assert first.person_id == second.person_id
    assert "ada" not in {first.person_id, third.person_id}
    assert first.person_id != third.person_id
    assert (second.anonymous_id or "visitor") != "visitor"


def test_hashes_need_the_secret() -> None:
    def hashed(secret: bytes) -> str | None:
        keeper = Doorkeeper(secret)
        keeper.learn([{"key": "s", "source": "s", "personal": {"hash": ["person_id"]}}])
        event = Event(
            event_id="1",
            source="s",
            kind=Kind.TRACK,
            name="n",
            happened_at=NOW,
            received_at=NOW,
            person_id="ada",
        )
        kept = keeper(intake_of("s", [event], NOW), lambda _parcel: Judged(events=[event]))
        return str(json.loads(kept.events)["person_id"])

    assert hashed(SECRET) == hashed(SECRET) != hashed(b"another")


def test_samples_of_what_was_refused_are_redacted_too(door: Door) -> None:
    learn(door, personal={"drop": ["email"]})
    bad = track(userId=None, properties={"email": "ada@acme.example", "rows": 1})
    door.post("/v1/batch", {"batch": [bad]})
    door.post("/v1/batch", b'{"batch": [ada@acme.example')
    assert sorted(door.refusals()) == ["bad_body", "no_id"]
    payloads = [one.payload for one in door.quarantined()]
    assert not any("ada@acme" in payload for payload in payloads)
    assert any('"rows":1' in payload for payload in payloads)


def test_a_sample_that_cannot_be_looked_into_is_not_kept() -> None:
    keeper = Doorkeeper(SECRET)
    for personal in ({"keep_only": ["rows"]}, {"hash": ["person_id"]}):
        keeper.learn([{"key": "s", "source": "s", "personal": personal}])
        refused = Intake(source="s", received_at=NOW, samples=(sample("no_id", "d", '{"email":"x"}'),))
        assert [each.payload for each in keeper(refused, lambda _parcel: Judged(events=[])).samples] == [""]


def test_too_many_properties_and_names_are_refused_by_name(door: Door) -> None:
    learn(door, limits={"properties": 2, "names": 2})
    sent = [
        track(messageId="1", properties={"a": 1, "b": 2}),
        track(messageId="2", properties={"a": 1, "b": 2, "c": 3}),
        track(messageId="3", event="Second"),
        track(messageId="4", event="Third"),
        track(messageId="5", event="Second"),
    ]
    assert door.post("/v1/batch", {"batch": sent}).status == 200
    assert [event.event_id for event in door.events()] == ["1", "3", "5"]
    assert door.refusals() == {"too_many_properties": 1, "too_many_names": 1}
    assert {one.reason for one in door.quarantined()} == {"too_many_properties", "too_many_names"}


def test_pages_of_other_origins_are_refused_and_servers_are_not(door: Door) -> None:
    learn(door, origins=["https://app.example"])
    for origin, status in (("https://app.example", 200), ("https://evil.example", 403), (None, 200)):
        headers = {"origin": origin} if origin else {}
        answered = door.post("/v1/t", track(messageId=str(origin)), headers=headers)
        assert answered.status == status
    assert [event.event_id for event in door.events()] == ["https://app.example", "None"]
    assert door.refusals() == {"wrong_origin": 1}


def test_a_source_has_its_own_limit_of_size(door: Door) -> None:
    learn(door, limits={"body_kb": 1})
    assert door.post("/v1/t", track(properties={"text": "x" * 900})).status in (200, 400)
    refused = door.post("/v1/t", track(properties={"text": "x" * 1_100}))
    assert (refused.status, refused.said["code"]) == (400, "body_too_large")
    assert "over 1 KB" in refused.said["message"]


def test_a_source_that_is_too_fast_is_told_when_to_come_again(door: Door) -> None:
    learn(door, limits={"events_per_s": 1})
    twelve = [track(messageId=str(nr)) for nr in range(12)]
    assert door.post("/v1/batch", {"batch": twelve}).status == 200
    refused = door.post("/v1/t", track(messageId="13"))
    assert (refused.status, refused.said["code"], refused.headers["retry-after"]) == (429, "too_fast", "2")
    door.now = NOW + timedelta(seconds=4)
    assert door.post("/v1/t", track(messageId="13")).status == 200
    assert len(door.events()) == 13
    assert door.refusals() == {"too_fast": 1}


def test_rules_of_one_source_are_nobody_elses(door: Door) -> None:
    door.keeper.learn([{"key": "app", "source": "segment:app", "personal": {"drop": ["email"]}}])
    door.post("/v1/batch", {"batch": [TOLD]})
    assert kept(door)[0][0]["email"] == "ada@acme.example"
    assert door.keeper.rules_of("segment:web") is None


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inside: (
        some.lists(inside, max_size=3) | some.dictionaries(some.text(max_size=5), inside, max_size=3)
    ),
    max_leaves=12,
)


@given(
    where=some.lists(some.sampled_from(["list", "object"]), max_size=4),
    around=JSON,
    name=some.sampled_from(sorted(ADDRESSES)),
)
def test_however_deep_it_lies_it_is_found(where: list[str], around: object, name: str) -> None:
    hidden: Any = {"email": "ada@acme.example", name: "not an address", "kept": 1}
    for layer in where:
        hidden = [hidden, around] if layer == "list" else {"inner": hidden, "around": around}
    keeper = Doorkeeper(SECRET)
    keeper.learn([{"key": "s", "source": "s", "personal": {"drop": ["email"], "ip": "truncate"}}])
    refused = Intake(source="s", received_at=NOW, samples=(sample("no_id", "d", json.dumps(hidden)),))
    (redacted,) = keeper(refused, lambda _parcel: Judged(events=[])).samples
    assert "ada@acme" not in redacted.payload
    assert "not an address" not in redacted.payload


def test_rules_written_in_the_workspace_are_known_to_a_worker_within_seconds(tmp_path: Path) -> None:

    with running(tmp_path) as worker:
        operations = Operations(tmp_path / "operations.db")
        rules = {"kind": "source", "key": "web", "source": "segment:web", "personal": {"drop": ["email"]}}
        Definitions(operations).publish([rules], now=NOW, today=NOW.date())
        operations.close()
        for nr in range(60):
            worker.post("/v1/t", {**TOLD, "messageId": str(nr), "sentAt": None, "timestamp": None})
            if b"email" not in bytes(worker.events()[-1].properties):
                return
            time.sleep(0.1)
        raise AssertionError("the worker never learnt the rules")
