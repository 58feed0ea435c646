"""What the vendors send, signed as each of them signs: written anew from their own descriptions of the protocol."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from tests.collect.door import Answered, Door
from waypost.core import Event

SECRET = "a secret that only two know"
Sign = Callable[[bytes, str], Mapping[str, str]]


def hexed(body: bytes, secret: str, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()


def based(body: bytes, secret: str, algorithm: str = "sha256") -> str:
    return b64encode(hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()).decode()


def posts(door: Door, vendor: str, body: object, headers: Mapping[str, str] | None = None) -> Answered:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return door.ask("POST", f"/in/hooks/{vendor}/{door.key}", pieces=[written], headers=headers)


def sends(door: Door, vendor: str, body: object, sign: Sign) -> list[Event]:
    """Send a body with a right signature; return the events that came of it."""
    before = len(door.events())
    door.signs(SECRET)
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    answered = posts(door, vendor, written, sign(written, SECRET))
    assert answered.status == 200, answered
    return door.events()[before:]


def is_refused_unless_signed(door: Door, vendor: str, body: object, sign: Sign) -> None:
    """Without a secret, without a signature, by another secret, with another body: refused, counted, nothing kept."""
    written = json.dumps(body).encode()
    assert posts(door, vendor, written, sign(written, SECRET)).said["code"] == "no_secret"
    door.signs(SECRET)
    for sent, headers in (
        (written, {}),
        (written, sign(written, "another")),
        (written + b" ", sign(written, SECRET)),
    ):
        answered = posts(door, vendor, sent, headers)
        assert (answered.status, answered.said["code"]) == (401, "wrong_signature")
    assert door.events() == []
    assert door.refusals() == {"no_secret": 1, "wrong_signature": 3}
    door.signs(f"another\n{SECRET}")
    assert posts(door, vendor, written, sign(written, SECRET)).status == 200
    assert posts(door, vendor, written, sign(written, "another")).status == 200


def properties(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.properties))
    return found


def told(events: list[Event]) -> list[tuple[str, str, str | None, str | None]]:
    return [(event.kind.value, event.name, event.person_id, event.account_id) for event in events]
