import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings

from tests.collect.door import Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.collect.answers import GIF
from waypost.core import Event

TP2 = "/com.snowplowanalytics.snowplow/tp2"
DTM = "1780308000000"
ENVELOPE = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"


def entity(name: str, data: object, vendor: str = "com.acme") -> dict[str, Any]:
    return {"schema": f"iglu:{vendor}/{name}/jsonschema/1-0-0", "data": data}


def wrapped(value: object) -> str:
    return json.dumps({"schema": "iglu:x/y/jsonschema/1-0-0", "data": value})


def packed(value: object) -> str:
    return urlsafe_b64encode(wrapped(value).encode()).decode().rstrip("=")


def said(**changed: object) -> dict[str, Any]:
    """A structured event of Ada's, changed as asked; None takes a field away."""
    payload: dict[str, Any] = {
        "e": "se",
        "eid": "e1",
        "uid": "ada",
        "dtm": DTM,
        "se_ca": "Reports",
        "se_ac": "export",
        "se_va": "12.5",
        "p": "web",
        **changed,
    }
    return {name: value for name, value in payload.items() if value is not None}


def post(door: Door, *payloads: object, path: str | None = None) -> Answered:
    body = {"schema": ENVELOPE, "data": payloads}
    return door.post(path or f"/in/snowplow/{door.key}{TP2}", body, key=None)


def stored(door: Door, *payloads: object) -> list[Event]:
    assert post(door, *payloads).status == 200
    return door.events()


def properties(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.properties))


def context(event: Event) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(bytes(event.context))


def test_a_structured_event_is_named_by_category_and_action(door: Door) -> None:
    (event,) = stored(door, said(aid="shop"))
    assert (event.event_id, event.kind, event.name) == ("snowplow:e1", "track", "Reports export")
    assert (event.person_id, event.anonymous_id, event.quantity) == ("ada", None, 12.5)
    assert event.happened_at.isoformat() == "2026-06-01T10:00:00+00:00"
    assert properties(event) == {"category": "Reports", "action": "export", "value": "12.5"}
    assert context(event)["aid"] == "shop"


def test_the_key_stands_in_the_path_or_is_the_id_of_the_app(door: Door) -> None:
    for path in (f"/{door.key}{TP2}", f"/in/snowplow/{door.key}/com.acme/track/"):
        assert post(door, said(), path=path).status == 200
    for path in (TP2, f"/in/snowplow{TP2}/"):
        assert post(door, said(aid=door.key), path=path).status == 200
    assert door.key not in json.dumps([context(event) for event in door.events()])
    assert len(door.events()) == 4
    assert post(door, said(), path=TP2).said["code"] == "no_key"
    assert post(door, said(aid="shop"), path=TP2).said["code"] == "wrong_key"
    assert post(door, 7, path=TP2).status == 401
    assert post(door, said(), path="/in/snowplow/com.acme/track").status == 404


@pytest.mark.parametrize("path", ["/i", "/ice.png", "/in/snowplow/i"])
def test_a_pixel_is_an_event(door: Door, path: str) -> None:
    answered = door.ask("GET", path, query=urlencode(said(aid=door.key)))
    assert (answered.status, answered.headers["content-type"], answered.body) == (200, "image/gif", GIF)
    (event,) = door.events()
    assert (event.name, event.person_id) == ("Reports export", "ada")
    assert door.ask("GET", f"/in/snowplow/{door.key}/i", query=urlencode(said())).body == GIF
    assert door.ask("GET", "/i", query=urlencode(said())).status == 401


def test_what_the_address_says_counts_for_every_payload(door: Door) -> None:
    body = {"data": [said(uid=None), said(eid="e2", uid="ben")]}
    assert door.post(f"/in/snowplow/{door.key}{TP2}", body, key=None, query="uid=ada").status == 200
    assert [event.person_id for event in door.events()] == ["ada", "ben"]
    many = "&".join(f"a{n}=1" for n in range(600))
    assert door.post(f"/in/snowplow/{door.key}{TP2}", body, key=None, query=many).status == 400


@pytest.mark.parametrize("packing", ["plain", "base64"])
def test_an_event_of_its_own_is_named_by_its_schema(door: Door, packing: str) -> None:
    own = entity("report_exported", {"rows": 12, "name": "Größe 📈"})
    inside = {"ue_pr": wrapped(own)} if packing == "plain" else {"ue_px": packed(own)}
    (event,) = stored(door, said(e="ue", se_ca=None, se_ac=None, se_va=None, **inside))
    assert (event.kind, event.name, properties(event)) == (
        "track",
        "report_exported",
        {"rows": 12, "name": "Größe 📈"},
    )
    assert context(event) == {"p": "web", "dtm": DTM, "schema": own["schema"]}


def test_pages_screens_pings_and_transactions(door: Door) -> None:
    screen = entity("screen_view", {"name": "Inbox", "id": "1"})
    events = stored(
        door,
        {
            "e": "pv",
            "uid": "ada",
            "url": "https://x.example/docs?a=1",
            "page": "Docs",
            "refr": "https://y.example",
        },
        {"e": "pv", "uid": "ada", "url": "https://[x", "page": "Docs"},
        {"e": "pp", "uid": "ada", "url": "https://x.example/docs", "pp_max": "7"},
        {"e": "ue", "uid": "ada", "ue_pr": wrapped(screen)},
        {"e": "tr", "uid": "ada", "tr_id": "o1", "tr_tt": "12"},
        {"e": "ti", "uid": "ada", "ti_sk": "s1"},
        {"e": "ad", "uid": "ada"},
        {"e": "ue", "uid": "ada", "ue_pr": wrapped(entity("odd", [1]))},
    )
    assert [(event.kind.value, event.name, properties(event)) for event in events] == [
        (
            "page",
            "/docs",
            {"url": "https://x.example/docs?a=1", "title": "Docs", "referrer": "https://y.example"},
        ),
        ("page", "Docs", {"url": "https://[x", "title": "Docs"}),
        ("track", "page_ping", {"url": "https://x.example/docs", "max_x": "7"}),
        ("screen", "Inbox", {"name": "Inbox", "id": "1"}),
        ("track", "transaction", {"id": "o1", "tt": "12"}),
        ("track", "transaction_item", {"sk": "s1"}),
        ("track", "ad", {}),
        ("track", "odd", {"data": [1]}),
    ]


