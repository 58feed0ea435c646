"""What a message of Amplitude's says: one event, and what it says of its person and its accounts beside."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from waypost.collect.clocks import Settled
from waypost.collect.groups import accounts_in
from waypost.collect.pieces import id_of, object_of
from waypost.collect.told import Told, link, member
from waypost.core import UPDATE, Kind

_PAGE = "[Amplitude] Page Viewed"
_PAGE_NAMES = ("[Amplitude] Page Path", "[Amplitude] Page Location")
_KINDS = {"$identify": Kind.IDENTIFY, "$groupidentify": Kind.GROUP, _PAGE: Kind.PAGE}
#: Fields that have a place of their own in an event; what else a message holds is kept in the context.
_PLACED = frozenset(
    ("event_type", "user_id", "device_id", "insert_id", "$insert_id", "event_properties", "time", "api_key")
)
_TO_BE_UNSET = "$unset"
#: Its names for what works on what is known.
_ACTS = {"$clearAll": "$delete", "$add": "$add", "$append": "$append", "$postInsert": "$union"}
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
            _says(event, of_person)
            event.context |= {"event_properties": properties} if properties else {}
        case Kind.GROUP:
            yield from _described(event, of_groups, properties)
            return
    yield event
    yield from _beside(event, of_person, accounts.further, said_anew=not exported)


def _says(event: Told, operations: Mapping[str, Any]) -> None:
    """Let an event say what operations set, as traits, and do what works on what is known; what is unset is null.

    Properties without operations are set as they are. What sets once is said beside.
    """
    plain = {name: value for name, value in operations.items() if not name.startswith("$")}
    gone = dict.fromkeys(object_of(operations.get(_TO_BE_UNSET)))
    acts = {act: operations[theirs] for theirs, act in _ACTS.items() if theirs in operations}
    if acts:
        event.name = UPDATE
    event.properties = {**acts, **plain, **gone, **object_of(operations.get("$set"))}


def _described(event: Told, of_group: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[Told]:
    """Yield what describes an account. Whoever calls does not belong to it by that, as at the vendor."""
    said_by = {"user_id": event.person_id, "device_id": event.anonymous_id}
    event.context |= {name: value for name, value in said_by.items() if value}
    event.context |= {"event_properties": properties} if properties else {}
    event.person_id = event.anonymous_id = None
    _says(event, of_group)
    yield event
    if once := object_of(of_group.get("$setOnce")):
        yield replace(_once(event, [event.account_id], once), account_id=event.account_id)


def _beside(
    event: Told, of_person: Mapping[str, Any], further: tuple[str, ...], *, said_anew: bool
) -> Iterator[Told]:
    if event.person_id and event.anonymous_id and event.kind is not Kind.IDENTIFY:
        yield link(event)
    for account in further:
        yield member(event, account)
    if event.kind is not Kind.IDENTIFY and said_anew:
        said = _identity(event, f"{event.event_id}-set" if event.event_id else None)
        _says(said, of_person)
        if said.properties:
            yield said
    if once := object_of(of_person.get("$setOnce")):
        yield _once(event, [event.person_id or event.anonymous_id], once)


def _once(event: Told, about: list[str | None], once: dict[str, Any]) -> Told:
    """Return what is set once: stored once for whom it is about and the names, however often it is said."""
    said = _sorted([*about, sorted(once)])
    told = _identity(event, f"once-{hashlib.sha256(said).hexdigest()[:32]}")
    kind = Kind.GROUP if event.kind is Kind.GROUP else Kind.IDENTIFY
    return replace(told, kind=kind, name=UPDATE, properties={"$set_once": once})


def _identity(event: Told, event_id: str | None) -> Told:
    return Told(
        about=event.about,
        raw=event.raw,
        kind=Kind.IDENTIFY,
        name=Kind.IDENTIFY.value,
        event_id=event_id,
        happened_at=event.happened_at,
        person_id=event.person_id,
        anonymous_id=event.anonymous_id,
    )


def _name(kind: Kind, name: object, properties: Mapping[str, Any]) -> str:
    if kind in (Kind.IDENTIFY, Kind.GROUP):
        return kind.value
    named = (properties.get(by) for by in _PAGE_NAMES) if kind is Kind.PAGE else ()
    titled = next((one for one in named if isinstance(one, str) and one), name)
    return titled if isinstance(titled, str) else ""
