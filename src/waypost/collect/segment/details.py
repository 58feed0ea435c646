"""What the steps look up inside a message: its account, a page's name, an id when there is none."""

import hashlib
from datetime import datetime

import msgspec

from waypost.collect.countable import countable
from waypost.collect.instants import read_instant
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.message import Surroundings, Titles, id_text
from waypost.core import EMPTY

_surroundings = msgspec.json.Decoder(Surroundings).decode
_titles = msgspec.json.Decoder(Titles).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_values = msgspec.json.Decoder(dict[str, object]).decode
_sorted = msgspec.json.Encoder(order="sorted").encode
_encode = msgspec.json.encode

# What a client may write anew each time it sends the same message.
_OF_THE_SENDING = ("sentAt", "writeKey")


def as_object(raw: msgspec.Raw) -> msgspec.Raw | None:
    """Return the part when it is an object, an empty one for null, and None for anything else."""
    written = bytes(raw)
    if written[:1] == b"{":
        return raw
    return EMPTY if written == b"null" else None


def merged(shared: bytes, own: msgspec.Raw) -> msgspec.Raw:
    """Return the context of the batch, with the message's own on top."""
    try:
        around = _fields(shared)
    except msgspec.MsgspecError:
        return own
    return msgspec.Raw(_encode({**around, **_fields(own)}))


def traits_in(context: msgspec.Raw) -> msgspec.Raw:
    """Return the traits that some clients put into the context; an empty object when there are none."""
    if b'"traits"' not in bytes(context):
        return EMPTY
    return as_object(_surroundings(context).traits) or EMPTY


def account_in(context: msgspec.Raw) -> str | None:
    """Return the account that the context names, if it does."""
    if b'"groupId"' not in bytes(context):
        return None
    value = _surroundings(context).groupId
    return id_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def page_name(name: str | None, category: str | None, properties: msgspec.Raw) -> str:
    """Return "category name", or whichever of the two is there, or the path; "" when nothing names the page."""
    path = None
    if not name:
        try:
            titles = _titles(properties)
            name, path = titles.name, titles.path
        except msgspec.ValidationError:
            name = None
    return " ".join(part for part in (category, name) if part) or path or ""


def with_clock(context: msgspec.Raw, stamp: datetime, sent_at: datetime) -> msgspec.Raw:
    """Keep what the client's clock said beside the time that was made of it."""
    clock = {"timestamp": stamp, "sentAt": sent_at}
    return msgspec.Raw(_encode({**_fields(context), "clientClock": msgspec.Raw(_encode(clock))}))


def with_readable_time(raw: bytes) -> bytes | None:
    """Return the message with its time in the protocol's form, when it is a time in another ISO form."""
    fields = _fields(raw)
    try:
        written = msgspec.json.decode(fields["timestamp"], type=str).strip()
    except msgspec.ValidationError:
        return None
    stamp = read_instant(written)
    if written and stamp is None:
        return None
    return _encode({**fields, "timestamp": stamp})


def content_id(draft: Draft) -> str:
    """Return an id made of what the message says, and of the second of its arrival when it has no time itself."""
    whole = _values(countable(msgspec.Raw(draft.raw)))
    said = {name: value for name, value in whole.items() if name not in _OF_THE_SENDING}
    second = "" if draft.message.timestamp else draft.batch.received_at.isoformat(timespec="seconds")
    return hashlib.sha256(_sorted(said) + second.encode()).hexdigest()[:32]
