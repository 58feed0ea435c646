"""How far a query source was read: the cursor's value as it is kept, as it is asked with, and a little earlier."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

_DATE_TIME = len("2026-01-01T00:00:00")


def back(value: Any, overlap: int) -> Any:  # noqa: ANN401 -- the cursor's own type
    """Return where to start again, a little before where we came to."""
    if isinstance(value, datetime | date):
        return (
            value - timedelta(seconds=overlap) if isinstance(value, datetime) else value - timedelta(days=1)
        )
    if isinstance(value, str):
        return _text_back(value, overlap)
    return value - overlap if isinstance(value, int | float) else value


def _text_back(value: str, overlap: int) -> str:
    """Return an ISO time earlier, in the very form it has: text is compared letter by letter."""
    try:
        stamp = datetime.fromisoformat(value[:_DATE_TIME])
    except ValueError:
        return value
    earlier = (stamp - timedelta(seconds=overlap)).isoformat(sep=value[10:11] or "T")
    return earlier[: len(value)] + value[_DATE_TIME:]


def stored(value: Any) -> dict[str, Any]:  # noqa: ANN401 -- the cursor's own type
    """Return a cursor's value as JSON that remembers its type."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case int() | float() | str():
            return {"plain": value}
        case _:
            return {"number": float(value)}


def restored(kept: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- the cursor's own type
    """Return the cursor's value that was kept."""
    match kept:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case _:
            return next(iter(kept.values()))
