"""Values as the drivers of databases give them: instants, ids, numbers, and what JSON can say of anything else."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from zoneinfo import ZoneInfo

from waypost.collect.instants import in_utc, read_instant

# A number of seconds this large would lie beyond the year 5000; so it counts milliseconds, or microseconds.
_MOST_SECONDS = 1e11
_MOST_MILLISECONDS = 1e14


def instant_of(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a database's time: a time, a date, ISO text, or seconds since 1970."""
    stamp: datetime | None = None
    if isinstance(value, datetime):
        stamp = value
    elif isinstance(value, date):
        stamp = datetime.combine(value, time())
    elif isinstance(value, str):
        stamp = read_instant(value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        stamp = _since_1970(float(value))
    if stamp is None:
        return None
    return in_utc(stamp if stamp.tzinfo else stamp.replace(tzinfo=zone))


def _since_1970(number: float) -> datetime | None:
    seconds = number
    if abs(number) > _MOST_MILLISECONDS:
        seconds = number / 1e6
    elif abs(number) > _MOST_SECONDS:
        seconds = number / 1e3
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text_of(value: object) -> str | None:
    """Return an id of any type as text; None when there is none."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal | float) and isfinite(value) and value == int(value):
        value = int(value)
    return str(value) if value is not None and value != "" else None


def number_of(value: object) -> float | None:
    """Return a number, None when there is none. Raises InvalidOperation or ValueError when it is something else."""
    return None if value is None or value == "" else float(Decimal(str(value)))


def plain_of(value: object) -> object:
    """Return what JSON can say; text that is no Unicode and types of a driver's own are told as well as can be."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | datetime | date | bytes | list | dict):
        return value
    return str(value)
