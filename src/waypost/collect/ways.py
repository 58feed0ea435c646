"""How something came that was refused: kept beside its sample, so that it can be sent through the same door again."""

from collections.abc import Mapping

import msgspec

from waypost.collect.instants import EARLIEST
from waypost.collect.request import Request
from waypost.store import Way

#: Stands for a key, which no sample holds.
NO_KEY = "wk_not_kept"
#: What of a request's headers its reading may need, beside those that CloudEvents names itself.
_HEADERS = (
    b"content-type",
    b"origin",
    b"anonymousid",
    b"posthog-request-timestamp",
    b"x-atlassian-webhook-identifier",
    b"x-zendesk-webhook-invocation-id",
)
_PREFIX = b"ce-"
#: A family of none: the sample is an event as a round would take it, which the rules of its source kept out.
EVENT = "event"


def way_of(family: str, request: Request, key: str | None) -> Way:
    """Return how a request came, without its key. Its messages are samples of their own."""
    return Way(
        family=family,
        method=request.method,
        path=without(key, request.path),
        query=without(key, request.query_string.decode(errors="replace")),
        headers={
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in request.headers.items()
            if name in _HEADERS or name.startswith(_PREFIX)
        },
    )


def without(key: str | None, text: str) -> str:
    """Return a text in which nothing is left of a key."""
    return text.replace(key, NO_KEY) if key else text


def request_of(way: Way, body: bytes) -> Request:
    """Return the request that came this way, all of it in `body`. When it came, its sample says."""
    return Request(
        method=way.method,
        path=way.path,
        query_string=way.query.encode(),
        headers={
            name.encode("latin-1"): value.encode("latin-1", errors="replace")
            for name, value in way.headers.items()
        },
        body=body,
        received_at=EARLIEST,
    )


def posted(path: str, body: bytes, *, query: str = "", content_type: bytes = b"application/json") -> Request:
    """Return a request of our own making, which holds one message."""
    return Request(
        method="POST",
        path=path,
        query_string=query.encode(),
        headers={b"content-type": content_type},
        body=body,
        received_at=EARLIEST,
    )


def wrapped(raw: bytes, name: str, around: Mapping[str, str]) -> bytes:
    """Return a body that holds one message in a list of this name, with what stood around it in its batch."""
    beside = b"".join(
        msgspec.json.encode(of) + b":" + written.encode() + b"," for of, written in around.items()
    )
    return b"{" + beside + msgspec.json.encode(name) + b":[" + raw + b"]}"
