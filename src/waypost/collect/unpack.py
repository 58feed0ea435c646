"""From the bytes on the wire to a body: chunks joined, compression undone, sizes kept within limits."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MiB = 1_024 * 1_024
MOST_BODY_BYTES = 500 * 1024
MOST_BODY_S = 30.0
# A sender that is told "too large" must have been heard to the end, or it takes the answer for a broken line.
MOST_HEARD_BYTES = 16 * 1024 * 1024

_GZIP = b"\x1f\x8b"
_EITHER_WINDOW = zlib.MAX_WBITS | 32
_BOM = b"\xef\xbb\xbf"


class TooLargeError(Exception):
    """The body is over the limit, as sent or once decompressed."""

    def __init__(self, most: int) -> None:
        """Say what the limit is, in bytes."""
        whole = most % MiB == 0
        size = f"{most // MiB} MB" if whole else f"{most // 1_024} KB"
        super().__init__(f"the request is over {size}; send fewer events at once")


class PackingError(Exception):
    """The body is not compressed the way that it says."""


class GoneError(Exception):
    """The sender hung up before its body was whole."""


class SlowError(Exception):
    """The body did not come whole in the time there is; the rest of it may still come."""


async def read_wire(receive: Receive, most: int = MOST_BODY_BYTES) -> bytes:
    """Return the body as it was sent, whatever its headers say of its length.

    Raises TooLargeError when it is over the limit, GoneError when the sender hangs up, SlowError when it takes too
    long over it.
    """
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > most:
            raise TooLargeError(most)
        return body
    try:
        async with asyncio.timeout(MOST_BODY_S):
            return await _joined(message, receive, most)
    except TimeoutError:
        raise SlowError from None


async def _joined(message: MutableMapping[str, Any], receive: Receive, most: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        if message["type"] != "http.request":
            raise GoneError
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        elif size > max(most, MOST_HEARD_BYTES):
            raise TooLargeError(most)
        if not message.get("more_body"):
            break
        message = await receive()
    if size > most:
        raise TooLargeError(most)
    return b"".join(pieces)


def unpacked(wire: bytes, encoding: bytes, most: int = MOST_BODY_BYTES) -> bytes:
    """Return the body without its compression: gzip by header or by its first bytes, or deflate by header."""
    if wire[:2] == _GZIP or (encoding == b"deflate" and wire[:1] not in (b"{", b"[")):
        return _inflated(wire, most)
    if encoding not in (b"", b"gzip", b"deflate", b"identity"):
        raise PackingError(f"the encoding {encoding.decode(errors='replace')!r} is not known; send gzip")
    return wire.removeprefix(_BOM)


def _inflated(wire: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(_EITHER_WINDOW)
    try:
        body = unpacker.decompress(wire, most + 1)
    except zlib.error as error:
        raise PackingError(f"the body is not sound gzip ({error})") from None
    if len(body) > most:
        raise TooLargeError(most)
    if not unpacker.eof:
        raise PackingError("the body is gzip that ends too soon")
    return body.removeprefix(_BOM)
