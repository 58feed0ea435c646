"""Load on a door over connections that stay open: as much as it takes, or so much a second with the waits measured."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import uvloop

_TAKEN = b"HTTP/1.1 200"
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "
#: A door hangs up on connections that were silent for long, as after a pause of the whole machine.
MOST_HUNG_UP = 1_000


@dataclass(slots=True)
class Loaded:
    """What came of a load: requests answered, seconds, and how long each waited from when it was due (seconds).

    `hung_up` counts connections that the door ended; each was opened anew, and what had no answer sent again.
    """

    answered: int = 0
    hung_up: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        """Requests answered a second."""
        return self.answered / self.seconds

    def wait_ms(self, share: float) -> float:
        """Return the wait that this share of the requests did not exceed."""
        return round(1_000 * sorted(self.waits)[int(share * (len(self.waits) - 1))], 2)


def load(port: int, requests: Sequence[bytes], connections: int, seconds: float, per_s: float = 0) -> Loaded:
    """Send requests in turn for so long; with `per_s` each is due at its time, whether the last was answered or not."""
    return uvloop.run(_load(port, requests, connections, seconds, per_s))


class _Connection(asyncio.Protocol):
    """Sends one request after another; what is due while one is under way waits, and its wait counts."""

    def __init__(
        self, port: int, requests: Sequence[bytes], loaded: Loaded, first_at: float, every_s: float
    ) -> None:
        self._port = port
        self._requests, self._loaded = requests, loaded
        self._due: asyncio.Handle | None = None
        self._is_asked = False
        self._opening: asyncio.Task[object] | None = None
        self._due_at, self._every_s = first_at, every_s
        self._transport: asyncio.WriteTransport
        self._heard = b""
        self._number = 0
        self.is_over = False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        heard = self._heard = self._heard + data
        end = heard.find(_END_OF_HEAD)
        if end < 0:
            return
        at = heard.find(_LENGTH, 0, end) + len(_LENGTH)
        if len(heard) < end + len(_END_OF_HEAD) + int(heard[at : heard.find(b"\r", at)]):
            return
        self._heard = b""
        if not heard.startswith(_TAKEN):
            self.ended.set_exception(RuntimeError(heard.decode()))
            return
        self._loaded.answered += 1
        self._is_asked = False
        if self._every_s:
            self._loaded.waits.append(time.perf_counter() - self._due_at)
            self._due_at += self._every_s
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self.ended.done():
            return
        self._loaded.hung_up += 1
        if self._loaded.hung_up > MOST_HUNG_UP:
            self.ended.set_exception(ConnectionError("the door hung up again and again"))
            return
        if self._due:
            self._due.cancel()
        if self._is_asked:
            self._is_asked, self._number, self._heard = False, self._number - 1, b""
        self._opening = asyncio.get_running_loop().create_task(self.open())

    async def open(self) -> None:
        """Open the connection, and go on where it ended."""
        try:
            await asyncio.get_running_loop().create_connection(
                partial(_itself, self), "127.0.0.1", self._port
            )
        except OSError as error:
            if not self.ended.done():
                self.ended.set_exception(error)

    def _next(self) -> None:
        if self.is_over:
            self.ended.set_result(None)
            self._transport.close()
            return
        early = self._due_at - time.perf_counter() if self._every_s else 0
        if early > 0:
            self._due = asyncio.get_running_loop().call_later(early, self._next)
            return
        self._is_asked = True
        self._transport.write(self._requests[self._number % len(self._requests)])
        self._number += 1


async def _load(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, per_s: float
) -> Loaded:
    loaded = Loaded()
    every_s = connections / per_s if per_s else 0
    began = time.perf_counter()
    found = []
    for number in range(connections):
        first_at = began + every_s * number / connections
        # Each sends requests of its own, if there are enough of them.
        own = requests[number::connections] or [requests[number % len(requests)]]
        connection = _Connection(port, own, loaded, first_at, every_s)
        await connection.open()
        found.append(connection)
    await asyncio.sleep(max(0, began + seconds - time.perf_counter()))
    for one in found:
        one.is_over = True
    await asyncio.gather(*(one.ended for one in found))
    loaded.seconds = time.perf_counter() - began
    return loaded


def _itself(connection: _Connection) -> _Connection:
    return connection
