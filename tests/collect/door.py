"""A collector without a network: requests go straight into the callable, and events come out of its inbox."""

import json
from base64 import b64encode
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

from tests.running import run
from waypost.collect import READERS, Collector, Doorkeeper
from waypost.core import Event
from waypost.store import (
    GroupCommit,
    Inbox,
    Intake,
    KeyRing,
    Keys,
    Operations,
    Quarantined,
    SigningSecrets,
)

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
SEAL = b"another of thirty-two characters"
SENT_AT = "2026-06-03T12:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:  # noqa: ANN401 -- JSON
        return json.loads(self.body)


@dataclass
class Door:
    """The collector of one data folder, at noon; its inbox is in memory unless a test is about the disk."""

    folder: Path
    limits: Mapping[str, int] = field(default_factory=dict)
    now: datetime = NOW
    on_disk: bool = False

    def __post_init__(self) -> None:
        written, self.key = _database_with_a_key()
        (self.folder / "operations.db").write_bytes(written)
        self.keeper = Doorkeeper(b"a secret of thirty-two characters")
        self.inbox = Inbox(self.folder / "inbox.db" if self.on_disk else None, READERS, self.keeper)
        self.ring = KeyRing(self.folder / "operations.db", SEAL)
        self.ring.refresh()
        self.commit = GroupCommit(self.inbox, **self.limits)
        self.collector = Collector(self.commit, self.ring, self.keeper, lambda: self.now)
        self.commit.start()

    def close(self) -> None:
        self.commit.stop()
        self.inbox.close()

    def signs(self, secret: str) -> None:
        """Give the door's source a secret."""
        operations = Operations(self.folder / "operations.db")
        SigningSecrets(operations, SEAL).put("segment:web", secret, now=NOW)
        operations.close()
        self.ring.refresh()

    def revoke(self) -> None:
        operations = Operations(self.folder / "operations.db")
        Keys(operations).revoke("web", now=NOW)
        operations.close()
        self.ring.refresh()

    def post(
        self,
        path: str,
        body: object,
        *,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> Answered:
        """Send a body (JSON unless it is bytes) with the door's key, another, or (None) without."""
        given = dict(headers or {})
        if key is not None:
            given["authorization"] = f"Basic {b64encode(f'{key or self.key}:'.encode()).decode()}"
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, headers=given, pieces=[written], query=query)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        pieces: Sequence[bytes] = (b"",),
        query: str = "",
    ) -> Answered:
        return run(self._ask(method, path, headers or {}, pieces, query))

    def events(self) -> list[Event]:
        return self.inbox.take(0, 1_000_000).events

    def refusals(self) -> dict[str, int]:
        """What was refused so far, whole requests included."""
        run(self._note())
        self.events()
        return {one.reason: one.n for one in self.inbox.door_counts("2000-01-01") if one.outcome == "refused"}

    def quarantined(self) -> list[Quarantined]:
        """Samples of what was refused, also by readers of what came as it was written."""
        self.events()
        return self.inbox.quarantined(None, 1_000)

    async def _note(self) -> None:
        self.collector._hearing.note_refusals()
        await self.commit.offer(Intake(source="web", received_at=NOW))

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], pieces: Sequence[bytes], query: str
    ) -> Answered:
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "client": ("203.0.113.7", 41_000),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        waiting = list(pieces)
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            piece = waiting.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.collector(scope, receive, send)
        start, body = sent
        names = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(status=start["status"], headers=names, body=body["body"])


@cache
def _database_with_a_key() -> tuple[bytes, str]:
    """Make the tables once: it takes longer than most tests."""
    with TemporaryDirectory() as name:
        file = Path(name) / "operations.db"
        operations = Operations(file)
        key = Keys(operations).create("web", now=NOW)
        operations.close()
        return file.read_bytes(), key


def track(**changed: object) -> dict[str, Any]:
    """A plain event of Ada's, changed as asked; None takes a field away."""
    said: dict[str, Any] = {
        "type": "track",
        "event": "Report Exported",
        "userId": "ada",
        "messageId": "m1",
        "timestamp": "2026-06-01T10:00:00Z",
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}
