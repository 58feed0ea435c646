"""Changes of sources, for the audit: who added, changed, asked for or removed what. No credentials are among it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

#: Whoever works on the machine itself, by the commands.
AT_THE_MACHINE = "the command line"

source_changes = sa.Table(
    "source_changes",
    metadata,
    sa.Column("change_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Index("source_changes_of_source", "source", "change_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """One change of a source: `act` says in words what was done; members are told by their e-mail."""

    source: str
    act: str
    changed_by: str
    changed_at: datetime


class SourceChanges:
    """Keeps and lists what was done to sources."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def note(self, source: str, act: str, *, by: str, now: datetime) -> None:
        """Keep that somebody did something to a source."""
        values = {"source": source, "act": act, "changed_by": by, "changed_at": now}
        with self._operations.begin() as rows:
            rows.execute(sa.insert(source_changes).values(values))

    def of(self, source: str, *, most: int = 50) -> list[SourceChange]:
        """Return the changes of a source, the newest first."""
        c = source_changes.c
        asked = sa.select(c.source, c.act, c.changed_by, c.changed_at).where(c.source == source)
        with self._operations.begin() as rows:
            found = rows.execute(asked.order_by(c.change_id.desc()).limit(most)).mappings()
            return [SourceChange(**row) for row in found]
