"""Only `run` reads the clock; everything else is told what time it is."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        return datetime.now(tz=UTC)


class SetClock:
    """A clock that stands where it was set: for tests, and for loading history."""

    def __init__(self, now: datetime) -> None:
        """Set the clock."""
        self.at = now

    def now(self) -> datetime:
        """Return the instant to which the clock was set."""
        return self.at
