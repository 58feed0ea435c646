"""Which account a message is about when a property may name it: projects call such properties as they like."""

from collections.abc import Mapping

from waypost.collect.groups import WORDS, Accounts, accounts_in
from waypost.collect.pieces import object_of

_GROUPS = "$groups"
_TAILS = ("", "s", "_id", "Id", " id", " ID", "_key", "_ids")
GROUP_KEYS = frozenset(f"{word}{tail}" for each in WORDS for word in (each, each.title()) for tail in _TAILS)


def accounts_of(properties: Mapping[str, object], group_keys: frozenset[str]) -> Accounts:
    """Return the accounts in `$groups`, or else among the properties that are group keys.

    A value may be one id, a list, or an object with an id.
    """
    groups = object_of(properties.get(_GROUPS)) or {
        name: properties[name] for name in properties.keys() & group_keys
    }
    return accounts_in(
        {
            name: value.get("id") if isinstance(value, dict) else value
            for name, value in groups.items()
            if value
        }
    )
