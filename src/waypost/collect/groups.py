"""Which of the groups that a product names is the account: protocols know groups of many types, Waypost accounts."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from waypost.collect.pieces import id_of

#: What products call their customers, the likeliest first.
WORDS = (
    "account",
    "company",
    "organization",
    "organisation",
    "org",
    "customer",
    "tenant",
    "workspace",
    "team",
)
_RANK = {word: rank for rank, word in enumerate(WORDS)}
_OTHER = len(WORDS)
_ID = re.compile(r"(?<=.)[ _-]?(?:ids?|keys?)$", re.IGNORECASE)
MOST_ACCOUNTS = 20


class Accounts(NamedTuple):
    """The account of an event, and the further ones that its person belongs to."""

    first: str | None
    further: tuple[str, ...]


def accounts_in(groups: Mapping[str, object]) -> Accounts:
    """Return the accounts among groups by type: those of the type that is called most like an account.

    Without such a type the first named is it. A group may be one id or a list of them.
    """
    best = min(groups, key=rank, default=None)
    named = groups[best] if best is not None else None
    ids = [one for each in (named if isinstance(named, list) else [named]) if (one := id_of(each))]
    distinct = tuple(dict.fromkeys(ids))[:MOST_ACCOUNTS]
    return Accounts(distinct[0] if distinct else None, distinct[1:])


def is_account(group_type: str, others: Mapping[str, object]) -> bool:
    """Tell whether groups of a type are accounts, beside the groups that the same event names."""
    return rank(group_type) < _OTHER or all(rank(other) == _OTHER for other in others if other != group_type)


def rank(group_type: str) -> int:
    """Return how like an account a type of group is called: 0 is likeliest."""
    word = _ID.sub("", group_type.strip()).lower()
    return _RANK.get(word, _RANK.get(word.removesuffix("s"), _OTHER))
