import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.collect.door import NOW, SENT_AT, Door, track
from waypost.core import Event

ADA = {"library": {"name": "analytics-python", "version": "2.4.0"}}


def batch(*messages: object, **around: object) -> dict[str, object]:
    return {"batch": list(messages), "sentAt": SENT_AT, **around}


def only(door: Door, message: dict[str, Any], **around: object) -> Event:
    assert door.post("/v1/batch", batch(message, **around)).status == 200
    (event,) = door.events()
    return event


def said(event: Event) -> object:
    return msgspec.json.decode(event.properties)


def test_a_track_is_kept_as_it_was_said(door: Door) -> None:
    event = only(door, track(properties={"rows": 12}, context={**ADA, "groupId": "acme"}, anonymousId="v1"))
    assert (event.event_id, event.source, event.kind, event.name) == (
        "m1",
        "segment:web",
        "track",
        "Report Exported",
    )
    assert (event.person_id, event.anonymous_id, event.account_id) == ("ada", "v1", "acme")
    assert (event.happened_at, event.received_at) == (datetime(2026, 6, 1, 10, tzinfo=UTC), NOW)
    assert said(event) == {"rows": 12}
    assert msgspec.json.decode(event.context) == {**ADA, "groupId": "acme"}


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"name": "Home"}, "Home"),
        ({"name": "Home", "category": "Docs"}, "Docs Home"),
        ({"properties": {"name": "Home", "path": "/home"}}, "Home"),
        ({"properties": {"path": "/home"}}, "/home"),
        ({"properties": {"path": 7}}, "screen"),
        ({"category": "Docs"}, "Docs"),
        ({}, "screen"),
    ],
)
def test_a_page_or_screen_has_the_name_that_can_be_found(
    door: Door, named: dict[str, Any], name: str
) -> None:
    assert only(door, track(type="screen", event=None, **named)).name == name


def test_identify_and_group_carry_traits(door: Door) -> None:
    person = track(type="identify", messageId="1", traits={"email": "ada@acme.example"})
    account = track(type="group", messageId="2", groupId="acme", traits={"name": "Acme"})
    old = track(type="identify", messageId="3", context={"traits": {"email": "ben@acme.example"}})
    empty = track(type="identify", messageId="4", traits={})
    door.post("/v1/batch", batch(person, account, old, empty))
    one, two, three, four = door.events()
    assert (one.name, said(one)) == ("identify", {"email": "ada@acme.example"})
    assert (two.name, two.account_id, said(two)) == ("group", "acme", {"name": "Acme"})
    assert said(three) == {"email": "ben@acme.example"}
    assert said(four) == {}


def test_alias_says_who_somebody_was_before(door: Door) -> None:
    event = only(door, track(type="alias", previousId=41))
    assert (event.person_id, said(event)) == ("ada", {"previousId": "41"})


@pytest.mark.parametrize(("sent", "kept"), [(7, "7"), (7.0, "7"), (2**60 + 1, str(2**60 + 1)), ("7", "7")])
def test_ids_that_are_numbers_become_their_decimals(door: Door, sent: object, kept: str) -> None:
    event = only(door, track(userId=sent, context={"groupId": sent}))
    assert (event.person_id, event.account_id) == (kept, kept)


def test_an_empty_id_is_none(door: Door) -> None:
    event = only(door, {**track(anonymousId="v1", context={"groupId": ""}), "userId": ""})
    assert (event.person_id, event.anonymous_id, event.account_id) == (None, "v1", None)


def test_the_context_of_a_batch_is_that_of_its_messages(door: Door) -> None:
    event = only(door, track(context={"ip": "::1"}), context={"ip": "0.0.0.0", "app": "web"})  # noqa: S104
    assert msgspec.json.decode(event.context) == {"ip": "::1", "app": "web"}


