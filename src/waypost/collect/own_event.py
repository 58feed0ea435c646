"""Waypost's own event schema: every kind with the properties that its readers need."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from waypost.collect.countable import countable
from waypost.collect.instants import in_utc
from waypost.collect.refusals import TurnedAway
from waypost.core import EMPTY, Actor, Event, Kind

Id = str | int | None
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Score = Annotated[float, Meta(ge=0, le=10)]

_MOST_CHARACTERS = 500
_anything = msgspec.json.Decoder(dict[str, object]).decode
_sorted = msgspec.json.Encoder(order="sorted").encode


class OwnEvent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One line of the schema. `source` and `received_at` are allowed and ignored: the import says both."""

    kind: Kind
    name: str
    happened_at: datetime
    event_id: str | None = None
    person_id: Id = None
    anonymous_id: Id = None
    account_id: Id = None
    actor: Actor = Actor.HUMAN
    quantity: float | None = None
    properties: msgspec.Raw = EMPTY
    context: msgspec.Raw = EMPTY
    source: str | None = None
    received_at: str | None = None


class Survey(msgspec.Struct):
    """An answer to a survey; its name is the survey's key."""

    answer_id: Text
    score: Score
    scale: Literal["nps", "csat", "ces"]
    comment: str | None = None


class Ticket(msgspec.Struct):
    """Something that happened to a support ticket."""

    ticket_id: Text
    subject: str | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None


class Contract(msgspec.Struct):
    """Something that happened to a contract; `value` is a year's."""

    contract_id: Text
    value: Annotated[float, Meta(ge=0)] | None = None
    currency: str | None = None
    seats: Annotated[int, Meta(ge=0)] | None = None
    starts_on: date | None = None
    renews_on: date | None = None


class Membership(msgspec.Struct):
    """Somebody joined or left an account, or has another role there."""

    role: str | None = None
    title: str | None = None
    name: str | None = None
    email: str | None = None
    champion: bool | None = None
    signs_renewal: bool | None = None
    provisioned_at: datetime | None = None


class Pause(msgspec.Struct):
    """Somebody (or, when no person is named, the whole account) is away; `until` is the first day back."""

    until: date | None = None
    reason: str | None = None


class Alias(msgspec.Struct):
    """Two ids of one person."""

    previousId: Text  # noqa: N815 -- as Segment writes it, and so as it is stored


class Anything(msgspec.Struct):
    """Properties of which nothing is expected but that they are an object."""


_PROPERTIES = {
    kind: msgspec.json.Decoder(shape).decode
    for kind, shape in {
        Kind.SURVEY: Survey,
        Kind.TICKET: Ticket,
        Kind.CONTRACT: Contract,
        Kind.MEMBERSHIP: Membership,
        Kind.PAUSE: Pause,
        Kind.ALIAS: Alias,
    }.items()
}
_ANYTHING = msgspec.json.Decoder(Anything).decode
_NAMES = {
    Kind.TICKET: {"opened", "priority_changed", "solved", "reopened"},
    Kind.CONTRACT: {"signed", "changed", "renewed", "ended"},
    Kind.MEMBERSHIP: {"joined", "role_changed", "left"},
    Kind.PAUSE: {"began", "ended"},
    Kind.SIGNAL: {
        "strayed",
        "returned",
        "at_risk",
        "lapsed",
        "sustained",
        "milestone_reached",
        "band_changed",
        "score_fell",
    },
    Kind.INTERVENTION: {"decided"},
    Kind.DELIVERY: {
        "sent",
        "delivered",
        "opened",
        "clicked",
        "bounced",
        "complained",
        "unsubscribed",
        "done",
        "failed",
    },
}
_OF_AN_ACCOUNT = {Kind.CONTRACT, Kind.MEMBERSHIP, Kind.GROUP, Kind.PAUSE}
_OF_A_PERSON = {Kind.MEMBERSHIP, Kind.ALIAS}
_HIGHEST_SCORE = {"nps": 10, "csat": 5, "ces": 7}

Refused = tuple[TurnedAway, str]


def own_event(own: OwnEvent, *, source: str, received_at: datetime, event_id: str) -> Event | Refused:
    """Return the event that a line says, or why it is refused and what is wrong in words."""
    if refused := _wrong_name(own) or _wrong_ids(own) or _wrong_properties(own):
        return refused
    happened_at = in_utc(own.happened_at)
    if happened_at is None or own.happened_at.tzinfo is None:
        return TurnedAway.IMPOSSIBLE_TIME, "happened_at needs an offset (such as Z), and a year from 2000 on"
    return Event(
        event_id=event_id,
        source=source,
        kind=own.kind,
        name=own.name,
        happened_at=min(happened_at, received_at),
        received_at=received_at,
        person_id=_id(own.person_id),
        anonymous_id=_id(own.anonymous_id),
        account_id=_id(own.account_id),
        actor=own.actor,
        quantity=own.quantity,
        properties=countable(own.properties),
        context=own.context,
    )


def content_id(line: bytes) -> str:
    """Return the id of an event whose line has none: the same content is the same event."""
    return hashlib.sha256(_sorted(_anything(countable(msgspec.Raw(line))))).hexdigest()[:32]


def _wrong_name(own: OwnEvent) -> Refused | None:
    if own.kind is Kind.DEFINITION:
        return TurnedAway.UNKNOWN_KIND, "definitions are published with `waypost apply`, never imported"
    if own.kind is Kind.LEARNT:
        return TurnedAway.UNKNOWN_KIND, "what history teaches is learnt here, never imported"
    if not own.name:
        return TurnedAway.NO_NAME, "name is empty"
    names = _NAMES.get(own.kind)
    if names and own.name not in names:
        return TurnedAway.UNKNOWN_NAME, f"a {own.kind} event is named one of {', '.join(sorted(names))}"
    return None


def _wrong_ids(own: OwnEvent) -> Refused | None:
    person, anonymous, account = _id(own.person_id), _id(own.anonymous_id), _id(own.account_id)
    texts = [text for text in (own.name, own.event_id, person, anonymous, account) if text]
    if any(len(text) > _MOST_CHARACTERS for text in texts):
        return TurnedAway.TOO_LONG, "an id or the name is longer than 500 characters"
    if any("\0" in text for text in texts):
        return TurnedAway.BAD_TEXT, "an id or the name holds a NUL character"
    if own.kind in _OF_AN_ACCOUNT and account is None:
        return TurnedAway.NO_GROUP, f"a {own.kind} event needs account_id"
    if (own.kind in _OF_A_PERSON and person is None) or not (person or anonymous or account):
        return TurnedAway.NO_ID, "the event names nobody: it needs person_id, anonymous_id or account_id"
    return None


def _wrong_properties(own: OwnEvent) -> Refused | None:
    try:
        _ANYTHING(own.context)
        read = _PROPERTIES.get(own.kind, _ANYTHING)(own.properties)
    except msgspec.ValidationError as error:
        return TurnedAway.BAD_PROPERTIES, f"the properties of a {own.kind} event: {error}"
    if isinstance(read, Survey) and read.score > _HIGHEST_SCORE[read.scale]:
        most = _HIGHEST_SCORE[read.scale]
        return TurnedAway.BAD_PROPERTIES, f"a {read.scale} score is at most {most}, not {read.score:g}"
    return None


def _id(value: Id) -> str | None:
    return str(value) if value is not None and value != "" else None
