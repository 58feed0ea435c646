"""The data folder: made for its owner only, and refused in one line when it cannot be used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waypost.core import StoreError


def ready_folder(folder: Path, *, makes: bool) -> Path:
    """Return the data folder, made (for its owner only) when it may be; StoreError says why not."""
    if folder.is_dir():
        return folder
    if not makes:
        raise StoreError(
            f"there is no Waypost in {folder}; start one with waypost serve, or name its folder with --data"
        )
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made: {error.strerror}; name another folder with --data"
        ) from None
    return folder


@contextmanager
def private() -> Iterator[None]:
    """Let every file that is made in the block, by us or by an engine, belong to its owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
