"""`waypost import`: files of events, logs and rows."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from cyclopts import Parameter
from msgspec import Struct

from waypost.collect import (
    CsvImport,
    FileFormat,
    Format,
    ImportReport,
    StoredIn,
    csv_mapping_of,
    first_rows,
    guess,
    import_file,
    recorded,
    rules_in,
)
from waypost.core import ImportRefusedError
from waypost.run.act import Act, Progress, Tell
from waypost.run.formats import format_of, zone_of
from waypost.run.session import Session
from waypost.run.workspace import Workspace
from waypost.store import QuerySnapshots

BY = "the command line"
#: So many rows of a file tell what its columns mean.
ROWS_GUESSED_BY = 200


class Source(Struct, frozen=True, kw_only=True):
    """A file, counted from the root, the source its events come from, its format, and what that leaves open."""

    file: str
    source: str
    format: Format
    zone: str | None = None
    written: str | None = None
    most_odd: float | None = None
    mapping: dict[str, Any] | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a file's lines, and the number by which the import can be undone."""

    import_id: int
    lines: int
    events: int
    refused: dict[str, int]
    noise: dict[str, int]


class Tried(Struct, frozen=True, kw_only=True):
    """What taking a file of cells in would change: rows by what they say, the refused lines, and the first events."""

    rows: int
    new: int
    changed: int
    same: int
    events: int
    refused: dict[str, int]
    lines: list[tuple[int, str, str]]
    first: list[tuple[int, str, str, str, str | None, str | None, str]]
    odd: str


def _import(workspace: Workspace, asked: Source, tell: Tell) -> Taken:
    file = Path(asked.file)
    with recorded(
        workspace.operations,
        source=asked.source,
        file=file.name,
        format=asked.format,
        mapping=asked.mapping,
        by=BY,
        now=lambda: workspace.now,
    ) as under_way:
        take_in = _lines if asked.mapping is None else _rows
        report = under_way.report = take_in(workspace, asked, tell, under_way.import_id)
    return Taken(
        import_id=under_way.import_id,
        lines=report.lines,
        events=report.events,
        refused=dict(report.refused),
        noise=dict(report.noise),
    )


def _lines(workspace: Workspace, asked: Source, tell: Tell, import_id: int) -> ImportReport:
    file = Path(asked.file)
    rules = rules_in(each.document for each in workspace.definitions.newest("source")).get(asked.source)
    file_format = FileFormat(asked.format, zone_of(asked.zone), asked.written, asked.most_odd)
    return import_file(
        file,
        source=asked.source,
        file_format=file_format._replace(means=rules.log) if rules else file_format,
        inbox=workspace.inbox,
        now=workspace.now,
        progress=lambda done, of: tell(Progress(what=file.name, done=done, of=of)),
        import_id=import_id,
    )


def _rows(workspace: Workspace, asked: Source, tell: Tell, import_id: int) -> ImportReport:
    told = Path(asked.file).name
    return _of_cells(workspace, asked).take_in(
        workspace.inbox,
        import_id=import_id,
        progress=lambda done, of: tell(Progress(what=told, done=done, of=of)),
    )


def _try(workspace: Workspace, asked: Source, tell: Tell) -> Tried:
    told = Path(asked.file).name
    found = _of_cells(workspace, asked).try_out(
        StoredIn(workspace.warehouse), lambda done, of: tell(Progress(what=told, done=done, of=of))
    )
    return Tried(
        rows=found.rows,
        new=found.new,
        changed=found.changed,
        same=found.same,
        events=found.events,
        refused=dict(found.refused),
        lines=[(each.nr, each.why, each.detail) for each in found.lines],
        first=[
            (
                shown.nr,
                event.happened_at.isoformat(),
                event.kind,
                event.name,
                event.person_id,
                event.account_id,
                bytes(event.properties).decode(),
            )
            for shown in found.first
            for event in shown.events
        ],
        odd=found.odd,
    )


def _of_cells(workspace: Workspace, asked: Source) -> CsvImport:
    return CsvImport(
        file=Path(asked.file),
        source=asked.source,
        mapping=csv_mapping_of(asked.mapping or {}),
        snapshots=QuerySnapshots(workspace.operations),
        now=workspace.now,
    )


