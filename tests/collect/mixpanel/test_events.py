"""What a message becomes: events, people, accounts and what joins them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.collect.door import NOW, Door
from waypost.core import Event

UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


def track(door: Door, name: str = "Report Exported", /, **properties: Any) -> list[Event]:  # noqa: ANN401 -- JSON
    message = {"event": name, "properties": {"token": door.key, "time": 1_767_603_600.25, **properties}}
    return _sent(door, "track", message)


def engage(door: Door, /, **said: Any) -> list[Event]:  # noqa: ANN401 -- JSON
    message = {"$token": door.key, "$time": 1_767_603_600_250, "$distinct_id": "ada", **said}
    return _sent(door, "engage", message)


def group(door: Door, /, **said: Any) -> list[Event]:  # noqa: ANN401 -- JSON
    message = {"$token": door.key, "$group_key": "company", "$group_id": "acme", **said}
    return _sent(door, "groups", message)


def _sent(door: Door, word: str, message: dict[str, Any], query: str = "") -> list[Event]:
    before = len(door.events())
    door.post(f"/in/mixpanel/{word}", message, key=None, query=query)
    return door.events()[before:]


def said(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.properties))
    return found


def test_an_event_is_kept_as_it_was_sent_but_for_its_key(door: Door) -> None:
    nested = {"filters": [{"by": "day"}], "name": "Größe 📈", "big": 2**53 + 1, "n": None}
    (one,) = track(door, "Report Exported", distinct_id="ada", **{"$insert_id": "i1"}, **nested)
    assert (one.kind, one.name, one.person_id, one.anonymous_id) == ("track", "Report Exported", "ada", None)
    assert (one.happened_at, one.source) == (HAPPENED_AT, "segment:web")
    assert one.event_id.startswith("mixpanel:i1-")
    kept = {"distinct_id": "ada", "$insert_id": "i1", "time": 1_767_603_600.25, **nested}
    assert said(one) == kept


def test_one_insert_id_under_two_names_is_two_events(door: Door) -> None:
    (one,) = track(door, "Ordered", distinct_id="ada", **{"$insert_id": "o-1"})
    (again,) = track(door, "Ordered", distinct_id="ada", **{"$insert_id": "o-1"}, time=1_767_603_600)
    (other,) = track(door, "Paid", distinct_id="ada", **{"$insert_id": "o-1"})
    assert one.event_id == again.event_id != other.event_id
    (odd,) = track(door, "Ordered", distinct_id="ada", **{"$insert_id": True})
    (none,) = track(door, distinct_id="ada")
    assert odd.event_id != none.event_id


@pytest.mark.parametrize(
    ("named", "person_id", "anonymous_id"),
    [
        ({"distinct_id": 7}, "7", None),
        ({"distinct_id": f"$device:{UUID}"}, None, UUID),
        ({"distinct_id": f"$device:{UUID}", "$device_id": UUID}, None, UUID),
        ({"distinct_id": UUID, "$device_id": UUID}, None, UUID),
        ({"distinct_id": UUID}, UUID, None),
        ({"distinct_id": "Undefined", "$device_id": UUID}, None, UUID),
        ({"distinct_id": "$device:", "$device_id": UUID}, None, UUID),
    ],
)
def test_who_an_event_names(
    door: Door, named: dict[str, Any], person_id: str | None, anonymous_id: str | None
) -> None:
    (one,) = track(door, **named)
    assert (one.person_id, one.anonymous_id) == (person_id, anonymous_id)


def test_device_and_user_in_one_event_are_joined_once(door: Door) -> None:
    both = {"distinct_id": "ada", "$user_id": "ada", "$device_id": UUID}
    one, joined = track(door, **both)
    _, again = track(door, "Signed In", **both)
    assert (one.person_id, one.anonymous_id) == ("ada", UUID)
    assert (joined.kind, joined.person_id, joined.anonymous_id) == ("identify", "ada", UUID)
    assert joined.event_id == again.event_id


@pytest.mark.parametrize(
    ("name", "properties", "pair"),
    [
        ("$identify", {"$identified_id": "ada", "$anon_id": UUID}, ("ada", UUID)),
        ("$identify", {"distinct_id": "ada", "$anon_distinct_id": f"$device:{UUID}"}, ("ada", UUID)),
        ("$identify", {"distinct_id": "ada", "$anon_distinct_id": UUID, "$device_id": UUID}, ("ada", UUID)),
        (
            "$identify",
            {
                "distinct_id": "ada",
                "$anon_distinct_id": "old",
                "$device_id": UUID,
                "$had_persisted_distinct_id": True,
            },
            ("ada", "old"),
        ),
        ("$create_alias", {"distinct_id": UUID, "alias": "ada"}, ("ada", UUID)),
        ("$create_alias", {"distinct_id": "ada", "alias": "ada@acme.example"}, ("ada", "ada@acme.example")),
        ("$merge", {"$distinct_ids": ["ada", "ben"]}, ("ada", "ben")),
        ("$merge", {"$distinct_ids": [f"$device:{UUID}", "ben"]}, ("ben", UUID)),
    ],
)
def test_identity_calls_join(
    door: Door, name: str, properties: dict[str, Any], pair: tuple[str, str]
) -> None:
    (one,) = track(door, name, **properties)
    assert (one.kind, one.person_id, said(one)["previousId"]) == ("alias", *pair)


def test_a_person_who_follows_another_at_a_browser_is_not_joined_with_them(door: Door) -> None:
    (one,) = track(door, "$identify", distinct_id="ben", **{"$anon_distinct_id": "ada", "$device_id": UUID})
    assert (one.kind, one.person_id, one.anonymous_id) == ("identify", "ben", UUID)
    (one,) = track(door, "$identify", distinct_id="ben", **{"$anon_distinct_id": "ada"})
    assert one.kind == "identify"


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("$create_alias", {"distinct_id": "ada"}),
        ("$create_alias", {"distinct_id": "ada", "alias": "ada"}),
        ("$merge", {"$distinct_ids": ["ada"]}),
        ("$merge", {"$distinct_ids": "ada"}),
    ],
)
def test_what_joins_nothing_is_refused(door: Door, name: str, properties: dict[str, Any]) -> None:
    assert track(door, name, **properties) == []
    assert door.refusals() == {"no_previous_id": 1}


def test_the_account_is_under_a_usual_group_key_or_the_one_that_the_address_names(door: Door) -> None:
    (one,) = track(door, distinct_id="ada", company="acme", plan="pro")
    assert one.account_id == "acme"
    (one,) = track(door, distinct_id="ada", company={"id": 7, "name": "Acme"})
    assert one.account_id == "7"
    (one,) = track(door, "Report Exported", distinct_id="ada", **{"$groups": {"workspace": "w1"}})
    assert one.account_id == "w1"
    of_hospital = {"token": door.key, "distinct_id": "ada", "company": "x", "hospital": "st-mary"}
    (one,) = _sent(door, "track", {"event": "Seen", "properties": of_hospital}, "group_key=hospital")
    assert one.account_id == "st-mary"
    (one,) = track(door, distinct_id="ada", company=None)
    assert one.account_id is None


def test_a_person_in_several_accounts_belongs_to_each(door: Door) -> None:
    one, further = track(door, distinct_id="ada", company_id=["acme", "beta"])
    assert (one.account_id, further.kind, further.account_id, further.person_id) == (
        "acme",
        "group",
        "beta",
        "ada",
    )


def test_what_a_machine_did_for_an_account_needs_nobody(door: Door) -> None:
    (one,) = track(door, "Sync Ran", distinct_id="", company="acme")
    assert (one.actor, one.account_id, one.person_id) == ("automated", "acme", None)


def test_page_views_are_pages_with_a_path(door: Door) -> None:
    seen = {"current_page_title": "Docs", "current_url_path": "/docs", "distinct_id": "ada"}
    (one,) = track(door, "$mp_web_page_view", **seen)
    assert (one.kind, one.name, said(one)["path"]) == ("page", "Docs", "/docs")
    (one,) = track(door, "$mp_web_page_view", distinct_id="ada", current_url_path="/docs")
    assert one.name == "/docs"
    (one,) = track(door, "$mp_web_page_view", distinct_id="ada")
    assert one.name == "page"


def test_no_time_is_the_time_of_receipt(door: Door) -> None:
    (one,) = track(door, distinct_id="ada", time=None)
    (ahead,) = track(door, distinct_id="ada", time=4_000_000_000)
    assert {one.happened_at, ahead.happened_at} == {NOW}


def test_traits_have_the_names_that_every_product_shares(door: Door) -> None:
    traits = {"$email": "ada@acme.example", "$name": "Ada", "$first_name": "Ada", "plan": "pro"}
    (one,) = engage(door, **{"$set": traits})
    assert (one.kind, one.name, one.person_id, one.happened_at) == (
        "identify",
        "identify",
        "ada",
        HAPPENED_AT,
    )
    assert said(one) == {"email": "ada@acme.example", "name": "Ada", "firstName": "Ada", "plan": "pro"}
    (one,) = engage(door, **{"$set": {"$name": "Ada B.", "name": "ada"}})
    assert said(one) == {"$name": "Ada B.", "name": "ada"}


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("$set_once", {"plan": "free"}),
        ("$add", {"logins": 1}),
        ("$append", {"seen": "a"}),
        ("$union", {"seen": ["a", "b"]}),
        ("$remove", {"seen": "a"}),
        ("$delete", ""),
    ],
)
def test_what_works_on_what_is_known_is_an_update_and_kept_as_it_was_said(
    door: Door, act: str, value: object
) -> None:
    (one,) = engage(door, **{act: value, "$ip": "0"})
    assert (one.name, said(one)) == ("update", {act: value})
    assert json.loads(bytes(one.context)) == {"$ip": "0"}
    (one,) = group(door, **{act: value})
    assert (one.kind, one.name, said(one)) == ("group", "update", {act: value})


def test_acts_name_traits_as_every_product_does(door: Door) -> None:
    (one,) = engage(door, **{"$set_once": {"$email": "ada@acme.example", "$created": "2026-01-01"}})
    assert said(one) == {"$set_once": {"email": "ada@acme.example", "createdAt": "2026-01-01"}}


def test_additions_that_are_worded_alike_are_as_many_as_came(door: Door) -> None:
    message = {"$token": door.key, "$distinct_id": "ada", "$add": {"logins": 1}}
    for after_ms in range(2):
        door.now = NOW + timedelta(milliseconds=after_ms)
        door.post("/in/mixpanel/engage", [message, message], key=None)
    assert len({each.event_id for each in door.events()}) == 4


def test_additions_that_say_their_time_are_stored_once_when_their_batch_is_sent_again(door: Door) -> None:
    message = {"$token": door.key, "$distinct_id": "ada", "$time": 1_767_603_600_250, "$add": {"logins": 1}}
    for after_ms in range(2):
        door.now = NOW + timedelta(milliseconds=after_ms)
        door.post("/in/mixpanel/engage", [message, message], key=None)
    assert len({each.event_id for each in door.events()}) == 2


def test_a_trait_that_is_unset_is_null(door: Door) -> None:
    (one,) = engage(door, **{"$unset": ["$email", "plan", 7]})
    assert said(one) == {"email": None, "plan": None}
    assert json.loads(bytes(one.context)) == {"$unset": ["$email", "plan", 7]}
    (one,) = engage(door, **{"$unset": "plan"})
    assert said(one)["plan"] is None


def test_groups_of_a_person_are_accounts(door: Door) -> None:
    one, further = engage(door, **{"$set": {"company": ["acme", "beta"]}})
    assert (one.account_id, further.account_id) == ("acme", "beta")
    (one,) = engage(door, **{"$union": {"company": ["gamma"]}})
    assert one.account_id == "gamma"


def test_a_group_is_an_account_and_its_key_is_kept(door: Door) -> None:
    (one,) = group(door, **{"$set": {"$name": "Acme", "seats": 40}})
    assert (one.kind, one.account_id, one.person_id) == ("group", "acme", None)
    assert said(one) == {"name": "Acme", "seats": 40}
    assert json.loads(bytes(one.context)) == {"$group_key": "company"}


def test_updates_of_nobody_and_of_the_wrong_type_are_refused(door: Door) -> None:
    assert engage(door, **{"$distinct_id": None, "$set": {}}) == []
    assert engage(door, **{"$set": []}) == []
    assert group(door, **{"$group_id": None, "$set": {}}) == []
    assert group(door, **{"$set": 7}) == []
    assert door.refusals() == {"no_id": 1, "wrong_type": 2, "no_group": 1}
