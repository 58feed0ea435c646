"""Whose use an address asks for: people or accounts, narrowed by tier, role or segment; and the choices of its form."""

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Self, TypeVar

import msgspec

from waypost.measure import Crowd, Level, Segment
from waypost.measure import Part as Condition
from waypost.show.rosters import members_of
from waypost.show.segment_kinds import Choices
from waypost.show.visit import Visit

ANY = "any"
FEATURE = "f."
Options = list[tuple[str, str]]
Chosen = list[tuple[str, str, bool]]
Asked = TypeVar("Asked", bound=msgspec.Struct)
NO_INSTANT = datetime.min.replace(tzinfo=UTC)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of a form: its name in the address, its label, and its options as value, words, whether chosen."""

    name: str
    label: str
    options: Chosen

    @classmethod
    def of(cls, visit: Visit, name: str, label: str, options: Options) -> Self:
        """Return the field with what the address has chosen, else with its first option."""
        value = chosen(visit, name, options)
        return cls(name=name, label=label, options=[(key, said, key == value) for key, said in options])


def chosen(visit: Visit, name: str, options: Options) -> str:
    """Return what the address says, when that is one of the options; else the first of them."""
    return visit.choice(name, tuple(key for key, _ in options))


def feature_options(visit: Visit, first: str) -> Options:
    """Return any use, in the words of `first`, and every feature of the catalogue."""
    return [(ANY, first), *((f"{FEATURE}{each.key}", each.name) for each in visit.rules.catalogue.features)]


def feature_of(value: str) -> str | None:
    """Return the feature that an option stands for, None for any use."""
    return value.removeprefix(FEATURE) if value.startswith(FEATURE) else None


def fields(visit: Visit) -> list[Field]:
    """Return the choices of whose use counts."""
    choices = Choices.of(visit, Level.PEOPLE).by_field
    return [
        Field.of(visit, "who", "Count", [("people", "People"), ("accounts", "Accounts")]),
        Field.of(visit, "tier", "Tier", [("", "Any tier"), *choices["tier"]]),
        Field.of(visit, "role", "Role", [("", "Any role"), *choices["role"]]),
        Field.of(visit, "segment", "Segment", [("", "Everybody"), *choices["segment"]]),
    ]


def crowd_of(visit: Visit) -> Crowd:
    """Return whose use the address asks for; a tier or segment that is not there holds nobody."""
    crowd = Crowd(
        unit=Level.ACCOUNTS if visit.asked("who") == "accounts" else Level.PEOPLE,
        role=visit.asked("role") or None,
    )
    tier, segment = visit.asked("tier"), visit.asked("segment")
    if tier:
        fitting = Segment(key="asked", name="Tier", where=(Condition(tier=tier),))
        crowd = msgspec.structs.replace(crowd, accounts=_accounts(visit, fitting))
    if segment:
        named = next((each for each in visit.rules.segments if each.key == segment), None)
        if named is None:
            return msgspec.structs.replace(crowd, accounts=frozenset())
        if named.of is Level.ACCOUNTS:
            within = _accounts(visit, named)
            both = within if crowd.accounts is None else within & crowd.accounts
            return msgspec.structs.replace(crowd, accounts=both)
        members = members_of(visit, named)
        return msgspec.structs.replace(crowd, people=frozenset(members["person_id"]))
    return crowd


def kept_as(visit: Visit, what: str, asked: Asked) -> tuple[Hashable, ...]:
    """Return what an answer about a crowd is kept by: the crowd in the words of the address, not person by person.

    What somebody did does not depend on the minute of the visit either (`now`); only who still has time does.
    """
    said = tuple(visit.asked(name) for name in ("who", "tier", "role", "segment"))
    plain = {"crowd": Crowd()} | ({"now": NO_INSTANT} if hasattr(asked, "now") else {})
    return (what, said, msgspec.structs.replace(asked, **plain))


def noun(crowd: Crowd, count: int) -> str:
    """Return the word for so many of what is counted."""
    one, many = ("account", "accounts") if crowd.unit is Level.ACCOUNTS else ("person", "people")
    return one if count == 1 else many


def _accounts(visit: Visit, segment: Segment) -> frozenset[str]:
    return frozenset(members_of(visit, segment)["account_id"])
