"""What was refused of a webhook is sent again when its signature was found right, and never else."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tests.collect.door import NOW, Door
from tests.collect.hooks import test_jira, test_segment, test_stripe
from tests.collect.hooks.sending import SECRET, Sign, posts, sends
from waypost.collect import replay
from waypost.core import Event
from waypost.store import Intake, sample

#: A message that is refused, what is wrong in it and what would be right, and how it is signed.
NOBODYS = test_stripe.event("customer.subscription.created", test_stripe.subscription(metadata={"was": None}))
CASES: dict[str, tuple[object, str, str, Sign]] = {
    "stripe": (NOBODYS, '"metadata":{"was":null}', '"metadata":{"account_id":"acme"}', test_stripe.sign),
    "segment": (
        {**test_segment.FORWARDED, "event": ""},
        '"event":""',
        '"event":"Mended"',
        test_segment.sign,
    ),
}


def _plain(events: list[Event]) -> list[Any]:
    return [msgspec.json.decode(msgspec.json.encode(each)) for each in events]


@pytest.mark.parametrize("vendor", CASES)
def test_a_message_that_is_mended_is_the_event_that_it_would_have_been(door: Door, vendor: str) -> None:
    message, wrong, right, sign = CASES[vendor]
    written = msgspec.json.encode(message)
    assert sends(door, vendor, written, sign) == []
    (kept,) = door.quarantined()
    assert wrong in kept.payload, "it is kept as it was sent"
    assert kept.way
    assert door.key not in kept.way.path
    assert replay(door.inbox, {}).refused == {kept.reason: 1}
    mended = sample(kept.reason, "", kept.payload.replace(wrong, right), kept.way)
    door.inbox.put([Intake(source=kept.source, received_at=NOW, samples=(mended,))])
    done = replay(door.inbox, {})
    assert (done.samples, done.events) == (1, 1)
    (again,) = _plain(door.events())
    (live,) = _plain(sends(door, vendor, written.replace(wrong.encode(), right.encode()), sign))
    assert again == live


def test_a_message_of_several_keeps_the_id_that_its_header_gave(door: Door) -> None:
    def sign(body: bytes, secret: str) -> Mapping[str, str]:
        return {**test_jira.sign(body, secret), "X-Atlassian-Webhook-Identifier": "delivery-1"}

    (sound,) = sends(door, "jira", test_jira.REAL[0], sign)
    assert sends(door, "jira", [7], sign) == []
    (kept,) = door.quarantined()
    assert kept.way
    assert kept.way.headers["x-atlassian-webhook-identifier"] == "delivery-1"
    assert sound.event_id.startswith("jira:delivery-1")


def test_what_was_not_let_in_is_not_let_in_afterwards(door: Door) -> None:
    door.signs(SECRET)
    only = {"kind": "source", "key": "web", "source": "segment:web", "origins": ["https://app.example"]}
    door.keeper.learn([only])
    answered = posts(door, "segment", test_segment.FORWARDED, {"origin": "https://new.example"})
    assert answered.status == 403
    assert door.refusals() == {"wrong_origin": 1}
    assert replay(door.inbox, {}).refused == {"wrong_signature": 1}
    assert door.events() == []
