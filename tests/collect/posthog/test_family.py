import gzip
import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.collect.door import NOW, Door
from waypost.collect.posthog import PostHog
from waypost.collect.request import Request
from waypost.core import Event

BATCH = "/in/posthog/batch/"


def said(**changed: object) -> dict[str, Any]:
    """An event of Ada's, changed as asked; None takes a field away."""
    event: dict[str, Any] = {
        "event": "Report Exported",
        "distinct_id": "ada",
        "uuid": "u1",
        "timestamp": "2026-06-01T10:00:00Z",
        "properties": {"rows": 12, "$groups": {"project": "p1", "company": "acme"}, "$lib": "posthog-python"},
        **changed,
    }
    return {name: value for name, value in event.items() if value is not None}


def sent(door: Door, *events: dict[str, Any], **around: object) -> list[Event]:
    answered = door.post(BATCH, {"api_key": door.key, "batch": events, **around}, key=None)
    assert (answered.status, answered.said) == (200, {"status": 1})
    return door.events()


def properties(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.properties))


def context(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.context))


def test_an_event_names_its_person_its_account_and_its_time(door: Door) -> None:
    (event,) = sent(door, said(token=door.key, library="x"))
    assert (event.event_id, event.kind, event.name) == ("posthog:u1", "track", "Report Exported")
    assert (event.person_id, event.anonymous_id, event.account_id) == ("ada", None, "acme")
    assert event.happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert properties(event) == said()["properties"]
    assert context(event) == {"library": "x"}


@pytest.mark.parametrize("path", ["/batch", "/batch/", "/capture/", "/e/", "/i/v0/e/", "/track/", "/engage/"])
@pytest.mark.parametrize("mount", ["", "/in/posthog"])
def test_every_address_takes_an_event_alone_in_a_list_or_in_a_batch(
    door: Door, mount: str, path: str
) -> None:
    one = said(api_key=door.key)
    for body in (one, [one], {"api_key": door.key, "batch": [one]}, {"token": door.key, "batch": [one]}):
        assert door.post(mount + path, body, key=None).status == 200
    assert [event.name for event in door.events()] == ["Report Exported"] * 4


def test_the_key_may_stand_in_each_event(door: Door) -> None:
    inside = said(properties={"token": door.key, "rows": 1})
    assert door.post(BATCH, [inside, said(api_key=door.key)], key=None).status == 200
    assert properties(door.events()[0]) == {"rows": 1}
    assert door.post(BATCH, [said()], key=None).said["code"] == "no_key"
    refused = door.post(BATCH, {"api_key": "phc_other", "batch": [said()]}, key=None)
    assert (refused.status, refused.said["code"]) == (401, "wrong_key")


def test_bodies_of_browsers_of_all_ages_are_read(door: Door) -> None:
    written = json.dumps(said(api_key=door.key)).encode()
    in_base64 = b64encode(written).decode()
    lz = "N4IgpgbmB2AuIC4QHEBOA3g+2ABIXg3AJnZABoRpEBtARmJrtoboF1T4kBDTr7n3vkAL5A=="
    for body, query in (
        (gzip.compress(written), ""),
        (gzip.compress(written), "compression=gzip-js"),
        (f"data={quote_plus(in_base64)}".encode(), ""),
        (f"data={in_base64}&compression=base64".encode(), "compression=base64"),
        (f"data={quote_plus(b64encode(gzip.compress(written)).decode())}".encode(), "compression=gzip"),
        (f"data={quote_plus(written.decode())}&ip=1".encode(), ""),
        (in_base64.rstrip("=").encode(), "compression=base64"),
    ):
        answered = door.post("/e/", body, key=None, headers={"content-type": "text/plain"}, query=query)
        assert answered.status == 200, (body, query)
    assert len(door.events()) == 7
    form = f"data={quote_plus(lz)}&compression=lz64&api_key={door.key}".encode()
    assert door.post("/e/", form, key=None).status == 200
    assert door.refusals() == {"no_id": 1}


