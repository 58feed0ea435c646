"""From bytes that hold one message, several, or a line each, to messages still unread; and forms that hold them."""

from urllib.parse import unquote_to_bytes

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.pieces import elements
from waypost.collect.spans import members

#: What is broken is cut by its brackets, which takes time in proportion.
MOST_BROKEN_BYTES = 2 * 1024 * 1024
MOST_FIELDS = 1_000
_MOST_NAME = 100

_any = msgspec.json.Decoder(msgspec.Raw).decode


def messages_in(body: bytes) -> list[bytes]:
    """Return the messages of a JSON array, of an object, or of objects a line each.

    What is wrong inside one is that one's fault alone. Raises BadBodyError when it is none of these.
    """
    body = body.strip()
    if body.startswith(b"["):
        if len(body) > MOST_BROKEN_BYTES and not _is_whole(body):
            raise BadBodyError("the body is not JSON")
        return elements(body)
    if not body.startswith(b"{"):
        raise BadBodyError("the body is neither a JSON object nor an array")
    if _is_whole(body):
        return [body]
    return [line for line in body.splitlines() if line.strip()]


def form_fields(body: bytes) -> dict[str, bytes]:
    """Return the fields of a form, or of a query, by name, each as it was written: `unescaped` reads one.

    Of a name that stands twice the last counts; of more than a thousand fields those after are not looked at.
    """
    fields: dict[str, bytes] = {}
    for field in body.split(b"&", MOST_FIELDS)[:MOST_FIELDS]:
        name, _, value = field.partition(b"=")
        if name:
            fields[unescaped(name[:_MOST_NAME]).decode(errors="replace")] = value
    return fields


def unescaped(written: bytes) -> bytes:
    """Return what stands behind the signs of a form's value."""
    return unquote_to_bytes(written.replace(b"+", b" "))


def whole_pairs(text: bytes) -> bytes:
    """Return UTF-8 in which no character stands as the two halves that it has in a script's memory.

    Old encoders of browsers write each half for itself, which is not UTF-8. A half without its other stays as it is.
    """
    if b"\xed" not in text:
        return text
    try:
        halves = text.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    except UnicodeDecodeError:
        return text
    return halves.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def _is_whole(body: bytes) -> bool:
    try:
        _any(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Sound brackets around something broken: one message all the same.
        return len(body) <= MOST_BROKEN_BYTES and members(body) is not None
    return True
