"""Which files there are: those that the patterns mean, and those beside them that they may have become."""

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from waypost.collect.following.carriers import node_of

MOST_FILES = 500
#: So many folders inside that of a live file are looked into, where `olddir` may have moved what was rotated.
MOST_OLDDIRS = 50


class Seen(NamedTuple):
    """A file that is there: under which name, how large, when changed and written, and whether a pattern means it.

    `of` is the path of the live file that it was, by its name (access.log of access.log.2.gz), else its own.
    """

    path: Path
    node: str
    size: int
    changed_ns: int
    written_ns: int
    is_meant: bool
    of: Path

    @property
    def is_rotated(self) -> bool:
        """Whether it is named as a live file is once it was rotated."""
        return self.of != self.path


def look(patterns: Iterable[str], known: Iterable[str], problems: list[str]) -> dict[str, Seen]:
    """Return the files that the patterns mean, and those beside them and beside `known` paths, by node.

    Beside a file is its folder and those right inside it. What cannot be looked at is told in `problems`. Names of
    files that were renamed, copied or packed begin like those that they had.
    """
    meant = {each for pattern in patterns for each in _meant_by(pattern, problems)}
    lives = {*meant, *map(Path, known)}
    folders = dict[Path, set[Path]]()
    for path in lives:
        for folder in (path.parent, *_olddirs(path.parent)):
            folders.setdefault(folder, set()).add(path)
    found = [each for folder, of in folders.items() for each in _in_folder(folder, of, meant)]
    if len(meant) > MOST_FILES:
        problems.append(f"the patterns mean {len(meant)} files, of which {MOST_FILES} are followed at most")
    # Live files first: what is beside them may be their copy.
    return {each.node: each for each in sorted(found, key=lambda each: (each.is_rotated, str(each.path)))}


def named_by(pattern: str) -> list[Path]:
    """Return what there is that a pattern of a whole path names."""
    # Path.glob takes no whole paths.
    return sorted(map(Path, glob.glob(pattern, recursive=True)))  # noqa: PTH207 -- as said above


def _meant_by(pattern: str, problems: list[str]) -> list[Path]:
    found = [each.resolve() for each in named_by(pattern)]
    if not found:
        problems.append(_why_nothing(pattern))
    return [each for each in found if each.is_file()]


def _why_nothing(pattern: str) -> str:
    folder = Path(pattern).parent
    while glob.has_magic(str(folder)):
        folder = folder.parent
    if not os.access(folder, os.F_OK):
        return f"there is no folder {folder}, or it may not be looked into by {_who()}"
    if not os.access(folder, os.R_OK | os.X_OK):
        return f"the folder {folder} may not be read by {_who()}; give that user the right to"
    return f"no file is called {pattern}"


def unreadable(path: Path, error: OSError) -> str:
    """Say why a file cannot be read, and what to do."""
    if isinstance(error, PermissionError):
        return f"{path} may not be read by {_who()}; give that user the right to"
    return f"{path} cannot be read ({error.strerror or error})"


def _who() -> str:
    return f"the user that Waypost runs as (number {os.geteuid()})"


def _olddirs(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
    return [folder / name for name in inside[:MOST_OLDDIRS]]


def _in_folder(folder: Path, lives: set[Path], meant: set[Path]) -> Iterator[Seen]:
    stems = tuple({live.name.partition(".")[0] for live in lives})
    # What a live file of the same folder may have become is no other's.
    nearest_first = sorted(lives, key=lambda live: (live.parent != folder, len(live.name), live.name))
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.startswith(stems))
    except OSError:
        return
    for name in names:
        path = folder / name
        try:
            found = path.stat()
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode):
            of = next((live for live in nearest_first if _rotated(live.name).fullmatch(name)), path)
            yield Seen(
                path,
                node_of(found),
                found.st_size,
                found.st_ctime_ns,
                found.st_mtime_ns,
                path in meant,
                of,
            )


@lru_cache(maxsize=1_024)
def _rotated(live: str) -> re.Pattern[str]:
    """Return what a live file is called once it was rotated: numbers or dates behind it or before its ending."""
    first, second = re.escape(Path(live).stem), re.escape(Path(live).suffix)
    number = r"(?:[.-]\d[\dT_.-]*)?"
    return re.compile(rf"(?!{first}{second}$){first}{number}{second}{number}(?:\.(?:gz|bz2|zst|zip))?")
