"""The express lane: a batch in which every message is plain is stored as it was written.

Most batches come from a server's SDK and have nothing unusual in them. One typed reading in C sees that, and the
steps need not be walked until a round takes the parcel, in another process. Whatever is unusual in any way
(an id that is a number, a wrong clock, a message that must be refused) sends the batch through the steps.
What is let through here, the steps keep: a property of the tests.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from waypost.collect.instants import EARLIEST, skew
from waypost.collect.segment.body import read_body
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.gather import MOST_MESSAGES
from waypost.collect.segment.message import Envelope
from waypost.collect.segment.steps import MOST_BYTES, STEPS, is_shallow, judge
from waypost.core import Event, StoreError
from waypost.store import Parcel

FORM = "segment"

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Half = Annotated[str, Meta(min_length=1, max_length=240)]
Stamp = Annotated[datetime, Meta(tz=True)]


class Thing(msgspec.Struct, gc=False, frozen=True):
    """Any object."""


class Around(msgspec.Struct, gc=False, frozen=True):
    """A context whose account, if any, is a plain name."""

    groupId: Name | None = None  # noqa: N815 -- the protocol's own names, here and below
    traits: Thing | None = None


class Titled(msgspec.Struct, gc=False, frozen=True):
    """Properties of a page that can name it."""

    name: Half | None = None
    path: Half | None = None


#: The earliest time that is possible in every zone.
SURELY_POSSIBLE = EARLIEST + timedelta(days=1)
NOTHING = Thing()
NOWHERE = Around()
UNTITLED = Titled()


class Plain(msgspec.Struct, gc=False, kw_only=True, tag_field="type"):
    """What every plain message has, what is seldom said first: a name is looked for from where the last one stood."""

    groupId: Name | None = None  # noqa: N815
    previousId: Name | None = None  # noqa: N815
    event: Name | None = None
    name: Half | None = None
    category: Half | None = None
    # Only RudderStack's clients say it, whose family hears their messages.
    originalTimestamp: None = None  # noqa: N815
    context: Around = NOWHERE
    messageId: Name  # noqa: N815
    userId: Name | None = None  # noqa: N815
    anonymousId: Name | None = None  # noqa: N815
    timestamp: Stamp


class PlainTrack(Plain, tag="track", kw_only=True):
    """An event with its name."""

    event: Name
    properties: Thing = NOTHING


class PlainPage(Plain, tag="page", kw_only=True):
    """A page."""

    properties: Titled = UNTITLED


class PlainScreen(Plain, tag="screen", kw_only=True):
    """A screen."""

    properties: Titled = UNTITLED


class PlainIdentify(Plain, tag="identify", kw_only=True):
    """A person's traits."""

    traits: Thing = NOTHING


class PlainGroup(Plain, tag="group", kw_only=True):
    """An account's traits."""

    groupId: Name  # noqa: N815
    traits: Thing = NOTHING


PlainMessage = PlainTrack | PlainPage | PlainScreen | PlainIdentify | PlainGroup


class PlainBatch(msgspec.Struct, gc=False):
    """A batch that adds nothing to its messages."""

    batch: list[PlainMessage]
    sentAt: Stamp | None = None  # noqa: N815
    writeKey: str | None = None  # noqa: N815
    context: Thing | None = None


_plain = msgspec.json.Decoder(PlainBatch).decode
_envelope = msgspec.json.Decoder(Envelope).decode
# The door has measured it already; a reader with a shallower stack of its own must not judge otherwise.
_STEPS_OF_ACCEPTED = tuple(step for step in STEPS if step is not is_shallow)


def plain_batch(body: bytes, received_at: datetime) -> PlainBatch | None:
    """Return the batch when every message in it is plain, else None."""
    if not _is_plain_text(body):
        return None
    try:
        read = _plain(body)
    except (msgspec.MsgspecError, RecursionError):
        return None
    messages = read.batch
    if not messages or len(messages) > MOST_MESSAGES or read.context is not None:
        return None
    if skew(received_at, read.sentAt) or not _all_sound(messages):
        return None
    return read if len(body) <= MOST_BYTES or _all_fit(body) else None


def read_parcel(parcel: Parcel) -> list[Event]:
    """Return the events of a parcel that came through the express lane."""
    batch = read_body(parcel.body, None)
    batch.arrived(parcel.source, parcel.received_at)
    events = []
    for raw in batch.messages:
        draft = Draft(raw, batch)
        why = judge(draft, _STEPS_OF_ACCEPTED)
        if why is not None:
            raise StoreError(f"an accepted event cannot be read ({why}: {draft.detail}); please report this")
        events.append(draft.event())
    return events


def _is_plain_text(body: bytes) -> bool:
    # Looking for one byte first is many times faster than looking for six.
    if b"\\" in body and b"\\u0000" in body:
        return False
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _all_sound(messages: list[PlainMessage]) -> bool:
    """Tell whether each names somebody, at a time that a clock can have shown."""
    # One loop over all of it, not one per question: this runs for every event that comes in.
    for one in messages:
        if one.timestamp < SURELY_POSSIBLE or not (one.userId or one.anonymousId):
            return False
    return True


def _all_fit(body: bytes) -> bool:
    return all(len(bytes(raw)) <= MOST_BYTES for raw in _envelope(body).batch)
