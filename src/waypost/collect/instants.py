"""When something happened, from what a client's clock said."""

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 2000
_LAST_YEAR = 9000

# Up to here the difference is the network, not a wrong clock, and the client's own time is the better one.
NETWORK = timedelta(seconds=5)
# Beyond a year the clock that sent it knows nothing, and a difference to it means nothing.
ABSURD = timedelta(days=366)


def read_instant(text: str) -> datetime | None:
    """Return the instant that a text in any ISO 8601 form says, in UTC when it names no zone; None if none."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def in_utc(stamp: datetime) -> datetime | None:
    """Return the instant in UTC; None when it is before the year 2000. A stamp without zone is UTC."""
    if stamp.year < _FIRST_YEAR:
        return None
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=UTC)
    elif stamp.tzinfo is not UTC:
        # Nobody's clock is right in those years, and moving to UTC could leave the calendar.
        stamp = stamp.replace(tzinfo=UTC) if stamp.year > _LAST_YEAR else stamp.astimezone(UTC)
    return stamp if stamp >= EARLIEST else None


def skew(received_at: datetime, sent_at: datetime | None) -> timedelta:
    """Return by how much the sender's clock is behind ours; zero when that is unknown, small or absurd."""
    if sent_at is None or sent_at.year > _LAST_YEAR:
        return timedelta()
    behind = received_at - sent_at
    return behind if NETWORK < abs(behind) <= ABSURD else timedelta()
