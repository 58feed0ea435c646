"""What a query becomes besides events, and what its mapping must say then."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from waypost.collect.query_mapping import Column, Limits, QueryMapping, converted, read_mapping
from waypost.core import Actor, ImportRefusedError


class Becomes(StrEnum):
    """What the rows of a query are, when they are not events: something that is true until the query says otherwise."""

    COUNTS = "counts"
    SETTINGS = "settings"
    TRAITS = "traits"
    PEOPLE = "people"
    ACCOUNTS = "accounts"
    MEMBERSHIPS = "memberships"
    SEATS = "seats"
    CONTRACTS = "contracts"
    TICKETS = "tickets"
    ANSWERS = "answers"


class SnapshotMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column is what of rows that are read whole and compared with what they were the last time.

    What makes a row that row are its account, its person and `key`, as the kind needs them. `time` is when it came to
    be so, where the table knows. Columns that are named nowhere are properties by their own names. `gone` is what is
    said of a setting whose row is gone, `scale` that of answers whose rows do not say it. A comparison that loses more
    than `most_lost` (0 to 1) of the rows stops.
    """

    becomes: Becomes
    key: Annotated[tuple[Column, ...], Meta(max_length=10)] = ()
    time: Column | None = None
    event: Annotated[str, Meta(min_length=1)] | None = None
    event_column: Column | None = None
    person: Column | None = None
    account: Column | None = None
    quantity: Column | None = None
    solved: Column | None = None
    scale: Literal["nps", "csat", "ces"] | None = None
    actor: Actor | None = None
    actor_column: Column | None = None
    gone: dict[str, str | int | float | bool] | None = None
    zone: str = "UTC"
    limits: Limits = Limits()
    most_lost: Annotated[float, Meta(ge=0, le=1)] = 0.2

    @property
    def columns(self) -> tuple[str | None, ...]:
        """The columns that the query must give."""
        named = (self.person, self.account, self.quantity, self.event_column, self.actor_column, self.solved)
        return (*self.key, self.time, *named)

    @property
    def instants(self) -> frozenset[str]:
        """The columns that hold times."""
        return frozenset(each for each in (self.time, self.solved, "provisioned_at") if each)


class Form(NamedTuple):
    """What a mapping must say and may say; of `either` it says one at least."""

    must: tuple[str, ...]
    may: tuple[str, ...] = ("time",)
    either: tuple[str, ...] = ()

    def missing(self, said: Collection[str]) -> list[str]:
        """Return what must be said and is not."""
        return [name for name in self.must if name not in said]

    def lacks_either(self, said: Collection[str]) -> bool:
        """Tell whether one of some must be said and none is."""
        return bool(self.either) and not any(name in said for name in self.either)


_FORMS = {
    Becomes.COUNTS: Form(
        ("time", "quantity"),
        ("key", "event", "event_column", "actor", "actor_column", "person", "account"),
        ("person", "account"),
    ),
    Becomes.SETTINGS: Form(("account", "event"), ("key", "time", "person", "actor", "actor_column", "gone")),
    Becomes.TRAITS: Form((), ("time", "person", "account"), ("person", "account")),
    Becomes.PEOPLE: Form(("person",), ("time", "account")),
    Becomes.ACCOUNTS: Form(("account",)),
    Becomes.MEMBERSHIPS: Form(("person", "account")),
    Becomes.SEATS: Form(("account", "quantity"), ("key", "time")),
    Becomes.CONTRACTS: Form(("account", "key")),
    Becomes.TICKETS: Form(("key",), ("time", "person", "account", "solved"), ("person", "account")),
    Becomes.ANSWERS: Form(
        ("key", "quantity"),
        ("time", "person", "account", "event", "event_column", "scale"),
        ("person", "account"),
    ),
}
_NAMED = (Becomes.COUNTS, Becomes.ANSWERS)
_ALWAYS = {"becomes", "zone", "limits", "most_lost"}


_OF_EVENTS = Form(
    ("time", "key", "cursor"),
    ("person", "account", "event", "event_column", "quantity", "actor", "actor_column", "overlap", "kind"),
    ("person", "account"),
)


def form_of(becomes: str) -> Form:
    """Return what the mapping of a kind of rows must and may say."""
    return _OF_EVENTS if becomes == "events" else _FORMS[Becomes(becomes)]


def mapping_of(document: Mapping[str, Any]) -> QueryMapping | SnapshotMapping:
    """Return the mapping that a document says; raises ImportRefusedError with the place of the fault."""
    if document.get("becomes", "events") == "events":
        return read_mapping(document)
    known = ["events", *Becomes]
    if document["becomes"] not in known:
        raise ImportRefusedError(
            f"the mapping: becomes is one of {', '.join(known)}, not {document['becomes']!r}"
        )
    mapping = converted(document, SnapshotMapping)
    _check(mapping, {name for name, value in document.items() if value not in (None, [])})
    return mapping


def _check(mapping: SnapshotMapping, said: set[str]) -> None:
    kind, form = mapping.becomes, _FORMS[mapping.becomes]
    if missing := form.missing(said):
        raise ImportRefusedError(f"the mapping of {kind} needs {', '.join(missing)}")
    if form.lacks_either(said):
        raise ImportRefusedError(f"the mapping of {kind} needs {' or '.join(form.either)}")
    if needless := sorted(said - _ALWAYS - {*form.must, *form.may}):
        raise ImportRefusedError(f"the mapping of {kind} does not say {', '.join(needless)}; take it out")
    if kind in _NAMED and (mapping.event is None) == (mapping.event_column is None):
        raise ImportRefusedError(f"the mapping of {kind} needs either event (a name) or event_column")
    if kind is Becomes.TRAITS and mapping.person and mapping.account:
        raise ImportRefusedError(
            "the mapping of traits needs person or account, not both: whose traits are they?"
        )
