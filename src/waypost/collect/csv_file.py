"""Files of cells (CSV, TSV) as rows: which letters, which sign between the cells, which line each row is on."""

import codecs
import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from waypost.collect.opening import UNREADABLE, Lines, opened
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.core import ImportRefusedError

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t", "|")
MOST_COLUMNS = 200
#: So much of a file is looked at to see which letters it is written in.
LOOKED_AT_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_MOST_CHARACTERS = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: What is no UTF-8 and says nothing else of itself is most likely of a spreadsheet in Western Europe.
_ELSE = "cp1252"

Cells = dict[str, str | None]


class Line(NamedTuple):
    """One row with the line of the file on which it begins (the header is on line 1), or why it is none."""

    nr: int
    cells: Cells
    why: TurnedAway | None = None
    detail: str = ""


class Table(NamedTuple):
    """An open file: the names of its columns, its rows, and how many bytes of it were read."""

    columns: tuple[str, ...]
    lines: Iterator[Line]
    position: Callable[[], int]


@contextmanager
def table_of(file: Path) -> Iterator[Table]:
    """Open a file of cells, packed or not; one row is in memory at a time.

    Raises ImportRefusedError when it cannot be read, is empty, or its first line does not name columns.
    """
    letters = _letters_of(file)
    try:
        with opened(file) as (lines, position):
            texts = _texts(lines, letters)
            first = next((text for text in texts if text.strip()), "")
            if not first:
                raise ImportRefusedError(f"{file.name} is empty")
            try:
                reader = csv.reader(_again(first, texts), delimiter=_separator_of(first))
                columns = _columns(next(reader), file.name)
            except csv.Error:
                raise ImportRefusedError(
                    f"the first line of {file.name} names no columns: it holds line ends of another kind, or is "
                    "too long; save the file as CSV again"
                ) from None
            yield Table(columns, _rows(reader, columns), position)
    except UNREADABLE as error:
        raise ImportRefusedError(f"{file.name} cannot be read to its end ({error})") from None


def first_rows(file: Path, n: int) -> tuple[tuple[str, ...], list[Cells]]:
    """Return the columns of a file and its first rows that can be read, at most `n`."""
    with table_of(file) as table:
        return table.columns, [line.cells for line in islice(table.lines, n) if line.why is None]


def _letters_of(file: Path) -> str:
    try:
        with opened(file) as (lines, _):
            beginning = b""
            while len(beginning) < LOOKED_AT_BYTES and (piece := lines.readline(_PIECE_BYTES)):
                beginning += piece
    except UNREADABLE as error:
        raise ImportRefusedError(
            f"{file.name} cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    for mark, letters in _MARKS:
        if beginning.startswith(mark):
            return letters
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return _ELSE
    return "utf-8"


def _texts(lines: Lines, letters: str) -> Iterator[str]:
    """Yield the lines as text with their ends; what is not in these letters is kept as lone surrogates."""
    decode = codecs.getincrementaldecoder(letters)(
        errors="surrogateescape" if "16" not in letters else "replace"
    )
    rest = ""
    while piece := lines.readline(_PIECE_BYTES):
        rest += decode.decode(piece)
        if "\n" in rest:
            *whole, rest = rest.split("\n")
            yield from (f"{text}\n" for text in whole)
        elif len(rest) > _MOST_CHARACTERS:
            # No row of ours: as several lines it is refused, and memory does not grow.
            yield rest
            rest = ""
    rest += decode.decode(b"", final=True)
    if rest:
        yield rest


def _again(first: str, texts: Iterator[str]) -> Iterator[str]:
    yield first
    yield from texts


def _separator_of(first: str) -> str:
    """Return the sign that makes most columns of the first line."""
    return max(SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each))))


def _columns(cells: list[str], name: str) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        raise ImportRefusedError(f"{name} has {len(cells)} columns, and at most {MOST_COLUMNS} can be read")
    columns: list[str] = []
    for nr, cell in enumerate(cells, 1):
        # What is not in the file's letters is a question mark: names of columns become names of properties.
        named = cell.encode(errors="replace").decode().replace("\0", "?").strip()[:200] or f"column {nr}"
        columns.append(f"{named} ({nr})" if named in columns else named)
    return tuple(columns)


def _rows(reader: "Reader", columns: tuple[str, ...]) -> Iterator[Line]:
    while True:
        nr = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(nr, {}, TurnedAway.NOT_A_LINE, f"{error}")
            continue
        if any(cell.strip() for cell in cells):
            yield _line(nr, cells, columns)


def _line(nr: int, cells: list[str], columns: tuple[str, ...]) -> Line:
    filled = len(cells)
    while filled > len(columns) and not cells[filled - 1].strip():
        filled -= 1
    named: Cells = {column: cell.strip() or None for column, cell in zip(columns, cells, strict=False)}
    if filled > len(columns) or len(cells) < len(columns):
        said = f"{filled} cells where the first line has {len(columns)}"
        return Line(nr, named, TurnedAway.NOT_A_LINE, said)
    text = "".join(cells)
    if "\0" in text or any("\udc80" <= sign <= "\udcff" for sign in text if sign > "\ud7ff"):
        return Line(nr, named, TurnedAway.BAD_TEXT, SAYS[TurnedAway.BAD_TEXT])
    return Line(nr, named)
