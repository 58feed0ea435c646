"""How fast each source may send: a mean of events a second, with some seconds' worth of patience."""

from datetime import datetime

BURST_S = 10.0
MOST_WAIT_S = 60


class Pace:
    """Counts what sources have sent; `now` of one source never goes back."""

    def __init__(self) -> None:
        """Begin with nobody having sent anything."""
        self._ahead: dict[str, tuple[float, datetime]] = {}

    def wait_s(self, source: str, events_per_s: float, now: datetime) -> int:
        """Return how long a source must wait before it may send again, in seconds; 0 when it may send now."""
        ahead = self._ahead_of(source, events_per_s, now)
        over = ahead - events_per_s * BURST_S
        return min(MOST_WAIT_S, max(1, round(over / events_per_s))) if over >= 0 else 0

    def sent(self, source: str, n: int, events_per_s: float, now: datetime) -> None:
        """Count what a source has sent, kept or not."""
        self._ahead[source] = (self._ahead_of(source, events_per_s, now) + n, now)

    def _ahead_of(self, source: str, events_per_s: float, now: datetime) -> float:
        """Return by how many events a source is ahead of its mean."""
        ahead, at = self._ahead.get(source, (0.0, now))
        return max(0.0, ahead - (now - at).total_seconds() * events_per_s)
