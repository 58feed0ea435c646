"""Imports of files of cells: what they would change, and taking them in."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, Protocol

from waypost.collect.comparing import Comparing, put_waiting
from waypost.collect.csv_file import Line, Table, table_of
from waypost.collect.csv_mapping import CsvMapping
from waypost.collect.gathering import Gathering
from waypost.collect.importing import ImportReport, Progress
from waypost.collect.query_becomes import SnapshotMapping
from waypost.collect.query_mapping import Rows
from waypost.collect.query_said import SaidRow, SaidRows, UnsayableError
from waypost.collect.query_staging import Staged, Staging
from waypost.collect.refusals import TurnedAway
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, QuerySnapshots, intake_of

ROWS_IN_PIECE = 1_000
ROWS_SHOWN = 20
MOST_REFUSED_SHOWN = 100
#: More refused rows than this share, and the mapping is not that of the file.
MOST_ODD = 0.5


class RefusedLine(NamedTuple):
    """A row that is not taken in, by the line on which it begins, and why."""

    nr: int
    why: TurnedAway
    detail: str


class Shown(NamedTuple):
    """What a row becomes: its line, and the events, none when it says nothing new."""

    nr: int
    events: tuple[Event, ...]


@dataclass(slots=True, kw_only=True)
class DryRun:
    """What an import would change: rows that say something new, something else, or nothing new, and those refused.

    `first` are the first rows, at most 20; `lines` the first refused ones, at most 100. `events` is how many events
    would be stored, `first_at` and `last_at` when the first and the last of them happened.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    events: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lines: list[RefusedLine] = field(default_factory=list)
    first: list[Shown] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def odd(self) -> str:
        """Why so much is refused that nothing would be taken in; "" when it would."""
        return _odd(self.rows, sum(self.refused.values()), self.lines)

    def refuse(self, line: RefusedLine) -> None:
        """Count a refused row."""
        self.refused[line.why.value] += 1
        if len(self.lines) < MOST_REFUSED_SHOWN:
            self.lines.append(line)

    def show(self, nr: int, events: tuple[Event, ...]) -> None:
        """Note what a row becomes."""
        self.events += len(events)
        if len(self.first) < ROWS_SHOWN:
            self.first.append(Shown(nr, events))
        for event in events:
            self.first_at = min(event.happened_at, self.first_at or event.happened_at)
            self.last_at = max(event.happened_at, self.last_at or event.happened_at)


class Stored(Protocol):
    """Says which events of a source are stored, by their ids."""

    def __call__(self, source: str, ids: Collection[str], /) -> set[str]:
        """Return those of the ids that are stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvImport:
    """A file of cells to be taken in as a source's; what no column dates happened `now`."""

    file: Path
    source: str
    mapping: CsvMapping
    snapshots: QuerySnapshots
    now: datetime

    def try_out(self, stored: Stored, progress: Progress | None = None) -> DryRun:
        """Return what the import would change, with nothing kept; raises ImportRefusedError when it cannot be read."""
        means = self.mapping.means
        with Staging() as staging:
            if isinstance(means, SnapshotMapping):
                return _Saying(self, means).stage(staging, progress)
            told = DryRun()
            with table_of(self.file) as table:
                self.mapping.check(table.columns)
                for piece in self.pieces(table, progress):
                    told.rows += len(piece)
                    self._try_events(self._read(Rows(means, self.source), piece), staging, stored, told)
        return told

    def take_in(self, inbox: Inbox, *, import_id: int = 0, progress: Progress | None = None) -> ImportReport:
        """Take the file in; again, it adds nothing. `import_id` is the number by which it can be undone.

        Raises ImportRefusedError when the file cannot be read or, with nothing stored, when more than half of its rows
        (of events: of the first 1,000) are refused.
        """
        means = self.mapping.means
        if isinstance(means, SnapshotMapping):
            return _Saying(self, means).take_in(inbox, import_id, progress)
        rows, report = Rows(means, self.source), ImportReport()
        with table_of(self.file) as table:
            self.mapping.check(table.columns)
            for piece in self.pieces(table, progress):
                gathering = Gathering(self.source, self.now)
                gathering.import_id = import_id
                refused = list[RefusedLine]()
                for line, read in self._read(rows, piece):
                    if isinstance(read, Event):
                        gathering.events.append(read)
                    else:
                        refused.append(read)
                        gathering.refuse(read.why, repr(line.cells), f"line {read.nr}: {read.detail}")
                if not report.lines:
                    _check(_odd(len(piece), len(refused), refused))
                inbox.put([gathering.intake()])
                report.lines += len(piece)
                report.events += len(gathering.events)
                report.refused += gathering.refused
        return report

    def pieces(self, table: Table, progress: Progress | None) -> Iterator[tuple[Line, ...]]:
        """Yield the rows of the file's table, many at once."""
        size = self.file.stat().st_size
        while piece := tuple(islice(table.lines, ROWS_IN_PIECE)):
            yield piece
            if progress:
                progress(table.position(), size)

    def _read(self, rows: Rows, piece: tuple[Line, ...]) -> Iterator[tuple[Line, Event | RefusedLine]]:
        for line in piece:
            if line.why:
                yield line, RefusedLine(line.nr, line.why, line.detail)
                continue
            read = rows.event(self.mapping.row(line.cells), self.now)
            yield line, read if isinstance(read, Event) else RefusedLine(line.nr, *read)

    def _try_events(
        self, read: Iterator[tuple[Line, Event | RefusedLine]], staging: Staging, stored: Stored, told: DryRun
    ) -> None:
        rows = list(read)
        ids = {each.event_id for _, each in rows if isinstance(each, Event)}
        known = stored(self.source, ids) | staging.there(ids)
        for line, each in rows:
            if isinstance(each, RefusedLine):
                told.refuse(each)
                continue
            fresh = each.event_id not in known
            told.new += fresh
            told.same += not fresh
            told.show(line.nr, (each,) if fresh else ())
            known.add(each.event_id)
        staging.add([Staged(key, None) for key in ids - staging.there(ids)])


