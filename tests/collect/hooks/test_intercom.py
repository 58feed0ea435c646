from collections.abc import Mapping
from typing import Any

from tests.collect.door import Door
from tests.collect.hooks.sending import hexed, is_refused_unless_signed, posts, properties, sends, told

CONVERSATION = {
    "type": "conversation",
    "id": "4711",
    "source": {
        "subject": "<p>Export</p>",
        "author": {"type": "user", "id": "6a", "email": "Ada@acme.example"},
    },
    "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "6a", "external_id": "ada"}]},
    "priority": "priority",
    "state": "open",
    "custom_attributes": {"account_id": "acme", "plan": None},
}


def notification(topic: str, nr: int = 1, **changed: object) -> dict[str, Any]:
    return {
        "type": "notification_event",
        "app_id": "a86dr8yl",
        "id": f"notif_{nr}",
        "topic": topic,
        "created_at": 1_780_487_000,
        "delivery_attempts": 1,
        "data": {"type": "notification_event_data", "item": {**CONVERSATION, **changed}},
    }


REAL = [notification("conversation.user.created"), notification("conversation.rating.added")]


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    return {"X-Hub-Signature": f"sha1={hexed(body, secret, 'sha1')}"}


def test_a_conversation_from_its_opening_to_its_rating(door: Door) -> None:
    rated: dict[str, Any] = {"conversation_rating": {"rating": 4, "remark": "Nice"}}
    topics: list[tuple[str, dict[str, Any]]] = [
        ("conversation.user.created", {}),
        ("conversation.priority.updated", {"priority": "not_priority"}),
        ("conversation.admin.closed", {}),
        ("conversation.admin.opened", {}),
        ("conversation.rating.added", rated),
        ("conversation.rating.added", {"conversation_rating": {"rating": None}}),
        ("conversation.user.replied", {}),
        ("ping", {}),
    ]
    for nr, (topic, more) in enumerate(topics):
        sends(door, "intercom", notification(topic, nr, **more), sign)
    events = door.events()
    assert [each.name for each in events] == ["opened", "priority_changed", "solved", "reopened", "csat"]
    assert {(each.person_id, each.account_id) for each in events} == {("ada", "acme")}
    opened, changed, *_, csat = map(properties, events)
    assert (opened["ticket_id"], opened["subject"], opened["priority"]) == ("4711", "<p>Export</p>", "high")
    assert opened["intercom"]["data"]["item"]["state"] == "open"
    assert changed["priority"] == "normal"
    assert (csat["answer_id"], csat["score"], csat["scale"], csat["comment"]) == ("4711", 4, "csat", "Nice")
    assert events[0].happened_at.isoformat() == "2026-06-03T11:43:20+00:00"


def test_a_ticket_is_of_its_contact_and_its_state_says_whether_it_is_solved(door: Door) -> None:
    ticket = {"source": None, "contacts": {"contacts": [{"id": "6b"}]}, "custom_attributes": None}
    title = {"ticket_attributes": {"_default_title_": "No export"}}
    company = {"company": {"company_id": "beta"}}
    for nr, state in enumerate(("resolved", {"category": "resolved"}, {"category": "in_progress"})):
        more = {**ticket, **title, **company, "ticket_state": state}
        sends(door, "intercom", notification("ticket.state.updated", nr, **more), sign)
    assert [each.name for each in door.events()] == ["solved", "solved", "reopened"]
    assert told(door.events()[:1]) == [("ticket", "solved", "intercom:6b", "beta")]
    assert properties(door.events()[0])["subject"] == "No export"
    alone = {"contacts": {"contacts": []}, "custom_attributes": {}, "source": CONVERSATION["source"]}
    (one,) = sends(door, "intercom", notification("ticket.created", 9, **alone), sign)
    assert told([one]) == [("ticket", "opened", "ada@acme.example", None)]


def test_who_looks_whether_we_are_there_is_told_so(door: Door) -> None:
    for method in ("HEAD", "GET"):
        assert door.ask(method, f"/in/hooks/intercom/{door.key}").status == 200
    assert door.ask("GET", f"/in/hooks/nobody/{door.key}").status == 404
    assert posts(door, "nobody", {}).status == 404


def test_only_what_is_signed_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "intercom", notification("conversation.user.created"), sign)
