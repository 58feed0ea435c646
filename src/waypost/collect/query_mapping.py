"""What the columns of a query mean, and the event that a row says."""

from collections.abc import Mapping
from datetime import datetime
from decimal import InvalidOperation
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from waypost.collect.query_values import instant_of, number_of, plain_of, text_of
from waypost.collect.refusals import TurnedAway
from waypost.core import Actor, Event, ImportRefusedError, Kind, told_fault

MOST_BYTES = 32 * 1024
MOST_CHARACTERS = 500

Column = Annotated[str, Meta(min_length=1, max_length=200)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one asking may take: `rows`, `bytes` of the events made of them, and `seconds` for each statement."""

    rows: Annotated[int, Meta(ge=1, le=100_000_000)] = 1_000_000
    bytes: Annotated[int, Meta(ge=1)] = 1_000_000_000
    seconds: Annotated[int, Meta(ge=1, le=86_400)] = 600


class QueryMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column is what; the columns that are named nowhere here become the event's properties.

    `cursor` orders the rows and never decreases for new ones (an id, a time of creation or change); `overlap` is how
    far back the next asking starts, in seconds for times and in units for numbers, for rows that are committed
    late. `key` are the columns that make a row that row: together they are the event's id. The name of the event is
    a constant (`event`) or a column (`event_column`). `zone` is that of times without one.
    """

    becomes: Literal["events"] = "events"
    time: Column
    key: Annotated[tuple[Column, ...], Meta(min_length=1, max_length=10)]
    cursor: Column
    overlap: Annotated[int, Meta(ge=0)] = 300
    event: str | None = None
    event_column: Column | None = None
    kind: Kind = Kind.ROW
    person: Column | None = None
    account: Column | None = None
    quantity: Column | None = None
    actor: Actor = Actor.HUMAN
    actor_column: Column | None = None
    zone: str = "UTC"
    limits: Limits = Limits()

    @property
    def columns(self) -> tuple[str | None, ...]:
        """The columns that the query must give."""
        named = (self.person, self.account, self.quantity, self.event_column, self.actor_column)
        return (*self.key, self.time, self.cursor, *named)

    @property
    def instants(self) -> frozenset[str]:
        """The columns that hold times."""
        return frozenset({self.time})


_SAYABLE = {Kind.ROW, Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.LOG}
Refused = tuple[TurnedAway, str]
M = TypeVar("M", bound=msgspec.Struct)


def read_mapping(document: Mapping[str, Any]) -> QueryMapping:
    """Return the mapping that a document says; raises ImportRefusedError with the place of the fault."""
    mapping = converted(document, QueryMapping)
    if (mapping.event is None) == (mapping.event_column is None):
        raise ImportRefusedError("the mapping needs either event (a name) or event_column")
    if mapping.person is None and mapping.account is None:
        raise ImportRefusedError(
            "the mapping needs person or account, the columns that say whose event it is"
        )
    if mapping.kind not in _SAYABLE:
        raise ImportRefusedError(f"the mapping: rows cannot be of kind {mapping.kind}")
    return mapping


def converted(document: Mapping[str, Any], form: type[M]) -> M:
    """Return a document as a mapping of a form; raises ImportRefusedError with the place of the fault."""
    try:
        mapping = msgspec.convert(dict(document), form)
        ZoneInfo(document.get("zone", "UTC"))
    except msgspec.ValidationError as error:
        raise ImportRefusedError(f"the mapping: {told_fault(form, error)}") from None
    except (ZoneInfoNotFoundError, ValueError):
        raise ImportRefusedError(f"the mapping: there is no time zone {document.get('zone')!r}") from None
    return mapping


class Rows:
    """Turns rows of one source into events."""

    def __init__(self, mapping: QueryMapping, source: str) -> None:
        """Read rows as `mapping` says, for a source."""
        self._mapping = mapping
        self._source = source
        self._zone = ZoneInfo(mapping.zone)
        named = (mapping.time, mapping.person, mapping.account, mapping.quantity, mapping.event_column)
        self._meant = {*mapping.key, mapping.actor_column, *named} - {None}

    def event(self, row: Mapping[str, Any], received_at: datetime) -> Event | Refused:
        """Return the event that a row says, or why it is refused and what is wrong in words."""
        mapping = self._mapping
        happened_at = instant_of(row[mapping.time], self._zone)
        if happened_at is None:
            return TurnedAway.IMPOSSIBLE_TIME, f"{mapping.time} is {row[mapping.time]!r:.100}"
        try:
            quantity = number_of(row[mapping.quantity]) if mapping.quantity else None
            person_id = text_of(row[mapping.person]) if mapping.person else None
            actor = self._actor(row, person_id)
        except (ValueError, InvalidOperation) as error:
            return TurnedAway.WRONG_TYPE, f"quantity or actor: {error!r:.200}"
        event = Event(
            event_id="|".join(text_of(row[column]) or "" for column in mapping.key),
            source=self._source,
            kind=mapping.kind,
            name=mapping.event or text_of(row[mapping.event_column or ""]) or "",
            happened_at=min(happened_at, received_at),
            received_at=received_at,
            person_id=person_id,
            account_id=text_of(row[mapping.account]) if mapping.account else None,
            actor=actor,
            quantity=quantity,
            properties=self._properties(row),
        )
        return _refusal(event) or event

    def _actor(self, row: Mapping[str, Any], person_id: str | None) -> Actor:
        """Return who acted: what a row does for nobody was no person's doing, unless a column says so."""
        if self._mapping.actor_column:
            return Actor(row[self._mapping.actor_column])
        if person_id is None and self._mapping.actor is Actor.HUMAN:
            return Actor.AUTOMATED
        return self._mapping.actor

    def _properties(self, row: Mapping[str, Any]) -> msgspec.Raw:
        said = {name: plain_of(value) for name, value in row.items() if name not in self._meant}
        return msgspec.Raw(msgspec.json.encode(said))


def _refusal(event: Event) -> Refused | None:
    texts = [text for text in (event.event_id, event.name, event.person_id, event.account_id) if text]
    if not event.name:
        return TurnedAway.NO_NAME, "the column of the event's name is empty"
    if not (event.person_id or event.account_id):
        return TurnedAway.NO_ID, "the row names neither a person nor an account"
    if any(len(text) > MOST_CHARACTERS for text in texts):
        return TurnedAway.TOO_LONG, "an id or the name is longer than 500 characters"
    if len(bytes(event.properties)) > MOST_BYTES:
        return TurnedAway.TOO_LARGE, "the row is over 32 KB"
    return None
