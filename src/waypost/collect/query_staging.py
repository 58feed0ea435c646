"""Where a whole snapshot waits until all of it is known to be sound: a file of its own that nobody else sees."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import msgspec
import sqlalchemy as sa

from waypost.core import Event
from waypost.store import SeenRow

_tables = sa.MetaData()
_staged = sa.Table(
    "staged",
    _tables,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("seen", sa.LargeBinary),
    sa.Column("events", sa.LargeBinary),
)
_PRAGMAS = ("journal_mode = off", "synchronous = off")
_seen = msgspec.json.Decoder(SeenRow).decode
_events = msgspec.json.Decoder(list[Event]).decode
_json = msgspec.json.encode


class Staged(NamedTuple):
    """A row of the snapshot by its key, and what it changes, if anything."""

    key: str
    differs: tuple[SeenRow, list[Event]] | None


class Staging:
    """A snapshot that is being read; gone when the block ends."""

    def __enter__(self) -> Self:
        """Make the file."""
        self._folder = tempfile.TemporaryDirectory(prefix="waypost-snapshot-")
        self._engine = sa.create_engine(f"sqlite:///{Path(self._folder.name) / 'rows.db'}")
        self._rows = self._engine.connect()
        for pragma in _PRAGMAS:
            self._rows.exec_driver_sql(f"pragma {pragma}")
        _tables.create_all(self._rows)
        self._rows.commit()
        self.size_bytes = 0
        return self

    def __exit__(self, *_: object) -> None:
        """Delete it."""
        self._rows.close()
        self._engine.dispose()
        self._folder.cleanup()

    def add(self, rows: Sequence[Staged]) -> None:
        """Add rows; none of their keys is there yet (see `there`)."""
        values = [
            {
                "key": row.key,
                "seen": row.differs and _json(row.differs[0]),
                "events": row.differs and _json(row.differs[1]),
            }
            for row in rows
        ]
        if values:
            self._rows.execute(sa.insert(_staged), values)
            self._rows.commit()
            self.size_bytes += sum(len(each["events"] or b"") for each in values)

    def there(self, keys: Collection[str]) -> set[str]:
        """Return which of these keys are there; at most some thousand keys."""
        asked = sa.select(_staged.c.key).where(_staged.c.key.in_(keys))
        return set(self._rows.execute(asked).scalars())

    def changes(self, n: int) -> Iterator[list[tuple[SeenRow, list[Event]]]]:
        """Yield the rows that changed something, `n` at a time, by their keys."""
        after = ""
        while True:
            asked = sa.select(_staged).where(_staged.c.key > after, _staged.c.seen.is_not(None))
            found = self._rows.execute(asked.order_by(_staged.c.key).limit(n)).all()
            if not found:
                return
            yield [(_seen(row.seen), _events(row.events)) for row in found]
            after = found[-1].key
