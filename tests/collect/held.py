"""A customer's table that says what holds, and us who ask for it hour by hour."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from waypost.collect import ImportReport, run_query_source
from waypost.core import Event
from waypost.store import Inbox, Operations, Schedule, Sources, Wanted

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEMBERS: dict[str, Any] = {"becomes": "memberships", "person": "who", "account": "org", "time": "since"}
SETTINGS: dict[str, Any] = {"becomes": "settings", "account": "org", "event": "org_settings"}
TICKETS: dict[str, Any] = {
    "becomes": "tickets",
    "key": ["id"],
    "account": "org",
    "time": "at",
    "solved": "done_at",
}
COUNTS: dict[str, Any] = {
    "becomes": "counts",
    "time": "day",
    "person": "who",
    "account": "org",
    "quantity": "n",
    "event": "export",
}
CONTRACTS: dict[str, Any] = {"becomes": "contracts", "key": ["id"], "account": "org", "time": "starts_on"}


@dataclass
class HeldPlace:
    """A customer's table, whose rows are replaced as the story goes, and us who ask for them hour by hour."""

    file: Path
    inbox: Inbox
    operations: Operations
    sources: Sources
    now: datetime = NOON

    def means(self, mapping: dict[str, Any], **changed: object) -> None:
        said = {**mapping, **changed}
        url = f"sqlite:///{self.file}"
        self.sources.put(
            "db", url=url, query="select * from rows", mapping=said, schedule=Schedule(every_s=300), now=NOON
        )

    def table(self, columns: str, *rows: tuple[object, ...]) -> None:
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("drop table if exists rows")
            database.execute(f"create table rows ({columns})")
            marks = ", ".join("?" for _ in columns.split(","))
            database.executemany(f"insert into rows values ({marks})", rows)  # noqa: S608 -- marks alone

    def ask(self, *, accept_loss: bool = False) -> ImportReport:
        self.now += HOUR
        return run_query_source(
            "db",
            sources=self.sources,
            inbox=self.inbox,
            now=self.now,
            wanted=Wanted(by="ada@waypost.test", accept_loss=accept_loss),
        )

    def came(self) -> list[Event]:
        """Return what came since it was asked the last time."""
        taken = self.inbox.take(0, 1_000_000)
        self.inbox.forget(taken.position)
        return taken.events

    def asked(
        self, columns: str, *rows: tuple[object, ...], accept_loss: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return name, person, account and what is said by the events that such rows are worth now."""
        self.table(columns, *rows)
        self.ask(accept_loss=accept_loss)
        return [_told(event) for event in self.came()]


def _told(event: Event) -> tuple[Any, ...]:
    return event.name, event.person_id, event.account_id, msgspec.json.decode(event.properties)
