"""Suppressions: addresses that get no more e-mail, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from waypost.store.operations import Operations, metadata
from waypost.store.tables import happenings
from waypost.store.tables.instant import Instant


class SuppressedBy(StrEnum):
    """Why an address gets no more e-mail."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    GONE = "gone"  # a webhook receiver that answered 410
    MEMBER = "member"


suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("suppressed_at", Instant, nullable=False),
    sa.Column("intervention_id", sa.Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One address that gets no more e-mail."""

    address: str
    reason: SuppressedBy
    suppressed_at: datetime
    intervention_id: str | None


class Suppressions:
    """Questions and acts on who must not be written to. Addresses are compared without regard to case."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def add(
        self, address: str, reason: SuppressedBy, now: datetime, *, intervention_id: str | None = None
    ) -> bool:
        """Write no more to an address; False when nobody did anyway. The first reason stays."""
        with self._operations.begin() as rows:
            added = suppress(rows, address, reason, now, intervention_id)
            if added and intervention_id and reason is SuppressedBy.UNSUBSCRIBED:
                happenings.note(rows, intervention_id, "delivery", "unsubscribed", now)
            return added

    def lift(self, address: str) -> bool:
        """Let an address have e-mail again; False when it could already."""
        gone = sa.delete(suppressions).where(suppressions.c.address == address.lower())
        with self._operations.begin() as rows:
            return rows.execute(gone).rowcount == 1

    def has(self, address: str) -> bool:
        """Return whether an address gets no more e-mail."""
        some = sa.select(sa.func.count()).where(suppressions.c.address == address.lower())
        with self._operations.begin() as rows:
            return bool(rows.scalar(some))

    def of(self, address: str) -> Suppression | None:
        """Return why and since when an address gets no more e-mail; None when it may have some."""
        one = sa.select(suppressions).where(suppressions.c.address == address.lower())
        with self._operations.begin() as rows:
            found = rows.execute(one).mappings().first()
        return Suppression(**{**found, "reason": SuppressedBy(found["reason"])}) if found else None

    def addresses(self) -> set[str]:
        """Return every address that gets no more e-mail."""
        with self._operations.begin() as rows:
            return set(rows.scalars(sa.select(suppressions.c.address)))

    def latest(self, *, most: int = 200) -> list[Suppression]:
        """Return the newest suppressions first."""
        newest = sa.select(suppressions).order_by(suppressions.c.suppressed_at.desc()).limit(most)
        with self._operations.begin() as rows:
            found = list(rows.execute(newest).mappings())
        return [Suppression(**{**row, "reason": SuppressedBy(row["reason"])}) for row in found]


def suppress(
    rows: sa.Connection, address: str, reason: SuppressedBy, now: datetime, intervention_id: str | None
) -> bool:
    """Write no more to an address, inside the caller's transaction; False when nobody did anyway."""
    values = {
        "address": address.lower(),
        "reason": reason,
        "suppressed_at": now,
        "intervention_id": intervention_id,
    }
    return rows.execute(insert(suppressions).values(values).on_conflict_do_nothing()).rowcount == 1
