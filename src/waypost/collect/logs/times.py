"""When a line was written, in the ways that servers write it."""

from datetime import UTC, datetime, tzinfo

from waypost.collect.instants import in_utc
from waypost.collect.readings import instant_of

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
MOST_TIMES = 4_096


class Times(dict[str, datetime | None]):
    """Instants in UTC by how they are written; a log holds the same second many times, so each is read once.

    None is for what says no instant, or one before the year 2000.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        """Take times without a zone as those of `zone`, of UTC when there is none."""
        super().__init__()
        self._zone = zone

    def __missing__(self, written: str) -> datetime | None:
        """Read a time that was not seen yet."""
        if len(self) >= MOST_TIMES:
            self.clear()
        instant = self[written] = read_time(written, self._zone)
        return instant


def read_time(written: str, zone: tzinfo | None) -> datetime | None:
    """Return the instant of a time as Apache writes it, in ISO 8601, or of a number since 1970, in UTC."""
    try:
        if written[2:3] == "/":
            stamp = datetime.fromisoformat(_as_iso(written))
            return in_utc(stamp.replace(tzinfo=stamp.tzinfo or zone or UTC))
        counted = written.replace(".", "", 1).isdigit()
        instant = instant_of(written, None if counted else zone)
        return in_utc(instant) if instant else None
    except (ValueError, OverflowError, KeyError):
        return None


def _as_iso(written: str) -> str:
    """Return `01/Jun/2026:10:00:00.123 +0530` as ISO 8601."""
    clock, _, zone = written[12:].partition(" ")
    date = f"{written[7:11]}-{_MONTHS[written[3:6]]:02}-{written[:2]}T{clock}"
    return f"{date}{zone[:3]}:{zone[3:]}" if zone else date
