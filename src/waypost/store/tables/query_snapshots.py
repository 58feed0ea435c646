"""What each query source was last seen to say, so that only what changed becomes an event; and what waits to be put."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from waypost.core import StoreError
from waypost.store.intake import Intake
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

query_snapshots = sa.Table(
    "query_snapshots",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("account_id", sa.Text),
    sa.Column("on_day", sa.Date),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("said_at", Instant),
    sa.Column("kept", sa.JSON, nullable=False),
    sa.Index("query_snapshots_by_person", "person_id"),
)
query_waiting = sa.Table(
    "query_waiting",
    metadata,
    sa.Column("waiting_id", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("events", sa.LargeBinary, nullable=False),
    sa.Column("import_id", sa.Integer),
    sqlite_autoincrement=True,
)
#: What was seen of the rows of an import before it gave them a new version; no version: nothing was.
import_rows = sa.Table(
    "import_rows",
    metadata,
    sa.Column("import_id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("given", sa.Integer, nullable=False),
    *(sa.Column(each.name, each.type) for each in query_snapshots.c if each.name not in ("source", "key")),
    sa.Index("import_rows_by_person", "person_id"),
)


class SeenRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a source as it was last seen.

    `version` counts the words said of the key, the first is 1; it never starts again, also when the row was `gone` in
    between. `happened_at` is that of its newest event, `said_at` what its own column of time said. `on_day` is the day
    that a count is of. `kept` is what the next comparison needs.
    """

    key: str
    version: int
    digest: str
    gone: bool = False
    person_id: str | None = None
    account_id: str | None = None
    on_day: date | None = None
    happened_at: datetime
    said_at: datetime | None = None
    kept: dict[str, Any] = {}


class QuerySnapshots:
    """Compares what sources say with what they said before.

    What a comparison produced is noted in the transaction that moves the snapshot, and then put into the inbox: whoever
    dies in between finds it waiting. Its events have the same ids then, so it may be put twice.
    """

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def seen(self, source: str, keys: Collection[str]) -> dict[str, SeenRow]:
        """Return what was last seen of these keys, also of those that are gone; at most some thousand keys."""
        c = query_snapshots.c
        asked = sa.select(query_snapshots).where(c.source == source, c.key.in_(keys))
        with self._operations.begin() as rows:
            found = rows.execute(asked).mappings().all()
        return {
            row["key"]: SeenRow(**{name: value for name, value in row.items() if name != "source"})
            for row in found
        }

    def digests(self, source: str, keys: Collection[str]) -> dict[str, str]:
        """Return the digests of those of these keys that are there and not gone; at most some thousand keys."""
        c = query_snapshots.c
        asked = sa.select(c.key, c.digest).where(c.source == source, c.key.in_(keys), ~c.gone)
        with self._operations.begin() as rows:
            return {row.key: row.digest for row in rows.execute(asked)}

    def present(
        self,
        source: str,
        *,
        after: str = "",
        days: tuple[date, date] | None = None,
        most: int = 1_000,
    ) -> list[str]:
        """Return the keys that are not gone, in order, after one; of some days (inclusive) or all."""
        c = query_snapshots.c
        within = [] if days is None else [c.on_day.between(*days)]
        asked = sa.select(c.key).where(c.source == source, ~c.gone, c.key > after, *within)
        with self._operations.begin() as rows:
            return list(rows.execute(asked.order_by(c.key).limit(most)).scalars())

    def count(self, source: str, *, days: tuple[date, date] | None = None) -> int:
        """Return how many rows are not gone, of some days (inclusive) or all."""
        c = query_snapshots.c
        within = [] if days is None else [c.on_day.between(*days)]
        asked = sa.select(sa.func.count()).where(c.source == source, ~c.gone, *within)
        with self._operations.begin() as rows:
            return rows.execute(asked).scalar_one()

    def move(self, source: str, rows_seen: Sequence[SeenRow], intake: Intake) -> None:
        """Keep what was seen and what it produced, in one transaction; each version follows the one before.

        When an import brings the intake, what was seen before is kept as well, until it is undone. Raises StoreError,
        with nothing kept, when somebody else moved one of the rows meanwhile.
        """
        first = [_values(source, row) for row in rows_seen if row.version == 1]
        later = [_values(source, row) for row in rows_seen if row.version > 1]
        with self._operations.begin() as rows:
            if intake.import_id:
                keep_before(rows, source, rows_seen, intake.import_id)
            try:
                if first:
                    rows.execute(sa.insert(query_snapshots), first)
            except sa.exc.IntegrityError:
                raise _crossed(source) from None
            if later and rows.execute(_CHANGE, [_renamed(each) for each in later]).rowcount != len(later):
                raise _crossed(source)
            if intake.n:
                values = {
                    "source": source,
                    "received_at": intake.received_at,
                    "n": intake.n,
                    "events": intake.events,
                    "import_id": intake.import_id or None,
                }
                rows.execute(sa.insert(query_waiting).values(values))

    def waiting(self, source: str) -> tuple[int, Intake] | None:
        """Return the oldest intake that waits to be put into the inbox, with its number; None when none does."""
        c = query_waiting.c
        oldest = sa.select(query_waiting).where(c.source == source).order_by(c.waiting_id).limit(1)
        with self._operations.begin() as rows:
            row = rows.execute(oldest).one_or_none()
        if row is None:
            return None
        intake = Intake(
            source=source,
            received_at=row.received_at,
            events=row.events,
            n=row.n,
            import_id=row.import_id or 0,
        )
        return row.waiting_id, intake

    def put(self, waiting_id: int) -> None:
        """Let go of an intake, because the inbox has it."""
        with self._operations.begin() as rows:
            rows.execute(sa.delete(query_waiting).where(query_waiting.c.waiting_id == waiting_id))


