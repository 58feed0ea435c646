"""Holidays of a workspace: days on which less is expected of everybody, so that none of them is called a fall."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Self

import msgspec

from waypost.core import Document, fail, reading

LONGEST_DAYS = 60
#: A year in which every day of the calendar is, for days that come every year.
LEAP_YEAR = 2024


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One holiday: on a `day` (until another, inclusive), or `every` year on a month and day such as `12-25`."""

    name: str
    day: date | None = None
    until: date | None = None
    every: str | None = None

    def days(self, first_on: date, last_on: date) -> Iterator[date]:
        """Yield its days between two, both inclusive."""
        if self.every is not None:
            month, day = map(int, self.every.split("-"))
            # A day that not every year has is left out of the others.
            yields = (_day_of(year, month, day) for year in range(first_on.year, last_on.year + 1))
            yield from (each for each in yields if each is not None and first_on <= each <= last_on)
        elif self.day is not None:
            for nr in range(((self.until or self.day) - self.day).days + 1):
                each = self.day + timedelta(days=nr)
                if first_on <= each <= last_on:
                    yield each


class Holidays(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The holidays of a workspace; the newest version holds for all days."""

    key: str = "holidays"
    kind: str = "holidays"
    days: tuple[Holiday, ...] = ()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read holidays; raises DefinitionError with the path of the fault."""
        read = reading(cls, document, where=where)
        for nr, each in enumerate(read.days):
            _check(each, f"{where}: days[{nr}]")
        return read

    def between(self, first_on: date, last_on: date) -> dict[date, str]:
        """Return the holidays between two days, both inclusive, with their names."""
        found = ((on, each.name) for each in self.days for on in each.days(first_on, last_on))
        return dict(sorted(found))


def _check(holiday: Holiday, where: str) -> None:
    if (holiday.day is None) == (holiday.every is None):
        fail(where, "give either day or every")
    if holiday.every is not None:
        told = re.fullmatch(r"(\d{2})-(\d{2})", holiday.every)
        if told is None or _day_of(LEAP_YEAR, int(told[1]), int(told[2])) is None:
            fail(where, f'every: {holiday.every!r} is no day of a year; write month and day, as in "12-25"')
    if holiday.until is not None:
        if holiday.day is None:
            fail(where, "until: goes with day")
        if not 0 <= (holiday.until - holiday.day).days < LONGEST_DAYS:
            fail(where, f"until: must come on or after day, within {LONGEST_DAYS} days")


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
