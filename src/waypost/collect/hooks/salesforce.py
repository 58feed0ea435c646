"""Salesforce: outbound messages as they come, and change or platform events as somebody forwards them.

Nothing is signed. A secret comes along with what is forwarded; an outbound message can carry none, and is known by
the organisation that it names, which says who it claims to be and proves nothing.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

import msgspec

from waypost.collect.answers import Answer
from waypost.collect.bodies import messages_in
from waypost.collect.family import BadBodyError
from waypost.collect.hooks.crm import Fields, account, contact, contract, fields_of, written
from waypost.collect.hooks.saying import Hook, Said
from waypost.collect.hooks.signing import told_along
from waypost.collect.pieces import id_of, object_of
from waypost.collect.readings import text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told

#: Without exactly this it sends a message again for a day.
ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>'
    b"</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
XML = b"text/xml; charset=utf-8"
#: Its ids are of 15 letters, and of 18 where three more tell capitals apart.
_SHORT = 15
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_encode = msgspec.json.Encoder().encode


def proven(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge what came along, or which organisation an outbound message says that it is of."""
    why = told_along(request, secrets)
    if why and _is_xml(request.body):
        try:
            of = _root(request.body).findtext(f".//{_OUTBOUND}OrganizationId") or ""
        except BadBodyError:
            return why
        known = {each[:_SHORT] for each in secrets}
        return None if len(of) >= _SHORT and of[:_SHORT] in known else why
    return why


def messages(request: Request) -> list[bytes]:
    """Return the notifications of an outbound message, or the JSON that was forwarded. Raises BadBodyError."""
    if not _is_xml(request.body):
        return messages_in(request.body)
    return [_encode(_notification(each)) for each in _root(request.body).iter(f"{_OUTBOUND}Notification")]


def tell(said: Said) -> Iterator[Told]:
    """Tell what a record says, or what of it changed."""
    payload = object_of(said.at("payload") or said.at("data", "payload"))
    header = object_of(payload.get("ChangeEventHeader"))
    if said.at("sObject"):
        fields = fields_of(said.at("sObject"))
        known = {"event_id": said.at("Id"), "happened_at": fields.get("lastmodifieddate")}
        yield from _record(said, text_of(said.at("type")), fields, **known)
    elif header:
        ids = header.get("recordIds")
        own = ids[0] if isinstance(ids, list) and len(ids) == 1 else None
        sent = f"{header.get('transactionKey')}:{header.get('sequenceNumber')}"
        # A person's name stands in parts inside one field.
        fields = fields_of({**payload, **object_of(payload.get("Name")), "Id": own})
        known = {"event_id": sent, "happened_at": header.get("commitTimestamp")}
        yield from _record(said, text_of(header.get("entityName")), fields, **known)
    else:
        fields = fields_of(payload or said.message)
        event_id = said.at("event", "EventUuid") or said.at("data", "event", "EventUuid") or fields.get("id")
        at = fields.get("at") or fields.get("createddate")
        yield from written(said, fields, event_id=event_id, happened_at=at)


def _record(said: Said, entity: str, fields: Fields, **known: object) -> Iterator[Told]:
    # Its own AccountId is a number of Salesforce's, which no field of the customer's is called.
    fields = {name: value for name, value in fields.items() if name != "accountid"}
    own = id_of(fields.get("id"))
    match entity:
        case "Account":
            yield from account(said, fields, **known)
        case "Contact" | "AccountContactRelation" | "OpportunityContactRole":
            if entity == "OpportunityContactRole" and "role" in fields:
                fields = {**fields, "contact_role": fields["role"]}
                fields.pop("role")
            yield from contact(said, fields, own if entity == "Contact" else None, **known)
        case "Opportunity" if (
            fields.get("iswon") in (True, "true") or fields.get("stagename") == "Closed Won"
        ):
            yield from contract(said, fields, "signed", own and f"{said.vendor}:{own}", **known)
        case "Contract" if fields.get("status") in _STATES:
            name = _STATES[text_of(fields.get("status"))]
            yield from contract(said, fields, name, own and f"{said.vendor}:{own}", **known)


_STATES = {"Activated": "signed", "Expired": "ended", "Terminated": "ended", "Cancelled": "ended"}


def _is_xml(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _root(body: bytes) -> ET.Element:
    # What declares a type may grow without end; no outbound message does, and none is in UTF-16, which would hide it.
    if b"<!" in body or b"\0" in body:
        raise BadBodyError("the body declares a type, which no outbound message does")
    try:
        return ET.fromstring(body)  # noqa: S314 -- nothing is declared in it, so nothing can be expanded or fetched
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadBodyError(f"the body is not XML ({error})") from None


def _notification(element: ET.Element) -> dict[str, object]:
    """Return one of them; the session that it may bring along is not in it, and so is never kept."""
    record = next((each for each in element if each.tag == f"{_OUTBOUND}sObject"), None)
    named = record.get(_TYPE, "") if record is not None else ""
    inside = (
        {each.tag.rpartition("}")[2]: each.text for each in record if each.text} if record is not None else {}
    )
    return {
        "Id": element.findtext(f"{_OUTBOUND}Id"),
        "type": named.rpartition(":")[2],
        "sObject": inside,
    }


SALESFORCE = Hook(proven, tell, signed=False, done=Answer(200, ACK, content_type=XML), cut=messages)
