"""Unsubscribing by one click, from a link that only we can have made."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from waypost.store import Interventions, Operations, SuppressedBy, Suppressions

PATH = "/unsubscribe/"
_SEAL_BYTES = 16
_ID_BYTES = 16


class Unsubscribed(StrEnum):
    """How asking for no more e-mail ended."""

    DONE = "done"
    ALREADY = "already"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Whom an unsubscribe link is about."""

    intervention_id: str
    address: str


def token(intervention_id: str, secret: bytes) -> str:
    """Return the token of an intervention's unsubscribe link: its id and a seal, safe in an address."""
    raw = bytes.fromhex(intervention_id)
    return base64.urlsafe_b64encode(raw + _seal(raw, secret)).decode().rstrip("=")


def leaving(written: str, operations: Operations, secret: bytes) -> Leaving | None:
    """Return whom a token is about, for the page with the button; None when the token is not ours.

    Looking changes nothing: mail scanners open links too.
    """
    try:
        whole = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        return None
    raw, seal = whole[:_ID_BYTES], whole[_ID_BYTES:]
    if not hmac.compare_digest(seal, _seal(raw, secret)):
        return None
    found = Interventions(operations).get(raw.hex())
    if found is None or not found.address:
        return None
    return Leaving(intervention_id=found.intervention_id, address=found.address)


def unsubscribe(written: str, operations: Operations, secret: bytes, *, now: datetime) -> Unsubscribed:
    """Send no more e-mail to the token's address, for the POST of the button and of mail programs (RFC 8058)."""
    who = leaving(written, operations, secret)
    if who is None:
        return Unsubscribed.NOT_OURS
    added = Suppressions(operations).add(
        who.address, SuppressedBy.UNSUBSCRIBED, now, intervention_id=who.intervention_id
    )
    return Unsubscribed.DONE if added else Unsubscribed.ALREADY


def _seal(raw: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"unsubscribe\x1f" + raw, hashlib.sha256)[:_SEAL_BYTES]
