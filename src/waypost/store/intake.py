"""What the door hands to the inbox, and what the inbox hands to a round."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from waypost.core import Event
from waypost.store.file_positions import FilePosition

_lines = msgspec.json.Encoder().encode_lines
MOST_PAYLOAD_BYTES = 32 * 1024
EVENTS = "events"


class Outcome(StrEnum):
    """What became of something that came to the door."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOISE = "noise"


class Marred(StrEnum):
    """Why a sample is not what was sent, so that it must never be taken for it."""

    NO = ""
    CUT = "cut"
    NOT_TEXT = "not_text"
    REDACTED = "redacted"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How something came that was refused, without its key, so that it can be sent through the same door again.

    `family` is the name of its mount. `headers` are those that matter for the reading; `around` holds what stood beside
    the message in its batch, each as it was written. `alone` is true when the sample is one message of a request, false
    when it is all of it.
    """

    family: str
    method: str = "POST"
    path: str = ""
    query: str = ""
    headers: dict[str, str] = {}
    around: dict[str, str] = {}
    alone: bool = True


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One refused thing, kept for a while so that somebody can look at it and, when `way` is known, send it again."""

    reason: str
    detail: str
    payload: str
    marred: Marred = Marred.NO
    way: Way | None = None


class Parcel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Accepted events of one source as they lie in the inbox.

    `form` says how `body` is written: `events` is one JSON event a line; every other form is the name of a
    reader that judges the parcel when a round takes it. `n` is how many there are, `family` the protocol they came by,
    `import_id` the import that brought them (0: none did).
    """

    form: str
    source: str
    received_at: datetime
    n: int
    body: bytes
    family: str = ""
    import_id: int = 0


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a reader makes of a parcel: its events, counts by reason of what it refused, and samples of that."""

    events: list[Event]
    refused: Mapping[str, int] = {}
    samples: tuple[Sample, ...] = ()


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What one request or one piece of a file brought: accepted events, and counts of what was not kept.

    `events` holds `n` events, written in `form` (see Parcel). `refused` and `noise` count by reason; `samples`
    are some of what was refused, for the quarantine. All of it enters the inbox together or not at all. `family` is the
    protocol that it came by, "" for a file or a database; `positions` say how far it takes the files that it is from;
    `import_id` is the import that brings it (0: none does).
    """

    source: str
    received_at: datetime
    form: str = EVENTS
    family: str = ""
    events: bytes = b""
    n: int = 0
    refused: Mapping[str, int] = {}
    noise: Mapping[str, int] = {}
    samples: tuple[Sample, ...] = ()
    positions: tuple[FilePosition, ...] = ()
    import_id: int = 0


class Imported(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Which of some events an import brought: `n` from the place `start` (0: the first) on."""

    import_id: int
    start: int
    n: int


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Events that waited in the inbox, in the order of their coming; `position` is that of the last.

    `imported` says which of them imports brought.
    """

    position: int
    events: list[Event]
    imported: tuple[Imported, ...] = ()


class DoorCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a source's events had this outcome on a day (UTC); reason of the accepted is their family."""

    source: str
    day: str
    outcome: Outcome
    reason: str
    n: int


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of what was refused, with where it came from and when."""

    id: int
    source: str
    reason: str
    detail: str
    payload: str
    received_at: datetime
    marred: Marred
    way: Way | None


def intake_of(source: str, events: Iterable[Event], received_at: datetime, *, import_id: int = 0) -> Intake:
    """Return the intake of events that are known to be sound, such as those that Waypost writes itself."""
    kept = list(events)
    return Intake(
        source=source, received_at=received_at, events=_lines(kept), n=len(kept), import_id=import_id
    )


def sample(reason: str, detail: str, payload: bytes | str, way: Way | None = None) -> Sample:
    """Return a sample whose payload is cut to a size worth keeping and is text whatever was sent."""
    sent = (
        payload if isinstance(payload, bytes) else payload[: MOST_PAYLOAD_BYTES + 1].encode(errors="replace")
    )
    text = sent[:MOST_PAYLOAD_BYTES].decode(errors="replace" if isinstance(payload, bytes) else "ignore")
    # What no UTF-8 is takes more room as text.
    kept = text.encode()[:MOST_PAYLOAD_BYTES].decode(errors="ignore")
    marred = Marred.NO
    if len(sent) > MOST_PAYLOAD_BYTES:
        marred = Marred.CUT
    elif kept.encode() != payload if isinstance(payload, bytes) else kept != payload:
        marred = Marred.NOT_TEXT
    return Sample(reason=reason, detail=detail, payload=kept, marred=marred, way=way)
