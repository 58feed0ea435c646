import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.collect.door import NOW, Door
from tests.collect.hooks import sending
from tests.collect.hooks.sending import SECRET, based, posts, properties, told
from waypost.core import Event

MS = int(NOW.timestamp()) * 1_000
HOST = "collect.example.com"


def sign(body: bytes, secret: str, key: str = "", at: object = MS, uri: str = "") -> Mapping[str, str]:
    """Sign as HubSpot does: over method, address, body and time."""
    uri = uri or f"https://{HOST}/in/hooks/hubspot/{key}"
    return {
        "Host": HOST,
        "X-HubSpot-Request-Timestamp": str(at),
        "X-HubSpot-Signature-v3": based(f"POST{uri}".encode() + body + f"{at}".encode(), secret),
    }


def notice(what: str, name: str = "", value: object = None, **more: object) -> dict[str, Any]:
    """A notice of an app, as HubSpot's guide shows it."""
    known = {
        "appId": 11_234,
        "eventId": 100,
        "subscriptionId": 123_456,
        "portalId": 33,
        "occurredAt": MS - 60_000,
        "subscriptionType": what,
        "attemptNumber": 0,
        "objectId": 1_246_965,
        "changeSource": "CRM",
    }
    changed = {"propertyName": name, "propertyValue": value} if name else {}
    return {**known, **changed, **more}


def record(of: str, own: int, **properties: object) -> dict[str, Any]:
    """An object that a workflow sends: each value stands in an object with whence it came."""
    found = {name: {"value": value, "source": "CRM_UI"} for name, value in properties.items()}
    return {of: own, "portalId": 33, "isDeleted": False, "properties": found}


COMPANY = record(
    "companyId",
    7_001,
    account_id="acme",
    name="Acme",
    industry="SOFTWARE",
    hubspot_owner_id="81",
    owner_email="Mia@waypost.example",
    renewal_date=str(MS - MS % 86_400_000),
    arr="24000",
    currency="EUR",
    hs_lastmodifieddate=str(MS - 5_000),
)
CONTACT = record(
    "vid",
    33,
    account_id="acme",
    email="Tom@acme.example",
    firstname="Tom",
    lastname="Ebert",
    jobtitle="CTO",
    hs_buying_role="CHAMPION;DECISION_MAKER",
    lastmodifieddate=str(MS - 4_000),
)
DEAL = record(
    "dealId",
    5_005,
    account_id="acme",
    dealstage="closedwon",
    hs_arr="30000",
    amount="90000",
    deal_currency_code="EUR",
    seats="12",
    contract_end_date="2027-06-03",
)
REAL = [COMPANY, CONTACT, DEAL, [notice("contact.propertyChange", "email", "tom@acme.example")]]


def sends(door: Door, body: object) -> list[Event]:
    return sending.sends(door, "hubspot", body, lambda written, secret: sign(written, secret, door.key))


def test_a_company_is_an_account_with_an_owner_and_a_renewal_date(door: Door) -> None:
    events = sends(door, COMPANY)
    assert told(events) == [("group", "group", None, "acme"), ("contract", "changed", None, "acme")]
    traits, terms = map(properties, events)
    assert traits == {"name": "Acme", "industry": "SOFTWARE", "owner": "mia@waypost.example"}
    assert json.loads(bytes(events[0].context))["hubspot"]["properties"]["hubspot_owner_id"]["value"] == "81"
    assert (terms["contract_id"], terms["value"], terms["currency"]) == ("acme", 24_000, "EUR")
    assert terms["renews_on"] == "2026-06-03"
    assert [each.event_id for each in sends(door, COMPANY)] == [each.event_id for each in events], (
        "the same again"
    )


def test_a_contact_has_a_part_and_leaves(door: Door) -> None:
    events = sends(door, CONTACT)
    assert told(events) == [
        ("alias", "alias", "tom@acme.example", None),
        ("identify", "identify", "tom@acme.example", None),
        ("membership", "role_changed", "tom@acme.example", "acme"),
    ]
    alias, who, part = map(properties, events)
    assert alias["previousId"] == "hubspot:33"
    assert who == {"name": "Tom Ebert", "email": "tom@acme.example", "title": "CTO"}
    assert (part["champion"], part["signs_renewal"]) == (True, True)
    assert [each.actor.value for each in events] == ["system", "system", "human"]
    gone = record("vid", 33, account_id="acme", email="tom@acme.example", left_company="true")
    assert [each.name for each in sends(door, gone)] == ["alias", "identify", "left"]


