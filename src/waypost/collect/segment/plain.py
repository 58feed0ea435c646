"""The short way of ordinary messages: a batch is read at once, and what nothing is odd about becomes an event directly.

It says of a message what the steps would say of it, or nothing: whatever is not quite ordinary goes through the steps.
`tests/collect/segment/test_express.py` compares the two.
"""

from datetime import datetime

import msgspec

from waypost.collect.countable import countable, is_countable
from waypost.collect.gathering import Gathering
from waypost.collect.instants import in_utc
from waypost.collect.segment.body import Batch
from waypost.collect.segment.details import account_in, as_object, page_name
from waypost.collect.segment.gather import MOST_MESSAGES, gather, gather_one
from waypost.collect.segment.steps import MOST_BYTES, MOST_CHARACTERS, MOST_DEEP
from waypost.collect.spans import is_deeper
from waypost.core import EMPTY, Event, Kind

#: What was found in a context is kept: clients on a server say the same one again and again.
MOST_CONTEXTS, MOST_CONTEXT_BYTES = 2_000, 1_000


class Ordinary(msgspec.Struct, gc=False):
    """A message (see Message) whose ids are texts."""

    type: str | None = None
    messageId: str | None = None  # noqa: N815 -- the protocol's own names, here and below
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    groupId: str | None = None  # noqa: N815
    previousId: str | None = None  # noqa: N815
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: datetime | None = None
    properties: msgspec.Raw = EMPTY
    traits: msgspec.Raw = EMPTY
    context: msgspec.Raw = EMPTY


class _Messages(msgspec.Struct, gc=False):
    batch: list[Ordinary]


class _Context(msgspec.Struct, frozen=True, gc=False):
    """A context as it is stored, and the account that it names."""

    written: msgspec.Raw
    account_id: str | None


_read = msgspec.json.Decoder(_Messages).decode
_USE: dict[str | None, Kind] = {kind.value: kind for kind in (Kind.TRACK, Kind.PAGE, Kind.SCREEN)}
_known: dict[bytes, _Context] = {}


def gather_plainly(batch: Batch, body: bytes, gathering: Gathering) -> None:
    """Gather a batch as `gather` does, each ordinary message of it the short way."""
    batch.arrived(gathering.source, gathering.received_at)
    messages = _messages(batch, body)
    if messages is None:
        gather(batch, gathering)
        return
    for raw, message in zip(batch.messages, messages, strict=True):
        try:
            event = _event(message, raw, batch)
        except Exception:  # noqa: BLE001 -- the steps will say what is wrong with it
            event = None
        if event is None:
            gather_one(raw, batch, gathering)
        else:
            gathering.events.append(event)


def _messages(batch: Batch, body: bytes) -> list[Ordinary] | None:
    """Return the messages of a batch that says nothing about all of them; None when it does, or one cannot be read."""
    if batch.kind or batch.skew or batch.context != b"{}" or len(batch.messages) > MOST_MESSAGES:
        return None
    if not batch.plain and (b"\\u0000" in body or not _is_text(body)):
        return None
    try:
        return _read(body).batch
    except (msgspec.MsgspecError, RecursionError):
        return None


def _event(message: Ordinary, raw: bytes, batch: Batch) -> Event | None:
    """Return the event of an ordinary message; None when the steps are to judge it."""
    kind, event_id, stamp = _USE.get(message.type), message.messageId, message.timestamp
    person_id, anonymous_id = message.userId or None, message.anonymousId or None
    if kind is None or not event_id or stamp is None or not (person_id or anonymous_id):
        return None
    # Shorter ones have no room for so many brackets.
    if len(raw) >= 2 * MOST_DEEP and (len(raw) > MOST_BYTES or is_deeper(raw, MOST_DEEP)):
        return None
    context, properties, happened_at = _context(bytes(message.context)), message.properties, in_utc(stamp)
    written = bytes(properties)
    if context is None or happened_at is None or not written.startswith(b"{") or not is_countable(written):
        return None
    if kind is Kind.TRACK:
        name = message.event or ""
    else:
        name = page_name(message.name, message.category, properties) or kind.value
    account_id = message.groupId or context.account_id
    length = (
        len(event_id) + len(name) + len(person_id or "") + len(anonymous_id or "") + len(account_id or "")
    )
    if not name or length > MOST_CHARACTERS:
        return None
    received_at = batch.received_at
    return Event(
        event_id=event_id,
        source=batch.source,
        kind=kind,
        name=name,
        happened_at=min(received_at, happened_at),
        received_at=received_at,
        person_id=person_id,
        anonymous_id=anonymous_id,
        account_id=account_id,
        properties=properties,
        context=context.written,
    )


def _context(written: bytes) -> _Context | None:
    """Return what is to be known of a context; None when it is no object, or says an account oddly."""
    found = _known.get(written)
    if found is None:
        # Of its own bytes: a part of a body would keep the whole body.
        whole = as_object(msgspec.Raw(written))
        if whole is None:
            return None
        try:
            whole = countable(whole)
            found = _Context(whole, account_in(whole))
        except (msgspec.MsgspecError, RecursionError):
            return None
        if len(written) <= MOST_CONTEXT_BYTES:
            if len(_known) >= MOST_CONTEXTS:
                _known.clear()
            _known[written] = found
    return found


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
