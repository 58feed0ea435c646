"""The life of a followed file: how far it was taken in, what holds it now, and who reads its lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import msgspec

from waypost.collect.following.carriers import HEAD_BYTES, Carrier, Packed, Plain, carrier_of, hash_of
from waypost.collect.following.looking import Seen
from waypost.collect.formats import FileFormat, Lines, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.importing import NEVER
from waypost.collect.logs import LogLines
from waypost.collect.opening import MOST_LINE_BYTES, UNREADABLE
from waypost.store import FilePosition

#: So much of what was taken in before is read again to count identical lines of one second on from there.
READ_AGAIN_BYTES = 8 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024


@dataclass(slots=True, eq=False)
class Life:
    """One file from its first line to its last. `carrier` is None while nobody knows what holds it.

    It `finishes` when it is read from a copy, to which nothing is added; `within` a line that is too long and was
    refused; `gone_turns` counts how often nothing was found in it after it had been deleted; `last_at` is where what
    it held lies after it ended.
    """

    position: FilePosition
    carrier: Carrier | None = None
    reader: Lines | None = None
    finishes: bool = False
    within: bool = False
    gone_turns: int = 0
    last_at: Path | None = None

    @property
    def path(self) -> Path:
        """What it was called while it was live."""
        return Path(self.position.path)

    @property
    def is_lost(self) -> bool:
        """Whether there may be more of it somewhere."""
        return self.carrier is None and not self.position.ended

    def begins(self, carrier: Carrier, size: int) -> bool:
        """Tell whether a carrier begins as it did, and has at least so many bytes."""
        return carrier.holds(size, self.position.head, self.position.head_size)

    def let_go(self) -> None:
        """Close what holds it."""
        if self.carrier:
            self.carrier.close()
        self.carrier = self.reader = None


def begun(source: str, seen: Seen, carrier: Carrier, *, at_end: bool) -> Life:
    """Return the life of a file that was not seen before, from its beginning or from its last whole line on."""
    size = carrier.size() if at_end else 0
    reached = _last_line(carrier, size) if size else 0
    head_size = min(HEAD_BYTES, reached if size is not None else HEAD_BYTES)
    head = carrier.read(0, head_size) if head_size else b""
    position = FilePosition(
        source=source,
        file=uuid4().hex,
        path=str(seen.of),
        node=seen.node,
        reached=reached,
        head=hash_of(head),
        head_size=len(head),
        ended=size is None,
    )
    return Life(position, None if size is None else carrier)


def advanced(life: Life, carrier: Carrier, data: bytes, *, ended: bool) -> FilePosition:
    """Return the position of a life after these bytes of it."""
    before = life.position
    reached = before.reached + len(data)
    head = before.head, before.head_size
    if before.head_size < HEAD_BYTES and (before.reached == 0 or not carrier.is_whole):
        first = data[:HEAD_BYTES] if before.reached == 0 else carrier.read(0, min(HEAD_BYTES, reached))
        head = hash_of(first), len(first)
    return msgspec.structs.replace(
        before, node=carrier.node, reached=reached, head=head[0], head_size=head[1], ended=ended
    )


def find(lives: list[Life], seen: Seen, carrier: Carrier, since_ns: int) -> tuple[Life | None, bool]:
    """Return whose bytes a file holds, if any of these lives', and whether there is nothing to do about it now.

    What was rotated is new when it was written after `since_ns`: it came and went while nobody looked.
    """
    for life in reversed(lives):
        same = life.position.node == seen.node and life.carrier is None
        if same and life.begins(carrier, life.position.reached):
            return life, life.position.ended
    for life in reversed(lives):
        if life.path.parent == seen.of.parent:
            match _held_by(life, seen, carrier):
                case True:
                    return life, False
                case False:
                    return life, True
    return None, not (seen.is_meant or (seen.is_rotated and seen.written_ns > since_ns))


def _held_by(life: Life, seen: Seen, carrier: Carrier) -> bool | None:
    """Tell whether a life goes on in a file; False when the file only repeats it, None when it is no part of it."""
    position = life.position
    if life.carrier:
        if seen.path != life.path and _is_copy(carrier, life.carrier):
            return False
        # It was compared with what it is no copy of only when that is still what it was.
        if life.carrier.is_whole or life.begins(life.carrier, position.reached):
            return None
        life.let_go()
    if not position.head_size or not life.begins(carrier, position.head_size):
        return None
    if not position.ended:
        return True
    return False if carrier.size() in (None, position.reached) else None


def ready(
    life: Life, carrier: Carrier, asked: FileFormat, others: Iterable[Life], counting: dict[Path, LogLines]
) -> Lines:
    """Return who reads a life's lines: one who knows of the lines before, here and in files of the same path.

    `counting` holds who counted identical lines of each path last.
    """
    if life.reader:
        return life.reader
    reader = life.reader = reader_of(asked)
    reached = life.position.reached
    life.within = reached > 0 and carrier.read(reached - 1, 1) != b"\n"
    if not isinstance(reader, LogLines):
        return reader
    if reader.has_heads:
        _read_again(reader, carrier, 0, reached, only=b"#")
    if last := counting.get(life.path):
        reader.count_on(last)
    else:
        left = READ_AGAIN_BYTES
        before = [each for each in others if each is not life and each.path == life.path]
        for each in (life, *reversed(before)):
            if left > 0 and each.position.reached:
                since = max(0, each.position.reached - left)
                left -= each.position.reached - since
                _read_life_again(reader, each, since)
    counting[life.path] = reader
    return reader


def _is_copy(carrier: Carrier, of: Carrier) -> bool:
    """Tell whether a file may be a copy of another that is still there, whole or in the making."""
    size, most = carrier.size(), of.size()
    if size is not None and most is not None and size > most:
        return False
    known = min(HEAD_BYTES, *(each for each in (size, most) if each is not None), HEAD_BYTES)
    return known > 0 and carrier.read(0, known) == of.read(0, known)


def _last_line(carrier: Carrier, size: int) -> int:
    since = max(0, size - MOST_LINE_BYTES)
    end = carrier.read(since, size - since).rfind(b"\n")
    return since + end + 1 if end >= 0 else size


def _read_life_again(reader: LogLines, life: Life, since: int) -> None:
    if life.carrier:
        _read_again(reader, life.carrier, since, life.position.reached)
    elif life.last_at:
        try:
            carrier: Plain | Packed = carrier_of(life.last_at)
            try:
                _read_again(reader, carrier, since, life.position.reached)
            finally:
                carrier.close()
        except UNREADABLE:
            return


def _read_again(reader: LogLines, carrier: Carrier, at: int, until: int, only: bytes = b"") -> None:
    """Show lines to a reader that are in already; of those that begin inside, whole ones only."""
    rest, skips = b"", at > 0
    while at < until and (data := carrier.read(at, min(_PIECE_BYTES, until - at))):
        at += len(data)
        *lines, rest = (rest + data).split(b"\n")
        gathering = Gathering("", NEVER)
        for line in lines[1:] if skips else lines:
            stripped = line.strip()
            if stripped and stripped.startswith(only) and len(stripped) <= MOST_LINE_BYTES:
                reader(stripped, gathering)
        skips = skips and not lines
