"""Lines of logs by syslog, over TCP and UDP: put into the inbox a few times a second, by the rules of their source.

Syslog has no answers: no sender learns what became of a line, and what came since the last put is lost with this
process. When too much waits for the disk TCP senders wait; datagrams are lost then, and counted.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from waypost.collect import Gathering, ImportReport, TurnedAway, drain_reader, tables_seen
from waypost.core import StoreError
from waypost.run.following import Beside
from waypost.store import Inbox

EVERY_S = 0.2
RESTS_S = 1.0
MOST_WAITING = 20_000
MOST_LINE_BYTES = 64 * 1024
MOST_CONNECTIONS = 200
MOST_DIGITS = 6
LOST = "datagram_lost"
log = structlog.get_logger("syslog")


class Syslog:
    """Hears lines for one source on one port; `report` counts what became of them."""

    def __init__(
        self, source: str, written_as: tuple[str, str], beside: Beside, now: Callable[[], datetime]
    ) -> None:
        """Hear for a source; `written_as` are the format of messages that are no JSON ("" for none) and its layout.

        Raises BadBodyError when there is no such format.
        """
        self.report = ImportReport()
        self._source, self._written_as, self._beside, self._now = source, written_as, beside, now
        self._rules = beside.means(source)
        self._tables = tables_seen(self._rules)
        self._read_line = drain_reader(*written_as, self._rules)
        self._waiting: list[bytes] = []
        self._lost = 0
        self._room = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    async def run(self, host: str, port: int, ending: asyncio.Event, heard: Callable[[int], None]) -> None:
        """Hear on a port, which `heard` is told, until the end; all that came is put before it returns."""
        server = await asyncio.start_server(self._connected, host, port, limit=2 * MOST_LINE_BYTES)
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._datagram), local_addr=(host, port)
        )
        heard(port)
        try:
            while not ending.is_set():
                await self._put()
                self._beside.learn()
                await asyncio.sleep(EVERY_S)
        finally:
            server.close()
            transport.close()
            for each in self._connections:
                each.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await self._put()

    def _datagram(self, sent: bytes) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
        elif line := sent.strip():
            self._waiting.append(line)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._connections.add(task)
        try:
            while line := await _line(reader):
                if stripped := line.strip():
                    self._waiting.append(stripped)
                if len(self._waiting) >= MOST_WAITING:
                    self._room.clear()
                    await self._room.wait()
        except (ConnectionError, ValueError, asyncio.LimitOverrunError, asyncio.IncompleteReadError) as error:
            log.warning("a sender was cut off", why=str(error))
        finally:
            self._connections.discard(task)
            writer.close()

    async def _put(self) -> None:
        """Put what waits into the inbox; what the disk refuses waits on."""
        lines, self._waiting = self._waiting, []
        lost, self._lost = self._lost, 0
        if not lines and not lost:
            return
        gathering = self._gathered(lines, lost)
        try:
            await asyncio.to_thread(self._inbox.put, [gathering.intake()])
        except StoreError as error:
            log.warning("lines wait for the disk", why=str(error))
            self._waiting, self._lost = lines + self._waiting, lost + self._lost
            await asyncio.sleep(RESTS_S)
            return
        self._room.set()
        self.report.lines += len(lines)
        self.report.events += len(gathering.events)
        self.report.refused += gathering.refused
        self.report.noise += gathering.noise

    def _gathered(self, lines: list[bytes], lost: int) -> Gathering:
        rules = self._beside.means(self._source)
        seen = tables_seen(rules)
        if rules != self._rules or seen != self._tables:
            try:
                self._read_line = drain_reader(*self._written_as, rules)
            except StoreError as error:
                # The lines are here, and nobody sends them again: they are read as those before.
                log.warning("lines are read by earlier rules", why=str(error))
            self._rules, self._tables = rules, seen
        gathering = Gathering(self._source, self._now())
        for line in lines:
            if len(line) > MOST_LINE_BYTES:
                gathering.refuse(TurnedAway.TOO_LARGE, line)
            else:
                self._read_line(line, gathering)
        if lost:
            gathering.refused[LOST] += lost
        return gathering

    @property
    def _inbox(self) -> Inbox:
        return self._beside.inbox


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, _address: object) -> None:
        self._take(data)


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next frame, counted or ended by a line feed; b"" at the end. Raises ValueError for neither."""
    first = await reader.read(1)
    if not first.isdigit():
        try:
            return first + await reader.readuntil(b"\n") if first and first != b"\n" else first
        except asyncio.IncompleteReadError as error:
            return first + error.partial
    count = first + await reader.readuntil(b" ")
    if not count.strip().isdigit() or len(count) > MOST_DIGITS:
        raise ValueError("a frame began with a digit, and not with its length")
    return await reader.readexactly(int(count)) or b"\n"
