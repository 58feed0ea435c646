import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings

from tests.collect.door import Answered, Door
from tests.collect.hostile import bodies, survives

AT = "/in/tapstream"
EXPORTED = f"{AT}/acme-app/event/report%20exported/"
HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


def sends(door: Door, path: str = EXPORTED, /, **said: Any) -> Answered:  # noqa: ANN401 -- a form
    form = {"secret": door.key, "uuid": "d-1", "created-ms": 1_767_603_600_250, "platform": "iOS", **said}
    return door.ask("POST", path, pieces=[urlencode(form).encode()])


def test_an_event_of_a_device_with_what_the_product_tells_of_it(door: Door) -> None:
    assert (
        sends(door, EXPORTED, **{"custom-rows": "12", "custom-company": "acme", "purchase-price": 999}).body
        == b"{}"
    )
    (one,) = door.events()
    assert (one.name, one.anonymous_id, one.account_id) == ("report exported", "d-1", "acme")
    assert one.happened_at == HAPPENED_AT
    assert json.loads(bytes(one.properties)) == {"rows": "12", "company": "acme", "purchase-price": "999"}
    context = json.loads(bytes(one.context))
    assert (context["account"], context["platform"]) == ("acme-app", "iOS")
    assert door.key not in repr(one)


def test_a_user_id_of_the_product_is_the_person_and_the_device_is_theirs(door: Door) -> None:
    sends(door, **{"custom-user_id": "ada"})
    one, joined = door.events()
    assert (one.person_id, one.anonymous_id, joined.kind) == ("ada", "d-1", "identify")


def test_a_postback_is_an_event_named_in_its_template(door: Door) -> None:
    said = {
        "event": "Installed",
        "person": "ada",
        "timestamp": "1767603600.25",
        "id": "h1",
        "campaign": "x",
        "tags": "",
    }
    seen = door.ask("GET", f"{AT}/postback/{door.key}", query=urlencode(said))
    assert (seen.status, seen.body[:3]) == (200, b"GIF")
    door.ask("GET", f"{AT}/postback/{door.key}/", query="uuid=d-1&company=acme")
    one, other = door.events()
    assert (one.name, one.person_id, one.happened_at, one.event_id) == (
        "Installed",
        "ada",
        HAPPENED_AT,
        "tapstream:h1",
    )
    assert json.loads(bytes(one.properties)) == {"campaign": "x"}
    assert (other.name, other.anonymous_id, other.account_id) == ("Tapstream postback", "d-1", "acme")


def test_a_wrong_secret_stops_the_sdk(door: Door) -> None:
    assert [sends(door, secret=each).status for each in ("wk_wrong", "")] == [403, 403]
    assert door.ask("GET", f"{AT}/postback/wk_wrong").status == 403
    assert sends(door, **{"created-ms": "soon"}).status == 200
    assert sends(door, "/acme-app/event/at-the-root").status == 200
    assert [event.name for event in door.events()] == ["at-the-root"]
    assert door.refusals() == {"wrong_key": 2, "no_key": 1, "impossible_time": 1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies([b"uuid=d&created-ms=1767603600250&custom-company=acme&custom-user_id=%ff"]))
def test_whatever_is_sent_the_door_stands(door: Door, body: bytes) -> None:
    survives(door, "POST", f"{AT}/a/event/%ff%00", f"secret={door.key}&".encode() + body)
    survives(door, "GET", f"{AT}/postback/{door.key}", b"", query=body.hex()[:300])
