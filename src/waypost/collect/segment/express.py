"""The express lane: a body that is whole is stored as it came, and each of its messages judged when a round takes it.

The sender's answer is the same for a message that is kept and for one that is refused. So the door only sees to what
concerns the body: that it is JSON throughout and holds messages, not too many. The steps are walked in the process of
the round, which counts by name what they refuse. A body that is broken anywhere goes through the steps at once.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from waypost.collect.family import AsWritten, BadBodyError
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import text
from waypost.collect.segment.body import read_body
from waypost.collect.segment.gather import MOST_MESSAGES
from waypost.collect.segment.message import KINDS, Wrapping
from waypost.collect.segment.plain import gather_plainly
from waypost.core import EMPTY, Kind, StoreError
from waypost.store import Judged, Parcel, Way

_BATCH = "segment"
#: How bodies are written that came as they are, and the kind of the message that each of a form is (None: batches).
FORMS: Mapping[str, Kind | None] = {
    _BATCH: None,
    **{f"{_BATCH}/{kind.value}": kind for kind in KINDS.values()},
}
_FORM_OF = {kind: form for form, kind in FORMS.items()}
# Only RudderStack's clients say it, whose family hears their messages.
_OF_RUDDER = b'"originalTimestamp"'


class Messages(msgspec.Struct, gc=False):
    """A batch whose messages are still unread."""

    batch: list[msgspec.Raw]
    writeKey: msgspec.Raw = EMPTY  # noqa: N815 -- the protocol's own name


_messages = msgspec.json.Decoder(Messages).decode
_wrapping = msgspec.json.Decoder(Wrapping).decode


class Found(NamedTuple):
    """What stands in a body: the key named in it, how many messages, and the first of them as it was written."""

    key: str | None
    n: int
    first: bytes


def whole(body: bytes, kind: Kind | None) -> AsWritten | None:
    """Return what a body holds when nothing is wrong with it as a whole, else None.

    `kind` is that of its one message; None for a batch.
    """
    found = found_in(body, kind)
    if found is None or _OF_RUDDER in found.first:
        return None
    return AsWritten(found.key, _FORM_OF[kind], found.n)


def found_in(body: bytes, kind: Kind | None) -> Found | None:
    """Return what stands in a body that is JSON throughout and holds messages, not too many; else None."""
    try:
        if kind is not None:
            written, first, n = _wrapping(body).writeKey, body, 1
        else:
            read = _messages(body)
            written, n = read.writeKey, len(read.batch)
            first = bytes(read.batch[0]) if n else b""
    except (msgspec.MsgspecError, RecursionError):
        return None
    return Found(text(bytes(written)), n, first) if 0 < n <= MOST_MESSAGES else None


def judge_parcel(parcel: Parcel) -> Judged:
    """Return the events of a parcel that came through the express lane, and what the steps refuse of it.

    Raises StoreError when it is none: no door stores that.
    """
    kind = FORMS[parcel.form]
    way = Way(family=parcel.family or _BATCH, path=f"/v1/{kind.value if kind else 'batch'}")
    gathering = Gathering(parcel.source, parcel.received_at, way)
    try:
        batch = read_body(parcel.body, kind)
    except BadBodyError as error:
        raise StoreError(f"accepted events cannot be read ({error}); please report this") from None
    gathering.around = batch.around
    gather_plainly(batch, parcel.body, gathering)
    return Judged(events=gathering.events, refused=gathering.refused, samples=tuple(gathering.samples))
