"""What comes as it is, is judged by the steps when it is taken, and told as if the door had judged it."""

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.collect.door import NOW, SENT_AT, Door, track
from waypost.collect.family import BadBodyError
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.segment import Draft, gather, judge, judge_parcel, read_body, whole
from waypost.core import Kind, StoreError
from waypost.store import Parcel, Way

TEXT = some.sampled_from(
    ["", "ada", "é", "\0", "x" * 600, "2026-06-01T10:00:00Z", "2030-01-01T00:00:00+05:30"]
)
ODD: some.SearchStrategy[Any] = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | some.just([])
    | some.just({})
)
MESSAGES = some.builds(
    lambda changed: {**track(), **changed},
    some.dictionaries(
        some.sampled_from(
            [*track(), "anonymousId", "groupId", "name", "category", "previousId", "properties", "traits"]
        ),
        ODD | some.dictionaries(some.sampled_from(["name", "path", "groupId", "traits"]), ODD),
        max_size=3,
    )
    | some.fixed_dictionaries(
        {"type": some.sampled_from(["page", "screen", "identify", "group", "alias"]), "groupId": TEXT},
        optional={"context": some.dictionaries(some.sampled_from(["groupId", "traits"]), ODD)},
    ),
)


def parcel(body: bytes, form: str = "segment") -> Parcel:
    return Parcel(form=form, source="segment:web", received_at=NOW, n=1, body=body, family="segment")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=200)
@given(
    some.lists(MESSAGES, min_size=1, max_size=4),
    some.dictionaries(some.sampled_from(["sentAt", "writeKey", "context"]), ODD | some.just(SENT_AT)),
)
@example([track(timestamp="9999-12-31T23:59:59-12:00"), track(userId=None)], {"sentAt": SENT_AT})
@example([track(type="identify", context={"groupId": [], "traits": {"a": 1}})], {})
@example([track(), track(context={"groupId": "x" * 600})], {"context": {"groupId": "acme"}})
@example([track(event="é"), track(properties={"deep": "[" * 900}), track(userId=7)], {})
@example([track(context={"groupId": 7}), track(context=[]), track(userId="", anonymousId="v1")], {})
@example([track(timestamp=None), track(timestamp="1999-01-01T00:00:00Z"), track(messageId="x" * 501)], {})
def test_a_body_judged_later_says_what_the_door_would_have_said(
    messages: list[Any], around: dict[str, Any]
) -> None:
    body = json.dumps({"batch": messages, **around}).encode()
    found = whole(body, None)
    assert found
    assert found.n == len(messages)
    gathering = Gathering("segment:web", NOW, Way(family="segment", path="/v1/batch"))
    batch = read_body(body, None)
    gathering.around = batch.around
    gather(batch, gathering)
    judged = judge_parcel(parcel(body, found.form))
    assert judged.events == gathering.events
    assert judged.refused == gathering.refused
    assert [*judged.samples] == gathering.samples
    assert not any("please report" in each.detail for each in judged.samples)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.binary(max_size=80), some.integers(0, 500), some.integers(0, 500))
@example(b'""', 105, 0)
def test_no_bytes_stop_the_door(piece: bytes, at: int, cut: int) -> None:
    written = json.dumps(
        {"batch": [track(), track(messageId="m2", properties={"a": [1, {"b": "c"}]})]}
    ).encode()
    body = written[:at] + piece + written[at + cut % 7 :]
    if found := whole(body, None):
        judged = judge_parcel(parcel(body))
        assert len(judged.events) + sum(judged.refused.values()) == found.n
        return
    gathering = Gathering("segment:web", NOW)
    try:
        batch = read_body(body, None)
    except BadBodyError:
        return
    gather(batch, gathering)
    assert len(gathering.events) + gathering.refused.total() == len(batch.messages)


def test_a_batch_goes_through_as_it_was_written_and_bad_ones_are_told(door: Door) -> None:
    kinds = [
        track(messageId="1", properties={"rows": 1}, context={"groupId": "acme"}),
        track(messageId="2", type="page", event=None, name="Home", properties={"path": "/"}),
        track(messageId="3", event=None),
        track(messageId="4", type="identify", event=None, traits={"email": "é"}),
        track(messageId="5", type="group", event=None, groupId="acme", userId=7),
    ]
    body = json.dumps({"batch": kinds, "sentAt": SENT_AT}, ensure_ascii=False).encode()
    assert whole(body, None)
    door.post("/v1/batch", body)
    (waiting,) = door.inbox.door_counts("2000-01-01")
    assert (waiting.outcome, waiting.reason, waiting.n) == ("accepted", "segment", 5)
    for _ in range(2):
        assert [event.name for event in door.events()] == ["Report Exported", "Home", "identify", "group"]
        counted = {(one.outcome.value, one.reason): one.n for one in door.inbox.door_counts("2000-01-01")}
        assert counted == {("accepted", "segment"): 4, ("refused", "no_name"): 1}
    (kept,) = door.quarantined()
    assert json.loads(kept.payload) == kinds[2]
    assert kept.way == Way(family="segment", path="/v1/batch", around={"sentAt": f'"{SENT_AT}"'})


