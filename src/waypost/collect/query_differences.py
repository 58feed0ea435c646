"""How a row of a snapshot differs from what it said before, told as events."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, assert_never

import msgspec

from waypost.collect.own_event import OwnEvent, own_event
from waypost.collect.query_becomes import Becomes, SnapshotMapping
from waypost.collect.query_mapping import MOST_BYTES
from waypost.collect.query_said import SaidRow, UnsayableError, kind_of
from waypost.collect.refusals import TurnedAway
from waypost.core import EMPTY, Actor, Event, derived_id
from waypost.store import SeenRow

#: Two events of one row are never of the same instant: which came first decides what holds.
A_MOMENT = timedelta(microseconds=1)
Differs = tuple[SeenRow, list[Event]]


class Differences:
    """Compares the rows of one source, asked now, with what was seen of them before."""

    def __init__(self, mapping: SnapshotMapping, source: str, now: datetime) -> None:
        """Compare for a source; what no column dates happened `now`, when it was found."""
        self._mapping = mapping
        self._source = source
        self._now = now

    def of(self, said: SaidRow, before: SeenRow | None) -> Differs | None:
        """Return what is to be kept of a row and the events that it is worth; None when it says the same as before.

        Raises UnsayableError when the event schema does not know such a thing.
        """
        digest = said.digest
        if before and not before.gone and before.digest == digest:
            return None
        version = before.version + 1 if before else 1
        told = self._dated([*self._told(said, before)], before)
        events = []
        for name, happened_at in told:
            own = OwnEvent(
                kind=said.kind,
                name=name,
                happened_at=happened_at,
                person_id=said.person_id,
                account_id=said.account_id,
                actor=said.actor,
                quantity=said.quantity,
                properties=_raw(said.properties),
                context=self._context(said.key, version),
            )
            events.append(self._event(own, derived_id(said.key, str(version), digest, name)))
        seen = SeenRow(
            key=said.key,
            version=version,
            digest=digest,
            person_id=said.person_id,
            account_id=said.account_id,
            on_day=said.on_day,
            happened_at=told[-1][1],
            said_at=said.said_at,
            kept=self._kept(said),
        )
        return seen, events

    def gone(self, before: SeenRow) -> Differs:
        """Return what is to be kept of a row that is not there any more, and the events that this is worth."""
        version = before.version + 1
        counts = self._mapping.becomes is Becomes.COUNTS
        happened_at = before.happened_at if counts else self._dated([("", None)], before)[0][1]
        events = []
        if (farewell := self._farewell(before)) is not None:
            name, properties = farewell
            own = OwnEvent(
                kind=kind_of(self._mapping),
                name=name,
                happened_at=happened_at,
                person_id=before.person_id,
                account_id=before.account_id,
                actor=Actor(before.kept["actor"]),
                properties=_raw(properties),
                context=self._context(before.key, version, withdrawn=True),
            )
            events.append(self._event(own, derived_id(before.key, str(version), "gone", name)))
        left = msgspec.structs.replace(before, version=version, digest="", gone=True, happened_at=happened_at)
        return left, events

    def _told(self, said: SaidRow, before: SeenRow | None) -> Iterator[tuple[str, datetime | None]]:
        """Yield the names of the events, and when each happened if a column says so."""
        new = before is None or before.gone
        # A time that stands still dates the first word, and none of the later ones.
        moved = before is None or before.said_at is None or (said.said_at or before.said_at) > before.said_at
        at = said.said_at if moved else None
        match self._mapping.becomes:
            case Becomes.COUNTS:
                yield said.name or "", said.said_at
            case Becomes.SETTINGS | Becomes.ANSWERS:
                yield said.name or "", at
            case Becomes.TRAITS | Becomes.PEOPLE | Becomes.ACCOUNTS:
                yield said.kind.value, at
            case Becomes.MEMBERSHIPS:
                yield "joined" if new else "role_changed", at
            case Becomes.SEATS:
                yield "changed", at
            case Becomes.CONTRACTS:
                yield "signed" if new else _renewed(said, before), at
            case Becomes.TICKETS:
                yield from _of_ticket(said, before, at)
            case _:
                assert_never(self._mapping.becomes)

    def _dated(
        self, told: list[tuple[str, datetime | None]], before: SeenRow | None
    ) -> list[tuple[str, datetime]]:
        """Date the events: after what was said before, one after the other, and not later than now."""
        if self._mapping.becomes is Becomes.COUNTS:
            return [(name, min(at or self._now, self._now)) for name, at in told]
        dated, earliest = list[datetime](), before.happened_at + A_MOMENT if before else None
        for _name, at in told:
            dated.append(min(self._now, max(at or self._now, earliest or at or self._now)))
            earliest = dated[-1] + A_MOMENT
        for nr in range(len(dated) - 1, 0, -1):
            dated[nr - 1] = min(dated[nr - 1], dated[nr] - A_MOMENT)
        return [(name, at) for (name, _), at in zip(told, dated, strict=True)]

    def _farewell(self, before: SeenRow) -> tuple[str, dict[str, Any]] | None:
        """Return the name and the properties of what a row's going tells; None when it tells nothing."""
        kept, mapping = before.kept, self._mapping
        told: tuple[str, dict[str, Any]] | None = None
        match mapping.becomes:
            case Becomes.COUNTS:
                told = kept["name"], {}
            case Becomes.SETTINGS if mapping.gone is not None:
                told = mapping.event or "", {**kept["key"], **mapping.gone}
            case Becomes.TRAITS:
                told = kind_of(mapping).value, dict.fromkeys(kept["traits"])
            case Becomes.MEMBERSHIPS:
                told = "left", {}
            case Becomes.CONTRACTS:
                told = "ended", {"contract_id": kept["contract_id"]}
            case Becomes.TICKETS if not kept["solved"]:
                told = "solved", {"ticket_id": kept["ticket_id"]}
            case _:
                pass
        return told

    def _kept(self, said: SaidRow) -> dict[str, Any]:
        """Return what the next comparison must know."""
        kept: dict[str, Any] = {"actor": said.actor.value}
        properties = said.properties
        match self._mapping.becomes:
            case Becomes.COUNTS:
                return {**kept, "name": said.name}
            case Becomes.SETTINGS:
                return {
                    **kept,
                    "key": msgspec.to_builtins({name: properties[name] for name in self._mapping.key}),
                }
            case Becomes.TRAITS:
                return {**kept, "traits": sorted(properties)}
            case Becomes.CONTRACTS:
                longest = properties.get("renews_on")
                return {
                    **kept,
                    "contract_id": properties["contract_id"],
                    "renews_on": longest and str(longest),
                }
            case Becomes.TICKETS:
                priority = properties.get("priority")
                return {
                    **kept,
                    "ticket_id": properties["ticket_id"],
                    "priority": priority,
                    "solved": said.solved,
                }
            case _:
                return kept

    def _context(self, key: str, version: int, *, withdrawn: bool = False) -> msgspec.Raw:
        """Return by what a count is known: of all versions of it, the newest holds, unless it was withdrawn."""
        if self._mapping.becomes is not Becomes.COUNTS:
            return EMPTY
        return _raw({"waypost_count": key, "version": version, "withdrawn": withdrawn})

    def _event(self, own: OwnEvent, event_id: str) -> Event:
        if len(bytes(own.properties)) > MOST_BYTES:
            raise UnsayableError(TurnedAway.TOO_LARGE, "the row is over 32 KB")
        event = own_event(own, source=self._source, received_at=self._now, event_id=event_id)
        if not isinstance(event, Event):
            raise UnsayableError(*event)
        return event


def _renewed(said: SaidRow, before: SeenRow | None) -> str:
    """Return whether a contract now renews later than it did."""
    earlier = before.kept["renews_on"] if before else None
    later = said.properties.get("renews_on")
    return "renewed" if earlier and later and str(later) > earlier else "changed"


def _of_ticket(
    said: SaidRow, before: SeenRow | None, at: datetime | None
) -> Iterator[tuple[str, datetime | None]]:
    kept = before.kept if before else {"solved": False, "priority": said.properties.get("priority")}
    # A ticket that went while it was open was told as solved.
    was_solved = kept["solved"] or (before is not None and before.gone)
    if before is None:
        yield "opened", at
    elif was_solved and not said.solved:
        yield "reopened", None
    elif said.solved == was_solved or said.properties.get("priority") != kept["priority"]:
        yield "priority_changed", None
    if said.solved and not was_solved:
        yield "solved", said.solved_at


def _raw(value: dict[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
