"""Drafts of definitions: what a member is about to publish, one for each definition, seen by all members."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from waypost.core import Document
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("based_on", sa.Integer, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A definition that is not in force yet; `based_on` is the version it was begun from, 0 when there was none."""

    kind: str
    key: str
    document: Document
    based_on: int
    changed_by: str
    changed_at: datetime


class Drafts:
    """Keeps one draft for each definition; the last to change it wins, and is named."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def get(self, kind: str, key: str) -> Draft | None:
        """Return the draft of a definition, None when there is none."""
        asked = sa.select(drafts).where(drafts.c.kind == kind, drafts.c.key == key)
        with self._operations.begin() as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else _draft(row)

    def all(self, kind: str) -> list[Draft]:
        """Return every draft of a kind, by key."""
        asked = sa.select(drafts).where(drafts.c.kind == kind).order_by(drafts.c.key)
        with self._operations.begin() as connection:
            return [_draft(row) for row in connection.execute(asked)]

    def put(self, document: Document, *, based_on: int, by: str, now: datetime) -> None:
        """Keep a document as the draft of its definition, in place of the one before."""
        kind, key = document["kind"], document["key"]
        row = {
            "kind": kind,
            "key": key,
            "document": msgspec.json.encode(document).decode(),
            "based_on": based_on,
            "changed_by": by,
            "changed_at": now,
        }
        with self._operations.begin() as connection:
            connection.execute(sa.delete(drafts).where(drafts.c.kind == kind, drafts.c.key == key))
            connection.execute(sa.insert(drafts).values(row))

    def drop(self, kind: str, key: str) -> None:
        """Forget the draft of a definition."""
        with self._operations.begin() as connection:
            connection.execute(sa.delete(drafts).where(drafts.c.kind == kind, drafts.c.key == key))


def _draft(row: sa.Row[tuple[object, ...]]) -> Draft:
    return Draft(
        kind=row.kind,
        key=row.key,
        document=msgspec.json.decode(row.document),
        based_on=row.based_on,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )
