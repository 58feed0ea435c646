"""The register: where a stored event may be, by a hash of its source and id: one sent again is found at once.

It is a copy of what the warehouse has committed. Whoever finds something here looks at the event itself before
believing it, and events that came after `covered` are looked for among the events. So a process that dies at any point
leaves a register that is right, though perhaps behind; and one that is lost is made anew.

A run is a file of two rows of whole numbers: the hashes in order, and the arrival of each. Runs are never changed. When
one is added, smaller ones before it are merged with it, so there are few of them, each several times the next. They are
mapped, not read, and let go of again: what this process holds does not grow with what is stored.
"""

import mmap
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int64]

INDEX = "index.json"
#: A run is merged with the one before it unless that is so many times larger, or both would be larger than the most.
TIMES_LARGER = 3
MOST_IN_RUN = 1 << 25
#: So many rows are merged at once, so that the largest merge fits into memory.
MERGED_AT_ONCE = 1 << 21
HIGHEST_KEY = 1 << 63


class _Index(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs there are with how many rows, oldest first; `maker` is who hashed, `anchor` the key at `covered`."""

    maker: str
    covered: int
    anchor: int
    runs: tuple[tuple[str, int], ...]


class Register:
    """Finds arrivals by key. Whoever uses it is the one writer of the warehouse, and holds its lock."""

    def __init__(self, folder: Path | None, *, maker: str) -> None:
        """Open the register in a folder of its own; None keeps it in memory. Another maker's is forgotten."""
        self._folder = folder
        self._index = _Index(maker=maker, covered=0, anchor=0, runs=())
        self._runs: tuple[Numbers, ...] = ()
        self._open()

    @property
    def covered(self) -> int:
        """The arrival up to which (inclusive) every event stands here, 0 when none does."""
        return self._index.covered

    @property
    def anchor(self) -> int:
        """The key of the event with the arrival `covered`: another there means that this is not our warehouse."""
        return self._index.anchor

    @property
    def size(self) -> int:
        """How many events stand here."""
        return sum(n for _, n in self._index.runs)

    def find(self, keys: Numbers) -> Numbers:
        """Return the arrivals of all events with one of these keys, in order; they may be others with the same hash."""
        return np.unique(self.look_up(keys)[1])

    def look_up(self, keys: Numbers) -> tuple[Numbers, Numbers]:
        """Return those of the keys that stand here, as often as they do, and the arrival at each."""
        asked = np.unique(keys)
        found = [run[:, places] for run in self._runs for places in _places(run[0], asked)]
        both = np.concatenate([np.empty((2, 0), np.int64), *found], axis=1)
        self._put_aside()
        return both[0], both[1]

    def extend(self, keys: Numbers, arrivals: Numbers) -> None:
        """Add all committed events after `covered` up to the last of these arrivals; on disk when this returns."""
        covered = int(arrivals.max())
        order = np.argsort(keys, kind="stable")
        merged = [np.stack([keys[order], arrivals[order]])]
        kept, runs = list(self._index.runs), list(self._runs)
        while runs and _belong_together(runs[-1].shape[1], sum(run.shape[1] for run in merged)):
            merged.append(runs.pop())
            kept.pop()
        name = f"{covered:020d}.run"
        n = sum(run.shape[1] for run in merged)
        runs.append(self._write(name, merged, n))
        kept.append((name, n))
        anchor = int(keys[np.argmax(arrivals)])
        index = msgspec.structs.replace(self._index, covered=covered, anchor=anchor, runs=tuple(kept))
        self._keep(index)
        self._index, self._runs = index, tuple(runs)
        self._put_aside()

    def forget(self) -> None:
        """Forget everything: it is made anew from the events."""
        self._runs = ()
        self._index = msgspec.structs.replace(self._index, covered=0, anchor=0, runs=())
        if self._folder and self._folder.exists():
            # Without its index no run counts, whatever is left of them.
            (self._folder / INDEX).unlink(missing_ok=True)
            shutil.rmtree(self._folder)

    def is_in_order(self) -> bool:
        """Return whether every run is in the order in which it is searched."""
        return all(
            bool(np.all(np.diff(run[0, at : at + MERGED_AT_ONCE + 1]) >= 0))
            for run in self._runs
            for at in range(0, run.shape[1], MERGED_AT_ONCE)
        )

    def _put_aside(self) -> None:
        """Let go of what was looked at: the system keeps it while it has room, and this process does not grow by it."""
        for run in self._runs:
            if isinstance(run.base, mmap.mmap):
                run.base.madvise(mmap.MADV_DONTNEED)

    def _open(self) -> None:
        if not self._folder or not self._folder.exists():
            return
        try:
            index = msgspec.json.decode((self._folder / INDEX).read_bytes(), type=_Index)
            runs = tuple(_mapped(self._folder / name, n) for name, n in index.runs)
        except (OSError, ValueError, msgspec.DecodeError):
            # It was never finished, or is damaged.
            self.forget()
            return
        if index.maker == self._index.maker:
            self._index, self._runs = index, runs
        else:
            self.forget()

    def _write(self, name: str, runs: Sequence[Numbers], n: int) -> Numbers:
        if self._folder is None:
            return np.concatenate(list(_merge(runs)), axis=1)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        file = self._folder / name
        with file.open("wb") as writing:
            at = 0
            for part in _merge(runs):
                for row in (0, 1):
                    writing.seek((row * n + at) * part.itemsize)
                    writing.write(part[row].tobytes())
                at += part.shape[1]
            writing.flush()
            os.fsync(writing.fileno())
        return _mapped(file, n)

    def _keep(self, index: _Index) -> None:
        """Make this the index, on disk before the runs that it no longer names go."""
        if self._folder is None:
            return
        fresh = self._folder / f"{INDEX}.part"
        with fresh.open("wb") as writing:
            writing.write(msgspec.json.encode(index))
            writing.flush()
            os.fsync(writing.fileno())
        fresh.rename(self._folder / INDEX)
        named = {INDEX, *(name for name, _ in index.runs)}
        for file in self._folder.iterdir():
            if file.name not in named:
                file.unlink()


def _belong_together(older: int, newer: int) -> bool:
    return older <= TIMES_LARGER * newer and older + newer <= MOST_IN_RUN


def _places(keys: Numbers, asked: Numbers) -> Iterator[Numbers]:
    """Yield the places at which the asked keys (in order, each once) stand: all the first ones, then all the second."""
    places = np.searchsorted(keys, asked)
    while len(places):
        inside = places < len(keys)
        places, asked = places[inside], asked[inside]
        same = keys[places] == asked
        places, asked = places[same], asked[same]
        if len(places):
            yield places
        places = places + 1


def _merge(runs: Sequence[Numbers]) -> Iterator[Numbers]:
    """Yield all rows in the order of their keys, by ranges of keys: hashes are spread evenly over all numbers."""
    ranges = 1 + sum(run.shape[1] for run in runs) // MERGED_AT_ONCE
    edges = np.array([HIGHEST_KEY // ranges * nr for nr in range(1, ranges)], np.int64)
    cuts = [[0, *np.searchsorted(run[0], edges), run.shape[1]] for run in runs]
    for nr in range(ranges):
        part = np.concatenate(
            [run[:, cut[nr] : cut[nr + 1]] for run, cut in zip(runs, cuts, strict=True)], axis=1
        )
        # Stable sorting finds the runs in order, and merges them.
        yield part[:, np.argsort(part[0], kind="stable")]


def _mapped(file: Path, n: int) -> Numbers:
    if file.stat().st_size != 2 * 8 * n:
        raise ValueError(f"{file.name} is not whole")
    return np.memmap(file, dtype=np.int64, mode="r", shape=(2, n))
