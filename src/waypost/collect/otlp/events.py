"""What a record says: an event by its name, whose it is by its attributes; without a name it is a system's log."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from waypost.collect.clocks import NO_TIME
from waypost.collect.groups import accounts_in, rank
from waypost.collect.otlp.record import Record
from waypost.collect.pieces import id_of
from waypost.collect.told import Told, link, member
from waypost.core import Actor, Kind

_NAME = "event.name"
_UID = "log.record.uid"
_PERSON = ("user.id", "enduser.id")
_ANONYMOUS = ("app.installation.id", "device.id", "session.id")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def name_of(record: Record) -> str:
    """Return the name of the event that a record is, "" when it is none."""
    named = record.event_name or record.attributes.get(_NAME)
    return named if isinstance(named, str) else ""


def events_of(record: Record, raw: bytes) -> Iterator[Told]:
    """Yield the event of a record, what joins its ids, and the further accounts of its person."""
    known = {**record.resource, **record.attributes}
    person, anonymous = _first(known, _PERSON), _first(known, _ANONYMOUS)
    accounts = accounts_in(_accounts(record.attributes) or _accounts(record.resource))
    properties = {name: value for name, value in record.attributes.items() if name not in (_NAME, _UID)}
    event = Told(
        about="otlp",
        raw=raw,
        kind=Kind.TRACK,
        name=name_of(record),
        event_id=id_of(record.attributes.get(_UID)),
        happened_at=_instant(record.time_ns or record.observed_ns),
        person_id=person,
        anonymous_id=anonymous,
        account_id=accounts.first,
        # What names no person but an account is what a machine did there.
        actor=Actor.HUMAN if person or anonymous else Actor.AUTOMATED,
        properties=properties if record.body is None else {**properties, "body": record.body},
        context=_around(record),
    )
    yield event
    if person and anonymous:
        yield link(event)
    for account in accounts.further:
        yield member(event, account)


def _around(record: Record) -> dict[str, Any]:
    around = {
        "resource": record.resource,
        "scope": record.scope,
        "severity": record.severity,
        "traceId": record.trace_id,
        "spanId": record.span_id,
    }
    return {name: value for name, value in around.items() if value}


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((one for name in names if (one := id_of(values.get(name)))), None)


def _accounts(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands under names that accounts go by, such as `account.id` or `tenant_id`."""
    named = {
        name.replace(".", "_"): value for name, value in attributes.items() if name.lower().endswith("id")
    }
    return {name: value for name, value in named.items() if rank(name) < rank("")}


def _instant(nanoseconds: int) -> datetime | None:
    if not nanoseconds:
        return None
    try:
        return _EPOCH + timedelta(microseconds=nanoseconds // 1_000)
    except OverflowError:
        return NO_TIME
