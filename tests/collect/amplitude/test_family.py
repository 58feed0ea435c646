import json
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, given, settings

from tests.collect.door import NOW, Answered, Door
from tests.collect.hostile import bodies
from waypost.collect.amplitude import Amplitude
from waypost.collect.request import Request
from waypost.core import Event
from waypost.store import Crowded, CrowdedError

API = "/in/amplitude/2/httpapi"
TIME = 1_780_308_000_000


def said(**changed: object) -> dict[str, Any]:
    """An event of Ada's, changed as asked; None takes a field away."""
    event: dict[str, Any] = {
        "event_type": "Report Exported",
        "user_id": "ada",
        "insert_id": "i1",
        "time": TIME,
        "event_properties": {"rows": 12},
        "groups": {"company": "acme"},
        **changed,
    }
    return {name: value for name, value in event.items() if value is not None}


def post(door: Door, *events: object, path: str = API, **around: object) -> Answered:
    return door.post(path, {"api_key": door.key, "events": events, **around}, key=None)


def stored(door: Door, *events: object, client_upload_time: str | None = None) -> list[Event]:
    assert post(door, *events, client_upload_time=client_upload_time).said["code"] == 200
    return door.events()


def properties(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.properties))


def context(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.context))


@pytest.mark.parametrize("path", ["/2/httpapi", "/batch", "/in/amplitude/2/httpapi", "/in/amplitude/batch/"])
def test_an_event_is_taken_and_counted(door: Door, path: str) -> None:
    answered = post(door, said(platform="Web"), path=path)
    assert (answered.status, answered.said["code"], answered.said["events_ingested"]) == (200, 200, 1)
    (event,) = door.events()
    assert (event.event_id, event.kind, event.name) == ("amplitude:i1", "track", "Report Exported")
    assert (event.person_id, event.anonymous_id, event.account_id) == ("ada", None, "acme")
    assert event.happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert (properties(event), context(event)) == (
        {"rows": 12},
        {"platform": "Web", "groups": {"company": "acme"}},
    )


def test_both_ids_are_joined_once_a_request(door: Door) -> None:
    events = stored(door, *(said(device_id="d1", insert_id=f"i{n}") for n in range(3)))
    assert [(event.kind.value, event.person_id, event.anonymous_id) for event in events] == [
        ("track", "ada", "d1"),
        ("identify", "ada", "d1"),
        ("track", "ada", "d1"),
        ("track", "ada", "d1"),
    ]


def test_further_accounts_are_memberships(door: Door) -> None:
    event, further = stored(door, said(groups={"company": ["acme", "beta"], "sport": "soccer"}))
    assert (event.account_id, further.kind, further.account_id) == ("acme", "group", "beta")
    assert context(event)["groups"]["sport"] == "soccer"


def test_identify_and_properties_of_the_person_are_traits(door: Door) -> None:
    operations = {
        "$set": {"plan": "pro"},
        "$unset": {"trial": "-"},
        "$setOnce": {"first": 1},
        "$add": {"logins": 1},
    }
    identified, once, event, beside = stored(
        door,
        said(event_type="$identify", user_properties=operations, event_properties={"x": 1}),
        said(user_properties={"role": "analyst"}, insert_id="i2"),
    )
    assert (identified.kind, identified.name) == ("identify", "update")
    assert properties(identified) == {"plan": "pro", "trial": None, "$add": {"logins": 1}}
    assert context(identified)["event_properties"] == {"x": 1}
    assert (once.event_id[:15], once.name) == ("amplitude:once-", "update")
    assert properties(once) == {"$set_once": {"first": 1}}
    assert (event.event_id, properties(event)) == ("amplitude:i2", {"rows": 12})
    assert (beside.event_id, beside.kind, properties(beside)) == (
        "amplitude:i2-set",
        "identify",
        {"role": "analyst"},
    )


def test_what_works_on_what_is_known_is_an_update_of_a_person_or_an_account(door: Door) -> None:
    acts = {
        "$append": {"seen": "a"},
        "$postInsert": {"apps": "b"},
        "$clearAll": "-",
        "$prepend": {"seen": "z"},
    }
    group = said(event_type="$groupidentify", group_properties={**acts, "$setOnce": {"plan": "free"}})
    described, once, event, beside = stored(door, group, said(user_properties=acts, insert_id="i2"))
    expected = {"$append": {"seen": "a"}, "$union": {"apps": "b"}, "$delete": "-"}
    for each in (described, beside):
        assert (each.name, properties(each)) == ("update", expected)
    assert context(described)["group_properties"]["$prepend"] == {"seen": "z"}
    assert (once.kind, once.account_id, once.person_id) == ("group", "acme", None)
    assert properties(once) == {"$set_once": {"plan": "free"}}
    assert (event.kind, beside.kind, beside.person_id) == ("track", "identify", "ada")


def test_a_group_identify_describes_an_account_and_joins_nobody(door: Door) -> None:
    group = said(event_type="$groupidentify", group_properties={"$set": {"seats": 40}}, device_id="d1")
    (event,) = stored(door, group)
    assert (event.kind, event.person_id, event.anonymous_id, event.account_id) == (
        "group",
        None,
        None,
        "acme",
    )
    assert (properties(event), context(event)["user_id"], context(event)["device_id"]) == (
        {"seats": 40},
        "ada",
        "d1",
    )


def test_pages_are_named_by_their_path(door: Door) -> None:
    viewed = "[Amplitude] Page Viewed"
    page, unnamed = stored(
        door,
        said(event_type=viewed, event_properties={"[Amplitude] Page Path": "/docs"}),
        said(event_type=viewed, event_properties={}, insert_id=None),
    )
    assert [(each.kind.value, each.name) for each in (page, unnamed)] == [("page", "/docs"), ("page", viewed)]


