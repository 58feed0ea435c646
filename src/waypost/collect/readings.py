"""What a value in a message says when it may be anything: a text, ids, an instant in seconds or finer."""

from datetime import UTC, datetime, timedelta, tzinfo

from waypost.collect.clocks import NO_TIME
from waypost.collect.instants import read_instant
from waypost.collect.pieces import id_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Seconds reach this number in the year 5138, milliseconds did so in 1973; and so on for the finer units.
_FIRST_MILLISECOND = 1e11
_FIRST_MICROSECOND = 1e14
_FIRST_NANOSECOND = 1e17


def ids_of(value: object) -> list[str]:
    """Return the ids in a value or a list of values, each once."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(found for each in values if (found := id_of(each))))


def text_of(value: object) -> str:
    """Return a text, and "" for anything else."""
    return value if isinstance(value, str) else ""


def instant_of(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the instant of an ISO text or of a number since 1970, whose size tells its unit (seconds and finer).

    None when the value says none, NO_TIME when it says something else. With `zone` a number counts from 1970 as
    the clocks of that zone show it, as in exports that were shifted to it.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        stamp = read_instant(value)
        if stamp is not None:
            return stamp.replace(tzinfo=zone) if stamp.tzinfo is None and zone else stamp
        try:
            value = float(value)
        except ValueError:
            return NO_TIME
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NO_TIME
    stamp = _since_1970(value)
    return stamp.replace(tzinfo=zone) if zone and stamp is not NO_TIME else stamp


def _since_1970(number: float) -> datetime:
    try:
        size = abs(number)
        if size < _FIRST_MILLISECOND:
            return _EPOCH + _of_seconds(number)
        if size < _FIRST_MICROSECOND:
            return _EPOCH + timedelta(milliseconds=number)
        if size < _FIRST_NANOSECOND:
            return _EPOCH + timedelta(microseconds=number)
        return _EPOCH + timedelta(microseconds=number // 1_000)
    except (OverflowError, ValueError):
        return NO_TIME


def _of_seconds(number: float) -> timedelta:
    # A double of today's seconds is exact to a quarter of a microsecond: what was written in decimals is meant.
    return timedelta(microseconds=round(number * 1_000_000))
