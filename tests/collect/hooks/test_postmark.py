from typing import Any

import pytest

from tests.collect.door import Door
from tests.collect.hooks.sending import SECRET, posts, properties, told

OURS = "0123456789abcdef0123456789abcdef"


def record(kind: str, **more: object) -> dict[str, Any]:
    """A record of Postmark's, as its developer documentation shows each."""
    known = {
        "RecordType": kind,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Tag": "welcome-email",
        "Metadata": {},
    }
    return {**known, **more}


DELIVERED = record(
    "Delivery",
    Recipient="Ada@acme.example",
    DeliveredAt="2026-06-03T07:10:09.1234567-04:00",
    Details="Test delivery webhook details",
    Metadata={"waypost_id": OURS},
)
BOUNCED = record(
    "Bounce",
    ID=4323372036854775807,
    Type="HardBounce",
    TypeCode=1,
    Name="Hard bounce",
    Description="The server was unable to deliver your message (ex: unknown user, mailbox not found).",
    Email="ada@acme.example",
    From="hello@waypost.example",
    BouncedAt="2026-06-03T11:00:00Z",
    Inactive=True,
    CanActivate=True,
)
COMPLAINED = record(
    "SpamComplaint",
    ID=42,
    Type="SpamComplaint",
    TypeCode=512,
    Email="ada@acme.example",
    BouncedAt="2026-06-03T11:00:00Z",
)
OPENED = record(
    "Open",
    FirstOpen=True,
    Recipient="ada@acme.example",
    ReceivedAt="2026-06-03T11:00:00Z",
    Platform="Mobile",
    UserAgent="Mozilla/5.0",
    Geo={"IP": "203.0.113.9"},
)
CLICKED = record(
    "Click",
    Recipient="ada@acme.example",
    ReceivedAt="2026-06-03T11:00:00Z",
    ClickLocation="HTML",
    OriginalLink="https://app.example/start",
)
LEFT = record(
    "SubscriptionChange",
    ChangedAt="2026-06-03T11:00:00.416071Z",
    Recipient="ada@acme.example",
    Origin="Recipient",
    SuppressSending=True,
    SuppressionReason="ManualSuppression",
)
REAL = [DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED, LEFT]


def test_what_became_of_a_mail(door: Door) -> None:
    for each in REAL:
        assert posts(door, "postmark", each).status == 200
    names = ["delivered", "bounced", "complained", "opened", "clicked", "unsubscribed"]
    events = door.events()
    assert told(events) == [("delivery", name, "ada@acme.example", None) for name in names]
    first = properties(events[0])
    assert (first["waypost_id"], first["channel"]) == (OURS, "mail")
    assert first["postmark"]["Details"] == "Test delivery webhook details", "what is not understood is kept"
    assert events[0].happened_at.isoformat() == "2026-06-03T11:10:09.123456+00:00"
    assert "waypost_id" not in properties(events[1])
    assert properties(events[4])["url"] == "https://app.example/start"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({**BOUNCED, "Type": "SoftBounce"}, ["failed"]),
        ({**BOUNCED, "Type": "Unsubscribe"}, ["unsubscribed"]),
        ({**LEFT, "SuppressionReason": "HardBounce"}, ["bounced"]),
        ({**LEFT, "SuppressSending": False}, []),
        (record("Inbound", From="ada@acme.example"), []),
    ],
)
def test_each_is_told_for_what_it_is(door: Door, said: dict[str, Any], names: list[str]) -> None:
    assert posts(door, "postmark", said).status == 200
    assert [each.name for each in door.events()] == names


def test_what_comes_again_is_the_same_event(door: Door) -> None:
    for each in (CLICKED, CLICKED, {**CLICKED, "ReceivedAt": "2026-06-03T11:00:01Z"}):
        posts(door, "postmark", each)
    first, again, other = door.events()
    assert first.event_id == again.event_id != other.event_id


def test_a_secret_must_come_along_when_there_is_one(door: Door) -> None:
    assert posts(door, "postmark", OPENED).status == 200
    door.signs(SECRET)
    assert posts(door, "postmark", OPENED).said["code"] == "wrong_signature"
    assert posts(door, "postmark", OPENED, {"X-Waypost-Secret": SECRET}).status == 200
    assert door.refusals() == {"wrong_signature": 1}
