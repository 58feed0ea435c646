"""A whole Waypost in processes of its own, on free ports, and the mail server that takes its e-mail."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

DEFINITIONS = Path(__file__).parent / "definitions"
WAYPOST = str(Path(sys.executable).with_name("waypost"))
PATIENCE_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Letterbox(Message):
    """Keeps what a real SMTP conversation brought."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.letters: list[EmailMessage] = []

    def handle_message(self, message: EmailMessage) -> None:  # type: ignore[override]
        self.letters.append(message)

    def to(self) -> list[str]:
        return [str(letter["To"]) for letter in self.letters]


@dataclass
class Town:
    """One running Waypost."""

    folder: Path
    zone: str = "UTC"
    letterbox: Letterbox = field(default_factory=Letterbox)
    workspace_port: int = field(default_factory=free_port)
    collector_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._mail = Controller(self.letterbox, hostname="127.0.0.1", port=free_port())
        self._mail.start()
        self._serve: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._serve is not None, "start the town first"
        return self._serve

    @property
    def collector(self) -> str:
        return f"http://127.0.0.1:{self.collector_port}"

    @property
    def workspace(self) -> str:
        return f"http://127.0.0.1:{self.workspace_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "WAYPOST_DATA": str(self.folder),
            "WAYPOST_WORKSPACE_PORT": str(self.workspace_port),
            "WAYPOST_WORKSPACE_ZONE": self.zone,
            "WAYPOST_COLLECTOR_PORT": str(self.collector_port),
            "WAYPOST_SMTP_HOST": "127.0.0.1",
            "WAYPOST_SMTP_PORT": str(self._mail.port),
            "WAYPOST_SMTP_SECURITY": "none",
            "WAYPOST_SMTP_FROM_ADDRESS": "team@lodeline.example",
            "WAYPOST_ROUNDS_IDLE_S": "0.1",
        }

    def start(self) -> None:
        """Start Waypost and wait until both doors answer."""
        log = (self.folder.parent / "serve.log").open("ab")
        self._serve = subprocess.Popen(
            [WAYPOST, "serve"],
            env=self.environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        for port in (self.collector_port, self.workspace_port):
            self.until(lambda port=port: _answers(port))  # type: ignore[misc]

    def stop(self) -> None:
        """Ask Waypost to end, and wait."""
        if self._serve and self._serve.poll() is None:
            self._serve.terminate()
            self._serve.wait(PATIENCE_S)

    def leave(self) -> None:
        """End everything that was started here."""
        self.stop()
        self._mail.stop()

    def command(self, *words: str, check: bool = True) -> str:
        """Run one command and return what it printed."""
        done = subprocess.run(
            [WAYPOST, *words],
            env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S * 2,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, question: str) -> list[dict[str, Any]]:
        """Return the answer to one SELECT."""
        rows: list[dict[str, Any]] = json.loads(self.command("sql", question, "--format", "json"))
        return rows

    def key(self, name: str = "product") -> str:
        """Make a write key."""
        return self.command("key", "create", name).split()[-1]

    def member(self, email: str = "ada@lodeline.example") -> tuple[str, str]:
        """Add an owner and return how they sign in."""
        said = self.command("member", "add", email, "--name", "Ada Byron", "--role", "owner")
        return email, said.split()[-1]

    def until(self, holds: Callable[[], Any], *, within_s: float = PATIENCE_S) -> Any:  # noqa: ANN401 -- whatever holds
        """Wait until something holds and return it; what the log says is shown when it never does."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found = holds()
            if found:
                return found
            time.sleep(0.1)
        said = (self.folder.parent / "serve.log").read_text(errors="replace")[-3000:]
        raise AssertionError(f"it never held; the log ends:\n{said}")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
