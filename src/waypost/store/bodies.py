"""Where the inbox keeps what it was given: files written at their end only, on disk before a row names them."""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from waypost.core import StoreError

MOST_BYTES_IN_FILE = 64 * 1024 * 1024
#: How many pieces one call may hand to the system; Linux takes 1,024.
PIECES_AT_ONCE = 1_000
SUFFIX = ".bodies"
#: The file of a copy, which holds what was still waiting.
COPIED = f"inbox-copied{SUFFIX}"


class Bodies:
    """Files beside an inbox, each with one writer that holds its lock; who reads needs none.

    A file that no row of the inbox names any more is emptied, and removed once its writer has gone on to another.
    Everything but `read` is called within a transaction of the inbox, so two of them never overlap.
    """

    def __init__(self, folder: Path | None) -> None:
        """Keep files in `folder`; None keeps one without a name, for tests."""
        self._folder = folder
        self._fd = -1
        self._name = ""
        self._end = 0

    def append(self, pieces: Sequence[bytes]) -> tuple[str, int]:
        """Write the pieces, one behind the other, to disk; return the file and where in it the first begins."""
        if self._fd < 0 or self._end > MOST_BYTES_IN_FILE:
            self._begin()
        start, at = self._end, self._end
        for first in range(0, len(pieces), PIECES_AT_ONCE):
            at = _write(self._fd, pieces[first : first + PIECES_AT_ONCE], at)
        if self._folder:
            os.fdatasync(self._fd)
        # Only now: what was half written is written over by the next.
        self._end = at
        return self._name, start

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return so many bytes of a file from `start` on. Raises StoreError when they are not there."""
        found = self._read(name, start, length)
        if len(found) != length:
            raise StoreError(
                f"the inbox needs {name}, of which {length} bytes are not there; restore it from a backup"
            )
        return found

    def let_go(self, needed: Iterable[str]) -> None:
        """Empty every file that is not among the needed ones, and remove those that nobody writes any more."""
        kept = {*needed}
        if self._folder is None:
            if not kept and self._fd >= 0:
                os.ftruncate(self._fd, 0)
            return
        for file in self._files():
            if file.name not in kept:
                _empty(file)

    def size_bytes(self) -> int:
        """Return how much room the files take on the disk."""
        if self._folder is None:
            return os.fstat(self._fd).st_blocks * 512 if self._fd >= 0 else 0
        size = 0
        for file in self._files():
            with suppress(FileNotFoundError):
                size += file.stat().st_blocks * 512
        return size

    def close(self) -> None:
        """Write no more; what was appended stays."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._name, self._end = -1, "", 0

    def _files(self) -> Iterable[Path]:
        return self._folder.glob(f"inbox-*{SUFFIX}") if self._folder else ()

    def _begin(self) -> None:
        """Go on in a new file, locked for as long as it is written; the system lets the lock go with the process."""
        self.close()
        if self._folder is None:
            with tempfile.TemporaryFile() as nameless:
                self._fd = os.dup(nameless.fileno())
            return
        self._name = f"inbox-{secrets.token_hex(6)}{SUFFIX}"
        self._fd = os.open(
            self._folder / self._name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
        )
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        _keep_name(self._folder)

    def _read(self, name: str, start: int, length: int) -> bytes:
        if self._folder is None:
            return os.pread(self._fd, length, start)
        try:
            with (self._folder / name).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, start)
        except FileNotFoundError:
            return b""


def _write(fd: int, pieces: Sequence[bytes], at: int) -> int:
    """Write all pieces from a place on; return the place behind them."""
    whole = sum(map(len, pieces))
    written = os.pwritev(fd, pieces, at)
    while written < whole:
        # The system may take less than it was handed, as at a signal.
        rest = b"".join(pieces)[written:]
        written += os.pwrite(fd, rest, at + written)
    return at + whole


def _empty(file: Path) -> None:
    """Give the room of a file back; its writer, if it has one, goes on behind where it was."""
    # Whoever else lets go of it meanwhile is as right.
    with suppress(FileNotFoundError), file.open("r+b") as found:
        os.ftruncate(found.fileno(), 0)
        with suppress(BlockingIOError):
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink()


def _keep_name(folder: Path) -> None:
    """Force the folder itself to disk, or the new file could be there without its name."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
