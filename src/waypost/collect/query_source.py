"""Asks a customer's database for what is new, read-only, in pieces, and remembers how far it came."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from waypost.collect.gathering import Gathering
from waypost.collect.importing import ImportReport
from waypost.collect.query_check import one_select
from waypost.collect.query_mapping import QueryMapping, Rows, read_mapping
from waypost.core import Event, ImportRefusedError, WaypostError
from waypost.store import Inbox, Sources

ROWS_IN_PIECE = 1_000
_DATE_TIME = len("2026-01-01T00:00:00")


def check_query_source(url: str, query: str, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask a source that is not stored yet for its first rows, at most five.

    Raises ImportRefusedError when the query is not one SELECT, the mapping does not fit it or nobody answers.
    """
    read = _Reading(url, one_select(query), read_mapping(mapping))
    with read.connected() as connection:
        some: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(read.rows).limit(5)
        found = connection.execute(some)
        read.require_columns(list(found.keys()))
        return [dict(row) for row in found.mappings()]


def run_query_source(
    name: str, *, sources: Sources, inbox: Inbox, now: datetime, progress: Callable[[int], None] | None = None
) -> ImportReport:
    """Take in what a stored source has since it was last asked; `progress` hears of the rows read so far.

    The cursor moves only after the rows are in the inbox, and rows that are read twice have the same ids: so a crash
    at any point neither loses nor doubles. Raises ImportRefusedError when nobody answers; the source remembers why.
    """
    stored = sources.get(name)
    report = ImportReport()
    try:
        mapping = read_mapping(stored.mapping)
        read = _Reading(sources.url(name), one_select(stored.query), mapping)
        rows = Rows(mapping, name)
        for piece in read.pieces(stored.reached):
            gathering = _gathered(piece, rows, Gathering(name, now))
            inbox.put([gathering.intake()])
            sources.reached(name, _stored(piece[-1][mapping.cursor]))
            report.lines += len(piece)
            report.events += len(gathering.events)
            report.refused += gathering.refused
            if progress:
                progress(report.lines)
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

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """Connect read-only, and explain what goes wrong without the address."""
        try:
            engine = sa.create_engine(_read_only(self.url), poolclass=sa.NullPool)
            with engine.connect() as connection:
                _forbid_writing(connection)
                yield connection
                connection.rollback()
        except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
            raise ImportRefusedError(f"the database did not answer: {self._explained(error)}") from None

    def pieces(self, reached: Any) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 -- the cursor's own type
        """Yield what is new up to the newest row that there is now, in the cursor's order."""
        rows = self.rows
        cursor = rows.c[self.mapping.cursor]
        with self.connected() as connection:
            newest = connection.execute(sa.select(sa.func.max(cursor))).scalar()
            if newest is None:
                return
            asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(rows)
            asked = asked.where(cursor <= newest).order_by(cursor)
            if reached is not None:
                asked = asked.where(cursor >= _back(_restored(reached), self.mapping.overlap))
            found = connection.execution_options(yield_per=ROWS_IN_PIECE).execute(asked)
            self.require_columns(list(found.keys()))
            for piece in found.mappings().partitions(ROWS_IN_PIECE):
                yield [dict(row) for row in piece]

    def require_columns(self, columns: list[str]) -> None:
        """Refuse a mapping that names a column which the query does not give."""
        m = self.mapping
        meant = (*m.key, m.time, m.cursor, m.person, m.account, m.quantity, m.event_column, m.actor_column)
        missing = sorted({column for column in meant if column and column not in columns})
        if missing:
            raise ImportRefusedError(
                f"the query gives no column {', '.join(missing)}; it gives {', '.join(columns)}"
            )

    def _explained(self, error: Exception) -> str:
        cause = getattr(error, "orig", None) or error
        said = (str(cause).splitlines() or [type(cause).__name__])[0]
        try:
            password = sa.make_url(self.url).password
        except sa.exc.ArgumentError:
            return "its address is not understood"
        return said.replace(str(password), "•••") if password else said


def _read_only(url: str) -> sa.URL:
    """Return the address as one that cannot write, where the address is what decides."""
    read = sa.make_url(url)
    if read.get_backend_name() != "sqlite" or not read.database or read.database.startswith("file:"):
        return read
    return read.set(database=f"file:{quote(read.database)}", query={"mode": "ro", "uri": "true"})


def _forbid_writing(connection: sa.Connection) -> None:
    match connection.dialect.name:
        case "sqlite":
            connection.execute(sa.text("pragma query_only = on"))
        case "postgresql":
            connection.execute(sa.text("set transaction read only"))
        case "mysql" | "mariadb":
            connection.rollback()
            connection.execute(sa.text("set session transaction read only"))
            connection.rollback()
        case _:
            pass


def _back(value: Any, overlap: int) -> Any:  # noqa: ANN401 -- the cursor's own type
    """Return where to start again, a little before where we came to."""
    if isinstance(value, datetime | date):
        return (
            value - timedelta(seconds=overlap) if isinstance(value, datetime) else value - timedelta(days=1)
        )
    if isinstance(value, str):
        return _text_back(value, overlap)
    return value - overlap if isinstance(value, int | float) else value


def _text_back(value: str, overlap: int) -> str:
    """Return an ISO time earlier, in the very form it has: text is compared letter by letter."""
    try:
        stamp = datetime.fromisoformat(value[:_DATE_TIME])
    except ValueError:
        return value
    earlier = (stamp - timedelta(seconds=overlap)).isoformat(sep=value[10:11] or "T")
    return earlier[: len(value)] + value[_DATE_TIME:]


def _stored(value: Any) -> dict[str, Any]:  # noqa: ANN401 -- the cursor's own type
    """Return a cursor's value as JSON that remembers its type."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case int() | float() | str():
            return {"plain": value}
        case _:
            return {"number": float(value)}


def _restored(stored: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- the cursor's own type
    match stored:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case _:
            return next(iter(stored.values()))