def test_the_older_forms_are_read(door: Door) -> None:
    identity = {"user_id": "ada", "user_properties": {"$set": {"plan": "pro"}}}
    group = {"group_type": "org id", "group_value": "acme", "group_properties": {"seats": 40}}
    for path, name, value in (
        ("/httpapi", "event", [said()]),
        ("/httpapi", "event", said(insert_id="i2")),
        ("/identify", "identification", [identity]),
        ("/groupidentify", "identification", group),
    ):
        form = f"api_key={door.key}&{name}={quote_plus(json.dumps(value))}"
        assert door.post(path, form.encode(), key=None).said["code"] == 200
    query = f"api_key={door.key}&identification={quote_plus(json.dumps(identity))}"
    assert door.ask("GET", "/identify", query=query).status == 200
    assert [(event.kind.value, event.person_id, event.account_id) for event in door.events()] == [
        ("track", "ada", "acme"),
        ("track", "ada", "acme"),
        ("identify", "ada", None),
        ("group", None, "acme"),
        ("identify", "ada", None),
    ]


def test_a_clock_that_is_wrong_is_put_right(door: Door) -> None:
    (event,) = stored(door, said(), client_upload_time="2026-06-01T11:00:00Z")
    assert event.happened_at.isoformat() == "2026-06-03T11:00:00+00:00"
    assert context(event)["clientClock"]["timestamp"] == "2026-06-01T10:00:00Z"


def test_what_is_refused_is_named_by_its_place_and_the_rest_is_stored(door: Door) -> None:
    answered = post(
        door, said(), said(user_id=None), said(event_type=7), 3, said(user_id="x" * 501), said(time="soon")
    )
    assert (answered.status, answered.said["code"]) == (400, 400)
    assert answered.said["events_with_invalid_fields"] == {
        "no_name": [2],
        "wrong_type": [3],
        "impossible_time": [5],
    }
    assert answered.said["events_with_invalid_id_lengths"] == {"no_id": [1], "too_long": [4]}
    assert "missing_field" not in answered.said
    assert [event.event_id for event in door.events()] == ["amplitude:i1"]
    assert door.refusals() == {"no_id": 1, "no_name": 1, "wrong_type": 1, "too_long": 1, "impossible_time": 1}


def test_a_wrong_key_stops_the_client_and_what_is_too_much_is_halved(door: Door) -> None:
    for body in ({"events": [said()]}, {"api_key": "wrong", "events": [said()]}):
        refused = door.post(API, body, key=None)
        assert (refused.status, refused.said["error"][:16]) == (400, "Invalid API key:")
    many = post(door, *[said()] * 2_001)
    assert (many.status, many.said["code"]) == (413, 413)
    assert door.post(API, b" " * 5_000_000, key=None).said["code"] == 413
    assert door.events() == []


def test_what_cannot_be_read_is_not_asked_for_again(door: Door) -> None:
    for path, body in (
        (API, b"{"),
        (API, b'{"api_key":"x"}'),
        (API, b'{"events":1}'),
        ("/identify", b"a=1"),
        ("/httpapi", b"\xff"),
    ):
        refused = door.post(path, body, key=None)
        assert (refused.status, refused.said["code"], refused.said["missing_field"]) == (400, 400, "events")


def test_what_must_come_again_is_held_back_event_by_event(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise CrowdedError(Crowded.INBOX_FULL)

    monkeypatch.setattr(door.commit, "offer_and_tell", full)
    answered = post(door, said(), said())
    assert (answered.status, answered.said["code"], answered.said["throttled_events"]) == (429, 429, [0, 1])
    assert answered.headers["retry-after"] == "30"


def test_a_batch_of_another_protocol_is_not_taken_for_it() -> None:
    def looks(path: str, body: bytes) -> bool:
        asked = Request(method="POST", path=path, query_string=b"", headers={}, body=body, received_at=NOW)
        return Amplitude().recognises(asked)

    assert looks("/batch", b'{"api_key":"k","events":[{"event_type":"x","batch":1}]}')
    assert not looks("/batch", b'{"api_key":"k","batch":[{"event":"events"}]}')
    assert not looks("/batch", b"[]")
    assert looks("/identify", b"")


REAL = (
    {
        "api_key": "KEY",
        "events": [
            said(
                device_id="d1", user_properties={"$set": {"a": 1}, "$setOnce": {"b": 2}, "$unset": {"c": "-"}}
            ),
            said(event_type="$groupidentify", group_properties={"$set": {"seats": 40}}),
        ],
        "client_upload_time": "2026-06-01T11:00:00Z",
        "options": {"min_id_length": 1},
    },
    b"api_key=KEY&event=%5B%7B%22event_type%22%3A%22x%22%7D%5D",
    b"api_key=KEY&identification=%7B%22group_type%22%3A%22a%22%2C%22group_value%22%3A%5B1%5D%7D",
)


@pytest.mark.parametrize("path", ["2/httpapi", "groupidentify"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(REAL))
def test_whatever_is_sent_the_door_stands(door: Door, path: str, body: bytes) -> None:
    before = len(door.events())
    body = body.replace(b"KEY", door.key.encode())
    answered = door.ask("POST", f"/in/amplitude/{path}", pieces=[body])
    assert answered.said["code"] == answered.status
    assert answered.status in (200, 400, 413)
    for event in door.events()[before:]:
        properties(event)
        context(event)
