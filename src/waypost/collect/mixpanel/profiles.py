"""From a message of /engage or /groups to what it tells of a person or an account."""

import hashlib
from typing import Any

from waypost.collect.mixpanel.events import ABOUT, KEYS, what_follows
from waypost.collect.mixpanel.ids import who
from waypost.collect.named_accounts import accounts_of
from waypost.collect.pieces import id_of, object_of
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import Told
from waypost.core import ACTS, UPDATE, Kind

#: Mixpanel's names for what every product knows of a person.
NAMES = {
    "$email": "email",
    "$name": "name",
    "$first_name": "firstName",
    "$last_name": "lastName",
    "$phone": "phone",
    "$avatar": "avatar",
    "$created": "createdAt",
}
_OF_THE_UPDATE = ("$set", "$distinct_id", "$group_key", "$group_id", "$time", *ACTS, *KEYS)
#: Said twice, these do more than said once.
_ADDING = ("$add", "$append")


def told_by_person(
    message: dict[str, Any], raw: bytes, group_keys: frozenset[str], nr: str
) -> list[Told] | TurnedAway:
    """Return the update of a person: traits that are set, and what else is done to them under the act's name.

    `nr` tells apart additions that are worded alike.
    """
    if not _is_update(message):
        return TurnedAway.WRONG_TYPE
    person_id, anonymous_id = who(message, "$distinct_id")
    groups = {**object_of(message.get("$union")), **object_of(message.get("$set"))}
    accounts = accounts_of(groups, group_keys)
    told = _told(message, raw, Kind.IDENTIFY, nr)
    told.person_id, told.anonymous_id = person_id, anonymous_id
    told.account_id = accounts.first
    return [told, *what_follows(told, accounts)]


def told_by_group(message: dict[str, Any], raw: bytes, nr: str) -> list[Told] | TurnedAway:
    """Return the update of an account, whichever group key it has; `nr` as for a person."""
    if not _is_update(message):
        return TurnedAway.WRONG_TYPE
    account_id = id_of(message.get("$group_id"))
    if account_id is None:
        return TurnedAway.NO_GROUP
    told = _told(message, raw, Kind.GROUP, nr)
    told.account_id = account_id
    told.context["$group_key"] = message.get("$group_key")
    return [told]


def traits_of(said: dict[str, Any]) -> dict[str, Any]:
    """Return traits by the names that every product shares; a trait that has such a name already keeps it."""
    return {
        (shared if (shared := NAMES.get(name, name)) not in said else name): value
        for name, value in said.items()
    }


def _is_update(message: dict[str, Any]) -> bool:
    return all(isinstance(message.get(act, {}), dict) for act in ("$set", "$set_once"))


def _told(message: dict[str, Any], raw: bytes, kind: Kind, nr: str) -> Told:
    gone = message.get("$unset")
    names = gone if isinstance(gone, list) else [gone]
    unset = {NAMES.get(name, name): None for name in names if isinstance(name, str)}
    acts = {act: _by_shared_names(message[act]) for act in ACTS if act in message}
    return Told(
        about=ABOUT,
        raw=raw,
        kind=kind,
        name=UPDATE if acts else kind.value,
        event_id=_one_of_many(raw, nr) if any(act in message for act in _ADDING) else None,
        happened_at=instant_of(message.get("$time")),
        properties={**unset, **acts, **traits_of(object_of(message.get("$set")))},
        context={name: value for name, value in message.items() if name not in _OF_THE_UPDATE},
    )


def _by_shared_names(said: object) -> object:
    return traits_of(said) if isinstance(said, dict) else said


def _one_of_many(raw: bytes, nr: str) -> str:
    return f"update-{hashlib.sha256(raw + nr.encode()).hexdigest()[:32]}"
