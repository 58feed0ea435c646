"""Definitions are versioned documents: published once, kept for ever."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import msgspec
import sqlalchemy as sa

from waypost.core import DefinitionError, Document
from waypost.store.operations import Operations, metadata

definitions = sa.Table(
    "definitions",
    metadata,
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("published_at", sa.DateTime, nullable=False),
    sa.Column("published_on", sa.Date, nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One version of a definition, in force from `published_on` until the next version's day.

    A withdrawn version ends the definition: from its day on there is none.
    """

    kind: str
    key: str
    version: int
    document: Document
    published_at: datetime
    published_on: date
    withdrawn: bool


class Definitions:
    """Publishes documents and says which are in force."""

    def __init__(self, operations: Operations) -> None:
        """Read and write the definitions of one workspace."""
        self._operations = operations

    def publish(self, documents: list[Document], *, now: datetime, today: date) -> list[Published]:
        """Store every document that differs from its newest version; return those that became new versions.

        A second change on the same day is a version of its own: the newest of a day is the one in force.
        """
        newest = {(each.kind, each.key): each for each in self.newest(withdrawn=True)}
        fresh = []
        for document in documents:
            about = (document["kind"], document["key"])
            if _differs(document, newest.get(about)):
                newest[about] = _next(document, newest.get(about), now=now, today=today)
                fresh.append(newest[about])
        self._insert(fresh)
        return fresh

    def withdraw(self, kind: str, key: str, *, now: datetime, today: date) -> None:
        """End a definition from today on; its versions are kept. Raises DefinitionError when it is not in force."""
        last = next((each for each in self.newest(kind) if each.key == key), None)
        if last is None:
            raise DefinitionError(f"{kind} {key}", "there is no such definition in force to withdraw")
        ended = Published(
            kind=kind,
            key=key,
            version=last.version + 1,
            document=last.document,
            published_at=now,
            published_on=today,
            withdrawn=True,
        )
        self._insert([ended])

    def newest(self, kind: str | None = None, *, withdrawn: bool = False) -> list[Published]:
        """Return the newest version of every definition (of a kind), by kind and key."""
        best: dict[tuple[str, str], Published] = {}
        for each in self.all(kind):
            best[(each.kind, each.key)] = each
        return [each for each in best.values() if withdrawn or not each.withdrawn]

    def all(self, kind: str | None = None) -> list[Published]:
        """Return every version ever published (of a kind), by kind, key and version."""
        question = sa.select(definitions).order_by(
            definitions.c.kind, definitions.c.key, definitions.c.version
        )
        if kind is not None:
            question = question.where(definitions.c.kind == kind)
        with self._operations.begin() as connection:
            return [_published(row) for row in connection.execute(question)]

    def _insert(self, fresh: list[Published]) -> None:
        if not fresh:
            return
        rows = [
            {
                "kind": each.kind,
                "key": each.key,
                "version": each.version,
                "document": msgspec.json.encode(each.document).decode(),
                "published_at": each.published_at.astimezone(UTC).replace(tzinfo=None),
                "published_on": each.published_on,
                "withdrawn": each.withdrawn,
            }
            for each in fresh
        ]
        with self._operations.begin() as connection:
            connection.execute(sa.insert(definitions), rows)


def _differs(document: Document, last: Published | None) -> bool:
    return last is None or last.withdrawn or last.document != document


def _next(document: Document, last: Published | None, *, now: datetime, today: date) -> Published:
    return Published(
        kind=document["kind"],
        key=document["key"],
        version=last.version + 1 if last else 1,
        document=document,
        published_at=now,
        published_on=today,
        withdrawn=False,
    )


def _published(row: sa.Row[tuple[object, ...]]) -> Published:
    return Published(
        kind=row.kind,
        key=row.key,
        version=row.version,
        document=msgspec.json.decode(row.document),
        published_at=row.published_at.replace(tzinfo=UTC),
        published_on=row.published_on,
        withdrawn=row.withdrawn,
    )
