"""What a message of Amplitude's says: one event, and what it says of its person and its accounts beside."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from waypost.collect.clocks import Settled
from waypost.collect.groups import accounts_in
from waypost.collect.pieces import id_of, object_of
from waypost.collect.told import Told, link, member
from waypost.core import Kind

_PAGE = "[Amplitude] Page Viewed"
_PAGE_NAMES = ("[Amplitude] Page Path", "[Amplitude] Page Location")
_KINDS = {"$identify": Kind.IDENTIFY, "$groupidentify": Kind.GROUP, _PAGE: Kind.PAGE}
#: Fields that have a place of their own in an event; what else a message holds is kept in the context.
_PLACED = frozenset(
    ("event_type", "user_id", "device_id", "insert_id", "$insert_id", "event_properties", "time", "api_key")
)
_TO_BE_UNSET = "$unset"
_sorted = msgspec.json.Encoder(order="sorted").encode


def events_of(
    said: Mapping[str, Any], raw: bytes, when: Settled, *, exported: bool = False
) -> Iterator[Told]:
    """Yield the event that a message is, then what it says beside.

    A line of an export repeats all that was known of its person with each event: that is no news.
    """
    name = said.get("event_type")
    kind = _KINDS.get(name, Kind.TRACK) if isinstance(name, str) else Kind.TRACK
    properties = object_of(said.get("event_properties"))
    of_person, of_groups = object_of(said.get("user_properties")), object_of(said.get("group_properties"))
    accounts = accounts_in(object_of(said.get("groups")))
    event = Told(
        about="amplitude",
        raw=raw,
        kind=kind,
        name=_name(kind, name, properties),
        event_id=id_of(said.get("insert_id")) or id_of(said.get("$insert_id")),
        happened_at=when.happened_at,
        person_id=id_of(said.get("user_id")),
        anonymous_id=id_of(said.get("device_id")),
        account_id=accounts.first,
        properties=properties,
        context={**{key: value for key, value in said.items() if key not in _PLACED}, **when.context},
    )
    match kind:
        case Kind.IDENTIFY:
            event.properties = traits_in(of_person)
            event.context |= {"event_properties": properties} if properties else {}
        case Kind.GROUP:
            yield from _described(event, traits_in(of_groups), properties)
            return
    yield event
    yield from _beside(event, of_person, accounts.further, said_anew=not exported)


def traits_in(operations: Mapping[str, Any]) -> dict[str, Any]:
    """Return what operations set, as traits; one that is unset is null. Others work on what is known, and stay apart.

    Properties without operations are set as they are.
    """
    plain = {name: value for name, value in operations.items() if not name.startswith("$")}
    gone = dict.fromkeys(object_of(operations.get(_TO_BE_UNSET)))
    return {**plain, **gone, **object_of(operations.get("$set"))}


def _described(event: Told, traits: dict[str, Any], properties: Mapping[str, Any]) -> Iterator[Told]:
    """Yield what describes an account. Whoever calls does not belong to it by that, as at the vendor."""
    said_by = {"user_id": event.person_id, "device_id": event.anonymous_id}
    event.context |= {name: value for name, value in said_by.items() if value}
    event.context |= {"event_properties": properties} if properties else {}
    event.person_id = event.anonymous_id = None
    event.properties = traits
    yield event


def _beside(
    event: Told, of_person: Mapping[str, Any], further: tuple[str, ...], *, said_anew: bool
) -> Iterator[Told]:
    if event.person_id and event.anonymous_id and event.kind is not Kind.IDENTIFY:
        yield link(event)
    for account in further:
        yield member(event, account)
    traits = traits_in(of_person) if event.kind is not Kind.IDENTIFY and said_anew else {}
    if traits:
        yield _identity(event, f"{event.event_id}-set" if event.event_id else None, traits)
    if once := object_of(of_person.get("$setOnce")):
        said = _sorted([event.person_id or event.anonymous_id, sorted(once)])
        yield _identity(event, f"once-{hashlib.sha256(said).hexdigest()[:32]}", once)


def _identity(event: Told, event_id: str | None, traits: dict[str, Any]) -> Told:
    return Told(
        about=event.about,
        raw=event.raw,
        kind=Kind.IDENTIFY,
        name=Kind.IDENTIFY.value,
        event_id=event_id,
        happened_at=event.happened_at,
        person_id=event.person_id,
        anonymous_id=event.anonymous_id,
        properties=traits,
    )


def _name(kind: Kind, name: object, properties: Mapping[str, Any]) -> str:
    if kind in (Kind.IDENTIFY, Kind.GROUP):
        return kind.value
    named = (properties.get(by) for by in _PAGE_NAMES) if kind is Kind.PAGE else ()
    titled = next((one for one in named if isinstance(one, str) and one), name)
    return titled if isinstance(titled, str) else ""
