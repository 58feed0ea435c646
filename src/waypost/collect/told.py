"""A message of any protocol on its way to be an event: its family says what it knows, named steps judge the rest."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from waypost.collect.gathering import Gathering
from waypost.collect.instants import in_utc
from waypost.collect.refusals import TurnedAway
from waypost.core import Actor, Event, Kind

MOST_BYTES = 32 * 1024
MOST_CHARACTERS = 500

_encode = msgspec.json.Encoder(decimal_format="number").encode
_sorted = msgspec.json.Encoder(order="sorted", decimal_format="number").encode


@dataclass(slots=True, kw_only=True)
class Told:
    """What a message says. `event_id` is the id that its protocol gives it, None when it gives none.

    `happened_at` is None when it says no time; `raw` is the message as it came, for the quarantine. `about` names its
    family, so that ids of two protocols are never taken for one.
    """

    about: str
    raw: bytes
    kind: Kind
    name: str = ""
    event_id: str | None = None
    happened_at: datetime | None = None
    person_id: str | None = None
    anonymous_id: str | None = None
    account_id: str | None = None
    actor: Actor = Actor.HUMAN
    quantity: float | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


def keep(told: Told, gathering: Gathering, sent: bytes | None = None) -> TurnedAway | None:
    """Add the event to what its source gathers and return None, or count and return why it cannot be one.

    `sent` is the message as it came, where `raw` is not all of it.
    """
    sent = told.raw if sent is None else sent
    for step in STEPS:
        if why := step(told):
            gathering.refuse(why, sent)
            return why
    try:
        event = _event(told, gathering)
    except UnicodeEncodeError:
        why = TurnedAway.BAD_TEXT
    except (OverflowError, TypeError, ValueError):
        why = TurnedAway.WRONG_TYPE
    except RecursionError:
        why = TurnedAway.TOO_DEEP
    else:
        gathering.events.append(event)
        return None
    gathering.refuse(why, sent)
    return why


def link(told: Told) -> Told:
    """Return what joins the anonymous id of a message to its person, stored once for each such pair.

    For protocols in which any event with both ids joins them.
    """
    joined = _beside(told, Kind.IDENTIFY, "link", f"{told.anonymous_id}\0{told.person_id}")
    return replace(joined, account_id=None, actor=Actor.SYSTEM)


def member(told: Told, account_id: str) -> Told:
    """Return what says that the person of a message belongs to a further account, stored once for each such pair."""
    # Whoever is seen at an account belongs to it; what the system itself caused says nothing of the kind.
    belongs = _beside(told, Kind.GROUP, "member", f"{told.person_id or told.anonymous_id}\0{account_id}")
    return replace(belongs, account_id=account_id)


def fits(told: Told) -> TurnedAway | None:
    """Refuse what is over 32 KB."""
    return TurnedAway.TOO_LARGE if len(told.raw) > MOST_BYTES else None


def has_a_name(told: Told) -> TurnedAway | None:
    """Refuse an event without a name."""
    return None if told.name else TurnedAway.NO_NAME


def names_somebody(told: Told) -> TurnedAway | None:
    """Refuse what names neither a person nor, when a machine did it or an account is described, an account."""
    if told.person_id or told.anonymous_id:
        return None
    of_an_account = told.account_id and (told.kind is Kind.GROUP or told.actor is not Actor.HUMAN)
    return None if of_an_account else TurnedAway.NO_ID


def is_short_enough(told: Told) -> TurnedAway | None:
    """Refuse ids and names that are too long, or hold what no text may hold."""
    for text in (told.name, told.person_id, told.anonymous_id, told.account_id, told.event_id):
        if not text:
            continue
        if len(text) > MOST_CHARACTERS:
            return TurnedAway.TOO_LONG
        if "\0" in text or not _is_whole(text):
            return TurnedAway.BAD_TEXT
    return None


def has_a_time(told: Told) -> TurnedAway | None:
    """Put its time into UTC; refuse one before the year 2000."""
    if told.happened_at is None:
        return None
    told.happened_at = in_utc(told.happened_at)
    return TurnedAway.IMPOSSIBLE_TIME if told.happened_at is None else None


def joins_something(told: Told) -> TurnedAway | None:
    """Refuse a group call without an account, and an alias call without the former id."""
    if told.kind is Kind.GROUP and not told.account_id:
        return TurnedAway.NO_GROUP
    if told.kind is Kind.ALIAS and not told.properties.get("previousId"):
        return TurnedAway.NO_PREVIOUS_ID
    return None


STEPS: tuple[Callable[[Told], TurnedAway | None], ...] = (
    fits,
    has_a_name,
    joins_something,
    names_somebody,
    is_short_enough,
    has_a_time,
)


def _beside(told: Told, kind: Kind, called: str, pair: str) -> Told:
    """Return a message that a pair of ids makes its own, with the names and the time of the one that it came in."""
    event_id = f"{called}-{hashlib.sha256(pair.encode(errors='surrogatepass')).hexdigest()[:32]}"
    return replace(
        told, kind=kind, name=kind.value, event_id=event_id, quantity=None, properties={}, context={}
    )


def _event(told: Told, gathering: Gathering) -> Event:
    properties, context = _encode(told.properties), _encode(told.context)
    happened_at = min(told.happened_at or gathering.received_at, gathering.received_at)
    return Event(
        event_id=f"{told.about}:{told.event_id or _content_id(told, gathering)}",
        source=gathering.source,
        kind=told.kind,
        name=told.name,
        happened_at=happened_at,
        received_at=gathering.received_at,
        person_id=told.person_id or None,
        anonymous_id=told.anonymous_id or None,
        account_id=told.account_id or None,
        actor=told.actor,
        quantity=told.quantity,
        properties=msgspec.Raw(properties),
        context=msgspec.Raw(context),
    )


def _content_id(told: Told, gathering: Gathering) -> str:
    """Return an id made of what the message says, and of the second of its arrival when it says no time."""
    at = (
        told.happened_at.isoformat()
        if told.happened_at
        else gathering.received_at.isoformat(timespec="seconds")
    )
    said = [told.kind, told.name, told.person_id, told.anonymous_id, told.account_id, at, told.properties]
    return hashlib.sha256(_sorted(said)).hexdigest()[:32]


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
