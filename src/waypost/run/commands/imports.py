"""`waypost import`: files of events, logs and rows."""

from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cyclopts import Parameter
from msgspec import Struct

from waypost.collect import Format, Zoned, first_line, import_file
from waypost.core import ImportRefusedError
from waypost.run.act import Act, Progress, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Source(Struct, frozen=True, kw_only=True):
    """A file, counted from the root, the source its events come from, its format, and the zone of its clocks."""

    file: str
    source: str
    format: Format
    zone: str | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a file's lines."""

    lines: int
    events: int
    refused: dict[str, int]
    noise: dict[str, int]


def _import(workspace: Workspace, asked: Source, tell: Tell) -> Taken:
    file = Path(asked.file)
    report = import_file(
        file,
        source=asked.source,
        file_format=Zoned(asked.format, _zone(asked.zone)),
        inbox=workspace.inbox,
        now=workspace.now,
        progress=lambda done, of: tell(Progress(what=file.name, done=done, of=of)),
    )
    return Taken(
        lines=report.lines, events=report.events, refused=dict(report.refused), noise=dict(report.noise)
    )


IMPORT = Act(name="import", asks=Source, answers=Taken, do=_import)


def import_files(
    files: Annotated[list[Path], Parameter(help="One or more files, plain or gzip.")],
    /,
    *,
    source: Annotated[str, Parameter(help="Where the events come from, such as product or crm.")],
    format: Annotated[  # noqa: A002 -- the option's name
        Format | None, Parameter(help="What the files hold; by default each file's first line tells.")
    ] = None,
    zone: Annotated[
        str | None,
        Parameter(help="The zone of the file's clocks, such as Europe/Berlin, when it is not UTC."),
    ] = None,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take in files of events, logs and rows."""
    formats = {file: format or format_of(file) for file in files}
    for file in files:
        asked = Source(file=str(file.absolute()), source=source, format=formats[file], zone=zone)
        taken = session.ask(IMPORT, asked, makes=True)
        session.say(f"{file}: {taken.events} events taken in from {taken.lines} lines of {formats[file]}")
        for what, counts in (("refused", taken.refused), ("noise", taken.noise)):
            for reason, n in Counter(counts).most_common():
                session.say(f"    {n} {what}: {reason}")


def format_of(file: Path) -> Format:
    """Return what a file holds, by its first line. Raises ImportRefusedError when that does not tell."""
    line = first_line(file)
    if line.startswith(b"Timestamp,Session Index,"):
        return Format.FLURRY_CSV
    if not line.startswith(b"{"):
        return Format.APACHE_COMBINED
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


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ImportRefusedError(f"there is no zone {name!r}; name one such as Europe/Berlin") from None