def test_the_account_is_an_entity_and_both_ids_are_joined(door: Door) -> None:
    named = [
        entity("company", {"id": "acme"}),
        entity("Company", {"company_id": "beta"}),
        entity("web_page", {"id": "p"}),
    ]
    event, joined, further = stored(
        door, said(cx=packed([*named[:1], entity("company", {"companyId": "beta"}), named[2]]), duid="d1")
    )
    assert (event.account_id, event.anonymous_id) == ("acme", "d1")
    assert [each["schema"] for each in context(event)["entities"]][2] == named[2]["schema"]
    assert (joined.kind, joined.person_id, joined.anonymous_id) == ("identify", "ada", "d1")
    assert (further.kind, further.account_id) == ("group", "beta")


def test_an_account_without_an_id_and_a_context_that_cannot_be_read_are_kept_as_they_are(door: Door) -> None:
    nameless, unread, listless = stored(
        door,
        said(co=wrapped([entity("company", {"seats": 4})])),
        said(cx="%%%", eid="e2"),
        said(co=wrapped({"a": 1}), eid="e3"),
    )
    assert (nameless.account_id, context(nameless)["entities"][0]["data"]) == (None, {"seats": 4})
    assert (context(unread)["cx"], json.loads(context(listless)["co"])["data"]) == ("%%%", {"a": 1})


@pytest.mark.parametrize(
    ("times", "happened_at"),
    [
        ({"stm": "1780311600000"}, "2026-06-03T11:00:00+00:00"),
        ({"stm": "1780487999000"}, "2026-06-01T10:00:00+00:00"),
        ({"ttm": "1780221600000", "stm": "1780311600000"}, "2026-05-31T10:00:00+00:00"),
        ({"dtm": None}, "2026-06-03T12:00:00+00:00"),
    ],
)
def test_time_is_the_true_one_or_put_right(door: Door, times: dict[str, object], happened_at: str) -> None:
    (event,) = stored(door, said(**times))
    assert event.happened_at.isoformat() == happened_at


def test_a_bad_payload_costs_itself_and_is_no_reason_to_send_all_again(door: Door) -> None:
    odd = (
        said(uid=None),
        said(e="ue", ue_px="%%%"),
        said(e="ue", ue_px="YQ"),
        said(e="ue"),
        said(e="ue", ue_pr=wrapped({"schema": "x"})),
        said(e=None),
        said(dtm="soon"),
        7,
    )
    assert post(door, said(), *odd).status == 200
    assert [event.event_id for event in door.events()] == ["snowplow:e1"]
    assert door.refusals() == {"no_id": 1, "bad_json": 2, "no_name": 3, "impossible_time": 1, "wrong_type": 1}


def test_too_many_are_refused_by_name_and_what_is_too_large_or_broken_as_a_whole(door: Door) -> None:
    assert post(door, *[said()] * 2_501).status == 200
    assert door.refusals()["too_many"] == 1
    path = f"/in/snowplow/{door.key}{TP2}"
    for body in (b"{", b" " * 3_000_000, b'{"data":7}'):
        assert door.post(path, body, key=None).status == 400
    assert door.ask("GET", "/in/snowplow/r/tp2", query="u=https://x.example").status == 404


def test_pages_that_send_cookies_may_read_the_answer(door: Door) -> None:
    page = {"origin": "https://app.example", "access-control-request-headers": "content-type"}
    for path in (f"/in/snowplow/{door.key}{TP2}", TP2):
        for method in ("OPTIONS", "POST"):
            shown = door.ask(method, path, headers=page).headers
            assert shown["access-control-allow-origin"] == "https://app.example"
            assert shown["access-control-allow-credentials"] == "true"
    assert "access-control-allow-credentials" not in door.ask("OPTIONS", "/v1/t", headers=page).headers


REAL = (
    {
        "schema": ENVELOPE,
        "data": [said(duid="d1", ttm="1780311600000"), said(e="pv", url="https://x.example/a")],
    },
    {
        "data": [
            said(
                e="ue", ue_pr=wrapped(entity("a", {"b": 1})), co=wrapped([entity("company", {"id": "acme"})])
            )
        ]
    },
    {"data": [said(e="ue", ue_px=packed(entity("a", {"b": 1})), cx=packed([entity("company", {"id": 7})]))]},
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies(REAL))
def test_whatever_is_sent_the_door_stands(door: Door, body: bytes) -> None:
    survives(door, "POST", f"/in/snowplow/{door.key}{TP2}", body)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=bodies([urlencode(said(co=wrapped([entity("company", {"id": 1})]))).encode()]))
def test_whatever_an_address_holds_the_door_stands(door: Door, query: bytes) -> None:
    survives(door, "GET", f"/in/snowplow/{door.key}/i", b"", query=query.decode("latin-1"))
