"""How far files were taken in, kept in the inbox: in one transaction with the events of their lines."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from waypost.store.questions import question

#: Of so many files that ended a source knows that it has had them.
MOST_ENDED_FILES = 2_000


class FilePosition(msgspec.Struct, frozen=True, kw_only=True):
    """How far a followed file of a source was taken in: every line before `reached` (bytes, unpacked) is in.

    `file` names it for as long as it lives, `path` is what it was called while it was live, `node` the device and the
    inode of what holds it now. `head` is a hash of its first `head_size` bytes, by which it is known again. It has
    `ended` when nothing more can come of it.
    """

    source: str
    file: str
    path: str
    node: str
    reached: int
    head: str
    head_size: int
    ended: bool = False


def keep_positions(rows: sqlite3.Connection, positions: Iterable[FilePosition]) -> None:
    """Keep positions in the place of earlier ones of the same files."""
    for each in positions:
        rows.execute(question("inbox/put_file_position"), msgspec.structs.asdict(each))
        rows.execute(question("inbox/trim_file_positions"), {"source": each.source, "most": MOST_ENDED_FILES})


def positions_in(rows: Iterable[Mapping[str, Any]]) -> list[FilePosition]:
    """Return positions as they were kept."""
    return msgspec.convert([{**row, "ended": bool(row["ended"])} for row in rows], list[FilePosition])
