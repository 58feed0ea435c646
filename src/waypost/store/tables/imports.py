"""Imports: which files were taken in, by whom, what became of them, and which were undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant
from waypost.store.tables.query_snapshots import import_rows, query_snapshots

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("import_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("mapping", sa.JSON),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("began_by", sa.Text, nullable=False),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("refused", sa.JSON, nullable=False),
    sa.Column("noise", sa.JSON, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("undone_by", sa.Text),
    sa.Column("undone_at", Instant),
    sa.Column("undone_events", sa.Integer),
    sqlite_autoincrement=True,
)


class ImportState(StrEnum):
    """How an import is: under way, over, broken off (some of it may be in), being undone, undone."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import. `lines` and `events` are what it read and took in, `refused` and `noise` count by reason.

    `began_by` is a member's e-mail, or "command"; `problem` says why it broke off. `undone_events` is how many events
    held no longer when it was undone.
    """

    import_id: int
    source: str
    file: str
    format: str
    mapping: dict[str, Any] | None
    state: ImportState
    began_by: str
    began_at: datetime
    ended_at: datetime | None
    lines: int
    events: int
    refused: dict[str, int]
    noise: dict[str, int]
    problem: str | None
    undone_by: str | None
    undone_at: datetime | None
    undone_events: int | None

    @property
    def may_be_undone(self) -> bool:
        """Whether there may be something to take back."""
        return self.state in (ImportState.DONE, ImportState.STOPPED, ImportState.UNDOING)


class Imports:
    """The imports of one workspace, the newest first."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def begin(  # noqa: PLR0913 -- what an import is known by
        self,
        *,
        source: str,
        file: str,
        format: str,  # noqa: A002 -- the column's name
        mapping: dict[str, Any] | None,
        by: str,
        now: datetime,
        alone: bool = False,
    ) -> int:
        """Note that an import begins; return its number.

        With `alone`, raises StoreError while another import of the source is under way or being undone.
        """
        values = {"source": source, "file": file, "format": format, "mapping": mapping, "began_by": by}
        state = {
            "state": ImportState.RUNNING,
            "began_at": now,
            "lines": 0,
            "events": 0,
            "refused": {},
            "noise": {},
        }
        c = imports.c
        at_work = c.state.in_([ImportState.RUNNING, ImportState.UNDOING])
        with self._operations.begin() as rows:
            other = rows.execute(sa.select(c.import_id).where(c.source == source, at_work)).scalars().first()
            if alone and other is not None:
                raise StoreError(
                    f"import {other} of {source} is under way or being undone; try again after it"
                )
            found = rows.execute(sa.insert(imports).values(**values, **state)).inserted_primary_key
        return int(found[0]) if found else 0

    def end(  # noqa: PLR0913 -- what became of it
        self,
        import_id: int,
        *,
        now: datetime,
        lines: int = 0,
        events: int = 0,
        refused: dict[str, int] | None = None,
        noise: dict[str, int] | None = None,
        problem: str | None = None,
    ) -> None:
        """Note how an import ended; with a `problem` it broke off."""
        state = ImportState.STOPPED if problem else ImportState.DONE
        counts = {"lines": lines, "events": events, "refused": refused or {}, "noise": noise or {}}
        self._change(import_id, state=state, ended_at=now, problem=problem, **counts)

    def break_off_all(self, now: datetime) -> None:
        """Note of all that are under way that they broke off: nobody is at work on them any more."""
        c = imports.c
        problem = "Waypost ended before it was through; what was read until then is in"
        broken = sa.update(imports).where(c.state == ImportState.RUNNING)
        with self._operations.begin() as rows:
            rows.execute(broken.values(state=ImportState.STOPPED, ended_at=now, problem=problem))

    def get(self, import_id: int) -> Import:
        """Return one import. Raises StoreError when there is none of this number."""
        with self._operations.begin() as rows:
            found = (
                rows.execute(sa.select(imports).where(imports.c.import_id == import_id))
                .mappings()
                .one_or_none()
            )
        if found is None:
            raise StoreError(f"there is no import {import_id}; `waypost imported list` shows all")
        return _import(found)

    def newest(self, most: int = 200) -> list[Import]:
        """Return the newest imports, the last one first."""
        asked = sa.select(imports).order_by(imports.c.import_id.desc()).limit(most)
        with self._operations.begin() as rows:
            return [_import(row) for row in rows.execute(asked).mappings()]

    def begin_undo(self, import_id: int) -> Import:
        """Note that an import is being undone; from here on it cannot be undone a second time.

        Raises StoreError when it is under way or undone, or a later import changed what it had said.
        """
        found = self.get(import_id)
        if not found.may_be_undone:
            why = "is still under way" if found.state is ImportState.RUNNING else "was undone already"
            raise StoreError(f"import {import_id} {why}")
        with self._operations.begin() as rows:
            if later := rows.execute(_moved_on(found)).scalar_one():
                raise StoreError(
                    f"{later:,} rows of import {import_id} were changed by a later import; undo that first"
                )
            rows.execute(
                sa.update(imports).where(imports.c.import_id == import_id).values(state=ImportState.UNDOING)
            )
        return found

    def undo(self, found: Import, *, events: int, by: str, now: datetime) -> None:
        """Let the source's rows be as they were seen before an import, and note that it was undone."""
        c = query_snapshots.c
        names = [each.name for each in c if each.name not in ("source", "key")]
        mine = import_rows.c.import_id == found.import_id
        keys = sa.select(import_rows.c.key).where(mine)
        before = sa.select(
            sa.literal(found.source), import_rows.c.key, *(import_rows.c[name] for name in names)
        ).where(mine, import_rows.c.version.is_not(None))
        undone = {"state": ImportState.UNDONE, "undone_by": by, "undone_at": now, "undone_events": events}
        with self._operations.begin() as rows:
            rows.execute(sa.delete(query_snapshots).where(c.source == found.source, c.key.in_(keys)))
            rows.execute(sa.insert(query_snapshots).from_select(["source", "key", *names], before))
            rows.execute(sa.delete(import_rows).where(mine))
            rows.execute(sa.update(imports).where(imports.c.import_id == found.import_id).values(**undone))

    def _change(self, import_id: int, **values: Any) -> None:  # noqa: ANN401 -- values of columns
        with self._operations.begin() as rows:
            rows.execute(sa.update(imports).where(imports.c.import_id == import_id).values(**values))


def _moved_on(found: Import) -> sa.Select[int]:
    """Ask how many rows of an import have another version by now."""
    seen = query_snapshots.c
    now_there = (seen.source == found.source) & (seen.key == import_rows.c.key)
    mine = sa.select(sa.func.count()).select_from(import_rows.join(query_snapshots, now_there))
    return mine.where(import_rows.c.import_id == found.import_id, seen.version != import_rows.c.given)


def _import(row: sa.RowMapping) -> Import:
    return Import(**{**row, "state": ImportState(row["state"])})
