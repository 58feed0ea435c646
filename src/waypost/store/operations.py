"""Operational tables (members, keys, interventions, outbox, audit) in SQLite through SQLAlchemy Core."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from waypost.store.migrate import migrate, version_of

metadata = sa.MetaData()


class Operations:
    """The operational database; `begin()` is one transaction."""

    def __init__(self, file: Path | None) -> None:
        """Open (or make) the SQLite file; None keeps everything in memory, for tests."""
        where = f"sqlite:///{file}" if file else "sqlite://"
        pool: dict[str, Any] = {} if file else {"poolclass": sa.StaticPool}
        waiting = {"timeout": 30, "check_same_thread": False}
        self.engine = sa.create_engine(where, connect_args=waiting, **pool)
        sa.event.listen(self.engine, "connect", _prepare)
        if file:
            migrate(self.engine)
        else:
            metadata.create_all(self.engine)

    @property
    def version(self) -> str:
        """How far the tables have been brought; "none" in memory, where they are made as they should be."""
        with self.begin() as connection:
            return version_of(connection) or "none"

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction: kept when the block ends, undone when it raises."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 -- SQLAlchemy hands in the driver's own types
    cursor = connection.cursor()
    for line in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 30000"):
        cursor.execute(f"pragma {line}")
    cursor.close()
