"""The messages of the protocol as they are on the wire."""

from datetime import datetime
from typing import Any

import msgspec

from waypost.core import EMPTY, Kind

Id = str | int | float | None

KINDS = {
    kind.value: kind for kind in (Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.IDENTIFY, Kind.GROUP, Kind.ALIAS)
}


class Message(msgspec.Struct, gc=False):
    """One message. JSON parts stay as they were written; null and an absent field are the same."""

    type: str | None = None
    messageId: str | None = None  # noqa: N815 -- the protocol's own names, here and below
    userId: Id = None  # noqa: N815
    anonymousId: Id = None  # noqa: N815
    groupId: Id = None  # noqa: N815
    previousId: Id = None  # noqa: N815
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: datetime | None = None
    properties: msgspec.Raw = EMPTY
    traits: msgspec.Raw = EMPTY
    context: msgspec.Raw = EMPTY


class Envelope(msgspec.Struct, gc=False):
    """A batch: messages still unread, so that a bad one is refused alone."""

    batch: list[msgspec.Raw]
    sentAt: msgspec.Raw = EMPTY  # noqa: N815
    writeKey: msgspec.Raw = EMPTY  # noqa: N815
    context: msgspec.Raw = EMPTY


class Wrapping(msgspec.Struct, gc=False):
    """What surrounds a message that was sent alone."""

    sentAt: msgspec.Raw = EMPTY  # noqa: N815
    writeKey: msgspec.Raw = EMPTY  # noqa: N815


class Surroundings(msgspec.Struct, gc=False):
    """What a message's context may say of the account, the page and (in old clients) the person."""

    groupId: Any = None  # noqa: N815
    traits: msgspec.Raw = EMPTY


class Titles(msgspec.Struct, gc=False):
    """Where a page may carry its name when the message itself has none."""

    name: str | None = None
    path: str | None = None


def id_text(value: Id) -> str | None:
    """Return an id as text: numbers as their decimals, nothing and "" as None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if value is not None and value != "" else None