class _Saying:
    """Rows that say what holds: read whole and compared with what was seen of them before anything is kept."""

    def __init__(self, asked: CsvImport, means: SnapshotMapping) -> None:
        self._asked = asked
        self._said = SaidRows(means)
        self._comparing = Comparing(asked.source, means, asked.snapshots, asked.now)

    def stage(self, staging: Staging, progress: Progress | None) -> DryRun:
        """Read and compare every row; those that cannot be said are refused, and the second one of a key."""
        told = DryRun()
        with table_of(self._asked.file) as table:
            self._asked.mapping.check(table.columns)
            for piece in self._asked.pieces(table, progress):
                told.rows += len(piece)
                staging.add(self._compared(self._read(piece, staging, told), told))
        return told

    def take_in(self, inbox: Inbox, import_id: int, progress: Progress | None) -> ImportReport:
        put_waiting(self._asked.source, self._asked.snapshots, inbox)
        with Staging() as staging:
            told = self.stage(staging, progress)
            _check(told.odd)
            for changed in staging.changes(ROWS_IN_PIECE):
                events = chain.from_iterable(each for _, each in changed)
                intake = intake_of(self._asked.source, events, self._asked.now, import_id=import_id)
                self._asked.snapshots.move(self._asked.source, [seen for seen, _ in changed], intake)
                put_waiting(self._asked.source, self._asked.snapshots, inbox)
        self._tell_refused(inbox, told)
        return ImportReport(lines=told.rows, events=told.events, refused=told.refused)

    def _read(
        self, piece: tuple[Line, ...], staging: Staging, told: DryRun
    ) -> dict[str, tuple[int, SaidRow]]:
        """Return the rows that can be said, by their keys, each with its line."""
        said: dict[str, tuple[int, SaidRow]] = {}
        for line in piece:
            if line.why:
                told.refuse(RefusedLine(line.nr, line.why, line.detail))
                continue
            try:
                row = self._said.read(self._asked.mapping.row(line.cells))
            except UnsayableError as error:
                told.refuse(RefusedLine(line.nr, error.why, str(error)))
                continue
            if row.key in said:
                told.refuse(_twice(line.nr, row))
            else:
                said[row.key] = line.nr, row
        for key in staging.there(said):
            told.refuse(_twice(*said.pop(key)))
        return said

    def _compared(self, said: dict[str, tuple[int, SaidRow]], told: DryRun) -> list[Staged]:
        staged = []
        for row, differs in self._comparing.of([row for _, row in said.values()]):
            nr = said[row.key][0]
            if isinstance(differs, UnsayableError):
                told.refuse(RefusedLine(nr, differs.why, str(differs)))
                continue
            if differs is None:
                told.same += 1
            elif differs[0].version == 1:
                told.new += 1
            else:
                told.changed += 1
            told.show(nr, tuple(differs[1]) if differs else ())
            staged.append(Staged(row.key, differs))
        return staged

    def _tell_refused(self, inbox: Inbox, told: DryRun) -> None:
        """Count what was refused at the door, with samples."""
        gathering = Gathering(self._asked.source, self._asked.now)
        for nr, why, detail in told.lines:
            gathering.refuse(why, "", f"line {nr}: {detail}")
        gathering.refused = told.refused
        if told.refused:
            inbox.put([gathering.intake()])


def _twice(nr: int, row: SaidRow) -> RefusedLine:
    return RefusedLine(nr, TurnedAway.TWICE, f"an earlier line of the file is of {row.words:.200} as well")


def _odd(rows: int, refused: int, lines: list[RefusedLine]) -> str:
    if rows and refused <= MOST_ODD * rows:
        return ""
    if not rows:
        return "the file has no row below its first line"
    nr, why, detail = lines[0]
    return f"{refused:,} of {rows:,} rows would be refused, the first on line {nr} ({detail or why})"


def _check(odd: str) -> None:
    if odd:
        raise ImportRefusedError(f"{odd}; nothing was taken in. Change the mapping")
