"""From a request's body to a batch of messages still unread."""

from datetime import datetime, timedelta

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.instants import EARLIEST, in_utc, read_instant, skew
from waypost.collect.pieces import text
from waypost.collect.segment.message import Envelope, Wrapping
from waypost.collect.spans import members, parts
from waypost.core import Kind

_envelope = msgspec.json.Decoder(Envelope).decode
_wrapping = msgspec.json.Decoder(Wrapping).decode


_EMPTY = (b"", b"{}", b"null")


class Batch:
    """The messages of one request and what they share. `kind` is set when the address names it."""

    __slots__ = (
        "around",
        "context",
        "kind",
        "messages",
        "plain",
        "received_at",
        "sent_at",
        "skew",
        "source",
        "write_key",
    )

    def __init__(self, messages: list[bytes], sent_at: bytes, write_key: bytes, context: bytes) -> None:
        """Hold messages and, as they were written, what surrounds them."""
        self.messages = messages
        written = {"sentAt": sent_at, "context": context}
        self.around = {
            name: value.decode(errors="replace") for name, value in written.items() if value not in _EMPTY
        }
        self.sent_at = _instant(sent_at)
        self.write_key = text(write_key)
        self.context = context if context != b"null" else b"{}"
        self.kind: Kind | None = None
        self.plain = True
        self.source = ""
        self.received_at = EARLIEST
        self.skew = timedelta()

    def arrived(self, source: str, received_at: datetime) -> None:
        """Say who sent it and when, which settles how far the sender's clock is off."""
        self.source = source
        self.received_at = received_at
        self.skew = skew(received_at, self.sent_at)


def read_body(body: bytes, kind: Kind | None) -> Batch:
    """Return the batch that a body holds: one message when the address names its kind, else several.

    Raises BadBodyError when the body is not JSON or has not the shape. What is wrong inside a message of a
    batch is that message's fault alone, even when it breaks the JSON of the whole.
    """
    batch = _many(body) if kind is None else _one(body)
    batch.kind = kind
    # Only then can a message hold bytes that are not UTF-8, or an id a NUL.
    batch.plain = body.isascii() and b"\\u0000" not in body
    return batch


def _one(body: bytes) -> Batch:
    try:
        around = _wrapping(body)
    except RecursionError:
        return Batch([body], b"", b"", b"{}")
    except msgspec.MsgspecError as error:
        raise BadBodyError(f"the body is not a JSON object ({error})") from None
    return Batch([body], bytes(around.sentAt), bytes(around.writeKey), b"{}")


def _many(body: bytes) -> Batch:
    try:
        read = _envelope(body)
    except msgspec.ValidationError as error:
        raise BadBodyError(f"the body is not a batch ({error})") from None
    except (msgspec.DecodeError, RecursionError) as error:
        return _broken(body, error)
    return Batch(
        [bytes(raw) for raw in read.batch], bytes(read.sentAt), bytes(read.writeKey), bytes(read.context)
    )


def _broken(body: bytes, error: Exception) -> Batch:
    """Cut a batch by its brackets: when those are sound, the fault lies inside a message."""
    around = members(body)
    messages = parts(around["batch"], b"[") if around and "batch" in around else None
    if around is None or messages is None:
        raise BadBodyError(f"the body is not JSON ({error})")
    empty = b"{}"
    return Batch(
        messages, around.get("sentAt", b""), around.get("writeKey", b""), around.get("context", empty)
    )


def _instant(raw: bytes) -> datetime | None:
    written = text(raw)
    stamp = read_instant(written) if written else None
    return in_utc(stamp) if stamp else None
