"""Who a Mixpanel message is about: its person, its device, and what joins the two."""

import re
from typing import Any, NamedTuple

from waypost.collect.pieces import id_of

_DEVICE = "$device:"
#: What clients send when they have no id: never somebody's.
NOBODY = frozenset(
    [
        *("anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "not set"),
        *("0", "-1", "true", "false", "[]", "{}", "no value", "00000000-0000-0000-0000-000000000000"),
    ]
)
#: The form of the ids that SDKs make up for a device.
_MADE_UP = re.compile(r"[0-9a-f]{4,}(-[0-9a-f]+){3,4}", re.IGNORECASE)


class Who(NamedTuple):
    """The person and the device of a message; either may be missing."""

    person_id: str | None
    anonymous_id: str | None


def somebody(value: object) -> str | None:
    """Return the id of somebody; None for the words that stand for nobody."""
    found = id_of(value)
    return None if found is None or found.lower() in NOBODY else found


def device(value: object) -> str | None:
    """Return the id of a device without what marks it as one."""
    found = somebody(value)
    return found.removeprefix(_DEVICE) or None if found else None


def who(fields: dict[str, Any], distinct: str = "distinct_id") -> Who:
    """Return whom the fields of a message name."""
    anonymous_id, person_id = device(fields.get("$device_id")), somebody(fields.get("$user_id"))
    named = somebody(fields.get(distinct))
    if named and named.startswith(_DEVICE):
        return Who(person_id, anonymous_id or device(named))
    if person_id is None and named != anonymous_id:
        person_id = named
    return Who(person_id, anonymous_id)


def made_up(found: str) -> bool:
    """Tell whether an id looks like one that an SDK made up for a device."""
    return found.startswith(_DEVICE) or _MADE_UP.fullmatch(found) is not None


def joined_by(name: str, properties: dict[str, Any]) -> tuple[str, str] | None:
    """Return the person and the former id that an identity call joins; None when it joins nobody."""
    match name:
        case "$identify":
            pair = _identified(properties)
        case "$create_alias":
            pair = _named_first(somebody(properties.get("distinct_id")), somebody(properties.get("alias")))
        case _:
            both = properties.get("$distinct_ids")
            one, other = both if isinstance(both, list) and len(both) == 2 else (None, None)  # noqa: PLR2004 -- a pair
            pair = _named_first(somebody(one), somebody(other))
    if pair is None or not pair[1] or pair[0] == pair[1]:
        return None
    return pair


def _identified(properties: dict[str, Any]) -> tuple[str, str] | None:
    """Return the pair of `$identify`: a browser also sends it when one person follows another, which joins nobody."""
    person_id = somebody(properties.get("$identified_id")) or somebody(properties.get("distinct_id"))
    former = somebody(properties.get("$anon_id")) or somebody(properties.get("$anon_distinct_id"))
    if not person_id or not former:
        return None
    anonymous_id = device(properties.get("$device_id"))
    of_this_device = device(former) == anonymous_id or properties.get("$had_persisted_distinct_id") is True
    joins = former.startswith(_DEVICE) or (of_this_device if anonymous_id else made_up(former))
    return (person_id, device(former) or "") if joins else None


def _named_first(one: str | None, other: str | None) -> tuple[str, str] | None:
    """Return the id that somebody gave before the one that an SDK made up."""
    if not one or not other:
        return None
    person_id, former = (other, one) if made_up(one) and not made_up(other) else (one, other)
    return person_id.removeprefix(_DEVICE), former.removeprefix(_DEVICE)
