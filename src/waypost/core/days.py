"""Days are the workspace's days: UTC inside, the workspace's zone where days are counted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_of(instant: datetime, zone: str) -> date:
    """Return the workspace's calendar day on which an aware instant falls."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """Return the instant (UTC) at which a workspace day begins; days of 23 and 25 hours are as they are."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Return every day from `first` to `last`, both included; empty when `last` is earlier."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
