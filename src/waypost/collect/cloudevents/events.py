"""What a CloudEvent says: its attributes name the event, whose it is and which account's."""

from collections.abc import Iterator, Mapping
from typing import Any

from waypost.collect.clocks import iso
from waypost.collect.groups import accounts_in, rank
from waypost.collect.pieces import id_of, object_of
from waypost.collect.told import Told, link, member
from waypost.core import Actor, Kind

#: Extension attributes that say whose an event is. Their names hold neither case nor signs, by the standard.
_PERSON = ("userid", "user", "actorid", "personid", "authid")
_ANONYMOUS = ("anonymousid", "deviceid", "visitorid")
_PERSON_IN_DATA = ("userId", "user_id", "personId", "person_id")
_ANONYMOUS_IN_DATA = ("anonymousId", "anonymous_id")
#: Types that describe people and accounts; every other is an event of one's own.
_KINDS = {"waypost.identify": Kind.IDENTIFY, "waypost.group": Kind.GROUP}
_PLACED = frozenset(("type", "id", "time", "data", "data_base64"))


def events_of(said: Mapping[str, Any], raw: bytes) -> Iterator[Told]:
    """Yield what an event says that has the attributes it must have, what joins its ids, and its further accounts."""
    fields = object_of(said.get("data"))
    accounts = accounts_in(_accounts(said) or _accounts(fields, by_id=True))
    person = _first(said, _PERSON) or _first(fields, _PERSON_IN_DATA)
    anonymous = _first(said, _ANONYMOUS) or _first(fields, _ANONYMOUS_IN_DATA)
    kind = _KINDS.get(said["type"], Kind.TRACK)
    event = Told(
        about="cloudevents",
        raw=raw,
        kind=kind,
        name=said["type"] if kind is Kind.TRACK else kind.value,
        event_id=f"{said['source']} {said['id']}",
        happened_at=iso(said.get("time")),
        person_id=person,
        anonymous_id=anonymous,
        account_id=accounts.first,
        # What names no person but an account is what a machine did there.
        actor=Actor.HUMAN if person or anonymous or kind is Kind.GROUP else Actor.AUTOMATED,
        properties=_properties(said),
        context={name: value for name, value in said.items() if name not in _PLACED},
    )
    yield event
    if person and anonymous and kind is not Kind.IDENTIFY:
        yield link(event)
    for account in accounts.further:
        yield member(event, account)


def _properties(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data when it is an object, else what it is under its name."""
    if isinstance(said.get("data"), dict):
        return dict(said["data"])
    return {name: said[name] for name in ("data", "data_base64") if said.get(name) is not None}


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((one for name in names if (one := id_of(values.get(name)))), None)


def _accounts(values: Mapping[str, Any], *, by_id: bool = False) -> dict[str, Any]:
    """Return what stands under names that accounts go by, such as `account`, `companyid` or `tenant_id`."""
    return {
        name: value
        for name, value in values.items()
        if rank(name) < rank("")
        and isinstance(value, str | int | list)
        and (not by_id or name.lower().endswith("id"))
    }