@pytest.mark.parametrize("mount", ["", "/in/segment", "/in/cio"])
def test_a_message_sent_alone_goes_through_as_it_was_written(door: Door, mount: str) -> None:
    sent = {name: value for name, value in track().items() if name != "type"}
    assert whole(json.dumps(sent).encode(), Kind.TRACK)
    assert door.post(f"{mount}/v1/track", sent).status == 200
    assert door.post(f"{mount}/v1/t", {**sent, "event": "", "sentAt": SENT_AT}).status == 200
    assert [event.name for event in door.events()] == ["Report Exported"]
    family = "cio" if "cio" in mount else "segment"
    assert [kept.way for kept in door.quarantined()] == [
        Way(family=family, path="/v1/track", around={"sentAt": f'"{SENT_AT}"'})
    ]
    counted = {(one.outcome.value, one.reason): one.n for one in door.inbox.door_counts("2000-01-01")}
    assert counted == {("accepted", family): 1, ("refused", "no_name"): 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"batch": []}',
        b'{"batch": {}}',
        b'{"batch": [{}, {]}',
        b'{"batch": [' + b",".join([b"{}"] * 2_501) + b"]}",
        b'{"batch": [' + b"[" * 2_000 + b"]" * 2_000 + b"]}",
        b'{"batch": [{"originalTimestamp": "2026-06-01T10:00:00Z"}]}',
    ],
)
def test_a_body_with_which_something_is_wrong_goes_through_the_steps_at_once(body: bytes) -> None:
    assert whole(body, None) is None


def test_a_body_that_says_who_it_is_from_is_stored_as_it_came(door: Door) -> None:
    assert door.post("/v1/batch", {"batch": [track()], "writeKey": door.key}, key=None).status == 200
    assert door.post("/v1/track", {**track(), "writeKey": "wk_other"}, key=None).status == 401
    assert [event.event_id for event in door.events()] == ["m1"]


def test_large_batches_of_small_events_are_whole() -> None:
    body = json.dumps({"batch": [track(messageId=str(n)) for n in range(1_000)]}).encode()
    found = whole(body, None)
    assert found
    assert found.n == 1_000


@pytest.mark.parametrize("number", ["1e999", "9" * 400, "1e99", "7"])
@pytest.mark.parametrize("where", ["properties", "context"])
def test_numbers_too_large_to_count_are_texts_on_both_ways(number: str, where: str) -> None:
    body = json.dumps({"batch": [track(**{where: {"n": 4711}}), track(messageId="m2")]}).encode()
    body = body.replace(b"4711", number.encode())
    gathering = Gathering("segment:web", NOW, Way(family="segment", path="/v1/batch"))
    gather(read_body(body, None), gathering)
    assert judge_parcel(parcel(body)).events == gathering.events


def test_ordinary_messages_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(draft: Draft) -> TurnedAway | None:
        raise AssertionError(draft.raw)

    monkeypatch.setattr(import_module("waypost.collect.segment.gather"), "judge", never)
    sent = [
        track(),
        track(type="page", name="Über uns"),
        track(type="screen", userId=None, anonymousId="v1", context={"groupId": "acme"}),
    ]
    judged = judge_parcel(parcel(json.dumps({"batch": sent}, ensure_ascii=False).encode()))
    assert [(each.name, each.account_id) for each in judged.events[1:]] == [
        ("Über uns", None),
        ("screen", "acme"),
    ]


def test_a_message_that_breaks_a_step_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(draft: Draft) -> TurnedAway | None:
        if b'"m2"' in draft.raw:
            raise ZeroDivisionError
        return judge(draft)

    monkeypatch.setattr(import_module("waypost.collect.segment.gather"), "judge", breaks)
    judged = judge_parcel(
        parcel(json.dumps({"batch": [track(), track(messageId="m2", timestamp=None)]}).encode())
    )
    assert len(judged.events) == 1
    (kept,) = judged.samples
    assert (kept.reason, "ZeroDivisionError" in kept.detail) == ("wrong_type", True)


def test_a_parcel_that_no_door_lets_in_is_told() -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        judge_parcel(parcel(b'{"batch": 7}'))
