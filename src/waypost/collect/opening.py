"""Files as lines: plain, gzip, bzip2, zstd, or a zip of such files, one after another."""

import bz2
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from waypost.core import ImportRefusedError

MOST_LINE_BYTES = 64 * 1024
#: What can go wrong with a file that is not there, broken, or packed in a way that is not known.
UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_GZIP = b"\x1f\x8b"
_BZIP2 = b"BZh"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZIP = b"PK\x03\x04"


class Lines(Protocol):
    """What lines are read from."""

    def readline(self, limit: int, /) -> bytes:
        """Return the next line with its end, cut at the limit; nothing at the end of the file."""
        ...


@contextmanager
def opened(file: Path) -> Iterator[tuple[Lines, Callable[[], int]]]:
    """Open a file that may be packed; the second is how far the file itself was read."""
    with file.open("rb") as raw:
        start = raw.read(len(_ZIP))
        raw.seek(0)
        if start == _ZIP:
            with zipfile.ZipFile(raw) as packed, _Members(packed) as lines:
                yield lines, raw.tell
        elif start.startswith(_GZIP):
            with gzip.GzipFile(fileobj=raw) as unpacked, io.BufferedReader(unpacked) as lines:
                yield lines, raw.tell
        elif start.startswith(_BZIP2):
            with bz2.BZ2File(raw) as plain:
                yield plain, raw.tell
        elif start == _ZSTD:
            import pyarrow as pa  # noqa: PLC0415 -- takes a moment to load, and few files are packed so

            with pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd") as unpacked:
                yield io.BufferedReader(unpacked), raw.tell
        else:
            yield raw, raw.tell


def first_line(file: Path) -> bytes:
    """Return the first line of a file that is not blank. Raises ImportRefusedError when there is none."""
    try:
        with opened(file) as (lines, _):
            while line := lines.readline(MOST_LINE_BYTES):
                if line.strip():
                    return line.lstrip(b"\xef\xbb\xbf \t")
    except UNREADABLE as error:
        raise ImportRefusedError(
            f"{file} cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    raise ImportRefusedError(f"{file} is empty")


class _Members(ExitStack):
    """The lines of all files in a zip, by name: an export's names begin with the hour."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        super().__init__()
        self._packed = packed
        self._names = sorted((each for each in packed.namelist() if not each.endswith("/")), reverse=True)
        self._open: Lines | None = None

    def readline(self, limit: int, /) -> bytes:
        while self._open or self._names:
            if self._open is None:
                self._open = self._next()
            if line := self._open.readline(limit):
                return line
            self._open = None
        return b""

    def _next(self) -> Lines:
        self.close()
        name = self._names.pop()
        with self._packed.open(name) as member:
            is_gzip = member.read(len(_GZIP)) == _GZIP
        member = self.enter_context(self._packed.open(name))
        return io.BufferedReader(gzip.GzipFile(fileobj=member)) if is_gzip else member
