"""The time of an event, put right by what its sender's clock said when it was sent."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from waypost.collect.instants import in_utc, read_instant, skew

#: A time that no event can have, for one that was said but cannot be read: its event is refused.
NO_TIME = datetime(1, 1, 1, tzinfo=UTC)


class Settled(NamedTuple):
    """When something happened (None: not said), and what to keep in the context when the clock was put right."""

    happened_at: datetime | None
    context: dict[str, Any]


def settled(stamp: datetime | None, sent_at: datetime | None, received_at: datetime) -> Settled:
    """Return the time by our clock. `sent_at` is the sender's clock at the sending, None when unknown."""
    happened_at = in_utc(stamp) if stamp else None
    if stamp is None or happened_at is None:
        return Settled(stamp, {})
    behind = skew(received_at, sent_at)
    if not behind or sent_at is None or happened_at > sent_at:
        return Settled(happened_at, {})
    return Settled(happened_at + behind, {"clientClock": {"timestamp": happened_at, "sentAt": sent_at}})


def iso(value: object) -> datetime | None:
    """Return the instant that a value in ISO 8601 says; None for none, NO_TIME for one that cannot be read."""
    if value is None or value == "":
        return None
    return (read_instant(value) if isinstance(value, str) else None) or NO_TIME


def milliseconds(value: object) -> datetime | None:
    """Return the instant of milliseconds since 1970, as a number or as text; None and NO_TIME as above."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return NO_TIME
    try:
        return datetime.fromtimestamp(float(value) / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        return NO_TIME


def known(stamp: datetime | None) -> datetime | None:
    """Return an instant in UTC; None when it is none that a clock could say."""
    return in_utc(stamp) if stamp else None
