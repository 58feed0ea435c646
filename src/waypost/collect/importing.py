"""Imports of files: line by line, checked at the beginning, a thousand events at a time, safe to repeat."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from waypost.collect.formats import LOGS, FileFormat, Format, Lines, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.opening import MOST_LINE_BYTES, UNREADABLE, opened
from waypost.collect.opening import Lines as Opened
from waypost.collect.refusals import TurnedAway
from waypost.core import ImportRefusedError
from waypost.store import Inbox

Progress = Callable[[int, int], None]

LOOKED_AT = 1_000
EVENTS_IN_INTAKE = 1_000
INTAKES_IN_PUT = 10
_MOST_SAMPLES = 500
NEVER = datetime.max.replace(tzinfo=UTC)
# A file many of whose lines are refused for one of these is no bad file, but a file of another format.
_ANOTHER_FORMAT = (
    TurnedAway.NOT_A_LINE,
    TurnedAway.BAD_JSON,
    TurnedAway.WRONG_TYPE,
    TurnedAway.UNKNOWN_KIND,
    TurnedAway.MISSING_FIELD,
    TurnedAway.UNKNOWN_FIELD,
)


@dataclass(slots=True)
class ImportReport:
    """What became of a file's lines; `refused` and `noise` count by name."""

    lines: int = 0
    events: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    noise: Counter[str] = field(default_factory=Counter)


def import_file(  # noqa: PLR0913 -- what an import is
    file: Path,
    *,
    source: str,
    file_format: Format | FileFormat,
    inbox: Inbox,
    now: datetime,
    progress: Progress | None = None,
    import_id: int = 0,
) -> ImportReport:
    """Take in a file (plain or packed) as events of `source`, received `now`; importing it again adds nothing.

    `import_id` is the number by which the import can be undone (0: none).

    `progress` hears of the bytes read and the bytes there are. Raises ImportRefusedError, with nothing stored,
    when the file cannot be read or most of its first 1,000 lines are not in the format.
    """
    asked = file_format if isinstance(file_format, FileFormat) else FileFormat(file_format)
    read_line = reader_of(asked)
    try:
        with opened(file) as (lines, position):
            trial = _Trial(asked, Gathering(source, now))
            first = trial.first(lines, read_line)
            taking = _Taking(inbox, lambda: _gathering(source, now, import_id), reader_of(asked))
            for line in first:
                taking.line(line)
            for number, line in enumerate(_lines_of(lines)):
                taking.line(line)
                if progress and number % LOOKED_AT == 0:
                    progress(position(), file.stat().st_size)
            report = taking.end()
            if progress:
                progress(file.stat().st_size, file.stat().st_size)
    except UNREADABLE as error:
        raise ImportRefusedError(f"{file} cannot be read to its end ({error})") from None
    return report


def check_lines(file: Path, file_format: FileFormat) -> int:
    """Return how many of a file's first 1,000 lines there are, when enough of them are in the format.

    Raises ImportRefusedError when they are not, or the file cannot be read. An empty file is in any format.
    """
    trial = _Trial(file_format, Gathering("", NEVER))
    try:
        with opened(file) as (lines, _):
            return len(trial.first(lines, reader_of(file_format), may_be_empty=True))
    except UNREADABLE as error:
        raise ImportRefusedError(f"{file} cannot be read ({error})") from None


def preview_lines(
    file: Path, file_format: FileFormat, *, source: str, now: datetime, most: int
) -> list[tuple[bytes, Gathering]]:
    """Return the first lines of a file, each with what it would become; nothing is stored.

    Raises ImportRefusedError as `check_lines` does.
    """
    trial, read_line = _Trial(file_format, Gathering(source, now)), reader_of(file_format)
    try:
        with opened(file) as (lines, _):
            first = trial.first(lines, reader_of(file_format), may_be_empty=True)[:most]
    except UNREADABLE as error:
        raise ImportRefusedError(f"{file} cannot be read ({error})") from None
    shown = [(line, Gathering(source, now)) for line in first]
    for line, gathering in shown:
        read_line(line, gathering)
    return shown


class _Taking:
    """Lines on their way into the inbox: several intakes at a time, since each put waits for the disk."""

    def __init__(self, inbox: Inbox, gathering: Callable[[], Gathering], read_line: Lines) -> None:
        self._inbox, self._gathering, self._read_line = inbox, gathering, read_line
        self._report = ImportReport()
        self._full: list[Gathering] = []
        self._filling = gathering()
        self._samples = 0

    def line(self, line: bytes) -> None:
        self._report.lines += 1
        gathering = self._filling
        if len(line) > MOST_LINE_BYTES:
            gathering.refuse(TurnedAway.TOO_LARGE, line)
        else:
            self._read_line(line, gathering)
        if len(gathering.events) >= EVENTS_IN_INTAKE:
            self._next()

    def end(self) -> ImportReport:
        self._next()
        self._put()
        return self._report

    def _next(self) -> None:
        self._full.append(self._filling)
        self._filling = self._gathering()
        if len(self._full) >= INTAKES_IN_PUT:
            self._put()

    def _put(self) -> None:
        for gathering in self._full:
            self._report.events += len(gathering.events)
            self._report.refused += gathering.refused
            self._report.noise += gathering.noise
            gathering.samples = gathering.samples[: max(0, _MOST_SAMPLES - self._samples)]
            self._samples += len(gathering.samples)
        self._inbox.put([gathering.intake() for gathering in self._full])
        self._full = []


def _gathering(source: str, now: datetime, import_id: int) -> Gathering:
    gathering = Gathering(source, now)
    gathering.import_id = import_id
    return gathering


class _Trial:
    """Lines read before anything is stored, to see that they are in the format."""

    def __init__(self, asked: FileFormat, gathering: Gathering) -> None:
        self._asked, self._gathering = asked, gathering

    def first(self, lines: Opened, read_line: Lines, *, may_be_empty: bool = False) -> list[bytes]:
        """Return the first lines, or refuse the file when too many of them are not in the format."""
        first = list(islice(_lines_of(lines), LOOKED_AT))
        if not first and not may_be_empty:
            raise ImportRefusedError("the file is empty")
        for line in first:
            read_line(line, self._gathering)
        self._check(len(first))
        return first

    def _check(self, n: int) -> None:
        file_format, share = self._asked.format, self._asked.odd_share
        odd = sum(self._gathering.refused[why] for why in _ANOTHER_FORMAT)
        if odd <= share * n:
            return
        sample = next(each for each in self._gathering.samples if each.reason in _ANOTHER_FORMAT)
        why = f" The first: {sample.detail}." if file_format in LOGS else ""
        raise ImportRefusedError(
            f"{odd} of the first {n} lines are not {file_format}; nothing was imported.{why} "
            f"Choose another --format, allow more with --most-odd, or see docs/reference for what each takes"
        )


def _lines_of(lines: Opened) -> Iterator[bytes]:
    """Yield lines without their ends and without blank ones; a line without end is cut where it grows too long."""
    while line := lines.readline(MOST_LINE_BYTES + 2):
        whole = line
        while len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
            # What is left of a line that is refused anyway is read and let go.
            line = lines.readline(MOST_LINE_BYTES + 2)
        if stripped := whole.strip():
            yield stripped
