"""One asking of one database: the customer's query as a table to choose from, answered piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from waypost.collect.query_becomes import SnapshotMapping
from waypost.collect.query_mapping import QueryMapping
from waypost.collect.query_session import session
from waypost.core import ImportRefusedError

Row = dict[str, Any]

ROWS_IN_PIECE = 1_000
# What the drivers of MySQL and MariaDB call TIMESTAMP: an instant, given in the session's zone without saying so.
_MYSQL_TIMESTAMP = 7


@dataclass(slots=True)
class Reading:
    """A query to a database, and what its columns mean."""

    url: str
    query: str
    mapping: QueryMapping | SnapshotMapping

    def table(self, *columns: str) -> sa.Subquery:
        """Return the customer's query as a table, of which these columns are named."""
        # A comment at the end of the query must not swallow the bracket that follows; a colon is no parameter here.
        text = sa.text(self.query.replace(":", r"\:") + "\n")
        return text.columns(*(sa.column(column) for column in columns)).subquery("asked")

    def columns(self) -> list[str]:
        """Return the names of the columns, also when there is no row."""
        asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(self.table()).limit(0)
        with session(self.url, seconds=self.mapping.limits.seconds) as connection:
            return list(connection.execute(asked).keys())

    def some(self, n: int) -> list[Row]:
        """Return the first rows there are, at most `n`."""
        return [row for piece in self.whole(most=n) for row in piece]

    def whole(self, *, most: int) -> Iterator[list[Row]]:
        """Yield the rows there are, at most so many, in the order of the database."""
        asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(self.table()).limit(most)
        with session(self.url, seconds=self.mapping.limits.seconds) as connection:
            yield from self.answer(connection, asked)

    def answer(self, connection: sa.Connection, asked: sa.Select[Any]) -> Iterator[list[Row]]:
        """Yield the rows piece by piece, as the server has them: no more than one piece is in memory."""
        found = connection.execution_options(yield_per=ROWS_IN_PIECE).execute(asked)
        columns = list(found.keys())
        try:
            self._require(columns)
        except ImportRefusedError:
            found.close()
            raise
        instants = _timestamps(found) & self.mapping.instants
        for piece in found.partitions(ROWS_IN_PIECE):
            rows = [dict(zip(columns, row, strict=True)) for row in piece]
            for column in instants:
                for row in rows:
                    row[column] = row[column] and row[column].replace(tzinfo=UTC)
            yield rows

    def _require(self, columns: list[str]) -> None:
        """Refuse a mapping that names a column which the query does not give."""
        missing = sorted({column for column in self.mapping.columns if column and column not in columns})
        if missing:
            raise ImportRefusedError(
                f"the query gives no column {', '.join(missing)}; it gives {', '.join(columns)}"
            )


def _timestamps(found: sa.CursorResult[Any]) -> set[str]:
    """Return the columns that are instants although their values have no zone, as MySQL and MariaDB give them."""
    if found.dialect.name not in ("mysql", "mariadb") or found.cursor is None:
        return set()
    return {column[0] for column in found.cursor.description if column[1] == _MYSQL_TIMESTAMP}
