"""Cutoffs as rows: the days of accounts at which measures are asked for, account after account and day after day."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

Days = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

#: Later than any day: what has no end.
NEVER = 2**22
#: A cutoff is one number: the account above these bits, the day in them.
DAY_BITS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """Every cutoff has a row; days are whole numbers (since 1970), for they are added and compared a billion times."""

    day: Days
    #: The first row of each account, and one past the last row of all.
    first: Rows
    #: The place of each account of the enumeration among those that are asked about; -1 when it is not.
    place: Rows
    gapless: bool

    @classmethod
    def of(cls, cutoffs: pl.DataFrame) -> Self:
        """Read account_id (an enumeration) and on_day, ordered by both."""
        account, day = cutoffs["account_id"].to_physical().to_numpy(), days_of(cutoffs["on_day"])
        opens = np.ones(len(account) + 1, dtype=bool)
        opens[1:-1] = account[1:] != account[:-1]
        place = np.full(len(words_of(cutoffs["account_id"])), -1, dtype=np.int64)
        first = np.flatnonzero(opens)
        place[account[first[:-1]]] = np.arange(len(first) - 1)
        gapless = bool((opens[1:-1] | (day[1:] - day[:-1] == 1)).all())
        return cls(day=day, first=first, place=place, gapless=gapless)

    def places(self, accounts: pl.Series) -> Rows:
        """Return the place of each of these accounts, -1 for those not asked about."""
        return np.asarray(self.place[accounts.to_physical().to_numpy()])

    def reach(self, place: Rows, day: Days) -> Rows:
        """Return the first row of each account on or after a day; the row after its last when there is none."""
        first, end = self.first[place], self.first[place + 1]
        if self.gapless:
            return np.asarray(np.clip(first + (day - self.day[first]), first, end))
        keys = (np.repeat(np.arange(len(self.first) - 1), np.diff(self.first)) << DAY_BITS) + self.day + NEVER
        return np.asarray(np.searchsorted(keys, (place << DAY_BITS) + day + NEVER))

    def holds(self, row: Rows, place: Rows, day: Days) -> npt.NDArray[np.bool_]:
        """Return whether a row is one of the account and of this very day."""
        inside = row < self.first[place + 1]
        return np.asarray(inside & (self.day[np.where(inside, row, 0)] == day))

    def summed(self, row: Rows, sum_nr: Rows, value: Numbers, sums: int) -> Numbers:
        """Return the values of each sum added up by row, the one past the last included: sums x (rows + 1)."""
        size = len(self.day) + 1
        added = np.bincount(sum_nr * size + row, value, minlength=sums * size)
        return added.astype(np.float64, copy=False).reshape(sums, size)


def days_of(dates: pl.Series) -> Days:
    """Return dates as whole numbers; without a date there is no end."""
    return dates.to_physical().fill_null(NEVER).to_numpy()


def words_of(column: pl.Series) -> pl.Series:
    """Return the words of a column that is an enumeration, in their order."""
    kind = column.dtype
    if not isinstance(kind, pl.Enum):
        raise TypeError(f"{column.name} is no enumeration; cast it to one")
    return kind.categories
