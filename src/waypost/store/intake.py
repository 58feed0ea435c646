"""What the door hands to the inbox, and what the inbox hands to a round."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from waypost.core import Event

_lines = msgspec.json.Encoder().encode_lines
MOST_PAYLOAD_BYTES = 32 * 1024
EVENTS = "events"


class Outcome(StrEnum):
    """What became of something that came to the door."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOISE = "noise"


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One refused thing, kept for a while so that somebody can look at it."""

    reason: str
    detail: str
    payload: str


class Parcel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Accepted events of one source as they lie in the inbox.

    `form` says how `body` is written: `events` is one JSON event a line; every other form is the name of a
    reader that turns the parcel into events when a round takes it. `n` is how many there are.
    """

    form: str
    source: str
    received_at: datetime
    n: int
    body: bytes


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What one request or one piece of a file brought: accepted events, and counts of what was not kept.

    `events` holds `n` events, written in `form` (see Parcel). `refused` and `noise` count by reason; `samples`
    are some of what was refused, for the quarantine. All of it enters the inbox together or not at all.
    """

    source: str
    received_at: datetime
    form: str = EVENTS
    events: bytes = b""
    n: int = 0
    refused: Mapping[str, int] = {}
    noise: Mapping[str, int] = {}
    samples: tuple[Sample, ...] = ()


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Events that waited in the inbox, in the order of their coming; `position` is that of the last."""

    position: int
    events: list[Event]


class DoorCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a source's events had this outcome on a day (UTC); reason is '' for the accepted."""

    source: str
    day: str
    outcome: Outcome
    reason: str
    n: int


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of what was refused, with where it came from and when."""

    source: str
    reason: str
    detail: str
    payload: str
    received_at: datetime


def intake_of(source: str, events: Iterable[Event], received_at: datetime) -> Intake:
    """Return the intake of events that are known to be sound, such as those that Waypost writes itself."""
    kept = list(events)
    return Intake(source=source, received_at=received_at, events=_lines(kept), n=len(kept))


def sample(reason: str, detail: str, payload: bytes | str) -> Sample:
    """Return a sample whose payload is cut to a size worth keeping and is text whatever was sent."""
    if isinstance(payload, bytes):
        payload = payload[:MOST_PAYLOAD_BYTES].decode(errors="replace")
    # What one character too many of the text could cost is four bytes; encoding again costs more.
    text = payload[:MOST_PAYLOAD_BYTES].encode(errors="replace")[:MOST_PAYLOAD_BYTES]
    return Sample(reason=reason, detail=detail, payload=text.decode(errors="ignore"))
