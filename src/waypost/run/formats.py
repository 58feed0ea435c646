"""What a file holds, when nobody says it: its first line tells."""

import re
from collections.abc import Container
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from waypost.collect import Format, first_line
from waypost.core import ImportRefusedError

_STARTS = (
    (b"Timestamp,Session Index,", Format.FLURRY_CSV),
    (b"#", Format.W3C_LOG),
)
_CELLS = frozenset({".csv", ".tsv"})
_PACKED = frozenset({".gz", ".bz2", ".zst", ".zip"})
_ALB = re.compile(rb"(?:https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT\S+Z app/")


def format_of(file: Path) -> Format:
    """Return what a file holds, by its first line. Raises ImportRefusedError when that does not tell."""
    line = first_line(file)
    for start, named in _STARTS:
        if line.startswith(start):
            return named
    if _CELLS.intersection([each for each in file.suffixes if each.lower() not in _PACKED][-1:]):
        return Format.CSV
    if not line.startswith(b"{"):
        return Format.AWS_ALB if _ALB.match(line) else Format.APACHE_COMBINED
    try:
        first = msgspec.json.decode(line)
    except msgspec.DecodeError:
        raise ImportRefusedError(
            f"{file}: its first line is no JSON; say what it holds with --format"
        ) from None
    return _format_of_json(first)


def _format_of_json(first: Container[str]) -> Format:
    if "event_type" in first:
        return Format.AMPLITUDE_EXPORT
    if "kind" in first:
        return Format.WAYPOST_NDJSON
    if "$properties" in first or ("event" in first and "type" not in first):
        return Format.MIXPANEL_NDJSON
    if "_p" in first:
        return Format.KISSMETRICS_NDJSON
    return Format.SEGMENT_NDJSON


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return the zone of a name, None for none. Raises ImportRefusedError when there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ImportRefusedError(f"there is no zone {name!r}; name one such as Europe/Berlin") from None
