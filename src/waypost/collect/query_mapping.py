"""What the columns of a query mean, and the event that a row says."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from waypost.collect.instants import in_utc, read_instant
from waypost.collect.refusals import TurnedAway
from waypost.core import Actor, Event, ImportRefusedError, Kind

MOST_BYTES = 32 * 1024
MOST_CHARACTERS = 500
# A number of seconds this large would lie beyond the year 5000; so it counts milliseconds, or microseconds.
_MOST_SECONDS = 1e11
_MOST_MILLISECONDS = 1e14

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


_SAYABLE = {Kind.ROW, Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.LOG}
Refused = tuple[TurnedAway, str]


def read_mapping(document: Mapping[str, Any]) -> QueryMapping:
    """Return the mapping that a document says; raises ImportRefusedError with the place of the fault."""
    try:
        mapping = msgspec.convert(dict(document), QueryMapping)
        ZoneInfo(mapping.zone)
    except msgspec.ValidationError as error:
        raise ImportRefusedError(f"the mapping: {error}") from None
    except (ZoneInfoNotFoundError, ValueError):
        raise ImportRefusedError(f"the mapping: there is no time zone {document.get('zone')!r}") from None
    if (mapping.event is None) == (mapping.event_column is None):
        raise ImportRefusedError("the mapping needs either event (a name) or event_column")
    if mapping.person is None and mapping.account is None:
        raise ImportRefusedError(
            "the mapping needs person or account, the columns that say whose event it is"
        )
    if mapping.kind not in _SAYABLE:
        raise ImportRefusedError(f"the mapping: rows cannot be of kind {mapping.kind}")
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
        happened_at = _instant(row[mapping.time], self._zone)
        if happened_at is None:
            return TurnedAway.IMPOSSIBLE_TIME, f"{mapping.time} is {row[mapping.time]!r:.100}"
        try:
            quantity = _number(row[mapping.quantity]) if mapping.quantity else None
            person_id = _text(row[mapping.person]) if mapping.person else None
            actor = self._actor(row, person_id)
        except (ValueError, InvalidOperation) as error:
            return TurnedAway.WRONG_TYPE, f"quantity or actor: {error!r:.200}"
        event = Event(
            event_id="|".join(_text(row[column]) or "" for column in mapping.key),
            source=self._source,
            kind=mapping.kind,
            name=mapping.event or _text(row[mapping.event_column or ""]) or "",
            happened_at=min(happened_at, received_at),
            received_at=received_at,
            person_id=person_id,
            account_id=_text(row[mapping.account]) if mapping.account else None,
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
        said = {name: _plain(value) for name, value in row.items() if name not in self._meant}
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


def _instant(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a database's time: a time, a date, ISO text, or seconds since 1970."""
    stamp: datetime | None = None
    if isinstance(value, datetime):
        stamp = value
    elif isinstance(value, date):
        stamp = datetime.combine(value, time())
    elif isinstance(value, str):
        stamp = read_instant(value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        stamp = _since_1970(float(value))
    if stamp is None:
        return None
    return in_utc(stamp if stamp.tzinfo else stamp.replace(tzinfo=zone))


def _since_1970(number: float) -> datetime | None:
    seconds = number
    if abs(number) > _MOST_MILLISECONDS:
        seconds = number / 1e6
    elif abs(number) > _MOST_SECONDS:
        seconds = number / 1e3
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal | float) and isfinite(value) and value == int(value):
        value = int(value)
    return str(value) if value is not None and value != "" else None


def _number(value: object) -> float | None:
    return None if value is None or value == "" else float(Decimal(str(value)))


def _plain(value: object) -> object:
    """Return what JSON can say; text that is no Unicode and types of a driver's own are told as well as can be."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | datetime | date | bytes | list | dict):
        return value
    return str(value)
