"""What the columns of a file of cells mean: the mapping of a query, and what only files need said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from waypost.collect.csv_file import Cells
from waypost.collect.query_becomes import Becomes, SnapshotMapping, mapping_of
from waypost.collect.query_mapping import QueryMapping
from waypost.core import ImportRefusedError

#: A column of ours in each row: what the row says as a whole, by which an event without an id of its own is known.
ROW = "\0row"
#: Properties that hold times or days, whatever becomes of the rows.
DAYS = frozenset({"starts_on", "renews_on"})
DATED = DAYS | {"provisioned_at"}
NUMERIC = frozenset({"value", "seats"})
_SPREADSHEET_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?[ T]+(\d{1,2}:\d\d(?::\d\d)?))?$")
_ISO_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d")
_SINCE_1970 = re.compile(r"\d{9,16}$")
_TRUTHS = frozenset({"champion", "signs_renewal"})
_PLAIN = dict.fromkeys(("yes", "y", "true", "x"), "true") | dict.fromkeys(("no", "n", "false"), "false")
W = TypeVar("W", bound=StrEnum)
_OURS = ("names", "leave_out", "dates", "numbers")


class Dates(StrEnum):
    """How days are written that are not as ISO 8601 has them."""

    ISO = "iso"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Numbers(StrEnum):
    """What stands before the decimals of a number; the other one may stand between its thousands."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvMapping:
    """How rows are read.

    `names` are the properties that columns become, by column (by default a column's own name); columns in `leave_out`
    are not read. `dates` says how days are written, and `numbers` how numbers are.
    """

    means: QueryMapping | SnapshotMapping
    names: Mapping[str, str]
    leave_out: frozenset[str]
    dates: Dates
    numbers: Numbers

    def check(self, columns: tuple[str, ...]) -> None:
        """Raise ImportRefusedError when the mapping names a column that the file does not have."""
        named = {*self.means.columns, *self.names, *self.leave_out} - {None, ROW}
        if missing := sorted(str(each) for each in named - set(columns)):
            raise ImportRefusedError(
                f"the file has no column {', '.join(missing)}; it has {', '.join(columns)}"
            )

    def row(self, cells: Cells) -> dict[str, Any]:
        """Return a row in the names, dates and truths that the mapping of a query knows."""
        row: dict[str, Any] = {}
        for column, cell in cells.items():
            if column in self.leave_out:
                continue
            name = self.names.get(column, column)
            value: str | int | None = cell
            if column in self.means.instants or name in DATED:
                value = self._iso(cell, day=name in DAYS)
            if cell and (name in NUMERIC or column == self.means.quantity):
                value = plain_number(cell, self.numbers)
            if name in _TRUTHS or column == getattr(self.means, "solved", None):
                value = _PLAIN.get(cell.lower(), value) if cell else None
            row[name] = value
        if isinstance(self.means, QueryMapping) and ROW in self.means.key:
            row[ROW] = sha256(msgspec.json.encode(sorted(cells.items()))).hexdigest()[:32]
        return row

    def _iso(self, text: str | None, *, day: bool) -> str | int | None:
        """Return a date as spreadsheets write it as ISO 8601 does, seconds as a number; anything else as it is."""
        if text is None:
            return None
        if _SINCE_1970.match(text):
            return int(text)
        if day and _ISO_WITH_TIME.match(text):
            return text[:10]
        found = _SPREADSHEET_DATE.match(text)
        if found is None or self.dates is Dates.ISO:
            return text
        first, second, year, clock = found.groups()
        on, month = (first, second) if self.dates is Dates.DAY_FIRST else (second, first)
        return f"{year}-{month:0>2}-{on:0>2}" + (
            f"T{clock if clock[2] == ':' else '0' + clock}" if clock and not day else ""
        )


def plain_number(text: str, numbers: Numbers) -> str:
    """Return a number as programs write it, without signs of money and between thousands; anything else as it is."""
    if not is_number(text, numbers):
        return text
    bare = text.translate(_BETWEEN)
    if numbers is Numbers.COMMA:
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "")


def is_number(text: str, numbers: Numbers) -> bool:
    """Tell whether a cell is a number that is written so."""
    return _WRITTEN[numbers].fullmatch(text.translate(_BETWEEN)) is not None


_BETWEEN = str.maketrans("", "", "€$£ '’\u00a0\u202f")
_WRITTEN = {
    Numbers.POINT: re.compile(r"[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?"),
    Numbers.COMMA: re.compile(r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?"),
}


def csv_mapping_of(document: Mapping[str, Any]) -> CsvMapping:
    """Return the mapping that a document says; raises ImportRefusedError with the place of the fault."""
    told = {name: value for name, value in document.items() if value not in (None, "", [], {})}
    ours = {name: told.pop(name) for name in _OURS if name in told}
    names, leave_out = ours.get("names", {}), ours.get("leave_out", [])
    if not isinstance(names, Mapping) or not all(isinstance(each, str) for each in names.values()):
        raise ImportRefusedError("the mapping: names says a property for each column")
    if not isinstance(leave_out, list) or not all(isinstance(each, str) for each in leave_out):
        raise ImportRefusedError("the mapping: leave_out is a list of columns")
    if twice := {each for each in names.values() if list(names.values()).count(each) > 1}:
        raise ImportRefusedError(f"the mapping: two columns are to be {', '.join(sorted(twice))}")
    dates = _one_of(Dates, ours, "dates", usual=Dates.ISO)
    numbers = _one_of(Numbers, ours, "numbers", usual=Numbers.POINT)
    means = mapping_of(_completed(told))
    roles = {each for each in means.columns if each}
    if both := sorted(roles & {*names, *leave_out}):
        raise ImportRefusedError(f"the mapping: {', '.join(both)} is used already, and is no property")
    return CsvMapping(means=means, names=names, leave_out=frozenset(leave_out), dates=dates, numbers=numbers)


def _one_of(words: type[W], said: Mapping[str, Any], name: str, *, usual: W) -> W:
    try:
        return words(said.get(name, usual))
    except ValueError:
        raise ImportRefusedError(f"the mapping: {name} is one of {', '.join(words)}") from None


def _completed(told: dict[str, Any]) -> dict[str, Any]:
    """Say what a query must say and a file need not: where it goes on, and what tells two rows apart."""
    becomes = told.get("becomes", "events")
    if becomes == "events":
        # A file is read once, so nothing is asked for by its order.
        return {"key": [ROW], "kind": "track", **told, "cursor": told.get("time")}
    if becomes == Becomes.ANSWERS and "key" not in told:
        told["key"] = [told[each] for each in ("person", "account", "time") if each in told]
    if becomes == Becomes.CONTRACTS and "key" not in told and "account" in told:
        # Most lists have one contract for each account.
        told["key"] = [told["account"]]
    return told
