"""From a message of /engage or /groups to what it tells of a person or an account."""

from typing import Any

from waypost.collect.mixpanel.events import ABOUT, KEYS, what_follows
from waypost.collect.mixpanel.ids import who
from waypost.collect.named_accounts import accounts_of
from waypost.collect.pieces import id_of, object_of
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import Told
from waypost.core import Kind

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
#: What an update does beside setting; without the state of the profile it is kept as it was said.
_ACTS = ("$set_once", "$add", "$append", "$union", "$remove", "$unset", "$delete", "$increment")
_OF_THE_UPDATE = ("$set", "$distinct_id", "$group_key", "$group_id", "$time", *_ACTS, *KEYS)


def told_by_person(
    message: dict[str, Any], raw: bytes, group_keys: frozenset[str]
) -> list[Told] | TurnedAway:
    """Return the update of a person: traits that are set, and what else is done to them under the act's name."""
    if not _is_update(message):
        return TurnedAway.WRONG_TYPE
    person_id, anonymous_id = who(message, "$distinct_id")
    groups = {**object_of(message.get("$union")), **object_of(message.get("$set"))}
    accounts = accounts_of(groups, group_keys)
    told = _told(message, raw, Kind.IDENTIFY)
    told.person_id, told.anonymous_id = person_id, anonymous_id
    told.account_id = accounts.first
    return [told, *what_follows(told, accounts)]


def told_by_group(message: dict[str, Any], raw: bytes) -> list[Told] | TurnedAway:
    """Return the update of an account, whichever group key it has."""
    if not _is_update(message):
        return TurnedAway.WRONG_TYPE
    account_id = id_of(message.get("$group_id"))
    if account_id is None:
        return TurnedAway.NO_GROUP
    told = _told(message, raw, Kind.GROUP)
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


def _told(message: dict[str, Any], raw: bytes, kind: Kind) -> Told:
    gone = message.get("$unset")
    names = gone if isinstance(gone, list) else [gone]
    unset = {NAMES.get(name, name): None for name in names if isinstance(name, str)}
    acts = {act: message[act] for act in _ACTS if act in message}
    return Told(
        about=ABOUT,
        raw=raw,
        kind=kind,
        name=kind.value,
        happened_at=instant_of(message.get("$time")),
        properties={**unset, **acts, **traits_of(object_of(message.get("$set")))},
        context={name: value for name, value in message.items() if name not in _OF_THE_UPDATE},
    )
