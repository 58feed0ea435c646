from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.collect.door import NOW, Answered, Door
from tests.collect.hooks import sending
from tests.collect.hooks.sending import SECRET, properties, told
from waypost.core import Event

MS = int(NOW.timestamp()) * 1_000
ORG = "00D24000000abcDEAQ"
SESSION = "00D24!AQwAQ.session-that-nobody-may-keep"


def outbound(entity: str, nr: object = 1, org: object = ORG, **fields: object) -> bytes:
    """An outbound message, as its WSDL describes it."""
    inside = "".join(f"<sf:{name}>{value}</sf:{name}>" for name, value in fields.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">
  <OrganizationId>{org}</OrganizationId><ActionId>04k240000008OILAA2</ActionId><SessionId>{SESSION}</SessionId>
  <EnterpriseUrl>https://acme.my.example/services/Soap/c/61.0</EnterpriseUrl>
  <Notification><Id>04l0800002nrC5BAA{nr}</Id>
   <sObject xsi:type="sf:{entity}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
    <sf:Id>00124000000000{nr}AAA</sf:Id>{inside}</sObject></Notification>
 </notifications></soapenv:Body></soapenv:Envelope>""".encode()


def change(entity: str, **fields: object) -> dict[str, Any]:
    """A change event, in the structure that its guide shows, as a subscriber forwards it."""
    header = {
        "entityName": entity,
        "recordIds": ["003240000001XyzAAA"],
        "changeType": "UPDATE",
        "changedFields": sorted(fields),
        "transactionKey": "0002343d-9d90-e395-ed20-cf416ba652ad",
        "sequenceNumber": 1,
        "commitTimestamp": MS - 60_000,
        "commitUser": "005240000001Abc",
    }
    return {
        "schema": "-pszPCNGMHqUPU1ftkjxEA",
        "payload": {"ChangeEventHeader": header, **fields},
        "event": {"replayId": 9},
    }


ACCOUNT = outbound(
    "Account",
    Name="Acme",
    Industry="Software",
    OwnerId="00524000000AbcAAE",
    Owner_Email__c="mia@waypost.example",
    Account_Id__c="acme",
    ARR__c="24000.0",
    Renewal_Date__c="2027-01-31",
    LastModifiedDate="2026-06-03T11:59:00.000Z",
)
CONTACT = change(
    "Contact",
    Name={"FirstName": "Tom", "LastName": "Ebert"},
    Email="Tom@acme.example",
    Title="CTO",
    AccountId="0012400000XYZ",
    Account_Id__c="acme",
    Contact_Role__c="Champion",
)
TOM = {"Account_Id__c": "acme", "Email__c": "tom@acme.example"}
WRITTEN = {
    "schema": "x",
    "payload": {"CreatedDate": "2026-06-03T11:00:00.000Z", "Event__c": "left", **TOM},
    "event": {"EventUuid": "e981b488-81f3-4fcc-bd6f-f7033c9d7ac3", "replayId": 3},
}
REAL = [CONTACT, WRITTEN]


def sign(_body: bytes, secret: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def posts(door: Door, body: object, headers: Mapping[str, str] | None = None) -> Answered:
    return sending.posts(door, "salesforce", body, headers)


def sends(door: Door, body: object) -> list[Event]:
    before = len(door.events())
    assert posts(door, body).status == 200
    return door.events()[before:]


def test_an_outbound_message_is_taken_and_acknowledged(door: Door) -> None:
    answered = posts(door, ACCOUNT)
    assert (answered.status, answered.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert b"<Ack>true</Ack>" in answered.body
    events = door.events()
    assert told(events) == [("group", "group", None, "acme"), ("contract", "changed", None, "acme")]
    traits, terms = map(properties, events)
    assert traits == {"name": "Acme", "industry": "Software", "owner": "mia@waypost.example"}
    assert (terms["value"], terms["renews_on"]) == (24_000, "2027-01-31")
    assert terms["salesforce"]["sObject"]["OwnerId"] == "00524000000AbcAAE", "what is not understood is kept"
    assert events[0].happened_at == NOW - timedelta(seconds=60)
    assert [each.event_id for each in sends(door, ACCOUNT)] == [each.event_id for each in events], (
        "the same again"
    )


def test_the_session_that_comes_along_is_never_kept(door: Door) -> None:
    posts(door, ACCOUNT)
    posts(door, outbound("Account", 2, Name="without an account"))
    kept = [bytes(each.properties) + bytes(each.context) for each in door.events()]
    kept += [str(each).encode() for each in door.quarantined()]
    assert door.refusals() == {"no_group": 1}
    assert not any(SESSION.encode() in each for each in kept)


def test_a_change_event_tells_who_somebody_is(door: Door) -> None:
    events = sends(door, CONTACT)
    assert told(events) == [
        ("alias", "alias", "tom@acme.example", None),
        ("identify", "identify", "tom@acme.example", None),
        ("membership", "role_changed", "tom@acme.example", "acme"),
    ]
    alias, who, part = map(properties, events)
    assert alias["previousId"] == "salesforce:003240000001XyzAAA"
    assert who == {"name": "Tom Ebert", "email": "tom@acme.example", "title": "CTO"}
    assert (part["champion"], part["signs_renewal"]) == (True, False)
    _, left = sends(door, {"data": WRITTEN, "channel": "/event/Waypost__e"})
    assert told([left]) == [("membership", "left", "tom@acme.example", "acme")]
    assert left.event_id == "salesforce:e981b488-81f3-4fcc-bd6f-f7033c9d7ac3:left"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (outbound("Opportunity", StageName="Closed Won", **TOM, ARR__c="9000"), ["signed"]),
        (outbound("Opportunity", StageName="Prospecting", **TOM), []),
        (outbound("Contract", Status="Activated", **TOM, EndDate="2027-05-31"), ["signed"]),
        (outbound("Contract", Status="Terminated", **TOM), ["ended"]),
        (
            outbound("Contact", Email="tom@acme.example", **TOM, Left_Company__c="true"),
            ["alias", "identify", "left"],
        ),
        (outbound("OpportunityContactRole", **TOM, Role="Decision Maker"), ["identify", "role_changed"]),
        (outbound("Case", Subject="Help"), []),
        (change("Contact"), []),
    ],
)
def test_each_record_is_told_for_what_it_is(door: Door, body: object, names: list[str]) -> None:
    assert [each.name for each in sends(door, body)] == names
    assert door.refusals() == {}


def test_what_is_forwarded_brings_the_secret_and_an_outbound_message_its_organisation(door: Door) -> None:
    door.signs(f"{SECRET}\n{ORG[:15]}")
    assert posts(door, CONTACT).said["code"] == "wrong_signature"
    assert posts(door, CONTACT, sign(b"", "another")).said["code"] == "wrong_signature"
    assert posts(door, outbound("Account", org="00D99000000abcDEAQ", Name="x")).status == 401
    assert posts(door, outbound("Account", org="", Name="x")).status == 401
    assert posts(door, b"<no").status == 401
    assert door.events() == []
    assert door.refusals() == {"wrong_signature": 5}
    assert posts(door, CONTACT, sign(b"", SECRET)).status == 200
    assert posts(door, ACCOUNT).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>',
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16-le"),
        b"<notifications>",
        b"neither",
    ],
)
def test_what_is_no_outbound_message_is_refused(door: Door, body: bytes) -> None:
    assert (posts(door, body).status, posts(door, body).said["code"]) == (400, "bad_body")