def keep_before(rows: sa.Connection, source: str, moved: Sequence[SeenRow], import_id: int) -> None:
    """Keep what was seen of rows before an import moves them, in a transaction of the caller's."""
    c = query_snapshots.c
    asked = sa.select(query_snapshots).where(c.source == source, c.key.in_([row.key for row in moved]))
    before = {row["key"]: row for row in rows.execute(asked).mappings()}
    kept = []
    for row in moved:
        values = before.get(row.key)
        was = {name: values and values[name] for name in _SEEN}
        kept.append({**was, "import_id": import_id, "key": row.key, "given": row.version})
    if kept:
        rows.execute(sa.insert(import_rows), kept)


def start_anew(rows: sa.Connection, source: str) -> None:
    """Compare with nothing from now on: what is still there will be new, and nothing leaves. Versions go on."""
    c = query_snapshots.c
    rows.execute(sa.update(query_snapshots).where(c.source == source).values(gone=True))


_SEEN = [each.name for each in query_snapshots.c if each.name not in ("source", "key")]
_CHANGED = [name for name in SeenRow.__struct_fields__ if name != "key"]
_CHANGE = (
    sa.update(query_snapshots)
    .where(
        query_snapshots.c.source == sa.bindparam("of_source"),
        query_snapshots.c.key == sa.bindparam("of_key"),
        query_snapshots.c.version == sa.bindparam("of_version"),
    )
    .values({name: sa.bindparam(f"new_{name}") for name in _CHANGED})
)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row as those of `_CHANGE`, which follows upon the version before."""
    of = {"of_source": values["source"], "of_key": values["key"], "of_version": values["version"] - 1}
    return {**of, **{f"new_{name}": values[name] for name in _CHANGED}}


def _values(source: str, row: SeenRow) -> dict[str, Any]:
    return {"source": source, **{name: getattr(row, name) for name in SeenRow.__struct_fields__}}


def _crossed(source: str) -> StoreError:
    return StoreError(f"source {source!r} was asked twice at the same time; ask it again")
