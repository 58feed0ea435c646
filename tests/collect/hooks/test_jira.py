from collections.abc import Mapping
from typing import Any

from tests.collect.door import Door
from tests.collect.hooks.sending import (
    SECRET,
    hexed,
    is_refused_unless_signed,
    posts,
    properties,
    sends,
    told,
)

FIELDS = {
    "summary": "Export is slow",
    "priority": {"name": "Highest", "id": "1"},
    "status": {"name": "Waiting for support", "statusCategory": {"key": "indeterminate"}},
    "reporter": {"accountId": "5b10", "emailAddress": "ada@acme.example"},
    "customfield_10041": {"rating": 2},
    **{f"customfield_{nr}": None for nr in range(10_100, 10_200)},
}


def webhook(
    *changes: dict[str, Any], fields: dict[str, Any] | None = None, created: bool = False
) -> dict[str, Any]:
    return {
        "timestamp": 1_780_487_000_000,
        "webhookEvent": "jira:issue_created" if created else "jira:issue_updated",
        "issue": {"id": "10002", "key": "HELP-7", "fields": {**FIELDS, **(fields or {})}},
        **({"changelog": {"id": "10124", "items": list(changes)}} if changes else {}),
    }


RESOLVED = {"field": "resolution", "from": None, "to": "10000", "toString": "Done"}
OPENED_AGAIN = {"field": "resolution", "from": "10000", "to": None, "toString": None}
REAL = [webhook(created=True), webhook(RESOLVED), webhook({"field": "Satisfaction", "toString": "4"})]


def sign(body: bytes, secret: str) -> Mapping[str, str]:
    return {"X-Hub-Signature": f"sha256={hexed(body, secret)}"}


def test_a_request_from_its_opening_to_its_rating(door: Door) -> None:
    done = {"status": {"name": "Done", "statusCategory": {"key": "done"}}}
    moved = {"field": "status", "fromString": "Open", "toString": "Done"}
    for body in (
        webhook(created=True),
        webhook({"field": "priority", "toString": "Highest"}, RESOLVED),
        webhook({"field": "status", "fromString": "Done"}, OPENED_AGAIN),
        webhook(moved, fields=done),
        webhook({"field": "status", "fromString": "Closed", "toString": "Open"}),
        webhook({"field": "status", "fromString": "Open", "toString": "Waiting"}),
        webhook({"field": "Satisfaction", "toString": "4"}),
        webhook({"field": "Satisfaction", "toString": ""}),
        webhook({"field": "Satisfaction"}, fields={"customfield_10041": None}),
        webhook({"field": "assignee"}),
    ):
        sends(door, "jira", body, sign)
    events = door.events()
    assert [each.name for each in events] == [
        "opened", "priority_changed", "solved", "reopened", "solved", "reopened", "csat", "csat",
    ]  # fmt: skip
    assert {(each.person_id, each.account_id) for each in events} == {("ada@acme.example", None)}
    opened, *_, four, two = map(properties, events)
    assert (opened["ticket_id"], opened["subject"], opened["priority"]) == (
        "HELP-7",
        "Export is slow",
        "urgent",
    )
    assert opened["jira"]["issue"]["fields"]["status"]["name"] == "Waiting for support"
    assert (four["score"], two["score"], four["answer_id"]) == (4, 2, "HELP-7")


def test_a_delivery_that_comes_again_is_the_same_events(door: Door) -> None:
    door.signs(SECRET)
    for _ in range(2):
        body = b'{"webhookEvent":"jira:issue_created","issue":{"key":"H-1","fields":{"reporter":{"accountId":"5b"}}}}'
        posts(door, "jira", body, {**sign(body, SECRET), "X-Atlassian-Webhook-Identifier": "w-1"})
    assert {each.event_id for each in door.events()} == {"jira:w-1:opened"}
    assert told(door.events()[:1]) == [("ticket", "opened", "jira:5b", None)]


def test_a_request_with_a_novel_in_it_keeps_what_is_understood(door: Door) -> None:
    (one,) = sends(door, "jira", webhook(created=True, fields={"description": "x" * 40_000}), sign)
    said = properties(one)
    assert (said["ticket_id"], said["jira"]) == (
        "HELP-7",
        {"timestamp": 1_780_487_000_000, "webhookEvent": "jira:issue_created"},
    )
    (other,) = sends(door, "jira", {**webhook(created=True), "user": "x" * 40_000}, sign)
    assert properties(other)["jira"] == {}


def test_only_what_is_signed_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "jira", webhook(created=True), sign)
