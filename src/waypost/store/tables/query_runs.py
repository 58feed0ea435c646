"""Runs of query sources: every asking with what it brought, how long it took, and what went wrong."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

MOST_KEPT = 1_000

query_runs = sa.Table(
    "query_runs",
    metadata,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("took_s", sa.Float, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer),
    sa.Column("refused", sa.JSON, nullable=False),
    sa.Column("newest_at", Instant),
    sa.Column("problem", sa.Text),
    sa.Index("query_runs_of_source", "source", "run_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRun:
    """One asking of a source.

    `asked_by` is who wanted it, None when it was due. `rows` were read and became `events`, None when a run that
    failed cannot tell; `refused` counts by name. `newest_at` is when the newest of the events happened, None without
    one. `problem` says why it failed, None when it did not.
    """

    source: str
    asked_by: str | None
    began_at: datetime
    took_s: float
    rows: int
    events: int | None
    refused: dict[str, int]
    newest_at: datetime | None
    problem: str | None

    @property
    def lag_s(self) -> float | None:
        """How long before the asking the newest event had happened, in seconds; None without an event."""
        return None if self.newest_at is None else (self.began_at - self.newest_at).total_seconds()


class QueryRuns:
    """Keeps and lists the newest runs, so many for each source."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def keep(self, run: QueryRun) -> None:
        """Keep a run, and let go of what is older than the newest 1,000 of its source."""
        c = query_runs.c
        values = {name: getattr(run, name) for name in _COLUMNS}
        oldest = (
            sa.select(c.run_id)
            .where(c.source == run.source)
            .order_by(c.run_id.desc())
            .offset(MOST_KEPT)
            .limit(1)
            .scalar_subquery()
        )
        with self._operations.begin() as rows:
            rows.execute(sa.insert(query_runs).values(values))
            rows.execute(sa.delete(query_runs).where(c.source == run.source, c.run_id <= oldest))

    def of(self, source: str, *, most: int = 50, skip: int = 0) -> list[QueryRun]:
        """Return the runs of a source, the newest first."""
        c = query_runs.c
        asked = sa.select(*(c[name] for name in _COLUMNS)).where(c.source == source)
        with self._operations.begin() as rows:
            found = rows.execute(asked.order_by(c.run_id.desc()).limit(most).offset(skip)).mappings()
            return [QueryRun(**row) for row in found]

    def count(self, source: str) -> int:
        """Return how many runs of a source are kept."""
        asked = sa.select(sa.func.count()).where(query_runs.c.source == source)
        with self._operations.begin() as rows:
            return rows.execute(asked).scalar_one()


_COLUMNS = [each.name for each in query_runs.c if each.name != "run_id"]
