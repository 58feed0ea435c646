"""Touches: interventions that wait for a member in Today, and what members do about them.

Every act is kept with who did it and when, and can be undone. Further evidence of an open touch joins it, and
an act on the touch is an act on all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from waypost.store.operations import Operations, metadata
from waypost.store.tables import happenings
from waypost.store.tables.instant import Instant
from waypost.store.tables.interventions import (
    OPEN,
    Intervention,
    InterventionState,
    as_intervention,
    interventions,
)

# Told to the event table only after the time in which a page offers to undo it.
UNDO = timedelta(seconds=10)


class MemberAct(StrEnum):
    """What a member did about a touch, or about a message that was about to leave."""

    DONE = "done"
    SNOOZED = "snoozed"
    SKIPPED = "skipped"
    HANDED_OVER = "handed_over"
    STOPPED = "stopped"


touch_acts = sa.Table(
    "touch_acts",
    metadata,
    sa.Column("act_id", sa.Integer, primary_key=True),
    sa.Column("intervention_id", sa.Text, nullable=False, index=True),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("acted_at", Instant, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("undone_at", Instant),
    sa.Column("undone_by", sa.Text),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchAct:
    """One act of one member, for the audit trail."""

    intervention_id: str
    act: MemberAct
    member: str
    acted_at: datetime
    note: str | None
    undone_at: datetime | None
    undone_by: str | None


class Touches:
    """Questions and acts on what waits in Today."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def open(
        self, now: datetime, *, member: str | None = None, account_id: str | None = None, most: int = 200
    ) -> list[Intervention]:
        """Return the touches to do now, highest priority first; a snooze that is over counts as open.

        `member` keeps those of one member (and those of nobody).
        """
        c = interventions.c
        awake = sa.or_(
            c.state == InterventionState.WAITING,
            sa.and_(c.state == InterventionState.SNOOZED, c.snoozed_until <= now),
        )
        return self._heads(sa.and_(awake, _of(member, account_id)), most)

    def snoozed(self, now: datetime, *, member: str | None = None, most: int = 200) -> list[Intervention]:
        """Return the touches that are put off until later, highest priority first."""
        c = interventions.c
        asleep = sa.and_(c.state == InterventionState.SNOOZED, c.snoozed_until > now)
        return self._heads(sa.and_(asleep, _of(member, None)), most)

    def closed(self, since: datetime, *, most: int = 200) -> list[Intervention]:
        """Return the touches done or skipped since an instant, for what Today shows when nothing waits."""
        c = interventions.c
        return self._heads(
            sa.and_(c.state.in_((InterventionState.DONE, InterventionState.SKIPPED)), c.settled_at >= since),
            most,
        )

    def evidence(self, touches: Sequence[str]) -> dict[str, list[Intervention]]:
        """Return, for each touch, its own signal and those that joined it, oldest first."""
        c = interventions.c
        head = sa.func.coalesce(c.joins, c.intervention_id)
        question = (
            sa.select(interventions).where(head.in_(list(touches))).order_by(c.decided_at, c.intervention_id)
        )
        found: dict[str, list[Intervention]] = {touch: [] for touch in touches}
        with self._operations.begin() as rows:
            for row in rows.execute(question).mappings():
                one = as_intervention(row)
                found[one.joins or one.intervention_id].append(one)
        return found

    def open_topics(self, play: str) -> dict[str, str]:
        """Return the open touch of each topic of a play: the one that further evidence joins."""
        c = interventions.c
        heads = sa.and_(c.play == play, c.state.in_(OPEN), c.joins.is_(None), c.topic.is_not(None))
        question = sa.select(c.topic, c.intervention_id).where(heads)
        with self._operations.begin() as rows:
            return {row.topic: row.intervention_id for row in rows.execute(question)}

    def done(self, intervention_id: str, *, member: str, now: datetime, note: str | None = None) -> bool:
        """Note that a member did it; False when it is not open."""
        return self._act(
            intervention_id,
            MemberAct.DONE,
            {"state": InterventionState.DONE, "settled_at": now},
            (member, now, note),
        )

    def skip(self, intervention_id: str, *, member: str, now: datetime, note: str) -> bool:
        """Note that a member will not do it, and why; False when it is not open."""
        change = {"state": InterventionState.SKIPPED, "settled_at": now}
        return self._act(intervention_id, MemberAct.SKIPPED, change, (member, now, note))

    def snooze(self, intervention_id: str, until: datetime, *, member: str, now: datetime) -> bool:
        """Put it off for a member; False when it is not open."""
        change = {"state": InterventionState.SNOOZED, "snoozed_until": until}
        return self._act(intervention_id, MemberAct.SNOOZED, change, (member, now, None))

    def hand_over(self, intervention_id: str, to: str, *, member: str, now: datetime) -> bool:
        """Give it to another member; False when it is not open."""
        return self._act(intervention_id, MemberAct.HANDED_OVER, {"member": to}, (member, now, to))

    def stop(self, intervention_id: str, *, member: str, now: datetime) -> bool:
        """Keep a message from leaving, as a member asks; False when it is on its way already."""
        change = {"state": InterventionState.NOT_SENT, "why": "stopped_by_member", "settled_at": now}
        return self._act(
            intervention_id, MemberAct.STOPPED, change, (member, now, None), before=(InterventionState.DUE,)
        )

    def undo(self, intervention_id: str, *, member: str, now: datetime) -> bool:
        """Take back the last act; False when there is none, or something else happened since."""
        a = touch_acts.c
        last = (
            sa.select(touch_acts)
            .where(a.intervention_id == intervention_id, a.undone_at.is_(None))
            .order_by(a.act_id.desc())
            .limit(1)
        )
        with self._operations.begin() as rows:
            found = rows.execute(last).one_or_none()
            if found is None:
                return False
            whole = sa.and_(_whole(intervention_id), interventions.c.state == found.after)
            restored = rows.execute(sa.update(interventions).where(whole).values(**_read(found.before)))
            if restored.rowcount == 0:
                return False
            undone = {"undone_at": now, "undone_by": member}
            rows.execute(sa.update(touch_acts).where(a.act_id == found.act_id).values(**undone))
            if found.act == MemberAct.DONE:
                every = sa.select(interventions.c.intervention_id).where(_whole(intervention_id))
                for one in rows.scalars(every).all():
                    happenings.take_back(rows, one, "delivery", "done")
            return True

    def acts(self, intervention_id: str) -> list[TouchAct]:
        """Return what members did about one intervention, oldest first."""
        a = touch_acts.c
        columns = (a.intervention_id, a.act, a.member, a.acted_at, a.note, a.undone_at, a.undone_by)
        question = sa.select(*columns).where(a.intervention_id == intervention_id).order_by(a.act_id)
        with self._operations.begin() as rows:
            found = list(rows.execute(question).mappings())
        return [TouchAct(**{**row, "act": MemberAct(row["act"])}) for row in found]

    def _act(
        self,
        intervention_id: str,
        act: MemberAct,
        change: Mapping[str, Any],
        by: tuple[str, datetime, str | None],
        *,
        before: Sequence[InterventionState] = OPEN,
    ) -> bool:
        member, now, note = by
        c, a = interventions.c, touch_acts.c
        audit = {"intervention_id": intervention_id, "act": act, "member": member, "acted_at": now}
        written = sa.insert(touch_acts).values(**audit, note=note, before={}, after="").returning(a.act_id)
        wanted = sa.select(interventions).where(c.intervention_id == intervention_id)
        whole = sa.and_(_whole(intervention_id), c.state.in_(before))
        with self._operations.begin() as rows:
            # The audit row comes first: it takes the write lock, so nothing changes between look and act.
            mine = a.act_id == rows.execute(written).scalar_one()
            found = rows.execute(wanted).mappings().one_or_none()
            if found is None or found["state"] not in before:
                rows.execute(sa.delete(touch_acts).where(mine))
                return False
            rows.execute(sa.update(interventions).where(whole).values(**change))
            trail = {"before": _written(found, change), "after": change.get("state", found["state"])}
            rows.execute(sa.update(touch_acts).where(mine).values(**trail))
            if act is MemberAct.DONE:
                for one in rows.scalars(sa.select(c.intervention_id).where(_whole(intervention_id))).all():
                    happenings.note(rows, one, "delivery", "done", now, now + UNDO)
            return True

    def _heads(self, some: sa.ColumnElement[bool], most: int) -> list[Intervention]:
        c = interventions.c
        ranked = sa.select(interventions).where(some, c.joins.is_(None), c.topic.is_not(None))
        ordered = ranked.order_by(c.priority.desc(), c.decided_at, c.intervention_id).limit(most)
        with self._operations.begin() as rows:
            return [as_intervention(row) for row in rows.execute(ordered).mappings()]


def _of(member: str | None, account_id: str | None) -> sa.ColumnElement[bool]:
    c = interventions.c
    mine = sa.or_(c.member == member, c.member.is_(None)) if member else sa.true()
    return sa.and_(mine, c.account_id == account_id) if account_id else mine


def _whole(intervention_id: str) -> sa.ColumnElement[bool]:
    c = interventions.c
    return sa.or_(c.intervention_id == intervention_id, c.joins == intervention_id)


def _written(row: sa.RowMapping, change: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what an undo must restore: the columns that change, and those that go with a state."""
    columns = {*change, "state", "settled_at", "snoozed_until"}
    before = {name: row[name] for name in sorted(columns)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()
    }


def _read(before: Mapping[str, str | None]) -> dict[str, Any]:
    instants = ("settled_at", "snoozed_until")
    return {
        name: datetime.fromisoformat(value) if value and name in instants else value
        for name, value in before.items()
    }
