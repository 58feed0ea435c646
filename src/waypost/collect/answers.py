"""Answers of the collector: bodies, statuses and the headers that let a browser read them."""

from collections.abc import Iterable, MutableMapping
from typing import Any

import msgspec

Headers = list[tuple[bytes, bytes]]
Message = MutableMapping[str, Any]

ACCEPTED = b'{"success":true}'
_JSON = (b"content-type", b"application/json")


class Answer:
    """A status, a JSON body and headers, ready to be sent as often as needed."""

    __slots__ = ("body", "headers", "start", "status")

    def __init__(self, status: int, body: bytes, extra: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Make an answer; `extra` headers stand beside content type and length."""
        self.status = status
        self.headers: Headers = [_JSON, (b"content-length", str(len(body)).encode()), *extra]
        self.start: Message = {"type": "http.response.start", "status": status, "headers": self.headers}
        self.body: Message = {"type": "http.response.body", "body": body}

    def readable_by(self, origin: bytes) -> Message:
        """Return the start of the answer for a browser's page of this origin; errors need it most of all."""
        return {**self.start, "headers": [*self.headers, *_cors(origin)]}


def refusal(status: int, code: str, message: str, *, retry_after_s: int | None = None) -> Answer:
    """Return the answer to a request of which nothing was stored."""
    extra = [(b"retry-after", str(retry_after_s).encode())] if retry_after_s is not None else []
    return Answer(status, msgspec.json.encode({"success": False, "code": code, "message": message}), extra)


def preflight(headers: bytes) -> Answer:
    """Return the answer to a browser that asks whether it may send."""
    extra = [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", headers or b"authorization, content-type, x-retry-count"),
        (b"access-control-max-age", b"86400"),
    ]
    return Answer(200, b"{}", extra)


def _cors(origin: bytes) -> Headers:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"retry-after"),
        (b"vary", b"origin"),
    ]