def test_a_context_that_says_nothing_useful_is_left_alone(door: Door) -> None:
    event = only(door, track(context={"groupId": ["acme"]}), context=[1])
    assert (event.account_id, msgspec.json.decode(event.context)) == (None, {"groupId": ["acme"]})


def test_null_is_the_same_as_nothing(door: Door) -> None:
    event = only(door, {**track(), "properties": None, "context": None, "anonymousId": None, "groupId": None})
    assert (said(event), bytes(event.context), event.anonymous_id) == ({}, b"{}", None)


def test_what_has_no_id_gets_one_of_its_content(door: Door) -> None:
    first, again = track(messageId=None), track(messageId=None, sentAt=SENT_AT)
    other = track(messageId=None, event="Report Shared")
    for one in (
        first,
        again,
        other,
        track(messageId="", timestamp=None),
        track(messageId=None, timestamp=None),
    ):
        door.post("/v1/track", one)
    ids = [event.event_id for event in door.events()]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (track(properties={"a": "x" * 33_000}), "too_large"),
        (
            b'{"type":"track","event":"e","userId":"u","properties":{"a":'
            + b"[" * 2_000
            + b"]" * 2_000
            + b"}}",
            "too_deep",
        ),
        (
            b'{"type":"track","event":"e","userId":"u","properties":{"a":' + b"[" * 600 + b"]" * 600 + b"}}",
            "too_deep",
        ),
        (b'{"type":"track","event":"e","userId":"\xff"}', "bad_text"),
        (track(userId="a\0b"), "bad_text"),
        (track(event="a\0b", timestamp=None), "bad_text"),
        (b'{"type":"track","event":"e","userId":"u","properties":{"a":NaN}}', "bad_json"),
        (b'{"type":"track","event":"e","userId":"u","properties":{"a":"\\ud83d"}}', "bad_json"),
        (b'{"type":"track" "event":"e"}', "bad_json"),
        (b"nonsense", "bad_json"),
        (5, "wrong_type"),
        (track(event=5), "wrong_type"),
        (track(userId=True), "wrong_type"),
        (track(properties=[1]), "wrong_type"),
        (track(type="identify", traits="x"), "wrong_type"),
        (track(context="x"), "wrong_type"),
        (track(type="visit"), "unknown_kind"),
        (track(type=None), "unknown_kind"),
        (track(userId=None), "no_id"),
        (track(userId=None, anonymousId="v1", type="alias", previousId="x"), "no_id"),
        (track(event=None), "no_name"),
        (track(event=""), "no_name"),
        (track(type="group"), "no_group"),
        (track(type="alias"), "no_previous_id"),
        (track(userId="u" * 501), "too_long"),
        (track(event="e" * 501), "too_long"),
        (track(timestamp="yesterday"), "impossible_time"),
        (track(timestamp=1_780_000_000), "impossible_time"),
        (track(timestamp="1999-12-31T23:59:59Z"), "impossible_time"),
        (track(timestamp="0001-01-01T00:00:00+10:00"), "impossible_time"),
        (track(timestamp="2026-02-30T00:00:00Z"), "impossible_time"),
    ],
)
def test_one_bad_event_is_refused_by_name_and_never_costs_the_good_ones(
    door: Door, message: dict[str, Any] | bytes | int, why: str
) -> None:
    written = message if isinstance(message, bytes) else json.dumps(message).encode()
    good = [json.dumps(track(messageId=each)).encode() for each in ("before", "after")]
    body = b'{"sentAt": "%s", "batch": [%s]}' % (SENT_AT.encode(), b", ".join([good[0], written, good[1]]))
    answered = door.post("/v1/batch", body)
    assert (answered.status, answered.said) == (200, {"success": True})
    assert [event.event_id for event in door.events()] == ["before", "after"]
    assert door.refusals() == {why: 1}
    (kept,) = door.quarantined()
    assert (kept.source, kept.reason) == ("segment:web", why)
    assert kept.detail
    assert kept.payload[:20] == written.decode(errors="replace")[:20]


