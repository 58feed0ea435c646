"""Query sources: databases that are asked again and again, how far each was read, and what went wrong last."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.schedule import Schedule
from waypost.store.tables.instant import Instant
from waypost.store.tables.query_runs import QueryRuns, query_runs
from waypost.store.tables.query_snapshots import QuerySnapshots, start_anew
from waypost.store.tables.source_changes import SourceChanges

#: How long an address that a member gave may wait for the next step.
SEALED_FOR_S = 3_600

query_sources = sa.Table(
    "query_sources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("sealed_url", sa.LargeBinary, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("mapping", sa.JSON, nullable=False),
    sa.Column("every_s", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("reached", sa.JSON),
    sa.Column("asked_at", Instant),
    sa.Column("problem", sa.Text),
    sa.Column("wanted", sa.JSON),
    sa.Column("cron", sa.Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A run that somebody asked for before it is due; `accept_loss` lets any number of its rows be gone."""

    by: str
    accept_loss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySource:
    """A database to be asked, without its address: that may hold a password and is never shown.

    `reached` is the cursor's value up to which every row was taken in; None before the first row. `problem` says
    why the last asking failed, None when it did not. `wanted` is a run that is to come before it is due.
    """

    name: str
    query: str
    mapping: dict[str, Any]
    every_s: int
    created_at: datetime
    reached: Any
    asked_at: datetime | None
    problem: str | None
    wanted: Wanted | None = None
    cron: str | None = None

    @property
    def schedule(self) -> Schedule:
        """When it is asked."""
        return Schedule(every_s=self.every_s, cron=self.cron)

    def next_at(self, now: datetime, zone: str) -> datetime:
        """Return when it is asked next, at the earliest `now`; cron expressions are of the workspace's zone."""
        if self.asked_at is None or self.wanted:
            return now
        return max(now, self.schedule.after(self.asked_at, zone))


class Sources:
    """Questions and acts on query sources; addresses are encrypted with a key that is not in the database."""

    def __init__(self, operations: Operations, key: bytes) -> None:
        """Work on the operational tables of one workspace; `key` is 32 bytes of the workspace's secret."""
        self._operations = operations
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self.snapshots = QuerySnapshots(operations)
        self.runs = QueryRuns(operations)
        self.changes = SourceChanges(operations)

    @staticmethod
    def names(operations: Operations) -> set[str]:
        """Return the names of all query sources; needs no key."""
        with operations.begin() as rows:
            return set(rows.execute(sa.select(query_sources.c.name)).scalars())

    def put(
        self,
        name: str,
        *,
        url: str,
        query: str,
        mapping: dict[str, Any],
        schedule: Schedule,
        now: datetime,
    ) -> None:
        """Add a source, or change the one of this name; one that changed in what it reads is read from the start."""
        read = {"query": query, "mapping": mapping}
        sealed = self._seal.encrypt(url.encode())
        asked = {"every_s": schedule.every_s, "cron": schedule.cron}
        values: dict[str, Any] = {**read, **asked, "sealed_url": sealed}
        with self._operations.begin() as rows:
            found = rows.execute(_named(name)).mappings().one_or_none()
            if found is None:
                rows.execute(sa.insert(query_sources).values(name=name, created_at=now, **values))
                return
            if {"query": found["query"], "mapping": found["mapping"]} != read:
                values |= {"reached": sa.null(), "asked_at": None, "problem": None}
                if found["mapping"].get("becomes") != mapping.get("becomes"):
                    start_anew(rows, name)
            rows.execute(sa.update(query_sources).where(query_sources.c.name == name).values(**values))

    def all(self) -> list[QuerySource]:
        """Return every source, by name."""
        with self._operations.begin() as rows:
            found = rows.execute(sa.select(query_sources).order_by(query_sources.c.name)).mappings()
            return [_shown(row) for row in found]

    def get(self, name: str) -> QuerySource:
        """Return one source. Raises StoreError when there is none of that name."""
        return _shown(self._row(name))

    def seal(self, url: str) -> str:
        """Return an address sealed, to be handed to a browser and back while a source is being added."""
        return self._seal.encrypt(url.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return a sealed address. Raises StoreError when it is older than an hour or not of this workspace."""
        try:
            return self._seal.decrypt(sealed.encode(), ttl=SEALED_FOR_S).decode()
        except InvalidToken:
            raise StoreError("the address was given more than an hour ago; give it again") from None

    def url(self, name: str) -> str:
        """Return a source's address, to connect with and for nothing else."""
        try:
            return self._seal.decrypt(self._row(name)["sealed_url"]).decode()
        except InvalidToken:
            raise StoreError(
                f"the address of source {name!r} cannot be read with this secret.key; "
                "put back the key of your backup, or give the address again"
            ) from None

    def due(self, now: datetime, zone: str) -> list[str]:
        """Return the names of the sources that are wanted or whose time has come, those first that waited longest."""
        waiting = [one for one in self.all() if one.next_at(now, zone) <= now]
        return [one.name for one in sorted(waiting, key=lambda one: one.asked_at or one.created_at)]

    def reached(self, name: str, value: Any) -> None:  # noqa: ANN401 -- whatever JSON value the cursor has
        """Note that every row up to this value of the cursor is in the inbox."""
        self._change(name, reached=value)

    def want(self, name: str, *, by: str, accept_loss: bool = False) -> None:
        """Have a source asked next, for somebody. Raises StoreError when there is none of that name."""
        self._row(name)
        self._change(name, wanted={"by": by, "accept_loss": accept_loss})

    def take_wanted(self, name: str) -> Wanted | None:
        """Return the run that somebody wants of a source, which is none that is wanted from now on."""
        wanted = self.get(name).wanted
        if wanted:
            self._change(name, wanted=sa.null())
        return wanted

    def asked(self, name: str, *, now: datetime, problem: str | None = None) -> None:
        """Note that a source was asked, and what went wrong if something did."""
        self._change(name, asked_at=now, problem=problem)

    def remove(self, name: str) -> None:
        """Forget a source and its runs; the events that came from it stay. Raises StoreError when there is none."""
        with self._operations.begin() as rows:
            gone = rows.execute(sa.delete(query_sources).where(query_sources.c.name == name))
            rows.execute(sa.delete(query_runs).where(query_runs.c.source == name))
            start_anew(rows, name)
        if gone.rowcount == 0:
            raise _unknown(name)

    def _change(self, name: str, **values: Any) -> None:  # noqa: ANN401 -- values of columns
        with self._operations.begin() as rows:
            rows.execute(sa.update(query_sources).where(query_sources.c.name == name).values(**values))

    def _row(self, name: str) -> sa.RowMapping:
        with self._operations.begin() as rows:
            found = rows.execute(_named(name)).mappings().one_or_none()
        if found is None:
            raise _unknown(name)
        return found


def _named(name: str) -> sa.Select[Any]:
    return sa.select(query_sources).where(query_sources.c.name == name)


def _shown(row: sa.RowMapping) -> QuerySource:
    said = {name: value for name, value in row.items() if name != "sealed_url"}
    return QuerySource(**{**said, "wanted": Wanted(**said["wanted"]) if said["wanted"] else None})


def _unknown(name: str) -> StoreError:
    return StoreError(f"there is no source named {name!r}")
