"""What a row of a snapshot says, in the words and types of the event schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import InvalidOperation
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from waypost.collect.own_event import Contract, Membership, Survey, Ticket
from waypost.collect.query_becomes import Becomes, SnapshotMapping
from waypost.collect.query_values import instant_of, number_of, plain_of, text_of
from waypost.collect.refusals import TurnedAway
from waypost.core import Actor, Kind, derived_id, fault_of

KINDS = {
    Becomes.COUNTS: Kind.ROW,
    Becomes.SETTINGS: Kind.ROW,
    Becomes.PEOPLE: Kind.IDENTIFY,
    Becomes.ACCOUNTS: Kind.GROUP,
    Becomes.MEMBERSHIPS: Kind.MEMBERSHIP,
    Becomes.SEATS: Kind.CONTRACT,
    Becomes.CONTRACTS: Kind.CONTRACT,
    Becomes.TICKETS: Kind.TICKET,
    Becomes.ANSWERS: Kind.SURVEY,
}
_SHAPES: dict[Kind, type[msgspec.Struct]] = {
    Kind.MEMBERSHIP: Membership,
    Kind.CONTRACT: Contract,
    Kind.TICKET: Ticket,
    Kind.SURVEY: Survey,
}
#: Of these the number is a property of its own.
_QUANTITY_IS_SAID = (Becomes.SEATS, Becomes.ANSWERS)
#: These may name a person alone.
_OF_ANYBODY = (Becomes.PEOPLE, Becomes.COUNTS, Becomes.TICKETS, Becomes.ANSWERS)
_json = msgspec.json.Encoder(order="sorted").encode


class UnsayableError(Exception):
    """A row that cannot be what the mapping says; its words say why."""

    def __init__(self, why: TurnedAway, detail: str) -> None:
        """Name the reason and tell the details."""
        super().__init__(detail)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """One row in our words. `words` is its key for people to read, `said_at` its own column of time."""

    key: str
    words: str
    kind: Kind
    name: str | None
    person_id: str | None
    account_id: str | None
    actor: Actor
    quantity: float | None
    said_at: datetime | None
    on_day: date | None
    properties: dict[str, Any] = field(default_factory=dict)
    solved_at: datetime | None = None
    solved: bool = False

    @property
    def digest(self) -> str:
        """What is the same as long as the row says the same; the time that it names alone is nothing new."""
        same = (
            self.name,
            self.person_id,
            self.account_id,
            self.actor,
            self.quantity,
            self.properties,
            self.solved,
        )
        return sha256(_json(same)).hexdigest()[:32]


def kind_of(mapping: SnapshotMapping) -> Kind:
    """Return the kind of the events that tell of such rows."""
    if mapping.becomes is Becomes.TRAITS:
        return Kind.IDENTIFY if mapping.person else Kind.GROUP
    return KINDS[mapping.becomes]


class SaidRows:
    """Reads rows of one source as its mapping says."""

    def __init__(self, mapping: SnapshotMapping) -> None:
        """Read rows as `mapping` says."""
        self._mapping = mapping
        self._zone = ZoneInfo(mapping.zone)
        becomes = mapping.becomes
        # Whose setting, and which one, and what is counted, the catalogue tells by properties.
        keeps_key = becomes in (Becomes.COUNTS, Becomes.SETTINGS)
        named = {mapping.time, mapping.person, mapping.account, mapping.quantity, mapping.event_column}
        self._meant = {*named, mapping.actor_column, mapping.solved, *(() if keeps_key else mapping.key)}
        self._kind = kind_of(mapping)

    def read(self, row: Mapping[str, Any]) -> SaidRow:
        """Return what a row says; raises UnsayableError when it cannot be what the mapping says."""
        m = self._mapping
        person_id, account_id = self._id(row, m.person), self._id(row, m.account)
        said_at = self._instant(row, m.time)
        quantity, actor = self._quantity(row), self._actor(row, person_id)
        name = m.event or (text_of(row[m.event_column]) if m.event_column else None)
        parts = [text_of(row[column]) for column in m.key]
        self._require(row, person_id, account_id, said_at)
        properties = self._properties(row, "|".join(part or "" for part in parts), quantity)
        identity: list[str | None] = [account_id, *parts]
        if m.becomes is Becomes.COUNTS:
            identity = [said_at.isoformat() if said_at else None, name, person_id, *identity]
        elif m.becomes is Becomes.MEMBERSHIPS:
            identity = [account_id, person_id]
        elif self._kind is Kind.IDENTIFY:
            identity = [person_id]
        solved_at, solved = self._solved(row)
        return SaidRow(
            key=derived_id(m.becomes, *(f"{part is None:d}{part}" for part in identity)),
            words=", ".join(str(part) for part in identity if part is not None),
            kind=self._kind,
            name=name,
            person_id=person_id,
            account_id=account_id,
            actor=actor,
            quantity=quantity if m.becomes not in _QUANTITY_IS_SAID else None,
            said_at=said_at,
            on_day=said_at.astimezone(self._zone).date() if said_at and m.becomes is Becomes.COUNTS else None,
            properties=properties,
            solved_at=solved_at,
            solved=solved,
        )

    def _require(
        self, row: Mapping[str, Any], person_id: str | None, account_id: str | None, said_at: datetime | None
    ) -> None:
        """Refuse a row of which it cannot be said which row it is."""
        m = self._mapping
        needed = list(m.key)
        if m.becomes in (Becomes.PEOPLE, Becomes.MEMBERSHIPS):
            needed.append(m.person or "")
        if m.becomes not in _OF_ANYBODY and m.account:
            needed.append(m.account)
        if empty := [column for column in needed if text_of(row[column]) is None]:
            raise UnsayableError(
                TurnedAway.MISSING_FIELD, f"{', '.join(empty)} is empty, and is part of the key"
            )
        if person_id is None and account_id is None:
            raise UnsayableError(TurnedAway.NO_ID, "the row names neither a person nor an account")
        if m.becomes is Becomes.COUNTS and said_at is None:
            raise UnsayableError(TurnedAway.IMPOSSIBLE_TIME, f"{m.time} is empty; a count is of a day")

    def _id(self, row: Mapping[str, Any], column: str | None) -> str | None:
        return text_of(row[column]) if column else None

    def _instant(self, row: Mapping[str, Any], column: str | None) -> datetime | None:
        value = row[column] if column else None
        if value is None or value == "":
            return None
        found = instant_of(value, self._zone)
        if found is None:
            raise UnsayableError(TurnedAway.IMPOSSIBLE_TIME, f"{column} is {value!r:.100}")
        return found

    def _quantity(self, row: Mapping[str, Any]) -> float | None:
        column = self._mapping.quantity
        try:
            return number_of(row[column]) if column else None
        except (ValueError, InvalidOperation):
            raise UnsayableError(
                TurnedAway.WRONG_TYPE, f"{column} is {row[column or '']!r:.100}, no number"
            ) from None

    def _actor(self, row: Mapping[str, Any], person_id: str | None) -> Actor:
        """Return who acted: what is said of nobody was no person's doing, unless the mapping says so."""
        m = self._mapping
        if m.actor_column:
            try:
                return Actor(row[m.actor_column])
            except ValueError:
                said = (
                    f"{m.actor_column} is {row[m.actor_column]!r:.100}; it must be one of {', '.join(Actor)}"
                )
                raise UnsayableError(TurnedAway.WRONG_TYPE, said) from None
        if person_id is None and m.actor in (None, Actor.HUMAN):
            return Actor.AUTOMATED
        return m.actor or Actor.HUMAN

    def _solved(self, row: Mapping[str, Any]) -> tuple[datetime | None, bool]:
        """Return when a ticket was solved, if the column says it, and whether it is."""
        column = self._mapping.solved
        value = row[column] if column else None
        if value in (None, "", 0, "0", "false", "f", "no"):
            return None, False
        if value in (1, "1", "true", "t", "yes"):
            return None, True
        return self._instant(row, column), True

    def _properties(self, row: Mapping[str, Any], key: str, quantity: float | None) -> dict[str, Any]:
        said = {name: plain_of(value) for name, value in row.items() if name not in self._meant}
        m = self._mapping
        if self._kind is Kind.CONTRACT:
            said["contract_id"] = key or text_of(row[m.account or ""])
        if self._kind is Kind.TICKET:
            said["ticket_id"] = key
        if m.becomes is Becomes.SEATS:
            said["seats"] = quantity
        if m.becomes is Becomes.ANSWERS:
            said |= {"answer_id": key, "score": quantity} | ({"scale": m.scale} if m.scale else {})
        if said.get("provisioned_at") is not None and self._kind is Kind.MEMBERSHIP:
            said["provisioned_at"] = self._instant(row, "provisioned_at")
        shape = _SHAPES.get(self._kind)
        return said if shape is None else {**said, **_fitted(said, shape)}


def _misfit(shape: type[msgspec.Struct], error: msgspec.ValidationError, known: Mapping[str, Any]) -> str:
    """Say which property does not fit and what it holds, before what is expected of it."""
    place, problem = fault_of(shape, error)
    return f"{place} is {known[place]!r:.100}: {problem}" if place in known else problem


def _fitted(said: Mapping[str, Any], shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the properties that the kind knows, in its types: a database may have 1 for true, and 40.0 for 40."""
    known = {name: said[name] for name in shape.__struct_fields__ if name in said}
    for name, value in known.items():
        if name.endswith("_on") and isinstance(value, datetime):
            known[name] = value.date()
    try:
        fitted = msgspec.convert(known, shape, strict=False)
    except msgspec.ValidationError as error:
        raise UnsayableError(TurnedAway.BAD_PROPERTIES, _misfit(shape, error, known)) from None
    return {name: getattr(fitted, name) for name in known}
