"""Accepted events a second at the collector, as a ratio to the same server answering without parsing or storing.

Both servers run in one go, in turns, under the same load from a process of its own: batches of 50 events over
connections that stay open. The collector is durable: it answers after the batch is on disk.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.serving import write_key
from waypost.store import Inbox

EVENTS_IN_BATCH = 50
CONNECTIONS = 256
EVERYTHING = 1 << 62
ANSWER = b'{"success":true}'
_BARE = Path(__file__).with_name("bare_server.py")


def measure(*, rounds: int = 5, seconds: float = 2.0) -> dict[str, float]:
    """Return events a second of both servers (medians over interleaved rounds) and their ratio."""
    rates: dict[str, list[float]] = {"bare": [], "collector": []}
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1) as loader:
        folder = Path(name)
        key = write_key(folder)
        inbox = Inbox(folder / "inbox.db")
        with server("bare", folder) as bare, server("collector", folder) as collector:
            ports = {"bare": bare, "collector": collector}
            for number in range(rounds + 1):
                for which, port in ports.items():
                    rate = loader.submit(_load, port, key, seconds if number else 0.5).result()
                    if number:  # the first round only warms up
                        rates[which].append(rate)
                    inbox.forget(EVERYTHING)
        inbox.close()
    bare_rate, rate = statistics.median(rates["bare"]), statistics.median(rates["collector"])
    return {
        "bare_events_per_s": round(bare_rate),
        "collector_events_per_s": round(rate),
        "ratio": round(rate / bare_rate, 3),
    }


@contextlib.contextmanager
def server(which: str, folder: Path) -> Iterator[int]:
    """Run the collector or a bare server, over ASGI or the short way; give its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2_048)
    command = {
        "collector": ["-m", "waypost.run.collector", "--data", str(folder), "--fd", str(listener.fileno())],
        "bare": [str(_BARE), str(listener.fileno())],
        "bare_at_once": [str(_BARE), str(listener.fileno()), "at_once"],
    }[which]
    process = subprocess.Popen([sys.executable, *command], pass_fds=[listener.fileno()])
    try:
        yield listener.getsockname()[1]
    finally:
        process.terminate()
        process.wait()
        listener.close()


def _load(port: int, key: str, seconds: float) -> float:
    return asyncio.run(_drive(port, key, seconds))


async def _drive(port: int, key: str, seconds: float) -> float:
    requests = [request(key, number) for number in range(8)]
    started = time.perf_counter()
    ends_at = started + seconds
    sent = await asyncio.gather(*(_connection(port, requests, ends_at) for _ in range(CONNECTIONS)))
    return sum(sent) * EVENTS_IN_BATCH / (time.perf_counter() - started)


async def _connection(port: int, requests: list[bytes], ends_at: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < ends_at:
        writer.write(requests[answered % len(requests)])
        answer = await reader.readuntil(ANSWER)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())
        answered += 1
    writer.close()
    return answered


def request(key: str, number: int) -> bytes:
    """Return a request as a server SDK writes it; the load must cost less than what it loads."""
    batch = [event(number * EVENTS_IN_BATCH + n) for n in range(EVENTS_IN_BATCH)]
    body = json.dumps({"batch": batch, "sentAt": datetime.now(UTC).isoformat()}).encode()
    return wrapped(key, body)


def wrapped(key: str, body: bytes) -> bytes:
    """Return a batch with its head."""
    head = (
        "POST /v1/batch HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: */*\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"authorization: Basic {b64encode(f'{key}:'.encode()).decode()}\r\n\r\n"
    )
    return head.encode() + body


def event(number: int) -> dict[str, Any]:
    """Return an event as a server SDK sends it."""
    return {
        "type": "track",
        "messageId": f"8f14e45f-ceea-467f-a9b6-{number:012d}",
        "userId": f"user-{number % 40}",
        "anonymousId": None,
        "timestamp": "2026-01-05T09:00:00.123456+00:00",
        "event": "Report Exported",
        "properties": {
            "format": "csv",
            "rows": 1_200 + number,
            "report": "Monthly revenue",
            "scheduled": False,
        },
        "context": {
            "library": {"name": "analytics-python", "version": "2.4.0"},
            "groupId": f"acct-{number % 7}",
        },
        "integrations": {},
    }


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--bare", type=int, help="serve the bare server on this socket (for this script itself)"
    )
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print(json.dumps({"cores": os.cpu_count(), **measure(rounds=chosen.rounds)}))


if __name__ == "__main__":
    main()
