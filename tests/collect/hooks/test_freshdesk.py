from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from tests.collect.door import Door
from tests.collect.hooks.sending import SECRET, posts, properties, told

FORM = {"content-type": "application/x-www-form-urlencoded"}


def chosen(event: str, **changed: object) -> dict[str, Any]:
    return {
        "freshdesk_webhook": {
            "triggered_event": event,
            "ticket_id": 31,
            "ticket_subject": "Export is slow",
            "ticket_priority": "Urgent",
            "ticket_requester_email": "ada@acme.example",
            **changed,
        }
    }


WRITTEN = {"event": "opened", "ticket_id": "31", "email": "ada@acme.example", "priority": "3"}
REAL = [chosen("{ticket_action:created}"), chosen("{status:{from:2,to:4}}"), WRITTEN]


def test_what_set_a_rule_off_is_what_happened(door: Door) -> None:
    for event in (
        "{ticket_action:created}",
        "{priority:{from:1,to:4}}",
        "{status:{from: 2, to: 4}}",
        "{status:{from:4,to:5}}",
        "{status:{from:Resolved,to:Open}}",
        "{note_type:public}",
    ):
        assert posts(door, "freshdesk", chosen(event)).status == 200
    events = door.events()
    assert [each.name for each in events] == ["opened", "priority_changed", "solved", "reopened"]
    assert told(events[:1]) == [("ticket", "opened", "ada@acme.example", None)]
    first = properties(events[0])
    assert (first["ticket_id"], first["priority"]) == ("31", "urgent")
    assert first["freshdesk"]["freshdesk_webhook"]["triggered_event"] == "{ticket_action:created}"


def test_a_rating_is_an_answer(door: Door) -> None:
    posts(door, "freshdesk", chosen("{survey_rating}", ticket_survey_rating="5 (Happy)", account_id="acme"))
    posts(door, "freshdesk", chosen("{survey_rating}"))
    (one,) = door.events()
    assert told([one]) == [("survey", "csat", "ada@acme.example", "acme")]
    assert properties(one)["score"] == 5


def test_a_body_that_somebody_wrote_may_be_a_form(door: Door) -> None:
    posts(door, "freshdesk", urlencode(WRITTEN).encode(), FORM)
    posts(door, "freshdesk", WRITTEN)
    assert told(door.events()) == 2 * [("ticket", "opened", "ada@acme.example", None)]
    assert properties(door.events()[0])["priority"] == "high"


def test_a_secret_must_come_along_when_the_source_has_one(door: Door) -> None:
    assert posts(door, "freshdesk", WRITTEN).status == 200
    door.signs(SECRET)
    basic = b64encode(f"waypost:{SECRET}".encode()).decode()
    for headers, status in (
        ({}, 401),
        ({"X-Waypost-Secret": "another"}, 401),
        ({"X-Waypost-Secret": SECRET}, 200),
        ({"Authorization": f"Basic {basic}"}, 200),
        ({"Authorization": f"Bearer {SECRET}"}, 200),
    ):
        assert posts(door, "freshdesk", WRITTEN, headers).status == status
    assert door.refusals() == {"wrong_signature": 2}
    assert door.ask("POST", "/in/hooks/freshdesk/wk_wrong", pieces=[b"{}"]).said["code"] == "wrong_key"
