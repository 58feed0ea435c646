"""Asks a customer's database for what is new, read-only, in pieces, and remembers how far it came."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from waypost.collect.gathering import Gathering
from waypost.collect.importing import ImportReport
from waypost.collect.query_check import one_select
from waypost.collect.query_cursor import back, restored, stored
from waypost.collect.query_mapping import QueryMapping, Refused, Rows, read_mapping
from waypost.collect.query_session import session
from waypost.core import Event, ImportRefusedError, WaypostError
from waypost.store import Inbox, Sources

Row = dict[str, Any]

ROWS_IN_PIECE = 1_000
ROWS_IN_PREVIEW = 20
# What the drivers of MySQL and MariaDB call TIMESTAMP: an instant, given in the session's zone without saying so.
_MYSQL_TIMESTAMP = 7
_DATE_TIME = len("2026-01-01T00:00:00")


def check_query_source(url: str, query: str, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask a source that is not stored yet for its first rows, at most five.

    Raises ImportRefusedError when the query is not one SELECT, the mapping does not fit it or nobody answers.
    """
    read = _Reading(url, one_select(query), read_mapping(mapping))
    return read.some(5)


def preview_query_source(
    url: str, query: str, mapping: Mapping[str, Any], *, now: datetime
) -> list[Event | Refused]:
    """Return what the first rows of a source would become, at most 20; nothing is stored.

    Raises ImportRefusedError as `check_query_source` does.
    """
    means = read_mapping(mapping)
    rows = Rows(means, "preview")
    return [rows.event(row, now) for row in _Reading(url, one_select(query), means).some(ROWS_IN_PREVIEW)]


def run_query_source(
    name: str, *, sources: Sources, inbox: Inbox, now: datetime, progress: Callable[[int], None] | None = None
) -> ImportReport:
    """Take in what a stored source has since it was last asked; `progress` hears of the rows read so far.

    The cursor moves only after the rows are in the inbox, and rows that are read twice have the same ids: so a crash
    at any point neither loses nor doubles. Raises ImportRefusedError when nobody answers; the source remembers why.
    """
    source = sources.get(name)
    report, taken = ImportReport(), 0
    try:
        mapping = read_mapping(source.mapping)
        read = _Reading(sources.url(name), one_select(source.query), mapping)
        rows = Rows(mapping, name)
        pieces = read.pieces(source.reached)
        for piece in pieces:
            gathering = _gathered(piece, rows, Gathering(name, now))
            intake = gathering.intake()
            inbox.put([intake])
            sources.reached(name, stored(piece[-1][mapping.cursor]))
            taken += len(intake.events)
            report.lines += len(piece)
            report.events += len(gathering.events)
            report.refused += gathering.refused
            if progress:
                progress(report.lines)
            if taken > mapping.limits.bytes:
                pieces.close()
    except WaypostError as error:
        sources.asked(name, now=now, problem=str(error))
        raise
    sources.asked(name, now=now)
    return report


def _gathered(piece: list[dict[str, Any]], rows: Rows, gathering: Gathering) -> Gathering:
    for row in piece:
        event = rows.event(row, gathering.received_at)
        if isinstance(event, Event):
            gathering.events.append(event)
        else:
            why, detail = event
            gathering.refuse(why, repr(row), detail)
    return gathering


@dataclass(slots=True)
class _Reading:
    """One asking of one database."""

    url: str
    query: str
    mapping: QueryMapping

    @property
    def rows(self) -> sa.Subquery:
        """The customer's query as a table to choose from."""
        # A comment at the end of the query must not swallow the bracket that follows; a colon is no parameter here.
        text = sa.text(self.query.replace(":", r"\:") + "\n")
        return text.columns(sa.column(self.mapping.cursor)).subquery("asked")

    def some(self, n: int) -> list[Row]:
        """Return the first rows there are, at most `n`."""
        with session(self.url, seconds=self.mapping.limits.seconds) as connection:
            asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(self.rows).limit(n)
            return [row for piece in self._answer(connection, asked) for row in piece]

    def pieces(self, reached: Any) -> Generator[list[Row]]:  # noqa: ANN401 -- as it was stored
        """Yield what is new up to the newest row that there is now, in the cursor's order and within the limits."""
        most = self.mapping.limits.rows
        came_to = None if reached is None else restored(reached)
        start = None if came_to is None else back(came_to, self.mapping.overlap)
        with session(self.url, seconds=self.mapping.limits.seconds) as connection:
            newest = connection.execute(sa.select(sa.func.max(self.rows.c[self.mapping.cursor]))).scalar()
            while newest is not None:
                n, last = 0, start
                for piece in self._answer(connection, self._since(start, newest)):
                    n, last = n + len(piece), piece[-1][self.mapping.cursor]
                    yield piece
                # Every asking must come further than the last one, or a source would stand still for ever.
                if n < most or came_to is None or last > came_to:
                    return
                if last == start:
                    raise ImportRefusedError(
                        f"more than {most:,} rows have the same {self.mapping.cursor}, {last!s:.100}; "
                        "choose a finer cursor or allow more rows (limits.rows)"
                    )
                start = last

    def _since(self, start: Any, newest: Any) -> sa.Select[Any]:  # noqa: ANN401 -- the cursor's own type
        rows = self.rows
        cursor = rows.c[self.mapping.cursor]
        asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(rows).where(cursor <= newest)
        if start is not None:
            asked = asked.where(cursor >= start)
        return asked.order_by(cursor).limit(self.mapping.limits.rows)

    def _answer(self, connection: sa.Connection, asked: sa.Select[Any]) -> Iterator[list[Row]]:
        """Yield the rows piece by piece, as the server has them: no more than one piece is in memory."""
        found = connection.execution_options(yield_per=ROWS_IN_PIECE).execute(asked)
        columns = list(found.keys())
        try:
            self._require(columns)
        except ImportRefusedError:
            found.close()
            raise
        instants = _timestamps(found) & {self.mapping.time}
        for piece in found.partitions(ROWS_IN_PIECE):
            rows = [dict(zip(columns, row, strict=True)) for row in piece]
            for column in instants:
                for row in rows:
                    row[column] = row[column] and row[column].replace(tzinfo=UTC)
            yield rows

    def _require(self, columns: list[str]) -> None:
        """Refuse a mapping that names a column which the query does not give."""
        m = self.mapping
        meant = (*m.key, m.time, m.cursor, m.person, m.account, m.quantity, m.event_column, m.actor_column)
        missing = sorted({column for column in meant if column and column not in columns})
        if missing:
            raise ImportRefusedError(
                f"the query gives no column {', '.join(missing)}; it gives {', '.join(columns)}"
            )


def _timestamps(found: sa.CursorResult[Any]) -> set[str]:
    """Return the columns that are instants although their values have no zone, as MySQL and MariaDB give them."""
    if found.dialect.name not in ("mysql", "mariadb") or found.cursor is None:
        return set()
    return {column[0] for column in found.cursor.description if column[1] == _MYSQL_TIMESTAMP}
