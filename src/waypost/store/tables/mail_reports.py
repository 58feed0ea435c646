"""Mail reports: what services that send our mail report of it, after it left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from waypost.store.operations import Operations
from waypost.store.tables import happenings
from waypost.store.tables.interventions import InterventionState, interventions, positions
from waypost.store.tables.suppressions import SuppressedBy, suppress

#: How far reports were heard is kept beside how far plays have looked; no play has a key with a blank in it.
_HEARD = "mail reports"
_ARRIVED = ("delivered", "opened", "clicked", "complained", "unsubscribed")
_LOST = ("bounced", "failed")
_STOPS = {
    "bounced": SuppressedBy.BOUNCED,
    "complained": SuppressedBy.COMPLAINED,
    "unsubscribed": SuppressedBy.UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """What is reported of the e-mail of one intervention; `name` is that of the delivery event."""

    intervention_id: str
    name: str
    address: str
    happened_at: datetime
    reason: str | None = None


class MailReports:
    """Acts on what became of e-mail after it left."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def heard(self) -> int:
        """Return the arrival number through which reports were heard; 0 when none was."""
        question = sa.select(positions.c.arrival).where(positions.c.play == _HEARD)
        with self._operations.begin() as rows:
            return rows.scalar(question) or 0

    def record(self, reported: Sequence[MailReport], *, through: int, now: datetime) -> int:
        """Keep what became of our e-mail and how far reports were heard, in one transaction; return how many were ours.

        What does not name an e-mail of ours and the address that it went to changes nothing. Whoever's address is
        dead, who complained or unsubscribed gets no more. Hearing a report twice changes nothing.
        """
        reached = insert(positions).values(play=_HEARD, arrival=through)
        forward = reached.on_conflict_do_update(index_elements=["play"], set_={"arrival": through})
        with self._operations.begin() as rows:
            rows.execute(forward)
            return sum(_keep(rows, one, now) for one in reported)


#: From which states a message that was lost, or that arrived after all, goes on.
_BEFORE_LOSS = (InterventionState.SENT, InterventionState.UNKNOWN)
_BEFORE_ARRIVAL = (InterventionState.UNKNOWN,)
#: A report of something that has not left is of no mail of ours.
_LEFT = (*_BEFORE_LOSS, InterventionState.SENDING, InterventionState.FAILED)


def _keep(rows: sa.Connection, one: MailReport, now: datetime) -> bool:
    c = interventions.c
    ours = sa.and_(
        c.intervention_id == one.intervention_id,
        c.channel == "email",
        sa.func.lower(c.address) == one.address.lower(),
        c.state.in_(_LEFT),
    )
    if rows.scalar(sa.select(sa.func.count()).where(ours)) == 0:
        return False
    at = min(one.happened_at, now)
    if one.name in _ARRIVED and _settle(rows, one, now, lost=False):
        # It was claimed and nobody saw its end; now somebody has.
        happenings.note(rows, one.intervention_id, "delivery", "sent", at)
    if one.name in _LOST:
        _settle(rows, one, now, lost=True)
    happenings.note(rows, one.intervention_id, "delivery", one.name, at)
    if stops := _STOPS.get(one.name):
        suppress(rows, one.address, stops, now, one.intervention_id)
    return True


def _settle(rows: sa.Connection, one: MailReport, now: datetime, *, lost: bool) -> bool:
    c = interventions.c
    state = InterventionState.FAILED if lost else InterventionState.SENT
    problem = f"{one.name}: {one.reason}" if lost and one.reason else one.name if lost else None
    before = sa.and_(
        c.intervention_id == one.intervention_id, c.state.in_(_BEFORE_LOSS if lost else _BEFORE_ARRIVAL)
    )
    changed = sa.update(interventions).where(before).values(state=state, settled_at=now, problem=problem)
    return rows.execute(changed).rowcount == 1
