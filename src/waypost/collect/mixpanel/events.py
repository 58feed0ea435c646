"""From a message of /track or /import to what it tells."""

import hashlib
from datetime import tzinfo
from typing import Any

from waypost.collect.groups import Accounts
from waypost.collect.mixpanel.ids import joined_by, who
from waypost.collect.named_accounts import accounts_of
from waypost.collect.pieces import object_of
from waypost.collect.readings import instant_of, text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.told import Told, link, member
from waypost.core import Actor, Kind

ABOUT = "mixpanel"
#: The keys of projects, which are never stored.
KEYS = ("token", "$token", "api_key", "api_secret")

_PAGES = ("$mp_web_page_view", "mp_page_view")
_IDENTITY = ("$identify", "$create_alias", "$merge")


def told_by_event(
    message: dict[str, Any], raw: bytes, group_keys: frozenset[str], zone: tzinfo | None = None
) -> list[Told] | TurnedAway:
    """Return the event and what follows from it, or why there is none. `zone`: as in an export shifted to it."""
    said = message.get("properties")
    if said is not None and not isinstance(said, dict):
        return TurnedAway.WRONG_TYPE
    properties = {name: value for name, value in object_of(said).items() if name not in KEYS}
    name = text_of(message.get("event"))
    person_id, anonymous_id = who(properties)
    told = Told(
        about=ABOUT,
        raw=raw,
        kind=Kind.TRACK,
        name=name,
        event_id=_event_id(name, properties),
        happened_at=instant_of(properties.get("time"), zone),
        person_id=person_id,
        anonymous_id=anonymous_id,
        properties=properties,
        context={key: value for key, value in message.items() if key not in ("event", "properties")},
    )
    if name in _IDENTITY:
        return _joining(told)
    if name in _PAGES:
        _as_page(told)
    accounts = accounts_of(properties, group_keys)
    told.account_id = accounts.first
    if told.account_id and not person_id and not anonymous_id:
        told.actor = Actor.AUTOMATED
        return [told]
    return [told, *what_follows(told, accounts)]


def what_follows(told: Told, accounts: Accounts) -> list[Told]:
    """Return what an event says beside itself: whose device it was, and further accounts."""
    joins = told.person_id and told.anonymous_id and told.kind is not Kind.IDENTIFY
    return [*([link(told)] if joins else []), *(member(told, each) for each in accounts.further)]


def _event_id(name: str, properties: dict[str, Any]) -> str | None:
    """Return the id of `$insert_id` and the name: their event in an export has the same, whatever zone it is in."""
    given = properties.get("$insert_id")
    if not isinstance(given, str | int | float) or given in ("", False, True):
        return None
    of_name = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{given}-{of_name}"


def _joining(told: Told) -> list[Told] | TurnedAway:
    pair = joined_by(told.name, told.properties)
    if pair is None:
        if told.name != "$identify":
            return TurnedAway.NO_PREVIOUS_ID
        told.kind = Kind.IDENTIFY
        return [told]
    told.kind = Kind.ALIAS
    told.person_id, former = pair
    told.anonymous_id = None
    told.properties = {**told.properties, "previousId": former}
    return [told]


def _as_page(told: Told) -> None:
    properties = told.properties
    path, title = text_of(properties.get("current_url_path")), text_of(properties.get("current_page_title"))
    told.kind = Kind.PAGE
    told.name = title or path or Kind.PAGE.value
    if path:
        properties.setdefault("path", path)
