"""SendGrid: what became of mails, many in one request, signed with a key of which only the public half is given out."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from waypost.collect.hooks.mail import became
from waypost.collect.hooks.saying import Hook, Said
from waypost.collect.hooks.signing import stale
from waypost.collect.readings import text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told
from waypost.core import MAIL_MARK

_SIGNATURE = b"x-twilio-email-event-webhook-signature"
_SIGNED_AT = b"x-twilio-email-event-webhook-timestamp"
#: It tries for a day to hand events over.
PATIENCE = timedelta(hours=26)
_NAMES = {
    "delivered": "delivered",
    "open": "opened",
    "click": "clicked",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
    "bounce": "bounced",
    "dropped": "failed",
}
#: A bounce of this type is about the message or the server, not about the address.
_BLOCKED = "blocked"
_WHY_DROPPED = {
    "Bounced Address": "bounced",
    "Invalid": "bounced",
    "Spam Reporting Address": "complained",
    "Unsubscribed Address": "unsubscribed",
}


def signed(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge the header, an ECDSA signature of the time in another header and the body."""
    stamp = request.headers.get(_SIGNED_AT, b"")
    try:
        signature = b64decode(request.headers.get(_SIGNATURE, b""), validate=True)
    except binascii.Error:
        return TurnedAway.WRONG_SIGNATURE
    if not any(_made(each, signature, stamp + request.body) for each in secrets):
        return TurnedAway.WRONG_SIGNATURE
    return stale(stamp, request.received_at, PATIENCE)


def tell(said: Said) -> Iterator[Told]:
    """Tell what became of a mail."""
    event, reason = text_of(said.at("event")), text_of(said.at("reason"))
    name = _NAMES.get(event)
    if event == "bounce" and said.at("type") == _BLOCKED:
        name = "failed"
    elif event == "dropped":
        name = _WHY_DROPPED.get(reason, name)
    if name:
        yield became(
            said,
            name,
            said.at("email"),
            marks=(said.at(MAIL_MARK), said.at("smtp-id")),
            event_id=said.at("sg_event_id"),
            happened_at=said.at("timestamp"),
            message_id=said.at("sg_message_id"),
            reason=reason or None,
            url=said.at("url"),
        )


def _made(key: str, signature: bytes, text: bytes) -> bool:
    try:
        public = load_der_public_key(b64decode(key, validate=True))
        if not isinstance(public, EllipticCurvePublicKey):
            return False
        public.verify(signature, text, ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


SENDGRID = Hook(signed, tell)
