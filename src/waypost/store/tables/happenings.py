"""Happenings: what Waypost did and has not yet told the inbox.

A row is written in the transaction of the act itself and removed once its event is in the inbox, so no act
goes untold and (event ids being derived) none is told twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from waypost.core import derived_id
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

happenings = sa.Table(
    "happenings",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("intervention_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("tell_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing done to one intervention, to be told as an event of this kind and name."""

    event_id: str
    intervention_id: str
    kind: str
    name: str
    happened_at: datetime


class Happenings:
    """What is still to be told."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def untold(self, now: datetime, *, most: int = 1_000) -> list[Happening]:
        """Return what may be told by now, oldest first."""
        c = happenings.c
        columns = (c.event_id, c.intervention_id, c.kind, c.name, c.happened_at)
        ready = sa.select(*columns).where(c.tell_at <= now).order_by(c.happened_at, c.event_id)
        with self._operations.begin() as rows:
            return [Happening(**row) for row in rows.execute(ready.limit(most)).mappings()]

    def told(self, event_ids: Sequence[str]) -> None:
        """Forget what is in the inbox now."""
        with self._operations.begin() as rows:
            for start in range(0, len(event_ids), 500):
                some = happenings.c.event_id.in_(event_ids[start : start + 500])
                rows.execute(sa.delete(happenings).where(some))


def note(
    rows: sa.Connection,
    intervention_id: str,
    kind: str,
    name: str,
    happened_at: datetime,
    tell_at: datetime | None = None,
) -> None:
    """Write down, inside the caller's transaction, that something was done.

    `tell_at` leaves time to undo it; without one it is told at once.
    """
    event_id = derived_id("waypost", kind, name, intervention_id)
    values = {
        "event_id": event_id,
        "intervention_id": intervention_id,
        "kind": kind,
        "name": name,
        "happened_at": happened_at,
        "tell_at": tell_at or happened_at,
    }
    rows.execute(insert(happenings).values(values).on_conflict_do_nothing())


def take_back(rows: sa.Connection, intervention_id: str, kind: str, name: str) -> None:
    """Remove, inside the caller's transaction, what was undone before it was told."""
    event_id = derived_id("waypost", kind, name, intervention_id)
    rows.execute(sa.delete(happenings).where(happenings.c.event_id == event_id))
