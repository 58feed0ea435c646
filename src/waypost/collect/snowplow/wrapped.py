"""JSON inside a payload, plain or in base64: self-describing data, and the entities of an event's context."""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

from waypost.collect.pieces import UnreadableError, message, object_of
from waypost.collect.refusals import TurnedAway

_SCHEMA = re.compile(r"iglu:([^/]+)/([^/]+)/[^/]+/[^/]+")
_TIDY = str.maketrans("+/ ", "-_-")


class Described(NamedTuple):
    """Data and the schema that describes it."""

    schema: str
    data: object

    @property
    def name(self) -> str:
        """What the schema calls it, "" when the schema is none."""
        found = _SCHEMA.fullmatch(self.schema)
        return found[2] if found else ""


def event_in(payload: Mapping[str, Any]) -> Described:
    """Return the event of its own that a payload wraps. Raises UnreadableError when there is none that can be read."""
    outer = _json(payload, "ue_pr", "ue_px")
    if outer is None:
        raise UnreadableError(TurnedAway.NO_NAME, "the payload holds no self-describing event")
    return described(outer.get("data"))


def entities_in(payload: Mapping[str, Any]) -> list[Described] | None:
    """Return the entities that the context of an event names; None when they cannot be read."""
    try:
        outer = _json(payload, "co", "cx")
    except UnreadableError:
        return None
    named = outer.get("data") if outer else []
    return [described(each) for each in named] if isinstance(named, list) else None


def described(value: object) -> Described:
    """Return self-describing data; its schema is "" when it names none."""
    fields = object_of(value)
    schema = fields.get("schema")
    return Described(schema if isinstance(schema, str) else "", fields.get("data"))


def _json(payload: Mapping[str, Any], plain: str, packed: str) -> dict[str, Any] | None:
    if isinstance(written := payload.get(plain), str):
        return message(written.encode(errors="replace"))
    if not isinstance(written := payload.get(packed), str):
        return None
    tidy = written.translate(_TIDY).rstrip("=")
    try:
        return message(urlsafe_b64decode(tidy + "=" * (-len(tidy) % 4)))
    except (binascii.Error, ValueError):
        raise UnreadableError(TurnedAway.BAD_JSON, f"{packed} is not base64") from None
