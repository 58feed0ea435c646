"""The short way of a request that comes whole: from its parser to whoever takes it, without a task of its own.

Most of what comes to a door is a small request that arrives in one piece. What a server does for any application (a
scope, a task, an event to wait at, messages back and forth) costs more than reading such a request and storing it. So
it is handed over by a plain call, and its answer is written by another. Whatever is longer, odd or no request to hear
takes the ordinary way.
"""

import logging
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache, partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE, HttpToolsProtocol

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
#: Takes a request (scope, headers, body) and tells its answer later, or returns False: then it takes the ordinary way.
TakeAtOnce = Callable[
    [Mapping[str, Any], Mapping[bytes, bytes], bytes, Callable[[Message, Message], None]], bool
]

MOST_REMEMBERED = 200

_log = logging.getLogger("uvicorn.error")
_FAULT_SAID = "a request could not be taken"
_FAULT_BODY: Message = {"body": b"Internal Server Error"}
_FAULT_START: Message = {
    "status": 500,
    "headers": [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"21"),
        (b"connection", b"close"),
    ],
}
_CLOSE = (b"connection", b"close")
#: Stands for the scope of a request that needs none.
_TAKEN: Any = {}


class Answers:
    """Writes answers as bytes; the last one is remembered, since most are the same."""

    def __init__(self) -> None:
        """Begin with none."""
        self._last: tuple[Message, Message, Headers] | None = None
        self._written = b""

    def written(self, start: Message, body: Message, beside: Headers) -> bytes:
        """Return an answer with the headers that the server sets beside."""
        last = self._last
        if last is None or last[0] is not start or last[1] is not body or last[2] is not beside:
            pieces = [STATUS_LINE[start["status"]]]
            for name, value in (*beside, *start["headers"]):
                if HEADER_VALUE_RE.search(value):
                    raise ValueError("a header of the answer would end in its middle")
                pieces += (name, b": ", value, b"\r\n")
            self._last = start, body, beside
            self._written = b"".join((*pieces, b"\r\n", body["body"]))
        return self._written


class _Cycle:
    """What a connection knows of the request that it is answering the short way, as the server asks for it."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "more_body", "response_complete", "scope")

    def __init__(self) -> None:
        self.scope = _TAKEN
        self.response_complete = False
        self.more_body = False
        self.keep_alive = True
        self.disconnected = False
        self.message_event = self

    def set(self) -> None:
        """Nobody waits for the end of a connection."""


class AtOnceProtocol(HttpToolsProtocol):
    """One connection, whose requests take the short way when they come whole and somebody takes them."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- the server's own
        take: TakeAtOnce | None = None,
        answers: Answers | None = None,
        **named: Any,  # noqa: ANN401 -- the server's own
    ) -> None:
        """Hand requests to `take`, if there is one, and write their answers with `answers`."""
        super().__init__(*arguments, **named)
        self._take = take
        self._answers = answers or Answers()
        self._held: list[bytes] | None = None

    def data_received(self, data: bytes) -> None:
        """Take in what came; who has sent only some of a request takes the ordinary way."""
        super().data_received(data)
        held, self._held = self._held, None
        if held is not None and not self.transport.is_closing():
            self._go_the_ordinary_way(held)

    def on_message_begin(self) -> None:
        """Begin a request, which may need no scope."""
        if self._take is None:
            super().on_message_begin()
            return
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self.scope: Any = None

    def on_headers_complete(self) -> None:
        """Wait for the body when all of it may be here already."""
        parser = self.parser
        if self._take is None:
            super().on_headers_complete()
        elif (
            (self.cycle is None or self.cycle.response_complete)
            and not self.expect_100_continue
            and not self.flow.write_paused
            and not parser.should_upgrade()
            and parser.get_http_version() == "1.1"
            and not self.transport.is_closing()
        ):
            self._held = []
        else:
            self._go_the_ordinary_way([])

    def on_body(self, body: bytes) -> None:
        """Take in some of a body."""
        if self._held is None:
            super().on_body(body)
        else:
            self._held.append(body)

    def on_message_complete(self) -> None:
        """Hand over what came whole."""
        held, self._held = self._held, None
        if held is None:
            super().on_message_complete()
        elif not self._is_taken(b"".join(held)):
            self._go_the_ordinary_way(held)
            super().on_message_complete()

    def _go_the_ordinary_way(self, held: list[bytes]) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()
        for each in held:
            super().on_body(each)

    def _is_taken(self, body: bytes) -> bool:
        path, query = _parts(self.url) if len(self.url) <= MOST_REMEMBERED else _parts.__wrapped__(self.url)
        method = self.parser.get_method().decode("ascii")
        if method == "HEAD":
            return False
        scope = {
            "method": method,
            "path": path,
            "query_string": query,
            "client": self.client,
            "scheme": self.scheme,
        }
        before = self.cycle
        cycle: Any = _Cycle()
        cycle.keep_alive = self.parser.should_keep_alive()
        self.cycle, self.scope = cycle, _TAKEN
        try:
            # Of a header that stands twice the last counts.
            if self._take and self._take(scope, dict(self.headers), body, partial(self._answer, cycle)):
                return True
        except Exception:  # noqa: BLE001 -- a fault of ours, told as any server tells one
            _log.exception(_FAULT_SAID)
            self._answer(cycle, _FAULT_START, _FAULT_BODY)
            return True
        self.cycle = before
        return False

    def _answer(self, cycle: Any, start: Message, body: Message) -> None:  # noqa: ANN401 -- in the place of the server's
        if cycle.response_complete:
            return
        if not cycle.keep_alive and _CLOSE not in start["headers"]:
            start = {**start, "headers": [*start["headers"], _CLOSE]}
        try:
            written = self._answers.written(start, body, self.server_state.default_headers)
        except ValueError:
            _log.exception(_FAULT_SAID)
            start, body = _FAULT_START, _FAULT_BODY
            written = self._answers.written(start, body, self.server_state.default_headers)
        cycle.response_complete = True
        if cycle.disconnected or self.transport.is_closing():
            return
        self.transport.write(written)
        if _CLOSE in start["headers"]:
            self.transport.close()
        self.on_response_complete()


@lru_cache(maxsize=1_024)
def _parts(url: bytes) -> tuple[str, bytes]:
    """Return the path of an address, as it was sent, and its query."""
    parsed = httptools.parse_url(url)
    return parsed.path.decode("latin-1"), parsed.query or b""
