"""`waypost import`: files of events, logs and rows."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.collect import FileFormat, Format, import_file, rules_in
from waypost.run.act import Act, Progress, Tell
from waypost.run.formats import format_of, zone_of
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Source(Struct, frozen=True, kw_only=True):
    """A file, counted from the root, the source its events come from, its format, and what that leaves open."""

    file: str
    source: str
    format: Format
    zone: str | None = None
    written: str | None = None
    most_odd: float | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a file's lines."""

    lines: int
    events: int
    refused: dict[str, int]
    noise: dict[str, int]


def _import(workspace: Workspace, asked: Source, tell: Tell) -> Taken:
    file = Path(asked.file)
    rules = rules_in(each.document for each in workspace.definitions.newest("source")).get(asked.source)
    file_format = FileFormat(asked.format, zone_of(asked.zone), asked.written, asked.most_odd)
    report = import_file(
        file,
        source=asked.source,
        file_format=file_format._replace(means=rules.log) if rules else file_format,
        inbox=workspace.inbox,
        now=workspace.now,
        progress=lambda done, of: tell(Progress(what=file.name, done=done, of=of)),
    )
    return Taken(
        lines=report.lines, events=report.events, refused=dict(report.refused), noise=dict(report.noise)
    )


IMPORT = Act(name="import", asks=Source, answers=Taken, do=_import)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """What a format may leave open.

    Parameters
    ----------
    zone
        The zone of the file's clocks, such as Europe/Berlin, when it is not UTC.
    written
        How lines are written: a LogFormat, a log_format, a pattern, or where JSON says what.
    most_odd
        The share of lines, 0 to 1, that may not be in the format; by default 0.05 of a server's log, else 0.5.
    """

    zone: str | None = None
    written: str | None = None
    most_odd: float | None = None


_AS_THE_FORMAT_SAYS = LeftOpen()


def import_files(
    files: Annotated[
        list[Path], Parameter(help="One or more files, plain, gzip, bzip2, zstd or a zip of such.")
    ],
    /,
    *,
    source: Annotated[str, Parameter(help="Where the events come from, such as product or crm.")],
    format: Annotated[  # noqa: A002 -- the option's name
        Format | None, Parameter(help="What the files hold; by default each file's first line tells.")
    ] = None,
    left_open: Annotated[LeftOpen, Parameter(name="*")] = _AS_THE_FORMAT_SAYS,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take in files of events, logs and rows."""
    formats = {file: format or format_of(file) for file in files}
    for file in files:
        asked = Source(
            file=str(file.absolute()),
            source=source,
            format=formats[file],
            zone=left_open.zone,
            written=left_open.written,
            most_odd=left_open.most_odd,
        )
        taken = session.ask(IMPORT, asked, makes=True)
        session.say(f"{file}: {taken.events} events taken in from {taken.lines} lines of {formats[file]}")
        for what, counts in (("refused", taken.refused), ("noise", taken.noise)):
            for reason, n in Counter(counts).most_common():
                session.say(f"    {n} {what}: {reason}")
        if 2 * taken.noise.get("no_user", 0) > taken.lines:
            session.say("    most lines name nobody: the source's document can say where a person stands")
            session.say("    (`log.person`, see docs/reference/logs.md)")