def test_what_cannot_be_read_is_refused_whole(door: Door) -> None:
    for body in (
        b"",
        b"data=%",
        b"data=" + b"e30" * 9,
        b"{",
        b'{"batch":1}',
        b"[",
        b"data=1&compression=lz64",
        b'"x"',
    ):
        refused = door.post(BATCH, body)
        assert (refused.status, refused.said["code"]) == (400, "bad_body"), body
    bomb = b"data=" + quote_plus(b64encode(gzip.compress(b"x" * 9_000_000)).decode()).encode()
    assert door.post(BATCH, bomb).status == 400
    many = b"data=" + b"&a=1" * 200
    assert door.post(BATCH, many).status == 400
    large = door.post(BATCH, b"[" + b" " * 8 * 1024 * 1024)
    assert (large.status, large.said["code"]) == (413, "body_too_large")


def test_a_browser_says_whether_it_knows_its_person(door: Door) -> None:
    flags = (
        {"$is_identified": False},
        {"$process_person_profile": False},
        {"$device_id": "ada"},
        {"$is_identified": True, "$device_id": "d1"},
    )
    events = sent(door, *(said(properties=each, uuid=f"u{nr}") for nr, each in enumerate(flags)))
    assert [(event.person_id, event.anonymous_id) for event in events] == [
        *[(None, "ada")] * 3,
        ("ada", None),
    ]


def test_identify_joins_the_anonymous_id_and_holds_the_traits(door: Door) -> None:
    inside = {"$anon_distinct_id": "visitor-1", "$set": {"role": "analyst"}, "$is_identified": False}
    said_once = {"first_seen_on": "2026-06-01", "$initial_referrer": "x"}
    event, once = sent(
        door,
        said(
            event="$identify",
            properties=inside,
            **{"$set": {"email": "a@acme.example"}, "$set_once": said_once},
        ),
    )
    assert (event.kind, event.person_id, event.anonymous_id) == ("identify", "ada", "visitor-1")
    assert properties(event) == {"email": "a@acme.example", "role": "analyst"}
    assert context(event)["properties"] == inside
    assert context(event)["$set_once"] == said_once
    assert (once.kind, once.name) == ("identify", "update")
    assert properties(once) == {"$set_once": {"first_seen_on": "2026-06-01"}}
    assert once.event_id.startswith("posthog:once-")


def test_traits_on_any_event_are_said_of_its_person(door: Door) -> None:
    events = sent(
        door, said(**{"$set": {"plan": "pro"}}), said(uuid=None, properties={"$set": {"plan": "free"}})
    )
    assert [(event.kind, event.event_id[:14]) for event in events[:2]] == [
        ("track", "posthog:u1"),
        ("identify", "posthog:u1-set"),
    ]
    assert [properties(event) for event in events if event.kind == "identify"] == [
        {"plan": "pro"},
        {"plan": "free"},
    ]
    assert len({event.event_id for event in events}) == 4


def test_what_is_set_once_stays_as_it_was_first(door: Door) -> None:
    events = sent(door, *(said(event="$set", uuid=f"u{n}", **{"$set_once": {"first": n}}) for n in range(2)))
    once = [event.event_id for event in events if properties(event)]
    assert len(once) == 2
    assert len(set(once)) == 1


def test_pages_and_screens_have_their_names(door: Door) -> None:
    events = sent(
        door,
        said(event="$pageview", properties={"$pathname": "/docs", "$current_url": "https://x.example/docs"}),
        said(event="$pageview", properties={"$pathname": 7, "$current_url": "https://x.example/"}),
        said(event="$pageview", properties={}),
        said(event="$screen", properties={"$screen_name": "Inbox"}),
        said(event="$pageleave"),
    )
    assert [(event.kind.value, event.name) for event in events] == [
        ("page", "/docs"),
        ("page", "https://x.example/"),
        ("page", "$pageview"),
        ("screen", "Inbox"),
        ("track", "$pageleave"),
    ]


