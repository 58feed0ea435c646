"""From what a call of the track API says to events."""

from collections.abc import Mapping
from typing import Any

from waypost.collect.groups import Accounts
from waypost.collect.named_accounts import GROUP_KEYS, accounts_of
from waypost.collect.pieces import id_of, object_of
from waypost.collect.readings import instant_of, text_of
from waypost.collect.told import Told, member
from waypost.core import Actor, Kind

ABOUT = "customerio"
_KINDS = {"page": Kind.PAGE, "screen": Kind.SCREEN}
_OF_AN_EVENT = (
    "name",
    "data",
    "attributes",
    "timestamp",
    "id",
    "type",
    "anonymous_id",
    "identifiers",
    "action",
)


def identified(person_id: str | None, attributes: Mapping[str, Any], raw: bytes) -> list[Told]:
    """Return what is said of a person; an anonymous id among the attributes is theirs."""
    told = _told(Kind.IDENTIFY, raw, person_id, properties=dict(attributes))
    told.anonymous_id = id_of(told.properties.pop("anonymous_id", None))
    return _belonging(told, accounts_of(attributes, GROUP_KEYS))


def happened(person_id: str | None, said: Mapping[str, Any], raw: bytes) -> list[Told]:
    """Return what somebody did."""
    properties = object_of(said.get("data")) or object_of(said.get("attributes"))
    told = _told(_KINDS.get(text_of(said.get("type")), Kind.TRACK), raw, person_id, properties=properties)
    told.name = text_of(said.get("name"))
    told.event_id = id_of(said.get("id"))
    told.anonymous_id = None if person_id else id_of(said.get("anonymous_id"))
    told.happened_at = instant_of(said.get("timestamp"))
    told.context = {name: value for name, value in said.items() if name not in _OF_AN_EVENT}
    return _belonging(told, accounts_of(properties, GROUP_KEYS))


def noted(person_id: str | None, raw: bytes, **properties: object) -> list[Told]:
    """Return what the customer's own system notes of a person."""
    told = _told(Kind.IDENTIFY, raw, person_id, properties=properties)
    told.actor = Actor.SYSTEM
    return [told]


def pushed(said: Mapping[str, Any], raw: bytes) -> list[Told]:
    """Return what became of a push message, of which only the device is known."""
    told = _told(Kind.TRACK, raw, None, properties=dict(said))
    told.name = f"Push {text_of(said.get('event')) or 'event'}"
    told.anonymous_id = id_of(said.get("device_id"))
    told.happened_at = instant_of(said.get("timestamp"))
    told.actor = Actor.SYSTEM
    return [told]


def merged(said: Mapping[str, Any], raw: bytes) -> list[Told]:
    """Return that the secondary person is the primary one."""
    former = person_in(said.get("secondary"))
    return [_told(Kind.ALIAS, raw, person_in(said.get("primary")), properties={"previousId": former})]


def by_entity(said: Mapping[str, Any], raw: bytes) -> list[Told]:
    """Return what an entity of the newer API says: a person, or an object, which is an account."""
    attributes, action = object_of(said.get("attributes")), text_of(said.get("action"))
    related = said.get("cio_relationships")
    relations = [object_of(each) for each in related] if isinstance(related, list) else []
    if said.get("type") == "object":
        return _by_object(said, attributes, action, relations, raw)
    person_id = person_in(said.get("identifiers"))
    if action == "event":
        told = happened(person_id, said, raw)
    elif action == "merge":
        return merged(said, raw)
    elif action in ("", "identify"):
        told = identified(person_id, attributes, raw)
    else:
        told = noted(person_id, raw, **{action: attributes or True})
    objects = tuple(
        dict.fromkeys(found for each in relations if (found := account_in(each.get("identifiers"))))
    )
    return (
        _belonging(told[0], Accounts(objects[0], objects[1:])) if objects and "delete" not in action else told
    )


def person_in(identifiers: object) -> str | None:
    """Return whom identifiers name."""
    said = object_of(identifiers)
    return id_of(said.get("id")) or id_of(said.get("email")) or id_of(said.get("cio_id"))


def account_in(identifiers: object) -> str | None:
    """Return the account that identifiers of an object name."""
    said = object_of(identifiers)
    return id_of(said.get("object_id")) or id_of(said.get("cio_object_id"))


def _by_object(
    said: Mapping[str, Any],
    attributes: dict[str, Any],
    action: str,
    relations: list[dict[str, Any]],
    raw: bytes,
) -> list[Told]:
    account_id = account_in(said.get("identifiers"))
    acted = {} if action in ("", "identify") else {action: True}
    told = _told(Kind.GROUP, raw, None, properties={**acted, **attributes})
    told.account_id = account_id
    told.context = {"identifiers": said.get("identifiers")}
    people = [person_in(each.get("identifiers")) for each in relations] if "delete" not in action else []
    joined = [
        member(_told(Kind.GROUP, raw, person_id, properties={}), account_id)
        for person_id in people
        if person_id and account_id
    ]
    return [told, *joined]


def _belonging(told: Told, accounts: Accounts) -> list[Told]:
    told.account_id = accounts.first or told.account_id
    return [told, *(member(told, each) for each in accounts.further)]


def _told(kind: Kind, raw: bytes, person_id: str | None, *, properties: dict[str, Any]) -> Told:
    return Told(about=ABOUT, raw=raw, kind=kind, name=kind.value, person_id=person_id, properties=properties)
