"""Pauses of sources: nobody waits for what a paused source sends. Every pause is kept, with who began and ended it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

source_pauses = sa.Table(
    "source_pauses",
    metadata,
    sa.Column("pause_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("paused_by", sa.Text, nullable=False),
    sa.Column("paused_at", Instant, nullable=False),
    sa.Column("resumed_by", sa.Text),
    sa.Column("resumed_at", Instant),
    sa.Index("source_pauses_of_source", "source", "pause_id"),
    sa.Index(
        "source_pauses_in_force",
        "source",
        unique=True,
        sqlite_where=sa.text("resumed_at is null"),
        postgresql_where=sa.text("resumed_at is null"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePause:
    """One pause of a source; while nobody resumed it, it is in force. Members are told by their e-mail."""

    source: str
    paused_by: str
    paused_at: datetime
    resumed_by: str | None
    resumed_at: datetime | None


class SourcePauses:
    """Which sources are paused, and who did it."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def pause(self, source: str, *, by: str, now: datetime) -> bool:
        """Wait for a source no more; False when nobody did anyway."""
        values = {"source": source, "paused_by": by, "paused_at": now}
        try:
            with self._operations.begin() as rows:
                rows.execute(sa.insert(source_pauses).values(values))
        except sa.exc.IntegrityError:
            return False
        return True

    def resume(self, source: str, *, by: str, now: datetime) -> bool:
        """Wait for a source again; False when it is not paused."""
        c = source_pauses.c
        ended = sa.update(source_pauses).where(c.source == source, c.resumed_at.is_(None))
        with self._operations.begin() as rows:
            return rows.execute(ended.values(resumed_by=by, resumed_at=now)).rowcount == 1

    def in_force(self) -> dict[str, SourcePause]:
        """Return the pauses in force, by source."""
        with self._operations.begin() as rows:
            found = rows.execute(_select().where(source_pauses.c.resumed_at.is_(None))).mappings()
            return {row["source"]: SourcePause(**row) for row in found}

    def of(self, source: str, *, most: int = 50) -> list[SourcePause]:
        """Return the pauses of a source, the newest first."""
        c = source_pauses.c
        newest = _select().where(c.source == source).order_by(c.pause_id.desc()).limit(most)
        with self._operations.begin() as rows:
            return [SourcePause(**row) for row in rows.execute(newest).mappings()]


def _select() -> sa.Select[tuple[str, str, datetime, str | None, datetime | None]]:
    c = source_pauses.c
    return sa.select(c.source, c.paused_by, c.paused_at, c.resumed_by, c.resumed_at)
