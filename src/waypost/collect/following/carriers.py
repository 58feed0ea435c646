"""What holds the bytes of a followed file: the file under whatever name, a copy of it, or one that was packed."""

import hashlib
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from waypost.collect.opening import opened

#: So many first bytes tell one file from another: lines of logs begin with times and addresses.
HEAD_BYTES = 1_024
_PACKED = (b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")


class Carrier(Protocol):
    """Holds bytes that are read from where one stopped. `is_whole` says that no more will be written to it."""

    node: str
    is_whole: bool

    def read(self, at: int, most: int) -> bytes:
        """Return up to `most` bytes from `at` on, none at the end. Raises OSError or EOFError when they are broken."""
        ...

    def holds(self, size: int, head: str, head_size: int) -> bool:
        """Tell whether it begins with these bytes and has at least `size` of them."""
        ...

    def size(self) -> int | None:
        """Return how many bytes there are, None when only reading would tell."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Plain:
    """A file as it was written. It stays open, so that what stands in it can be read after it was deleted."""

    is_whole = False

    def __init__(self, path: Path) -> None:
        """Open it. Raises OSError."""
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        self.node = node_of(os.fstat(self._file))

    def read(self, at: int, most: int) -> bytes:
        """Return bytes from `at` on."""
        return os.pread(self._file, most, at)

    def holds(self, size: int, head: str, head_size: int) -> bool:
        """Tell whether it is the same file as before, neither truncated nor written anew."""
        return self.size() >= size and hash_of(self.read(0, head_size)) == head

    def size(self) -> int:
        """Return how many bytes there are."""
        return os.fstat(self._file).st_size

    @property
    def is_deleted(self) -> bool:
        """Whether no name leads to it any more."""
        return os.fstat(self._file).st_nlink == 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


class Packed:
    """A file that was packed (gzip, bzip2, zstd, zip) after it had been written."""

    is_whole = True

    def __init__(self, path: Path) -> None:
        """Remember where it is. Raises OSError."""
        self._path = path
        self.node = node_of(path.stat())
        self._open = ExitStack()
        self._begin()

    def read(self, at: int, most: int) -> bytes:
        """Return bytes from `at` on; going back means to unpack it from its beginning again."""
        if at < self._at:
            self._begin()
        while self._at < at and self._some(at - self._at):
            pass
        found = b""
        while len(found) < most and (some := self._some(most - len(found))):
            found += some
        return found

    def holds(self, size: int, head: str, head_size: int) -> bool:
        """Tell whether it begins with these bytes; how many it has, only reading it would tell."""
        del size
        return hash_of(self.read(0, head_size)) == head

    def size(self) -> None:
        """Nobody knows."""

    def close(self) -> None:
        """Let go of the file."""
        self._open.close()

    def _begin(self) -> None:
        self._open.close()
        self._lines, _ = self._open.enter_context(opened(self._path))
        self._at = 0

    def _some(self, most: int) -> bytes:
        some = self._lines.readline(most)
        self._at += len(some)
        return some


def carrier_of(path: Path) -> Plain | Packed:
    """Open a file as what its first bytes say it is. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(4)
    return Packed(path) if start.startswith(_PACKED) else Plain(path)


def node_of(stat: os.stat_result) -> str:
    """Return what a file keeps when it is renamed: its device and its inode."""
    return f"{stat.st_dev}:{stat.st_ino}"


def hash_of(head: bytes) -> str:
    """Return the hash by which a file is known again; the bytes themselves may be personal data."""
    return hashlib.sha256(head).hexdigest()[:32]
