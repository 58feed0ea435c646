"""A data folder has one holder at a time; the kernel lets go of it when the holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from waypost.core import StoreError


class HeldError(StoreError):
    """Somebody else holds the data folder; `process` is their id, when they wrote it down."""

    def __init__(self, folder: Path, process: str) -> None:
        by = f"process {process}" if process else "another process"
        super().__init__(f"{folder} is in use by {by}; stop it, or use another folder with --data")
        self.process = process


@contextmanager
def holding(
    folder: Path, role: str, *, within_s: float = 0, pause: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Hold `folder` in one `role` ("serve", "workspace") while the block runs.

    Waits up to `within_s` for whoever holds it, then raises HeldError.
    """
    file = os.open(folder / f"{role}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(file, folder, within_s, pause)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(file)


def _take(file: int, folder: Path, within_s: float, pause: Callable[[float], None]) -> None:
    step_s = 0.1
    waited_s = 0.0
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if waited_s >= within_s:
                raise HeldError(folder, os.pread(file, 20, 0).decode()) from None
        else:
            return
        pause(step_s)
        waited_s += step_s
