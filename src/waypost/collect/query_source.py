"""Asks a customer's database for what is new, read-only, in pieces, and remembers how far it came."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from waypost.collect.gathering import Gathering
from waypost.collect.importing import ImportReport
from waypost.collect.query_becomes import mapping_of
from waypost.collect.query_check import one_select
from waypost.collect.query_cursor import back, restored, stored
from waypost.collect.query_mapping import QueryMapping, Refused, Rows
from waypost.collect.query_reading import Reading, Row
from waypost.collect.query_run import Run
from waypost.collect.query_session import session
from waypost.collect.query_snapshot import Snapshot, preview_snapshot
from waypost.core import Event, ImportRefusedError, WaypostError
from waypost.store import Inbox, Sources, Wanted

ROWS_IN_PREVIEW = 20


def check_query_source(url: str, query: str, mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Ask a source that is not stored yet for its first rows, at most five.

    Raises ImportRefusedError when the query is not one SELECT, the mapping does not fit it or nobody answers.
    """
    return Reading(url, one_select(query), mapping_of(mapping)).some(5)


def preview_query_source(
    url: str, query: str, mapping: Mapping[str, Any], *, now: datetime
) -> list[Event | Refused]:
    """Return what the first rows of a source would become, at most 20; nothing is stored.

    Raises ImportRefusedError as `check_query_source` does.
    """
    means = mapping_of(mapping)
    first = Reading(url, one_select(query), means).some(ROWS_IN_PREVIEW)
    if isinstance(means, QueryMapping):
        rows = Rows(means, "preview")
        return [rows.event(row, now) for row in first]
    return preview_snapshot(first, means, now)


def run_query_source(
    name: str,
    *,
    sources: Sources,
    inbox: Inbox,
    now: datetime,
    progress: Callable[[int], None] | None = None,
    wanted: Wanted | None = None,
) -> ImportReport:
    """Take in what a stored source has since it was last asked; `progress` hears of the rows read so far.

    A source of events goes on from its cursor, which moves only after the rows are in the inbox, and rows that are read
    twice have the same ids: so a crash at any point neither loses nor doubles. Any other is compared with what it said
    before; unless whoever `wanted` the run accepts the loss, one that suddenly says much less is refused. Raises
    ImportRefusedError when nobody answers or the answer cannot be taken in; the source remembers why. A run
    is kept however it ends.
    """
    source = sources.get(name)
    run = Run(name, wanted.by if wanted else None, now, progress)
    try:
        mapping = mapping_of(source.mapping)
        if isinstance(mapping, QueryMapping):
            read = _Reading(sources.url(name), one_select(source.query), mapping)
            _take_in_new(name, read, source.reached, sources=sources, inbox=inbox, run=run)
        else:
            asking = Snapshot(name, mapping, snapshots=sources.snapshots, inbox=inbox, now=now)
            whole = Reading(sources.url(name), one_select(source.query), mapping)
            run.compares = True
            accept_loss = wanted is not None and wanted.accept_loss
            run.report = asking.take_in(whole, accept_loss=accept_loss, progress=run.read)
    except WaypostError as error:
        sources.asked(name, now=now, problem=str(error))
        sources.runs.keep(run.failed(error))
        raise
    sources.asked(name, now=now)
    sources.runs.keep(run.done())
    return run.report


def _take_in_new(
    name: str,
    read: "_Reading",
    reached: Any,  # noqa: ANN401 -- as it was stored
    *,
    sources: Sources,
    inbox: Inbox,
    run: Run,
) -> None:
    taken = 0
    rows = Rows(read.mapping, name)
    pieces = read.pieces(reached)
    for piece in pieces:
        gathering = _gathered(piece, rows, Gathering(name, run.began_at))
        intake = gathering.intake()
        inbox.put([intake])
        sources.reached(name, stored(piece[-1][read.mapping.cursor]))
        taken += len(intake.events)
        run.took_in(piece, gathering)
        if taken > read.mapping.limits.bytes:
            pieces.close()


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
class _Reading(Reading):
    """One asking for what is new."""

    mapping: QueryMapping

    def pieces(self, reached: Any) -> Generator[list[Row]]:  # noqa: ANN401 -- as it was stored
        """Yield what is new up to the newest row that there is now, in the cursor's order and within the limits."""
        most, cursor = self.mapping.limits.rows, self.mapping.cursor
        came_to = None if reached is None else restored(reached)
        start = None if came_to is None else back(came_to, self.mapping.overlap)
        with session(self.url, seconds=self.mapping.limits.seconds) as connection:
            newest = connection.execute(sa.select(sa.func.max(self.table(cursor).c[cursor]))).scalar()
            while newest is not None:
                n, last = 0, start
                for piece in self.answer(connection, self._since(start, newest)):
                    n, last = n + len(piece), piece[-1][cursor]
                    yield piece
                # Every asking must come further than the last one, or a source would stand still for ever.
                if n < most or came_to is None or last > came_to:
                    return
                if last == start:
                    raise ImportRefusedError(
                        f"more than {most:,} rows have the same {cursor}, {last!s:.100}; "
                        "choose a finer cursor or allow more rows (limits.rows)"
                    )
                start = last

    def _since(self, start: Any, newest: Any) -> sa.Select[Any]:  # noqa: ANN401 -- the cursor's own type
        rows = self.table(self.mapping.cursor)
        cursor = rows.c[self.mapping.cursor]
        asked: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(rows).where(cursor <= newest)
        if start is not None:
            asked = asked.where(cursor >= start)
        return asked.order_by(cursor).limit(self.mapping.limits.rows)
