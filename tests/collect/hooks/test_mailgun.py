import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import SECRET, hexed, posts, properties, told

OURS = "0123456789abcdef0123456789abcdef"
_NUMBERS = count()


def event(what: str, event_id: object = None, **more: object) -> dict[str, Any]:
    """An event of Mailgun's, in the fields that its manual shows."""
    headers = {
        "message-id": f"{OURS}@waypost.example",
        "from": "Waypost <hello@waypost.example>",
        "to": "ada@acme.example",
        "subject": "One step to go",
    }
    known = {
        "event": what,
        "id": event_id or f"CCXMjJ7nQi2N3BPigGOdg{next(_NUMBERS)}",
        "timestamp": NOW.timestamp() - 60.5,
        "log-level": "info",
        "recipient": "ada@acme.example",
        "recipient-domain": "acme.example",
        "message": {"headers": headers, "size": 341},
        "user-variables": {},
        "flags": {"is-authenticated": True, "is-test-mode": False},
        "account": {"id": "1234567890303a4bd1f33898"},
    }
    return {**known, **more}


def signed(said: object, secret: str = SECRET, at: object = None, token: str = "") -> dict[str, Any]:
    stamp = str(int(NOW.timestamp()) if at is None else at)
    token = token or f"{next(_NUMBERS):050d}"
    made = hexed((stamp + token).encode(), secret)
    return {"signature": {"timestamp": stamp, "token": token, "signature": made}, "event-data": said}


REAL = [signed(event("delivered", "fuzzed")), signed(event("failed", "fuzzed", severity="permanent"))]


def sign(_body: bytes, _secret: str) -> Mapping[str, str]:
    return {}


def sent(door: Door, said: object, **how: Any) -> int:  # noqa: ANN401 -- how it is signed
    return posts(door, "mailgun", signed(said, **how)).status


def test_what_became_of_a_mail(door: Door) -> None:
    door.signs(SECRET)
    bounced = event("failed", severity="permanent", reason="bounce", **{"delivery-status": {"code": 550}})
    for each in (
        event("delivered"),
        event("opened", **{"client-info": {"client-type": "mobile browser"}}),
        event("clicked", url="https://app.example/start"),
        event("unsubscribed"),
        event("complained"),
        bounced,
    ):
        assert sent(door, each) == 200
    names = ["delivered", "opened", "clicked", "unsubscribed", "complained", "bounced"]
    events = door.events()
    assert told(events) == [("delivery", name, "ada@acme.example", None) for name in names]
    assert {properties(each)["waypost_id"] for each in events} == {OURS}
    assert properties(events[5])["mailgun"]["event-data"]["delivery-status"] == {"code": 550}
    assert events[0].happened_at == NOW - timedelta(seconds=60.5)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (event("failed", severity="temporary", reason="generic"), []),
        (event("failed", severity="permanent", reason="generic"), ["failed"]),
        (event("failed", severity="permanent", reason="suppress-unsubscribe"), ["unsubscribed"]),
        (event("failed", severity="permanent", reason="suppress-complaint"), ["complained"]),
        (event("accepted"), []),
    ],
)
def test_each_is_told_for_what_it_is(door: Door, said: dict[str, Any], names: list[str]) -> None:
    door.signs(SECRET)
    assert sent(door, said) == 200
    assert [each.name for each in door.events()] == names


def test_mail_that_is_not_ours_has_no_mark(door: Door) -> None:
    door.signs(SECRET)
    theirs = event("opened", message={"headers": {"message-id": "20260203192638.000be9@sample.example"}})
    sent(door, theirs)
    sent(door, {**theirs, "id": "other", "user-variables": {"waypost_id": OURS}})
    first, second = map(properties, door.events())
    assert ("waypost_id" in first, second["waypost_id"]) == (False, OURS)


def test_only_what_is_signed_is_heard(door: Door) -> None:
    said = event("opened")
    assert posts(door, "mailgun", signed(said)).said["code"] == "no_secret"
    door.signs(SECRET)
    without: list[object] = [{"event-data": said}, {"signature": "x"}, [], 7]
    assert [posts(door, "mailgun", each).status for each in without] == [401] * 4
    assert sent(door, said, secret="another") == 401
    assert posts(door, "mailgun", b"no JSON").status == 401
    assert door.events() == []
    assert door.refusals() == {"no_secret": 1, "wrong_signature": 6}
    door.signs(f"another\n{SECRET}")
    assert sent(door, said, secret="another") == 200


@pytest.mark.parametrize("hours", [-13, 13])
def test_what_was_signed_half_a_day_ago_is_refused(door: Door, hours: int) -> None:
    door.signs(SECRET)
    at = int((NOW + timedelta(hours=hours)).timestamp())
    assert posts(door, "mailgun", signed(event("opened"), at=at)).said["code"] == "stale_signature"
    assert sent(door, event("opened"), at=int((NOW - timedelta(hours=8)).timestamp())) == 200


def test_a_token_holds_for_the_event_that_it_came_with(door: Door) -> None:
    door.signs(SECRET)
    one = signed(event("opened", "one"), token="t" * 50)
    assert [posts(door, "mailgun", one).status for _ in range(2)] == [200, 200]
    first, again = door.events()
    assert first.event_id == again.event_id
    forged = {**one, "event-data": event("unsubscribed", "two", recipient="cleo@beta.example")}
    assert posts(door, "mailgun", json.dumps(forged).encode()).said["code"] == "wrong_signature"
