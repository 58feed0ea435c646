"""A collector worker as a process of its own, on a data folder made for the test."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from waypost.collect import READERS
from waypost.core import Event
from waypost.store import Inbox, Keys, Operations


@dataclass
class Worker:
    """A running worker and what its inbox holds."""

    folder: Path
    key: str
    listener: socket.socket
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def events(self) -> list[Event]:
        inbox = Inbox(self.folder / "inbox.db", READERS)
        try:
            return inbox.take(0, 1_000_000).events
        finally:
            inbox.close()

    def post(self, path: str, body: object, *, key: str | None = None) -> int:
        """Send JSON and return the status; 0 when the worker did not answer."""
        headers = {"authorization": f"Basic {b64encode(f'{key or self.key}:'.encode()).decode()}"}
        request = urllib.request.Request(f"{self.host}{path}", json.dumps(body).encode(), headers)  # noqa: S310 -- ours
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- ours
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        self.process = _started(self.folder, self.listener)


@contextmanager
def running(folder: Path) -> Iterator[Worker]:
    """Run a worker on a free port; the socket outlives the process, as it does under the supervisor."""
    operations = Operations(folder / "operations.db")
    key = Keys(operations).create("web", now=datetime.now(UTC))
    operations.close()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    worker = Worker(folder=folder, key=key, listener=listener, process=_started(folder, listener))
    try:
        wait_until_healthy(worker)
        yield worker
    finally:
        worker.process.terminate()
        worker.process.wait(30)
        listener.close()


def wait_until_healthy(worker: Worker) -> None:
    """Wait for the first answer; the listening socket holds it until the worker is up."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{worker.host}/healthz", timeout=30) as answer:  # noqa: S310 -- ours
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the collector did not start")


def _started(folder: Path, listener: socket.socket) -> subprocess.Popen[bytes]:
    number = listener.fileno()
    command = [sys.executable, "-m", "waypost.run.collector", "--data", str(folder), "--fd", str(number)]
    return subprocess.Popen(command, pass_fds=[number])