def test_an_alias_becomes_the_same_person(door: Door) -> None:
    events = sent(
        door,
        said(event="$create_alias", properties={"alias": "old", "distinct_id": "ada"}, distinct_id=None),
        said(event="$merge_dangerously", properties={"alias": 7, "$is_identified": False}),
        said(event="$create_alias", properties={}),
    )
    assert [(event.kind, event.person_id, properties(event)) for event in events] == [
        ("alias", "ada", {"previousId": "old"}),
        ("alias", "ada", {"previousId": "7"}),
    ]
    assert door.refusals() == {"no_previous_id": 1}


def test_a_group_is_an_account_and_a_device_says_who_belongs_to_it(door: Door) -> None:
    acme = {"$group_type": "company", "$group_key": "acme", "$group_set": {"seats": 40}}
    board = {"$group_type": "board", "$group_key": "b1", "$groups": {"company": "acme"}}
    by_server, by_device, of_a_board, untyped = sent(
        door,
        said(event="$groupidentify", properties=acme, distinct_id="some-random-uuid"),
        said(event="$groupidentify", properties={**acme, "$device_id": "d1"}),
        said(event="$groupidentify", properties=board),
        said(event="$groupidentify", properties={"$group_key": "beta"}),
        said(event="$groupidentify", properties={"$group_type": "company"}),
    )
    assert (by_server.kind, by_server.person_id, by_server.account_id) == ("group", None, "acme")
    assert (properties(by_server), context(by_server)["distinct_id"]) == ({"seats": 40}, "some-random-uuid")
    assert (by_device.person_id, by_device.account_id) == ("ada", "acme")
    assert (of_a_board.kind, of_a_board.name, of_a_board.account_id) == ("track", "$groupidentify", "acme")
    assert untyped.account_id == "beta"
    assert door.refusals() == {"no_group": 1}


@pytest.mark.parametrize(
    ("changed", "around", "query", "happened_at"),
    [
        ({}, {"sent_at": "2026-06-01T11:00:00Z"}, "", "2026-06-03T11:00:00+00:00"),
        ({}, {"sent_at": "2026-06-03T11:59:58Z"}, "", "2026-06-01T10:00:00+00:00"),
        ({}, {"sent_at": "2016-06-03T11:59:58Z"}, "", "2026-06-01T10:00:00+00:00"),
        ({}, {"sent_at": "yesterday"}, "", "2026-06-01T10:00:00+00:00"),
        ({}, {}, "_=1780311600000", "2026-06-03T11:00:00+00:00"),
        (
            {"properties": {"$ignore_sent_at": True}},
            {"sent_at": "2026-06-01T11:00:00Z"},
            "",
            "2026-06-01T10:00:00+00:00",
        ),
        (
            {"options": {"disable_skew_correction": True}},
            {"sent_at": "2026-06-01T11:00:00Z"},
            "",
            "2026-06-01T10:00:00+00:00",
        ),
        ({"sent_at": "2026-06-01T11:00:00Z"}, {}, "", "2026-06-03T11:00:00+00:00"),
        ({"timestamp": "2026-06-01T10:00:00"}, {}, "", "2026-06-01T10:00:00+00:00"),
        ({"timestamp": None, "offset": 60_000}, {}, "", "2026-06-03T11:59:00+00:00"),
        ({"timestamp": None, "offset": -1}, {}, "", "2026-06-03T12:00:00+00:00"),
        ({"timestamp": None}, {}, "", "2026-06-03T12:00:00+00:00"),
    ],
)
def test_time_is_put_right_by_the_clock_of_the_sender(
    door: Door, changed: dict[str, Any], around: dict[str, Any], query: str, happened_at: str
) -> None:
    body = {"api_key": door.key, "batch": [said(**changed)], **around}
    assert door.post(BATCH, body, key=None, query=query).status == 200
    (event,) = door.events()
    assert event.happened_at.isoformat() == happened_at