IMPORT = Act(name="import", asks=Source, answers=Taken, do=_import)
TRY = Act(name="import-try", asks=Source, answers=Tried, do=_try)


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
    mapping
        A YAML file that says what the columns of a csv mean.
    """

    zone: str | None = None
    written: str | None = None
    most_odd: float | None = None
    mapping: Path | None = None


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
    dry_run: Annotated[
        bool, Parameter(help="Say what files of cells (csv) would change, and keep nothing.", negative="")
    ] = False,
    left_open: Annotated[LeftOpen, Parameter(name="*")] = _AS_THE_FORMAT_SAYS,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take in files of events, logs and rows."""
    formats = {file: format or format_of(file) for file in files}
    if dry_run and (others := {each for each in formats.values() if each is not Format.CSV}):
        raise ImportRefusedError(f"--dry-run is for csv, not for {', '.join(sorted(others))}")
    for file in files:
        asked = Source(
            file=str(file.absolute()),
            source=source,
            format=formats[file],
            zone=left_open.zone,
            written=left_open.written,
            most_odd=left_open.most_odd,
            mapping=_mapping(file, left_open, dry_run, session) if formats[file] is Format.CSV else None,
        )
        if dry_run:
            _say_tried(session, file, session.ask(TRY, asked, makes=True))
        else:
            _say_taken(session, file, asked, session.ask(IMPORT, asked, makes=True))


def _mapping(file: Path, left_open: LeftOpen, dry_run: bool, session: Session) -> dict[str, Any]:  # noqa: FBT001 -- what was typed
    """Return the mapping of a file of cells; only a dry run may guess it, and then says so."""
    if left_open.mapping is not None:
        try:
            read = yaml.safe_load(left_open.mapping.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ImportRefusedError(f"{left_open.mapping} cannot be read: {error}") from None
        if not isinstance(read, dict):
            raise ImportRefusedError(f"{left_open.mapping} says no mapping; docs/reference/csv.md has one")
        return {**read, **({"zone": left_open.zone} if left_open.zone else {})}
    if not dry_run:
        raise ImportRefusedError(
            f"{file.name} needs --mapping; with --dry-run its columns are guessed and shown as one"
        )
    guessed = guess(*first_rows(file, ROWS_GUESSED_BY))
    session.say("# guessed from the columns; keep it as a file, and say --mapping")
    session.say(yaml.safe_dump(guessed, sort_keys=False, allow_unicode=True).rstrip())
    return {**guessed, **({"zone": left_open.zone} if left_open.zone else {})}


def _say_tried(session: Session, file: Path, tried: Tried) -> None:
    refused = sum(tried.refused.values())
    session.say(
        f"{file}: of {tried.rows} rows {tried.new} are new, {tried.changed} say something else than before, "
        f"{tried.same} the same, {refused} are refused; {tried.events} events would be stored"
    )
    for nr, why, detail in tried.lines:
        session.say(f"    line {nr}: {why}: {detail}")
    if len(tried.lines) < refused:
        session.say(f"    and {refused - len(tried.lines)} more")
    session.table(("line", "happened at", "kind", "name", "person", "account", "properties"), tried.first)
    if tried.odd:
        raise ImportRefusedError(f"{tried.odd}; nothing of it would be taken in")


def _say_taken(session: Session, file: Path, asked: Source, taken: Taken) -> None:
    session.say(f"{file}: {taken.events} events taken in from {taken.lines} lines of {asked.format}")
    for what, counts in (("refused", taken.refused), ("noise", taken.noise)):
        for reason, n in Counter(counts).most_common():
            session.say(f"    {n} {what}: {reason}")
    if asked.mapping is not None:
        session.say(f"    `waypost imported undo {taken.import_id}` takes it back")
    if 2 * taken.noise.get("no_user", 0) > taken.lines:
        session.say("    most lines name nobody: the source's document can say where a person stands")
        session.say("    (`log.person`, see docs/reference/logs.md)")
