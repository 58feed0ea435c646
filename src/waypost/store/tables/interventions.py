"""Interventions: every decision of a play, held-out and held-back ones too, and the outbox they wait in.

A row's id is derived from its play, subject and signal, so deciding twice writes once. A message leaves by
claim-then-do: `claim` is one conditional update, and only who changed the row may send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from waypost.core import AccountId, InterventionId, PersonId, SignalId
from waypost.store.operations import Operations, metadata
from waypost.store.tables import happenings
from waypost.store.tables.instant import Instant

WEEK = timedelta(days=7)


class InterventionState(StrEnum):
    """Where an intervention is on its way."""

    HELD_OUT = "held_out"  # its account is left alone, so that we can learn
    NOT_SENT = "not_sent"  # held back; `why` says what for
    WAITING = "waiting"  # a touch in Today
    SNOOZED = "snoozed"  # a touch put off until `snoozed_until`
    DONE = "done"  # a touch that a member did
    SKIPPED = "skipped"  # a touch that a member refused
    DUE = "due"  # leaves at `due_at`
    SENDING = "sending"  # claimed by the process that is sending it
    SENT = "sent"  # the receiving side took it
    FAILED = "failed"  # refused for good, or tried too often; `problem` says what happened
    UNKNOWN = "unknown"  # claimed and never settled: it may have left, so it is never sent again


OPEN = (InterventionState.WAITING, InterventionState.SNOOZED)
GONE = (
    InterventionState.SENDING,
    InterventionState.SENT,
    InterventionState.UNKNOWN,
)  # has reached its person, or may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """One decision of a play for one person or account.

    `held_out` is None when the decision fell before the account's place was looked up, and
    `holdout_share` is the part of accounts that was held out when it was drawn. `content` is what
    the arm's channel composed. `personal` messages count towards the person's weekly limit. `joins` names
    the open touch that this one is further evidence of. `priority` ranks touches, highest first.
    """

    intervention_id: InterventionId
    play: str
    account_id: AccountId
    person_id: PersonId | None
    signal_id: SignalId
    signal: str
    state: InterventionState
    decided_at: datetime
    journey: str | None = None
    milestone: str | None = None
    reason: str | None = None
    since_on: str | None = None
    why: str | None = None
    held_out: bool | None = None
    holdout_share: float | None = None
    arm: str | None = None
    channel: str | None = None
    address: str | None = None
    personal: bool = False
    topic: str | None = None
    joins: InterventionId | None = None
    member: str | None = None
    priority: float = 0.0
    content: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    snoozed_until: datetime | None = None
    tries: int = 0
    problem: str | None = None


interventions = sa.Table(
    "interventions",
    metadata,
    sa.Column("intervention_id", sa.Text, primary_key=True),
    sa.Column("play", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("signal_id", sa.Text, nullable=False),
    sa.Column("signal", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=False),
    sa.Column("journey", sa.Text),
    sa.Column("milestone", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("since_on", sa.Text),
    sa.Column("why", sa.Text),
    sa.Column("held_out", sa.Boolean),
    sa.Column("holdout_share", sa.Float),
    sa.Column("arm", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("personal", sa.Boolean, nullable=False),
    sa.Column("topic", sa.Text),
    sa.Column("joins", sa.Text),
    sa.Column("member", sa.Text),
    sa.Column("priority", sa.Float, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("claimed_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Column("snoozed_until", Instant),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Index("interventions_by_state", "state", "due_at"),
    sa.Index("interventions_by_account", "account_id", "decided_at"),
    sa.Index("interventions_by_person", "person_id", "decided_at"),
    sa.Index("interventions_by_address", "address", "claimed_at"),
    sa.Index("interventions_by_play", "play", "decided_at"),
)

# How far each play has looked at the signals: the arrival number of the last one.
positions = sa.Table(
    "play_positions",
    metadata,
    sa.Column("play", sa.Text, primary_key=True),
    sa.Column("arrival", sa.BigInteger, nullable=False),
)


class Interventions:
    """Questions and acts on the decisions of plays, and the outbox."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def position(self, play: str) -> int | None:
        """Return the arrival number through which a play has looked at signals; None when it never has."""
        with self._operations.begin() as rows:
            return rows.scalar(sa.select(positions.c.arrival).where(positions.c.play == play))

    def record(self, decided: Sequence[Intervention], *, play: str, through: int) -> int:
        """Keep decisions and how far the play has looked, in one transaction; return how many are new.

        A decision already known is left as it is. A touch whose open touch was closed meanwhile stands alone.
        """
        with self._operations.begin() as rows:
            reached = insert(positions).values(play=play, arrival=through)
            later = {"arrival": _larger(positions.c.arrival, through)}
            rows.execute(reached.on_conflict_do_update(index_elements=["play"], set_=later))
            return sum(_keep(rows, one) for one in decided)

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return which of these interventions have been decided already."""
        found: set[str] = set()
        with self._operations.begin() as rows:
            for start in range(0, len(ids), 500):
                some = interventions.c.intervention_id.in_(ids[start : start + 500])
                found.update(rows.scalars(sa.select(interventions.c.intervention_id).where(some)))
        return found

    def last_assigned(self, play: str, since: datetime) -> dict[tuple[str, str | None], datetime]:
        """Return when a play last chose for each (account, person), held-out ones included, after `since`."""
        c = interventions.c
        latest = (
            sa.select(c.account_id, c.person_id, sa.func.max(c.decided_at, type_=Instant))
            .where(c.play == play, c.held_out.is_not(None), c.decided_at > since)
            .group_by(c.account_id, c.person_id)
        )
        with self._operations.begin() as rows:
            return {(account, person): at for account, person, at in rows.execute(latest)}

    def planned(self, now: datetime) -> dict[str, int]:
        """Return how many messages each address got in the past week, or has waiting to leave."""
        c = interventions.c
        counted = sa.or_(
            c.state == InterventionState.DUE, sa.and_(c.state.in_(GONE), c.claimed_at > now - WEEK)
        )
        question = sa.select(c.address, sa.func.count()).where(c.personal, counted).group_by(c.address)
        with self._operations.begin() as rows:
            return {address: n for address, n in rows.execute(question) if address}

    def due(self, now: datetime, *, most: int) -> list[Intervention]:
        """Return what may leave now, oldest first."""
        c = interventions.c
        ready = sa.select(interventions).where(c.state == InterventionState.DUE, c.due_at <= now)
        oldest = ready.order_by(c.due_at, c.intervention_id).limit(most)
        with self._operations.begin() as rows:
            return [as_intervention(row) for row in rows.execute(oldest).mappings()]

    def claim(self, intervention_id: str, now: datetime, *, weekly: int) -> bool:
        """Take a due message for sending; False when somebody else has it or its person's week is full.

        The limit is looked at inside the same update, so two claims can never both take the last place.
        """
        c = interventions.c
        other = interventions.alias("other")
        place = interventions.alias("place")
        to = sa.select(place.c.address).where(place.c.intervention_id == intervention_id).scalar_subquery()
        this_week = (
            sa.select(sa.func.count())
            .select_from(other)
            .where(
                other.c.personal,
                other.c.address == to,
                other.c.state.in_(GONE),
                other.c.claimed_at > now - WEEK,
            )
            .scalar_subquery()
        )
        free = sa.or_(sa.not_(c.personal), this_week < weekly)
        ready = sa.and_(
            c.intervention_id == intervention_id, c.state == InterventionState.DUE, c.due_at <= now, free
        )
        taken = (
            sa.update(interventions)
            .where(ready)
            .values(state=InterventionState.SENDING, claimed_at=now, tries=c.tries + 1)
        )
        with self._operations.begin() as rows:
            return rows.execute(taken).rowcount == 1

    def sent(self, intervention_id: str, now: datetime) -> bool:
        """Settle a claimed message as delivered."""
        return self._settle(intervention_id, InterventionState.SENT, now, news="sent")

    def failed(self, intervention_id: str, now: datetime, problem: str, *, bounced: bool = False) -> bool:
        """Settle a claimed message as refused for good."""
        news = "bounced" if bounced else "failed"
        return self._settle(intervention_id, InterventionState.FAILED, now, problem=problem, news=news)

    def unsure(self, intervention_id: str, now: datetime, problem: str) -> bool:
        """Settle a claimed message whose end nobody saw; it is never sent again."""
        return self._settle(intervention_id, InterventionState.UNKNOWN, now, problem=problem)

    def retry(self, intervention_id: str, due_at: datetime, problem: str) -> bool:
        """Put a claimed message that surely did not leave back in the outbox."""
        change = {"state": InterventionState.DUE, "due_at": due_at, "problem": problem}
        return self._change(intervention_id, InterventionState.SENDING, change)

    def postpone(self, intervention_id: str, due_at: datetime) -> bool:
        """Let a due message leave later."""
        return self._change(intervention_id, InterventionState.DUE, {"due_at": due_at})

    def hold_back(self, intervention_id: str, why: str, now: datetime) -> bool:
        """Keep a due message from leaving, and say why."""
        change = {"state": InterventionState.NOT_SENT, "why": why, "settled_at": now}
        return self._change(intervention_id, InterventionState.DUE, change)

    def withdraw(self, intervention_id: str, why: str, now: datetime) -> bool:
        """Take back a due message, or an open touch with all that joined it, and say why."""
        c = interventions.c
        whole = sa.or_(c.intervention_id == intervention_id, c.joins == intervention_id)
        pending = sa.and_(whole, c.state.in_((InterventionState.DUE, *OPEN)))
        change = {"state": InterventionState.NOT_SENT, "why": why, "settled_at": now}
        with self._operations.begin() as rows:
            return rows.execute(sa.update(interventions).where(pending).values(**change)).rowcount > 0

    def strand(self, now: datetime) -> int:
        """Mark what a dead process left behind: it may have been sent. Call it once, before delivering."""
        lost = sa.update(interventions).where(interventions.c.state == InterventionState.SENDING)
        problem = "Waypost stopped while sending it, so it may have arrived"
        with self._operations.begin() as rows:
            return rows.execute(
                lost.values(state=InterventionState.UNKNOWN, settled_at=now, problem=problem)
            ).rowcount

    def get(self, intervention_id: str) -> Intervention | None:
        """Return one intervention, None when there is none of that id."""
        found = self._list(interventions.c.intervention_id == intervention_id, most=1)
        return found[0] if found else None

    def several(self, ids: Sequence[str]) -> dict[str, Intervention]:
        """Return interventions by id; unknown ids have none."""
        found: dict[str, Intervention] = {}
        for start in range(0, len(ids), 500):
            some = self._list(interventions.c.intervention_id.in_(ids[start : start + 500]), most=500)
            found |= {one.intervention_id: one for one in some}
        return found

    def for_account(self, account_id: str, *, most: int = 100) -> list[Intervention]:
        """Return what plays decided for an account and its people, newest first."""
        return self._list(interventions.c.account_id == account_id, most=most)

    def for_person(self, person_id: str, *, most: int = 100) -> list[Intervention]:
        """Return what plays decided for a person, newest first."""
        return self._list(interventions.c.person_id == person_id, most=most)

    def for_play(self, play: str, *, most: int = 100) -> list[Intervention]:
        """Return what a play decided, newest first."""
        return self._list(interventions.c.play == play, most=most)

    def held_back(self, *, play: str | None = None, most: int = 100) -> list[Intervention]:
        """Return messages that were not sent, newest first; `why` says what for."""
        c = interventions.c
        of_play = c.play == play if play else sa.true()
        return self._list(sa.and_(c.state == InterventionState.NOT_SENT, of_play), most=most)

    def in_state(self, state: InterventionState, *, most: int = 100) -> list[Intervention]:
        """Return interventions in one state, newest first."""
        return self._list(interventions.c.state == state, most=most)

    def counts(self) -> dict[str, dict[InterventionState, int]]:
        """Return, for each play, how many interventions are in each state."""
        c = interventions.c
        found: dict[str, dict[InterventionState, int]] = {}
        with self._operations.begin() as rows:
            question = sa.select(c.play, c.state, sa.func.count()).group_by(c.play, c.state).order_by(c.play)
            for play, state, n in rows.execute(question):
                found.setdefault(play, {})[InterventionState(state)] = n
        return found

    def why_counts(self, since: datetime) -> dict[tuple[str, str], int]:
        """Return, for each (play, why), how many messages were held back since an instant."""
        c = interventions.c
        recent = sa.and_(c.state == InterventionState.NOT_SENT, c.decided_at >= since)
        question = sa.select(c.play, c.why, sa.func.count()).where(recent).group_by(c.play, c.why)
        with self._operations.begin() as rows:
            return {(play, why): n for play, why, n in rows.execute(question)}

    def _list(self, some: sa.ColumnElement[bool], *, most: int) -> list[Intervention]:
        c = interventions.c
        ordered = sa.select(interventions).where(some).order_by(c.decided_at.desc(), c.intervention_id)
        with self._operations.begin() as rows:
            return [as_intervention(row) for row in rows.execute(ordered.limit(most)).mappings()]

    def _settle(
        self,
        intervention_id: str,
        state: InterventionState,
        now: datetime,
        *,
        problem: str | None = None,
        news: str | None = None,
    ) -> bool:
        change = {"state": state, "settled_at": now, "problem": problem}
        with self._operations.begin() as rows:
            changed = _conditional(rows, intervention_id, InterventionState.SENDING, change)
            if changed and news:
                happenings.note(rows, intervention_id, "delivery", news, now)
            return changed

    def _change(self, intervention_id: str, before: InterventionState, change: Mapping[str, Any]) -> bool:
        with self._operations.begin() as rows:
            return _conditional(rows, intervention_id, before, change)


def as_intervention(row: sa.RowMapping) -> Intervention:
    """Read a whole row of the table."""
    return Intervention(**{**row, "state": InterventionState(row["state"])})


def _keep(rows: sa.Connection, one: Intervention) -> bool:
    c = interventions.c
    values = {**asdict(one), "content": dict(one.content)}
    written = rows.execute(insert(interventions).values(values).on_conflict_do_nothing())
    if written.rowcount != 1:
        return False
    if one.joins:
        head = sa.and_(c.intervention_id == one.joins, c.state.in_(OPEN))
        raised = sa.update(interventions).where(head).values(priority=_larger(c.priority, one.priority))
        if rows.execute(raised).rowcount == 0:
            alone = sa.update(interventions).where(c.intervention_id == one.intervention_id)
            rows.execute(alone.values(joins=None))
    if one.held_out is not None:
        happenings.note(rows, one.intervention_id, "intervention", "decided", one.decided_at)
    return True


def _larger(column: sa.ColumnElement[Any], value: float) -> sa.ColumnElement[Any]:
    return sa.case((column > value, column), else_=value)


def _conditional(
    rows: sa.Connection, intervention_id: str, before: InterventionState, change: Mapping[str, Any]
) -> bool:
    c = interventions.c
    row = sa.and_(c.intervention_id == intervention_id, c.state == before)
    return rows.execute(sa.update(interventions).where(row).values(**change)).rowcount == 1