def test_events_past_2500_of_a_batch_are_refused(door: Door) -> None:
    small = {"type": "track", "event": "e", "userId": "u"}
    door.post("/v1/batch", batch(*({**small, "messageId": str(n)} for n in range(2_510))))
    assert len(door.events()) == 2_500
    assert door.refusals() == {"too_many": 10}


def test_large_numbers_and_odd_text_are_stored_as_sent(door: Door) -> None:
    written = b'{"n":12345678901234567890123,"e":1e300,"s":"\\u0000 \\ud83d\\ude00 \xc3\xa9"}'
    body = b'{"type":"track","event":"e","userId":"u","messageId":"m","properties":%s}' % written
    door.post("/v1/track", body)
    assert bytes(door.events()[0].properties) == written


@pytest.mark.parametrize(
    ("timestamp", "happened_at"),
    [
        ("2026-06-01T10:00:00+05:30", datetime(2026, 6, 1, 4, 30, tzinfo=UTC)),
        ("2026-06-01T10:00:00.123Z", datetime(2026, 6, 1, 10, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-06-01T10:00:00.123456", datetime(2026, 6, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-06-01", datetime(2026, 6, 1, tzinfo=UTC)),
        ("2026-06-01 10:00", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("", NOW),
        ("2026-06-03T12:00:03Z", NOW),
        ("9999-12-31T23:59:59-12:00", NOW),
    ],
)
def test_times_are_read_in_any_iso_form_and_are_never_to_come(
    door: Door, timestamp: str, happened_at: datetime
) -> None:
    assert only(door, track(timestamp=timestamp)).happened_at == happened_at


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("timestamp", "sent_at", "happened_at"),
    [
        (NOW - 3 * HOUR, NOW - 2 * HOUR, NOW - HOUR),  # two hours behind
        (NOW + HOUR, NOW + 2 * HOUR, NOW - HOUR),  # two hours ahead
        (NOW - HOUR, NOW + timedelta(seconds=4), NOW - HOUR),  # the network, not the clock
        (NOW - HOUR, NOW - 800 * 24 * HOUR, NOW - HOUR),  # an absurd time of sending
        (NOW - HOUR, NOW - 2 * HOUR, NOW - HOUR),  # sent before it happened: absurd too
        (NOW + HOUR, NOW - 2 * HOUR, NOW),
        (NOW - 9_000 * 24 * HOUR, NOW - 300 * 24 * HOUR, NOW - 8_700 * 24 * HOUR),
    ],
)
def test_a_wrong_clock_is_put_right_within_reason(
    door: Door, timestamp: datetime, sent_at: datetime, happened_at: datetime
) -> None:
    event = only(door, track(timestamp=timestamp.isoformat()), sentAt=sent_at.isoformat())
    assert event.happened_at == happened_at


def test_what_a_wrong_clock_said_is_kept_beside_what_was_made_of_it(door: Door) -> None:
    event = only(door, track(timestamp="2026-06-01T10:00:00Z", context=ADA), sentAt="2026-06-03T10:00:00Z")
    clock = {"timestamp": "2026-06-01T10:00:00Z", "sentAt": "2026-06-03T10:00:00Z"}
    assert msgspec.json.decode(event.context) == {**ADA, "clientClock": clock}


def test_a_clock_put_right_to_before_2000_is_impossible(door: Door) -> None:
    sent_at = NOW + timedelta(days=360)
    door.post("/v1/batch", batch(track(timestamp="2000-01-02T00:00:00Z"), sentAt=sent_at.isoformat()))
    assert door.refusals() == {"impossible_time": 1}


@pytest.mark.parametrize("sent_at", ["", "soon", 5, None, {}, "9999-12-31T23:59:59Z"])
def test_a_time_of_sending_that_is_none_changes_nothing(door: Door, sent_at: object) -> None:
    assert only(door, track(), sentAt=sent_at).happened_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