def test_a_deal_that_is_won_is_a_contract(door: Door) -> None:
    (one,) = sends(door, DEAL)
    said = properties(one)
    assert (one.name, one.account_id, said["contract_id"]) == ("signed", "acme", "hubspot:5005")
    assert (said["value"], said["seats"], said["renews_on"]) == (30_000, 12, "2027-06-03")
    said = record("dealId", 5_006, account_id="acme", dealstage="closedwon", amount="90000")
    assert "value" not in properties(sends(door, said)[0]), "an amount may be of three years"
    assert sends(door, record("dealId", 5_007, account_id="acme", dealstage="qualifiedtobuy")) == []


def test_a_body_that_somebody_wrote(door: Door) -> None:
    left = {
        "event": "left",
        "account_id": "acme",
        "person_id": "tom",
        "at": "2026-06-03T11:00:00Z",
        "id": "x",
    }
    (one,) = sends(door, left)
    assert told([one]) == [("membership", "left", "tom", "acme")]
    assert one.event_id == "hubspot:x:left"
    renewed = {"event": "renewed", "account_id": "acme", "contract_id": "c1", "renews_on": "2027-01-01"}
    assert told(sends(door, renewed)) == [("contract", "renewed", None, "acme")]


def test_notices_tell_of_people(door: Door) -> None:
    said = [
        notice("contact.propertyChange", "email", "tom@acme.example"),
        notice("object.propertyChange", "jobtitle", "CEO", objectTypeId="0-1"),
        notice("company.propertyChange", "renewal_date", "1780000000000"),
        notice("contact.deletion"),
    ]
    events = sends(door, said)
    assert told(events) == [
        ("alias", "alias", "tom@acme.example", None),
        ("identify", "identify", "tom@acme.example", None),
        ("identify", "identify", "hubspot:1246965", None),
    ]
    assert [each.event_id for each in sends(door, said)] == [each.event_id for each in events]


def test_a_company_without_a_name_of_the_products_is_refused(door: Door) -> None:
    assert sends(door, record("companyId", 7_002, name="Beta")) == []
    assert door.refusals() == {"no_group": 1}, "its own number of a company is no account of ours"


def test_only_what_is_signed_is_heard(door: Door) -> None:
    body, key = json.dumps(REAL[3]).encode(), door.key
    assert posts(door, "hubspot", body, sign(body, SECRET, key)).said["code"] == "no_secret"
    door.signs(SECRET)
    right = sign(body, SECRET, key)
    for sent, headers in (
        (body, {}),
        (body, sign(body, "another", key)),
        (body + b" ", right),
        (body, {**right, "X-HubSpot-Request-Timestamp": str(MS + 1)}),
        (body, {**right, "Host": "other.example.com"}),
        (body, sign(body, SECRET, key, uri=f"https://{HOST}/in/hooks/hubspot/other")),
        (body, {"X-HubSpot-Signature": right["X-HubSpot-Signature-v3"], "X-HubSpot-Signature-Version": "v2"}),
    ):
        answered = posts(door, "hubspot", sent, headers)
        assert (answered.status, answered.said["code"]) == (401, "wrong_signature")
    assert door.events() == []
    assert door.refusals() == {"no_secret": 1, "wrong_signature": 7}


@pytest.mark.parametrize("at", [MS - 301_000, MS + 301_000, "soon", ""])
def test_what_was_signed_long_ago_is_refused(door: Door, at: object) -> None:
    door.signs(SECRET)
    assert posts(door, "hubspot", b"{}", sign(b"{}", SECRET, door.key, at)).said["code"] == "stale_signature"


@pytest.mark.parametrize(
    ("uri", "query", "headers"),
    [
        ("http://{host}/in/hooks/hubspot/{key}", "", {}),
        ("https://front.example.com/in/hooks/hubspot/{key}", "", {"X-Forwarded-Host": "front.example.com"}),
        ("https://{host}/in/hooks/hubspot/{key}?to=a@b/c&x=%20", "to=a%40b%2Fc&x=%20", {}),
    ],
)
def test_the_address_is_the_one_that_was_called(
    door: Door, uri: str, query: str, headers: Mapping[str, str]
) -> None:
    door.signs(SECRET)
    body = json.dumps(CONTACT).encode()
    signed = sign(body, SECRET, uri=uri.format(host=HOST, key=door.key))
    path = f"/in/hooks/hubspot/{door.key}"
    answered = door.ask("POST", path, pieces=[body], headers={**signed, **headers}, query=query)
    assert answered.status == 200, answered


def test_the_example_of_the_second_version_is_not_taken(door: Door) -> None:
    """It says no time, so whoever has heard it once could say it for ever."""
    door.signs(SECRET)
    headers = {"X-HubSpot-Signature-Version": "v2", "X-HubSpot-Signature": "0" * 64}
    assert posts(door, "hubspot", CONTACT, headers).said["code"] == "wrong_signature"
