from collections.abc import Mapping
from typing import Any

import pytest

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import (
    SECRET,
    hexed,
    is_refused_unless_signed,
    posts,
    properties,
    sends,
    told,
)

NOW_S = int(NOW.timestamp())


def report(of: str, metric: str, **data: object) -> dict[str, Any]:
    who = {"customer_id": "ada", "identifiers": {"id": "ada", "email": "ada@acme.example", "cio_id": "d90"}}
    return {
        "event_id": f"01E4C{of}{metric}",
        "object_type": of,
        "metric": metric,
        "timestamp": NOW_S - 60,
        "data": {**who, "delivery_id": "RPILAgUB", "subject": "Export is here", **data},
    }


REAL: list[object] = [report("email", "opened"), report("customer", "unsubscribed", delivery_id=None)]


def sign(body: bytes, secret: str, at: int = NOW_S) -> Mapping[str, str]:
    return {"X-CIO-Timestamp": str(at), "X-CIO-Signature": hexed(f"v0:{at}:".encode() + body, secret)}


def test_reports_are_tracks_of_the_system(door: Door) -> None:
    for each in (*REAL, report("in_app", "clicked", identifiers={"cio_id": "d90"}, customer_id=None)):
        sends(door, "customerio", each, sign)
    assert told(door.events()) == [
        ("track", "Email opened", "ada", None),
        ("track", "Customer unsubscribed", "ada", None),
        ("track", "In app clicked", "customerio:d90", None),
    ]
    opened, *_ = door.events()
    assert (opened.actor, opened.happened_at.timestamp()) == ("system", NOW_S - 60)
    assert opened.event_id == "customerio:01E4Cemailopened"
    assert properties(opened)["delivery_id"] == "RPILAgUB"
    assert properties(opened)["customerio"]["data"]["identifiers"]["email"] == "ada@acme.example"


def test_what_names_no_metric_moves_nothing(door: Door) -> None:
    assert sends(door, "customerio", {"event_id": "1", "object_type": "email"}, sign) == []


def test_only_what_is_signed_is_taken(door: Door) -> None:
    is_refused_unless_signed(door, "customerio", REAL[0], sign)


@pytest.mark.parametrize(("at", "code"), [(NOW_S - 301, "stale_signature"), (NOW_S + 301, "stale_signature")])
def test_what_was_signed_at_another_time_is_refused(door: Door, at: int, code: str) -> None:
    door.signs(SECRET)
    body = b'{"object_type":"email","metric":"sent"}'
    assert posts(door, "customerio", body, sign(body, SECRET, at)).said["code"] == code
    moved = {**sign(body, SECRET, at), "X-CIO-Timestamp": str(NOW_S)}
    assert posts(door, "customerio", body, moved).said["code"] == "wrong_signature"
    assert door.events() == []
