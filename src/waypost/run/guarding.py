"""What a listener bears from strangers before a request is whole: heads of a size, and of an age."""

import asyncio
import time
from functools import partial
from typing import Any, NamedTuple

import uvicorn

from waypost.run.at_once import Answers, AtOnceProtocol, TakeAtOnce

MOST_HEAD_BYTES = 64 * 1024
LOOK_EVERY_TICKS = 10

_END_OF_HEAD = b"\r\n\r\n"
_GO_ON = b"HTTP/1.1 100"
_SAID = b"the head of the request is too large"
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(_SAID), _SAID)
)


class Patience(NamedTuple):
    """How long a head may take, and all of a request: longer than a body, so that who waits for that speaks first."""

    head_s: float = 10.0
    request_s: float = 45.0


PATIENCE = Patience()


class _Joining:
    """A transport on which the head of an answer leaves with its body: a call of the system fewer for each request."""

    __slots__ = ("_head", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.endswith(_END_OF_HEAD) and not data.startswith(_GO_ON):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Let a head go that has no body."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self.flush()
        self._transport.close()


class GuardedProtocol(AtOnceProtocol):
    """One connection, which knows for how long it has been waiting for the rest of a request.

    A head that never ends is cut off by its size at once, and by its age at the next look of GuardedServer.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self.transport: Any = _Joining(transport)
        self._head_bytes = 0
        self._waiting_since = time.monotonic()

    def data_received(self, data: bytes) -> None:
        """Take in what came, and see what of a request is still to come."""
        was_in_head = self._is_in_head
        super().data_received(data)
        if not self._is_in_head:
            self._head_bytes = 0
            # Most requests come whole, so that no clock need be asked.
            if not self.cycle.more_body:
                self._waiting_since = 0.0
                return
        elif was_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()
        self._waiting_since = self._waiting_since or time.monotonic()

    def on_response_complete(self) -> None:
        """See the answer off."""
        self.transport.flush()
        super().on_response_complete()

    def is_slow(self, now: float, patience: Patience) -> bool:
        """Tell whether the sender takes longer over a request than anybody needs."""
        if not self._waiting_since:
            return False
        if not self._is_in_head:
            return now - self._waiting_since > patience.request_s
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered and now - self._waiting_since > patience.head_s

    @property
    def _is_in_head(self) -> bool:
        """Whether the end of a head is still to come: each begins with a scope of its own."""
        return self.cycle is None or self.cycle.scope is not self.scope


class GuardedServer(uvicorn.Server):
    """A server that hangs up on slow senders, about once a second."""

    def __init__(self, config: uvicorn.Config, patience: Patience) -> None:
        """Serve with some patience."""
        super().__init__(config)
        self._patience = patience

    async def on_tick(self, counter: int) -> bool:
        """Look at every connection, which costs a request nothing."""
        if counter % LOOK_EVERY_TICKS == 0:
            now = time.monotonic()
            for each in [*self.server_state.connections]:
                if isinstance(each, GuardedProtocol) and each.is_slow(now, self._patience):
                    each.transport.close()
        return await super().on_tick(counter)


def guarded(
    app: Any,  # noqa: ANN401 -- ASGI's own
    patience: Patience = PATIENCE,
    take: TakeAtOnce | None = None,
    **settings: Any,  # noqa: ANN401 -- the server's own
) -> GuardedServer:
    """Return a server of an ASGI callable that bears no slow and no endless head; `take` is asked first."""
    protocol: Any = partial(GuardedProtocol, take=take, answers=Answers())
    return GuardedServer(uvicorn.Config(app, http=protocol, **settings), patience)
