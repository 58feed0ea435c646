"""HubSpot: objects that a workflow sends, bodies that somebody wrote, and notices of an app, which hold one field."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

from waypost.collect.hooks.crm import account, contact, contract, fields_of, written
from waypost.collect.hooks.saying import Hook, Said
from waypost.collect.hooks.signing import digest, judged, stale
from waypost.collect.pieces import id_of
from waypost.collect.readings import text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told

_SIGNATURE, _SIGNED_AT = b"x-hubspot-signature-v3", b"x-hubspot-request-timestamp"
_MOUNT = b"/in/hooks"
#: What HubSpot writes plainly before it signs an address; no other sign.
_PLAIN = re.compile(rb"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_CONTACTS = ("contact", "0-1")
_WON = ("closedwon", "closed won")


def signed(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge the third version of the signature, which covers the address that the sender called, too.

    Behind a proxy that is not ours: what it says of the way is tried with what came. Nobody without the secret can
    make any of them right.
    """
    stamp = request.headers.get(_SIGNED_AT, b"")
    texts = [request.method.encode() + address + request.body + stamp for address in _addresses(request)]
    made = (b64encode(digest(secret, text)) for secret in secrets for text in texts)
    return judged(request.headers.get(_SIGNATURE, b""), made) or stale(stamp, request.received_at)


def tell(said: Said) -> Iterator[Told]:
    """Tell what an object says, or what of it changed."""
    if said.at("subscriptionType"):
        yield from _notice(said)
        return
    properties = said.at("properties")
    if not isinstance(properties, dict):
        yield from written(said, fields_of(said.message))
        return
    fields = fields_of(properties)
    own = said.at("id") or said.at("objectId") or said.at("vid") or said.at("companyId") or said.at("dealId")
    changed_at = fields.get("hs_lastmodifieddate") or fields.get("lastmodifieddate")
    # An object has no id of its sending: what it says and when it was changed is its id.
    known = {"happened_at": changed_at}
    kind = text_of(said.at("objectTypeId"))
    if said.at("vid") or kind in _CONTACTS or (not kind and "email" in fields):
        yield from contact(said, fields, own, **known)
    elif said.at("dealId") or kind == "0-3" or "dealstage" in fields:
        won = fields.get("hs_is_closed_won") in (True, "true")
        if won or text_of(fields.get("dealstage")).lower() in _WON:
            yield from contract(said, fields, "signed", own and f"{said.vendor}:{id_of(own)}", **known)
    else:
        yield from account(said, fields, **known)


def _notice(said: Said) -> Iterator[Told]:
    """Tell of people alone: such a notice names companies and deals by HubSpot's numbers, and nothing else."""
    kind, _, what = text_of(said.at("subscriptionType")).partition(".")
    kind = text_of(said.at("objectTypeId")) if kind == "object" else kind
    if kind in _CONTACTS and what == "propertyChange":
        own, at, name = said.at("objectId"), said.at("occurredAt"), text_of(said.at("propertyName"))
        sent = f"{said.at('eventId')}:{own}:{name}:{at}"
        changed = fields_of({name: said.at("propertyValue")})
        yield from contact(said, changed, own, event_id=sent, happened_at=at)


def _addresses(request: Request) -> list[bytes]:
    headers = request.headers
    hosts = [headers[name] for name in (b"x-forwarded-host", b"host") if headers.get(name)]
    schemes = [headers.get(b"x-forwarded-proto", b""), b"https", request.scheme.encode()]
    query = b"?" + request.query_string if request.query_string else b""
    path = _MOUNT + request.path.encode(errors="replace") + query
    ways = {(scheme, host): None for scheme in schemes if scheme for host in hosts}
    return [_PLAIN.sub(_plain, scheme + b"://" + host + path) for scheme, host in ways]


def _plain(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())


HUBSPOT = Hook(signed, tell)