def test_the_newest_protocol_hears_of_each_event(door: Door) -> None:
    batch = [said(), said(uuid="u2", event=7), said(uuid="u3", timestamp="soon"), said(uuid=None), 3]
    stamp = {"posthog-request-timestamp": "2026-06-01T11:00:00Z", "authorization": f"Bearer {door.key}"}
    answered = door.post("/i/v1/analytics/events/", {"batch": batch}, key=None, headers=stamp)
    assert answered.said == {
        "results": {
            "u1": {"result": "ok"},
            "u2": {"result": "drop", "details": "the event has no name"},
            "u3": {"result": "drop", "details": "the time cannot be read, or is before the year 2000"},
        }
    }
    assert door.events()[0].happened_at.isoformat() == "2026-06-03T11:00:00+00:00"
    assert door.refusals() == {"no_name": 1, "impossible_time": 1, "wrong_type": 1}


def test_one_broken_event_costs_itself(door: Door) -> None:
    fine = json.dumps(said()).encode()
    deep = b'{"properties":{"in":' + b"[" * 900 + b"]" * 900 + b"}}"
    odd = (
        b'{"event":NaN}',
        b"7",
        b'{"event":"\xff"}',
        deep,
        b'{"event":"' + b"x" * 33_000 + b'"}',
        b'{"a":1e999}',
    )
    body = b'{"batch":[' + b",".join((fine, *odd)) + b"]}"
    headers = {"authorization": f"Bearer {door.key}"}
    assert door.ask("POST", BATCH, pieces=[body], headers=headers).status == 200
    assert [event.name for event in door.events()] == ["Report Exported"]
    assert door.refusals() == {"bad_json": 2, "wrong_type": 1, "bad_text": 1, "too_deep": 1, "too_large": 1}


def test_more_than_2500_events_at_once_are_refused_by_name(door: Door) -> None:
    batch = [said(uuid=f"u{number}") for number in range(2_502)]
    assert len(sent(door, *batch)) == 2_500
    assert door.refusals() == {"too_many": 2}


def test_the_sdks_are_told_that_there_is_nothing_more_for_them(door: Door) -> None:
    config = door.ask("GET", "/in/posthog/array/wk_1/config").said
    assert (config["token"], config["analytics"], config["hasFeatureFlags"]) == (
        "wk_1",
        {"endpoint": "/i/v0/e/"},
        False,
    )
    script = door.ask("GET", "/array/wk_1/config.js")
    assert (script.headers["content-type"], script.status) == ("application/javascript", 200)
    assert b'all["wk_1"]={"config":{"token":"wk_1"' in script.body
    assert door.ask("GET", '/array/"+alert(1)+"/config.js').status == 404
    for path, query in (("/in/posthog/flags/", ""), ("/flags", "v=2"), ("/decide/", "v=3")):
        flags = door.post(path, {"api_key": "any"}, key=None, query=query).said
        assert (flags["flags"], flags["featureFlags"], flags["errorsWhileComputingFlags"]) == ({}, {}, False)
    assert door.ask("GET", "/api/surveys/", query="token=x").said == {"surveys": []}
    assert door.post("/s/", b"x" * 600_000, key=None).said == {"status": 1}
    for method, path in (
        ("GET", "/static/1.2/recorder.js"),
        ("POST", "/static/x.js"),
        ("DELETE", "/api/surveys"),
    ):
        assert door.ask(method, path).status == 404
    assert door.events() == []


def test_a_protocol_with_the_same_address_is_not_taken_for_it(door: Door) -> None:

    def looks(path: str, body: bytes, query: bytes = b"") -> bool:
        asked = Request(method="POST", path=path, query_string=query, headers={}, body=body, received_at=NOW)
        return PostHog().recognises(asked)

    assert not looks("/batch", b'{"api_key":"k","events":[{"event_type":"x"}]}')
    assert looks("/batch", b'{"api_key":"k","batch":[{"event":"events"}]}')
    assert not looks("/e", b"", b"_k=1")
    assert looks("/e", b"{}")
    assert not looks("/track", b'[{"event":"x","properties":{"token":"t","mp_lib":"web"}}]')
    assert not looks("/track", b"???")
    assert looks("/track", b'{"event":"x","properties":{"token":"t","$lib":"web"}}')
