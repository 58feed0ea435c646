from collections.abc import Mapping
from typing import Any

import pytest

from tests.collect.door import Door
from tests.collect.hooks.sending import (
    SECRET,
    based,
    is_refused_unless_signed,
    posts,
    properties,
    sends,
    told,
)

AT = "2026-06-03T11:59:30Z"
TICKET = {
    "id": "5158",
    "priority": "HIGH",
    "requester_id": "8447388090494",
    "status": "OPEN",
    "subject": "Export is slow",
    "organization_id": "8447346621310",
    "tags": ["export"],
    "external_id": None,
}


def event(what: str, nr: int = 1, **changed: object) -> dict[str, Any]:
    return {
        "account_id": 22129848,
        "detail": TICKET,
        "event": {},
        "id": f"cbe4028c-7239-495d-b020-{nr}",
        "subject": "zen:ticket:5158",
        "time": "2026-06-03T11:59:29.672717030Z",
        "type": f"zen:event-type:{what}",
        "zendesk_event_version": "2022-11-06",
        **changed,
    }


WRITTEN = {
    "event": "rated",
    "ticket_id": "5158",
    "email": "Ada@acme.example",
    "person_id": "",
    "account_id": "acme",
    "rating": "Good",
    "comment": "Quick.",
    "at": AT,
}
REAL = [event("ticket.created"), event("user.created", detail={"id": 7, "email": "a@b.example"}), WRITTEN]


def sign(body: bytes, secret: str, at: str = AT) -> Mapping[str, str]:
    return {
        "X-Zendesk-Webhook-Signature": based(at.encode() + body, secret),
        "X-Zendesk-Webhook-Signature-Timestamp": at,
    }


def test_a_ticket_from_its_opening_to_its_reopening(door: Door) -> None:
    for nr, (what, more) in enumerate(
        [
            ("ticket.created", {}),
            ("ticket.priority_changed", {"current": "HIGH", "previous": "LOW"}),
            ("ticket.status_changed", {"current": "PENDING", "previous": "OPEN"}),
            ("ticket.status_changed", {"current": "SOLVED", "previous": "OPEN"}),
            ("ticket.status_changed", {"current": "CLOSED", "previous": "SOLVED"}),
            ("ticket.status_changed", {"current": "OPEN", "previous": "SOLVED"}),
            ("ticket.comment_added", {}),
            ("organization.created", {}),
        ]
    ):
        sends(door, "zendesk", event(what, nr, event=more), sign)
    events = door.events()
    assert [each.name for each in events] == ["opened", "priority_changed", "solved", "reopened"]
    first = events[0]
    assert (first.event_id, first.person_id, first.account_id) == (
        "zendesk:cbe4028c-7239-495d-b020-0",
        "zendesk:8447388090494",
        None,
    )
    assert first.happened_at.isoformat() == "2026-06-03T11:59:29.672717+00:00"
    said = properties(first)
    assert (said["ticket_id"], said["subject"], said["priority"]) == ("5158", "Export is slow", "high")
    assert said["zendesk"]["detail"]["tags"] == ["export"], "what is not understood is kept"
    assert "external_id" not in said["zendesk"]["detail"]


def test_its_users_say_who_its_numbers_are(door: Door) -> None:
    known = {"id": 8447388090494, "email": "Ada@acme.example", "external_id": "ada"}
    (one,) = sends(door, "zendesk", event("user.created", detail=known), sign)
    assert told([one]) == [("alias", "alias", "ada", None)]
    assert properties(one)["previousId"] == "zendesk:8447388090494"
    (other,) = sends(door, "zendesk", event("user.updated", 2, detail={**known, "external_id": None}), sign)
    assert other.person_id == "ada@acme.example"
    assert sends(door, "zendesk", event("user.deleted", 3, detail={"id": 1}), sign) == []


def test_what_a_trigger_sends_has_the_names_that_we_ask_for(door: Door) -> None:
    (rated,) = sends(door, "zendesk", WRITTEN, sign)
    assert told([rated]) == [("survey", "csat", "ada@acme.example", "acme")]
    answer = properties(rated)
    assert (answer["answer_id"], answer["score"], answer["scale"]) == ("5158", 5.0, "csat")
    assert (answer["answered"], answer["comment"]) == ("Good", "Quick.")
    bare = {"event": "solved", "ticket_id": 9, "account_id": "acme", "priority": "odd"}
    (solved,) = sends(door, "zendesk", bare, sign)
    assert told([solved]) == [("ticket", "solved", None, "acme")]
    assert solved.actor == "system"
    assert "priority" not in properties(solved)
    assert sends(door, "zendesk", {**WRITTEN, "rating": "offered"}, sign) == []
    assert sends(door, "zendesk", {**WRITTEN, "event": "else"}, sign) == []


def test_a_message_that_comes_again_is_the_same_event(door: Door) -> None:
    first, again = (sends(door, "zendesk", event("ticket.created"), sign)[0] for _ in range(2))
    assert first.event_id == again.event_id
    body = b'{"event":"opened","ticket_id":"1","email":"a@b.example"}'
    ids = set()
    for _ in range(2):
        headers = {**sign(body, SECRET), "X-Zendesk-Webhook-Invocation-Id": "01J"}
        posts(door, "zendesk", body, headers)
        ids.add(door.events()[-1].event_id)
    assert ids == {"zendesk:01J"}


def test_only_what_is_signed_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "zendesk", event("ticket.created"), sign)


@pytest.mark.parametrize("at", ["2026-06-03T11:54:59Z", "2026-06-03T12:05:01Z", "yesterday", ""])
def test_what_was_signed_long_ago_is_refused(door: Door, at: str) -> None:
    door.signs(SECRET)
    body = b"{}"
    answered = posts(door, "zendesk", body, sign(body, SECRET, at))
    assert (answered.status, answered.said["code"]) == (401, "stale_signature")
    assert posts(door, "zendesk", body, sign(body, SECRET, "2026-06-03T11:55:01")).status == 200


def test_a_ticket_without_its_number_is_refused_by_name(door: Door) -> None:
    assert sends(door, "zendesk", event("ticket.created", detail={"requester_id": 1}), sign) == []
    assert sends(door, "zendesk", event("ticket.created", detail={"id": 1}), sign) == []
    assert door.refusals() == {"bad_properties": 1, "no_id": 1}


def test_a_source_without_a_secret_hears_nobody_who_signs(door: Door) -> None:
    body = b"{}"
    assert posts(door, "zendesk", body, sign(body, SECRET)).said["code"] == "no_secret"
