"""The door with batches of 50 events and with single ones: how many a second, and how long each waits at half of that.

Both are compared, in one run and in turns, with (a) the bare server under the same load, which answers without parsing
or storing, and (b) what the file system itself can take: the same bytes of as many requests as can wait at once,
written and forced to disk again and again. Answers of the collector come after its events are on disk. What each server
takes of a processor for an event is told too: on a busy machine that is what can be compared. The bare server serves
any application over ASGI; `bare_at_once` answers the short way that the collector takes, which shows what hearing and
storing cost.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.collector import CONNECTIONS, EVENTS_IN_BATCH, EVERYTHING, event, request, server
from bench.door_load import Loaded, load
from bench.serving import write_key
from waypost.store import Inbox

SINGLE_CONNECTIONS = 64
SERVERS = ("bare", "bare_at_once", "collector")
_PROGRAMS = ("bare_server", "waypost.run.collector")
#: Requests are made anew for each load: a batch sent long ago is one of a wrong clock, and takes another way.
Made = Callable[[], list[bytes]]


def measure(*, rounds: int = 5, seconds: float = 2.0, half_s: float = 6.0) -> dict[str, Any]:
    """Return, for batches and for single events, the rates (medians), their ratios, and the waits at half load."""
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1) as loader:
        folder = Path(name)
        key = write_key(folder)
        inbox = Inbox(folder / "inbox.db")
        try:
            with ExitStack() as running:
                door = _Door(inbox, loader)
                for which in SERVERS:
                    door.knows(which, running.enter_context(server(which, folder)))
                return {
                    "cores": os.cpu_count(),
                    "batches_of_50": door.measured(
                        lambda: [request(key, number) for number in range(8)],
                        EVENTS_IN_BATCH,
                        CONNECTIONS,
                        rounds,
                        seconds,
                        half_s,
                    ),
                    "singles": door.measured(
                        lambda: [_single(key, number) for number in range(64)],
                        1,
                        SINGLE_CONNECTIONS,
                        rounds,
                        seconds,
                        half_s,
                    ),
                }
        finally:
            inbox.close()


class _Door:
    """The servers, and the process that loads them."""

    def __init__(self, inbox: Inbox, loader: ProcessPoolExecutor) -> None:
        self._ports: dict[str, int] = {}
        self._processes: dict[str, psutil.Process] = {}
        self._inbox = inbox
        self._loader = loader

    def knows(self, which: str, port: int) -> None:
        """Learn of a server that was started just now."""
        self._ports[which] = port
        known = {each.pid for each in self._processes.values()}
        self._processes[which] = next(
            each
            for each in psutil.Process().children()
            if each.pid not in known and any(name in word for word in each.cmdline() for name in _PROGRAMS)
        )

    def measured(
        self, made: Made, n: int, connections: int, rounds: int, seconds: float, half_s: float
    ) -> dict[str, Any]:
        rates: dict[str, list[float]] = {which: [] for which in SERVERS}
        cpu_us: dict[str, list[float]] = {which: [] for which in SERVERS}
        disk = []
        for number in range(rounds + 1):
            for which in self._ports:
                before = _cpu_s(self._processes[which])
                found = self._load(which, made(), connections, seconds if number else 0.5)
                if number:  # the first round only warms up
                    rates[which].append(found.per_s * n)
                    used = _cpu_s(self._processes[which]) - before
                    cpu_us[which].append(1e6 * used / found.answered / n)
            assert self._inbox.file  # noqa: S101 -- it is one
            disk.append(_forced_per_s(self._inbox.file.parent, made(), connections, seconds / 4) * n)
        bare, at_once, rate, forced = (statistics.median(each) for each in (*rates.values(), disk))
        cpu = {which: statistics.median(each) for which, each in cpu_us.items()}
        half = self._load("collector", made(), connections, half_s, rate / n / 2)
        return {
            "connections": connections,
            "bare_events_per_s": round(bare),
            "bare_at_once_events_per_s": round(at_once),
            "collector_events_per_s": round(rate),
            "disk_events_per_s": round(forced),
            "of_bare": round(rate / bare, 3),
            "of_bare_at_once": round(rate / at_once, 3),
            "of_disk": round(rate / forced, 3),
            "bare_cpu_us_per_event": round(cpu["bare"], 2),
            "bare_at_once_cpu_us_per_event": round(cpu["bare_at_once"], 2),
            "collector_cpu_us_per_event": round(cpu["collector"], 2),
            "of_bare_by_cpu": round(cpu["bare"] / cpu["collector"], 3),
            "of_bare_at_once_by_cpu": round(cpu["bare_at_once"] / cpu["collector"], 3),
            "half_load_events_per_s": round(half.per_s * n),
            "half_load_p50_ms": half.wait_ms(0.5),
            "half_load_p99_ms": half.wait_ms(0.99),
        }

    def _load(
        self, which: str, requests: list[bytes], connections: int, seconds: float, per_s: float = 0
    ) -> Loaded:
        found = self._loader.submit(load, self._ports[which], requests, connections, seconds, per_s).result()
        self._inbox.forget(EVERYTHING)
        return found


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _forced_per_s(folder: Path, requests: list[bytes], at_once: int, seconds: float) -> float:
    """Return how many requests a second a file can take, when as many as can wait are forced to disk together."""
    body = b"".join(requests[number % len(requests)] for number in range(at_once))
    file = folder / "forced"
    fd = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        began, n = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            os.pwrite(fd, body, n % 16 * len(body))
            os.fdatasync(fd)
            n += 1
        return n * at_once / (time.perf_counter() - began)
    finally:
        os.close(fd)
        file.unlink()


def _single(key: str, number: int) -> bytes:
    """Return one event as a browser or a server sends it, without a batch."""
    body = json.dumps({**event(number), "sentAt": datetime.now(UTC).isoformat()}).encode()
    head = (
        "POST /v1/track HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: */*\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"authorization: Basic {b64encode(f'{key}:'.encode()).decode()}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    chosen = parser.parse_args()
    print(json.dumps(measure(rounds=chosen.rounds, seconds=chosen.seconds), indent=2))


if __name__ == "__main__":
    main()
