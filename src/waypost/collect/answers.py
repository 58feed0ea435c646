"""Answers of the collector: bodies, statuses and the headers that let a browser read them."""

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, NamedTuple

import msgspec

Headers = list[tuple[bytes, bytes]]
Message = MutableMapping[str, Any]

ACCEPTED = b'{"success":true}'
#: What a webhook asks with, by OPTIONS too, before it sends: no question of a browser's.
HANDSHAKE = b"webhook-request-origin"
_CREDENTIALS = (b"access-control-allow-credentials", b"true")
#: The smallest picture there is, which pixels ask for.
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


class Answer:
    """A status, a body (JSON unless said otherwise) and headers, ready to be sent as often as needed."""

    __slots__ = ("body", "headers", "start", "status")

    def __init__(
        self,
        status: int,
        body: bytes,
        extra: Iterable[tuple[bytes, bytes]] = (),
        *,
        content_type: bytes = b"application/json",
    ) -> None:
        """Make an answer; `extra` headers stand beside content type and length."""
        self.status = status
        length = (b"content-length", str(len(body)).encode())
        self.headers: Headers = [(b"content-type", content_type), length, *extra]
        self.start: Message = {"type": "http.response.start", "status": status, "headers": self.headers}
        self.body: Message = {"type": "http.response.body", "body": body}

    def closing(self) -> "Answer":
        """Return the answer with which a connection ends."""
        content_type, _, *extra = self.headers
        return Answer(
            self.status, self.body["body"], [*extra, (b"connection", b"close")], content_type=content_type[1]
        )

    def readable_by(self, origin: bytes, *, credentials: bool = False) -> Message:
        """Return the start of the answer for a browser's page of this origin; errors need it most of all.

        With `credentials` the page may have sent cookies along, which browsers ask to be allowed by name.
        """
        allowed = [*_cors(origin), *([_CREDENTIALS] if credentials else [])]
        return {**self.start, "headers": [*self.headers, *allowed]}


class Later(NamedTuple):
    """Why a sound request must come again, and when."""

    status: int
    code: str
    message: str
    retry_after_s: int


def refusal(status: int, code: str, message: str, *, retry_after_s: int | None = None) -> Answer:
    """Return the answer to a request of which nothing was stored."""
    extra = [(b"retry-after", str(retry_after_s).encode())] if retry_after_s is not None else []
    return Answer(status, msgspec.json.encode({"success": False, "code": code, "message": message}), extra)


def preflight(headers: Mapping[bytes, bytes]) -> Answer:
    """Return the answer to a browser that asks whether it may send."""
    asked = headers.get(b"access-control-request-headers", b"")
    extra = [
        (b"access-control-allow-methods", b"GET, POST, PUT, OPTIONS"),
        (b"access-control-allow-headers", asked or b"authorization, content-type, x-retry-count"),
        (b"access-control-max-age", b"86400"),
    ]
    return Answer(200, b"{}", extra)


def _cors(origin: bytes) -> Headers:
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"retry-after"),
        (b"vary", b"origin"),
    ]
