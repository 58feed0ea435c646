"""RudderStack's messages in Segment's words."""

from urllib.parse import parse_qsl

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import fields
from waypost.collect.refusals import TurnedAway
from waypost.collect.rudder.merging import aliases_of
from waypost.collect.segment import Batch, gather
from waypost.collect.segment.gather import MOST_MESSAGES

#: What stands beside the context and belongs into it.
_OF_CONTEXT = ("channel", "rudderId", "mergeProperties")
_MOST_FIELDS = 200
_NONE = (None, b"null", b'""')


def gather_each(batch: Batch, gathering: Gathering, *, merging: bool = False) -> None:
    """Judge each message by its own clock: here `sentAt` stands in the message, not around the batch.

    `merging` says that all of them merge people, whether they say so or not.
    """
    for raw in batch.messages[:MOST_MESSAGES]:
        said, sent_at = in_segments_words(raw, merging=merging)
        one = Batch(said, sent_at, b"", batch.context)
        one.kind, one.plain = batch.kind, batch.plain
        gather(one, gathering, raw)
    for raw in batch.messages[MOST_MESSAGES:]:
        gathering.refuse(TurnedAway.TOO_MANY, raw)


def in_segments_words(raw: bytes, *, merging: bool = False) -> tuple[list[bytes], bytes]:
    """Return a message as Segment's steps read it, and when its sender's clock says that it was sent.

    A `timestamp` was given on purpose and stands as it is; only what the SDK stamped itself is put right. One that
    merges is as many as it has ids to merge.
    """
    try:
        said = fields(raw)
    except BadBodyError:
        return [raw], b""
    sent_at = b""
    if said.get("timestamp") in _NONE and said.get("originalTimestamp") not in _NONE:
        said["timestamp"] = said["originalTimestamp"]
        sent_at = said.get("sentAt", b"")
    beside = {name: said[name] for name in _OF_CONTEXT if said.get(name) not in _NONE}
    if beside:
        said["context"] = _with(said.get("context", b"null"), beside)
    each = aliases_of(said) if merging or said.get("type") == b'"merge"' else [said]
    return [_written(one) for one in each], sent_at


def of_pixel(query: bytes, kind: str) -> bytes:
    """Return the message that a pixel's address is: dots in the names of its fields lead into objects."""
    message: dict[str, object] = {"type": kind}
    pairs = parse_qsl(query[: _most(query)].decode(errors="replace"), keep_blank_values=True)
    for name, value in pairs[:_MOST_FIELDS]:
        *way, last = name.split(".")[:10]
        inner: dict[str, object] = message
        for step in way:
            further = inner.setdefault(step, {})
            if not isinstance(further, dict):
                break
            inner = further
        else:
            inner[last] = value
    message.pop("writeKey", None)
    return msgspec.json.encode(message)


def _most(query: bytes) -> int:
    return min(len(query), 16 * 1024)


def _with(context: bytes, beside: dict[str, bytes]) -> bytes:
    try:
        around = fields(context) if context not in _NONE else {}
    except BadBodyError:
        return context
    return _written({**beside, **around})


def _written(members: dict[str, bytes]) -> bytes:
    return (
        b"{" + b",".join(msgspec.json.encode(name) + b":" + value for name, value in members.items()) + b"}"
    )
