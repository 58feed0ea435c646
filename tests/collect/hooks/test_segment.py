from collections.abc import Mapping
from typing import Any

from tests.collect.door import Door, track
from tests.collect.hooks.sending import SECRET, hexed, posts, sends, told

#: As it is forwarded: the time is put right, and what the clock said stands beside it.
FORWARDED: dict[str, Any] = {
    **track(context={"groupId": "acme"}, timestamp="2026-06-01T10:00:00.000Z"),
    "originalTimestamp": "2026-06-01T09:00:00.000Z",
    "sentAt": "2026-06-01T09:00:01.000Z",
    "receivedAt": "2026-06-01T10:00:01.000Z",
    "channel": "server",
    "version": 2,
}
GROUP = {"type": "group", "userId": "ada", "groupId": "acme", "traits": {"plan": "pro"}, "messageId": "g1"}
REAL: list[object] = [FORWARDED, GROUP]


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    return {"X-Signature": hexed(body, secret, "sha1")}


def test_forwarded_messages_are_what_they_are_to_segments_family(door: Door) -> None:
    found = sends(door, "segment", FORWARDED, sign)
    assert told(found) == [("track", "Report Exported", "ada", "acme")]
    assert found[0].happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    door.post("/v1/track", FORWARDED)
    assert len({each.event_id for each in door.events()}) == 1, "also when it comes by both ways"
    assert told(sends(door, "segment", [GROUP, FORWARDED], sign)) == [
        ("group", "group", "ada", "acme"),
        ("track", "Report Exported", "ada", "acme"),
    ]


def test_a_message_that_is_not_sound_costs_itself(door: Door) -> None:
    nameless = {"type": "track", "userId": "ada"}
    odd = {**FORWARDED, "userId": "a\0"}
    assert len(sends(door, "segment", [nameless, FORWARDED, odd, 7], sign)) == 1
    assert door.refusals() == {"no_name": 1, "bad_text": 1, "wrong_type": 1}


def test_with_a_secret_only_what_is_signed_is_taken(door: Door) -> None:
    assert posts(door, "segment", FORWARDED).status == 200, "signing is up to the sender"
    assert len(door.events()) == 1
    door.signs(SECRET)
    for headers in ({}, sign(b"another", SECRET), {"X-Signature": "\xff"}):
        assert posts(door, "segment", FORWARDED, headers).said["code"] == "wrong_signature"
    assert len(door.events()) == 1
    assert door.refusals() == {"wrong_signature": 3}
    assert door.quarantined() == []
