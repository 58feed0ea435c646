"""What a message of PostHog's says: one event, and what its `$set` and `$set_once` say of its person beside."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from waypost.collect.clocks import NO_TIME, Settled, iso, settled
from waypost.collect.groups import accounts_in, is_account
from waypost.collect.pieces import id_of, object_of
from waypost.collect.told import Told
from waypost.core import UPDATE, Actor, Kind

_KINDS = {
    "$pageview": Kind.PAGE,
    "$screen": Kind.SCREEN,
    "$identify": Kind.IDENTIFY,
    "$set": Kind.IDENTIFY,
    "$groupidentify": Kind.GROUP,
    "$create_alias": Kind.ALIAS,
    "$merge_dangerously": Kind.ALIAS,
}
_NAMED_BY = {Kind.PAGE: ("$pathname", "$current_url"), Kind.SCREEN: ("$screen_name",)}
_KEYS = ("token", "api_key")
#: Fields of a message that have a place of their own in an event; what else it holds is kept in the context.
_PLACED = frozenset(("event", "uuid", "distinct_id", "properties", "timestamp", "sent_at", *_KEYS))
_TRAITS = ("$set", "$set_once")
_MOST_OFFSET_MS = 366 * 24 * 3_600_000

_sorted = msgspec.json.Encoder(order="sorted").encode


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """When a request came, and what its sender's clock said when it was sent."""

    received_at: datetime
    sent_at: datetime | None


def key_in(said: Mapping[str, Any]) -> str | None:
    """Return the key that a message names itself."""
    properties = object_of(said.get("properties"))
    named = (part.get(name) for part in (said, properties) for name in _KEYS)
    return next((key for key in named if isinstance(key, str) and key), None)


def events_of(said: Mapping[str, Any], raw: bytes, arrival: Arrival) -> Iterator[Told]:
    """Yield the event that a message is, then what its traits say."""
    name = said.get("event")
    kind = _KINDS.get(name, Kind.TRACK) if isinstance(name, str) else Kind.TRACK
    properties = {name: each for name, each in object_of(said.get("properties")).items() if name not in _KEYS}
    when = _when(said, properties, arrival)
    event = Told(
        about="posthog",
        raw=raw,
        kind=kind,
        name=_name(kind, name, properties),
        event_id=id_of(said.get("uuid")) or id_of(properties.get("$insert_id")),
        happened_at=when.happened_at,
        context={**_beside(said), **when.context},
    )
    event.person_id, event.anonymous_id = _who(said, properties)
    event.account_id = accounts_in(object_of(properties.get("$groups"))).first
    traits, once = (_traits(said, properties, name) for name in _TRAITS)
    match kind:
        case Kind.IDENTIFY:
            _identified(event, properties, traits)
        case Kind.ALIAS:
            _aliased(event, properties)
        case Kind.GROUP:
            _grouped(event, properties)
        case _:
            event.properties = properties
    yield event
    if traits and kind is not Kind.IDENTIFY:
        yield _identity(event, "set", traits)
    first = {name: each for name, each in once.items() if not name.startswith("$")}
    if first:
        yield replace(_identity(event, "", first), name=UPDATE, properties={"$set_once": first})


def _when(said: Mapping[str, Any], properties: Mapping[str, Any], arrival: Arrival) -> Settled:
    stamp = iso(said.get("timestamp") or properties.get("timestamp"))
    offset = said.get("offset")
    if stamp is None and isinstance(offset, int | float) and 0 <= offset <= _MOST_OFFSET_MS:
        return Settled(arrival.received_at - timedelta(milliseconds=offset), {})
    options = object_of(said.get("options"))
    ignored = properties.get("$ignore_sent_at") is True or options.get("disable_skew_correction") is True
    sent_at = arrival.sent_at or iso(said.get("sent_at"))
    return settled(stamp, None if ignored or sent_at is NO_TIME else sent_at, arrival.received_at)


def _name(kind: Kind, name: object, properties: Mapping[str, Any]) -> str:
    if kind in (Kind.IDENTIFY, Kind.GROUP, Kind.ALIAS):
        return kind.value
    named = (properties.get(by) for by in _NAMED_BY.get(kind, ()))
    titled = next((one for one in named if isinstance(one, str) and one), name)
    return titled if isinstance(titled, str) else ""


def _who(said: Mapping[str, Any], properties: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the person and the anonymous id: a browser says whether it knows its person."""
    distinct = id_of(said.get("distinct_id")) or id_of(properties.get("distinct_id"))
    options = object_of(said.get("options"))
    anonymous = (
        properties.get("$is_identified") is False
        or (properties.get("$process_person_profile", options.get("process_person_profile")) is False)
        or (distinct is not None and distinct == id_of(properties.get("$device_id")))
    )
    if anonymous and said.get("event") != "$identify":
        return None, distinct
    return distinct, None


def _beside(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in said.items() if name not in _PLACED}


def _traits(said: Mapping[str, Any], properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**object_of(said.get(name)), **object_of(properties.get(name))}


def _identified(event: Told, properties: Mapping[str, Any], traits: dict[str, Any]) -> None:
    event.anonymous_id = event.anonymous_id or id_of(properties.get("$anon_distinct_id"))
    event.properties = traits
    event.context = _with(event.context, properties)


def _aliased(event: Told, properties: Mapping[str, Any]) -> None:
    """Make the id in `alias` the same person as the message's own, as the vendor does."""
    event.person_id, event.anonymous_id = event.person_id or event.anonymous_id, None
    event.properties = {"previousId": id_of(properties.get("alias"))}
    event.context = _with(event.context, properties)


def _grouped(event: Told, properties: Mapping[str, Any]) -> None:
    """Describe an account. Only a device says whose call it was: servers make somebody up."""
    group_type, group = properties.get("$group_type"), id_of(properties.get("$group_key"))
    if not isinstance(group_type, str) or is_account(group_type, object_of(properties.get("$groups"))):
        event.account_id = group
    else:
        event.kind, event.name, event.properties = Kind.TRACK, "$groupidentify", dict(properties)
        return
    event.properties = object_of(properties.get("$group_set"))
    said_by = {"distinct_id": event.person_id or event.anonymous_id}
    event.context = _with({**event.context, **said_by}, properties)
    if "$device_id" not in properties:
        event.person_id = event.anonymous_id = None


def _with(context: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**context, "properties": dict(properties)}


def _identity(event: Told, suffix: str, traits: dict[str, Any]) -> Told:
    """Return what an event says of its person beside: with each event, or (no suffix) the first time alone.

    The id of the latter is made of the person and the traits' names, so that what each event says again is stored once.
    """
    said = _sorted([event.person_id, event.anonymous_id, sorted(traits)])
    once = f"once-{hashlib.sha256(said).hexdigest()[:32]}"
    return Told(
        about=event.about,
        raw=event.raw,
        kind=Kind.IDENTIFY,
        name=Kind.IDENTIFY.value,
        event_id=(f"{event.event_id}-{suffix}" if event.event_id else None) if suffix else once,
        happened_at=event.happened_at,
        person_id=event.person_id,
        anonymous_id=event.anonymous_id,
        actor=Actor.HUMAN,
        properties=traits,
    )
