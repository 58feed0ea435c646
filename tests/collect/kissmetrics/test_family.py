import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.collect.door import NOW, Answered, Door
from tests.collect.hostile import bodies, survives
from waypost.collect.gathering import Gathering
from waypost.collect.kissmetrics import KissmetricsLines
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TIMED: dict[str, Any] = {"_t": 1_767_603_600, "_d": 1}


def call(door: Door, word: str, mount: str = "/in/kissmetrics", **said: object) -> Answered:
    query = urlencode({"_k": door.key, "_p": "ada", **said})
    return door.ask("GET", f"{mount}/{word}", query=query)


def properties(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.properties))
    return found


def test_an_event_with_its_properties_and_account(door: Door) -> None:
    answered = call(door, "e", _n="Report Exported", rows=12, company="acme", name="Größe 📈", **TIMED)
    assert (answered.status, answered.headers["content-type"], answered.body[:3]) == (
        200,
        "image/gif",
        b"GIF",
    )
    (one,) = door.events()
    assert (one.kind, one.name, one.person_id, one.account_id) == ("track", "Report Exported", "ada", "acme")
    assert one.happened_at == HAPPENED_AT
    assert properties(one) == {"rows": "12", "company": "acme", "name": "Größe 📈"}
    assert door.key not in repr(one)


def test_a_time_counts_only_when_it_is_meant(door: Door) -> None:
    call(door, "e", _n="Signed In", _t=1_767_603_600)
    call(door, "e", _n="Signed In", _t="soon", _d=1)
    (one,) = door.events()
    assert (one.happened_at, json.loads(bytes(one.context))) == (NOW, {"_t": "1767603600"})
    assert door.refusals() == {"impossible_time": 1}


def test_one_event_of_a_name_in_a_second_is_one(door: Door) -> None:
    for rows in (1, 2):
        call(door, "e", _n="Report Exported", rows=rows, **TIMED)
    call(door, "e", _n="Report Exported", _t=1_767_603_601, _d=1)
    assert len({event.event_id for event in door.events()}) == 2


def test_properties_are_traits(door: Door) -> None:
    call(door, "s", email="ada@acme.example", plan="pro")
    (one,) = door.events()
    assert (one.kind, one.person_id) == ("identify", "ada")
    assert properties(one) == {"email": "ada@acme.example", "plan": "pro"}


@pytest.mark.parametrize(
    ("first", "second", "person", "former"),
    [
        ("x7Yq", "ada", "ada", "x7Yq"),
        ("ada", "ada@acme.example", "ada@acme.example", "ada"),
        ("ada@acme.example", "ada", "ada@acme.example", "ada"),
    ],
)
def test_an_alias_joins_two_ids(door: Door, first: str, second: str, person: str, former: str) -> None:
    call(door, "a", _p=first, _n=second)
    (one,) = door.events()
    assert (one.kind, one.person_id, properties(one)) == ("alias", person, {"previousId": former})


def test_the_answer_is_a_picture_whatever_comes(door: Door) -> None:
    calls: list[dict[str, Any]] = [
        {"_p": ""},
        {"_n": ""},
        {"_k": "wk_wrong", "_n": "x"},
        {"_k": "", "_n": "x"},
    ]
    for said in calls:
        assert call(door, "e", **said).status == 200
    assert call(door, "a", _n="ada").status == 200
    assert call(door, "a", _n="").status == 200
    assert door.events() == []
    assert door.refusals() == {"no_name": 2, "wrong_key": 1, "no_key": 1, "no_previous_id": 1, "no_id": 1}


def test_the_root_and_a_form_are_heard_too(door: Door) -> None:
    call(door, "e", "", _n="At The Root")
    form = urlencode({"_n": "In A Form", "_p": "ada", "_k": door.key}).encode()
    assert door.ask("POST", "/in/kissmetrics/e", pieces=[form]).status == 200
    assert door.ask("POST", "/e", pieces=[form]).status == 200
    assert [event.name for event in door.events()] == ["At The Root", "In A Form", "In A Form"]


def test_later_is_the_status_that_brings_its_library_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(door.commit), "crowded", "busy")
    answered = call(door, "e", _n="Signed In")
    assert (answered.status, answered.headers["retry-after"], answered.body[:3]) == (429, "1", b"GIF")


def test_exported_lines_are_events_traits_and_aliases_and_meet_what_came_live(door: Door) -> None:
    gathering, reader = Gathering("old", NOW), KissmetricsLines()
    lines: list[object] = [
        {"_n": "Report Exported", "_p": "ada", "_t": 1_767_603_600, "rows": 12, "company": ["acme", "beta"]},
        {"_p": "ada", "_t": 1_767_603_600.5, "plan": "pro"},
        {"_p": "x7Yq", "_p2": "ada", "_t": 1_767_603_600},
        {"_n": "x", "_t": 1},
        {"_n": "x", "_p": "ada"},
    ]
    for line in lines:
        reader(json.dumps(line).encode(), gathering)
    reader(b"filename,min_timestamp", gathering)
    reader(b"{,}", gathering)
    kinds = [(each.kind.value, each.person_id, each.account_id) for each in gathering.events]
    assert kinds == [
        ("track", "ada", "acme"),
        ("group", "ada", "beta"),
        ("identify", "ada", None),
        ("alias", "ada", None),
    ]
    assert gathering.refused == {"missing_field": 2, "not_a_line": 1, "bad_json": 1}
    call(door, "e", _n="Report Exported", **TIMED)
    assert door.events()[0].event_id == gathering.events[0].event_id


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=bodies([b"_p=ada&_n=x&_t=1767603600&_d=1&rows=1", b"_p=%ff%00&_n=%f0%9f&a=%"]),
    word=some.sampled_from("esa"),
)
def test_whatever_is_sent_the_door_stands(door: Door, body: bytes, word: str) -> None:
    query = f"_k={door.key}&_p=ada&_n=x"
    survives(door, "POST", f"/in/kissmetrics/{word}", body, query=query)
    survives(door, "GET", f"/in/kissmetrics/{word}", b"", query=f"{query}&_t=1e300&_d=1")
