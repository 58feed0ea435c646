"""Query sources: databases that are asked again and again, how far each was read, and what went wrong last."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant
from waypost.store.tables.query_snapshots import QuerySnapshots, start_anew

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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySource:
    """A database to be asked, without its address: that may hold a password and is never shown.

    `reached` is the cursor's value up to which every row was taken in; None before the first row. `problem` says
    why the last asking failed, None when it did not.
    """

    name: str
    query: str
    mapping: dict[str, Any]
    every_s: int
    created_at: datetime
    reached: Any
    asked_at: datetime | None
    problem: str | None


class Sources:
    """Questions and acts on query sources; addresses are encrypted with a key that is not in the database."""

    def __init__(self, operations: Operations, key: bytes) -> None:
        """Work on the operational tables of one workspace; `key` is 32 bytes of the workspace's secret."""
        self._operations = operations
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self.snapshots = QuerySnapshots(operations)

    @staticmethod
    def names(operations: Operations) -> set[str]:
        """Return the names of all query sources; needs no key."""
        with operations.begin() as rows:
            return set(rows.execute(sa.select(query_sources.c.name)).scalars())

    def put(
        self, name: str, *, url: str, query: str, mapping: dict[str, Any], every_s: int, now: datetime
    ) -> None:
        """Add a source, or change the one of this name; one that changed in what it reads is read from the start."""
        read = {"query": query, "mapping": mapping}
        values = {**read, "sealed_url": self._seal.encrypt(url.encode()), "every_s": every_s}
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

    def url(self, name: str) -> str:
        """Return a source's address, to connect with and for nothing else."""
        try:
            return self._seal.decrypt(self._row(name)["sealed_url"]).decode()
        except InvalidToken:
            raise StoreError(
                f"the address of source {name!r} cannot be read with this secret.key; "
                "put back the key of your backup, or give the address again"
            ) from None

    def due(self, now: datetime) -> list[str]:
        """Return the names of the sources that were not asked for as long as they should be, oldest first."""
        waiting = [one for one in self.all() if one.asked_at is None or one.asked_at + _every(one) <= now]
        return [one.name for one in sorted(waiting, key=lambda one: one.asked_at or one.created_at)]

    def reached(self, name: str, value: Any) -> None:  # noqa: ANN401 -- whatever JSON value the cursor has
        """Note that every row up to this value of the cursor is in the inbox."""
        self._change(name, reached=value)

    def asked(self, name: str, *, now: datetime, problem: str | None = None) -> None:
        """Note that a source was asked, and what went wrong if something did."""
        self._change(name, asked_at=now, problem=problem)

    def remove(self, name: str) -> None:
        """Forget a source; the events that came from it stay. Raises StoreError when there is none."""
        with self._operations.begin() as rows:
            gone = rows.execute(sa.delete(query_sources).where(query_sources.c.name == name))
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
    return QuerySource(**{name: value for name, value in row.items() if name != "sealed_url"})


def _every(source: QuerySource) -> timedelta:
    return timedelta(seconds=source.every_s)


def _unknown(name: str) -> StoreError:
    return StoreError(f"there is no source named {name!r}")
