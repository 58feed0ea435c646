import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.collect.door import NOW, SENT_AT, Door, track
from waypost.collect.family import BadBodyError
from waypost.collect.gathering import Gathering
from waypost.collect.segment import FORM, gather, plain_batch, read_body, read_parcel
from waypost.core import StoreError
from waypost.store import Parcel

TEXT = some.sampled_from(
    ["", "ada", "é", "\0", "x" * 600, "2026-06-01T10:00:00Z", "2030-01-01T00:00:00+05:30"]
)
ODD: some.SearchStrategy[Any] = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
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


def parcel(body: bytes) -> Parcel:
    return Parcel(form=FORM, source="segment:web", received_at=NOW, n=1, body=body)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(
    some.lists(MESSAGES, max_size=4),
    some.dictionaries(some.sampled_from(["sentAt", "writeKey", "context"]), ODD | some.just(SENT_AT)),
)
@example([track(timestamp="2026-06-01T10:00:00+05:30")], {})
@example([track(timestamp="2030-01-01T10:00:00Z")], {})
@example([track(timestamp="9999-12-31T23:59:59-12:00")], {"sentAt": SENT_AT})
@example([track(timestamp="2000-01-02T00:00:00+14:00")], {})
def test_what_the_express_lane_lets_through_the_steps_keep(
    messages: list[Any], around: dict[str, Any]
) -> None:
    body = json.dumps({"batch": messages, **around}).encode()
    if plain_batch(body, NOW) is None:
        return
    gathering = Gathering("segment:web", NOW)
    gather(read_body(body, None), gathering)
    assert not gathering.refused
    assert read_parcel(parcel(body)) == gathering.events


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.binary(max_size=80), some.integers(0, 500), some.integers(0, 500))
@example(b'""', 105, 0)
def test_no_bytes_stop_the_door(piece: bytes, at: int, cut: int) -> None:
    whole = json.dumps(
        {"batch": [track(), track(messageId="m2", properties={"a": [1, {"b": "c"}]})]}
    ).encode()
    body = whole[:at] + piece + whole[at + cut % 7 :]
    if plain_batch(body, NOW):
        read_parcel(parcel(body))
        return
    gathering = Gathering("segment:web", NOW)
    try:
        batch = read_body(body, None)
    except BadBodyError:
        return
    gather(batch, gathering)
    assert len(gathering.events) + gathering.refused.total() == len(batch.messages)


def test_a_plain_batch_goes_through_as_it_was_written(door: Door) -> None:
    kinds = [
        track(messageId="1", properties={"rows": 1}, context={"groupId": "acme"}),
        track(messageId="2", type="page", event=None, name="Home", properties={"path": "/"}),
        track(messageId="3", type="screen", event=None),
        track(messageId="4", type="identify", event=None, traits={"email": "é"}),
        track(messageId="5", type="group", event=None, groupId="acme", userId=None, anonymousId="v1"),
    ]
    body = json.dumps({"batch": kinds, "sentAt": SENT_AT}, ensure_ascii=False).encode()
    assert plain_batch(body, NOW)
    door.post("/v1/batch", body)
    assert [event.name for event in door.events()] == [
        "Report Exported",
        "Home",
        "screen",
        "identify",
        "group",
    ]


@pytest.mark.parametrize(
    "batch",
    [
        {"batch": []},
        {"batch": [track()], "context": {}},
        {"batch": [track()], "sentAt": "2026-06-01T00:00:00Z"},
        {"batch": [track(userId=7)]},
        {"batch": [track(userId=None)]},
        {"batch": [track(timestamp="1999-01-01T00:00:00Z")]},
        {"batch": [track(timestamp="2000-01-01T12:00:00Z")]},
        {"batch": [track(properties={"a": "x" * 33_000})]},
        {"batch": [track(event="\0")]},
        {"batch": [track(type="alias", previousId="v1")]},
        {"batch": [{**track(), "properties": None}]},
    ],
)
def test_whatever_is_unusual_goes_through_the_steps(batch: dict[str, Any]) -> None:
    assert plain_batch(json.dumps(batch).encode(), NOW) is None


def test_bytes_that_are_no_text_go_through_the_steps() -> None:
    body = json.dumps({"batch": [track(userId="?")]}).encode()
    assert plain_batch(body, NOW)
    assert plain_batch(body.replace(b"?", b"\xff"), NOW) is None


def test_large_batches_of_small_events_are_plain() -> None:
    body = json.dumps({"batch": [track(messageId=str(n)) for n in range(1_000)]}).encode()
    assert plain_batch(body, datetime(2026, 7, 1, tzinfo=UTC))


def test_a_parcel_that_holds_what_no_door_lets_in_is_told() -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        read_parcel(parcel(b'{"batch": [{"type": "track"}]}'))
