"""A backup is one file that holds everything a Waypost knows; a restore makes a data folder of it."""

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from waypost.core import StoreError
from waypost.run.act import Progress, Tell
from waypost.store import BESIDE, DATABASES, REGISTER, Warehouse, check_copies, copy_folder

LABEL = "waypost-backup.json"
KEY_FILE = "secret.key"
KEPT = (*DATABASES, *BESIDE, KEY_FILE)
FORMAT = 1


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; `files` are the SHA-256 of each."""

    format: int
    made_at: datetime
    files: dict[str, str]


def back_up(folder: Path, file: Path, warehouse: Warehouse, *, now: datetime, tell: Tell) -> int:
    """Write a backup of a data folder to `file` and return its bytes. Raises StoreError when `file` exists.

    The backup holds personal data and the key to secrets, so only its owner can read it.
    """
    if file.exists():
        raise StoreError(f"{file} exists already; a backup never overwrites, name another file")
    if not file.parent.is_dir():
        raise StoreError(f"{file.parent} is no folder; make it first")
    with _beside(file) as staging:
        tell(Progress(what="copying the databases"))
        copy_folder(folder, staging, warehouse)
        if (folder / KEY_FILE).exists():
            shutil.copyfile(folder / KEY_FILE, staging / KEY_FILE)
        tell(Progress(what="checking the copies"))
        check_copies(staging)
        tell(Progress(what="writing the backup"))
        sums = {each.name: _sum(each) for each in sorted(staging.iterdir())}
        (staging / LABEL).write_bytes(msgspec.json.encode(Label(format=FORMAT, made_at=now, files=sums)))
        packed = staging / "packed"
        _pack(staging, [LABEL, *sums], packed)
        size = packed.stat().st_size
        os.link(packed, file)
    return size


def restore(file: Path, folder: Path, *, tell: Tell) -> Label:
    """Make the data folder `folder` of a backup, all of it or nothing. Raises StoreError when it holds data."""
    if any((folder / name).exists() for name in KEPT):
        raise StoreError(f"{folder} holds a Waypost already; restore into an empty folder with --data")
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    with _beside(folder / LABEL) as staging:
        tell(Progress(what="reading the backup"))
        label = _unpack(file, staging)
        tell(Progress(what="checking what it holds"))
        for name, expected in label.files.items():
            if _sum(staging / name) != expected:
                raise StoreError(f"{file} is damaged: {name} is not what was backed up")
        check_copies(staging)
        # What was kept beside other events says nothing of these.
        shutil.rmtree(folder / REGISTER, ignore_errors=True)
        for name in label.files:
            (staging / name).chmod(0o600)
            (staging / name).rename(folder / name)
    return label


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Make a private folder on the same disk, so that the last step is a rename; remove it at the end."""
    try:
        with tempfile.TemporaryDirectory(prefix=".waypost-", dir=file.parent) as staging:
            yield Path(staging)
    except OSError as error:
        raise StoreError(
            f"{error.filename or file}: {error.strerror}; check the disk and its rights"
        ) from None


def _pack(folder: Path, names: list[str], packed: Path) -> None:
    with (
        os.fdopen(os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing,
        tarfile.open(fileobj=writing, mode="w:gz", compresslevel=3) as archive,
    ):
        for name in names:
            archive.add(folder / name, arcname=name, recursive=False)
        archive.close()
        writing.flush()
        os.fsync(writing.fileno())


def _unpack(file: Path, folder: Path) -> Label:
    """Take the known files out of the archive; nothing else that it may hold is ever written."""
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for member in archive:
                known = member.name in {LABEL, *KEPT} and member.isreg()
                content = archive.extractfile(member) if known else None
                if content is None:
                    raise StoreError(f"{file} is no backup of Waypost: it holds {member.name}")
                with (folder / member.name).open("xb") as target:
                    shutil.copyfileobj(content, target)
        label = msgspec.json.decode((folder / LABEL).read_bytes(), type=Label)
    except (tarfile.TarError, EOFError, msgspec.DecodeError, FileExistsError, FileNotFoundError) as error:
        where = f"there is no {file}" if not file.exists() else f"{file} is no backup of Waypost, or damaged"
        raise StoreError(f"{where} ({type(error).__name__})") from None
    if label.format > FORMAT:
        raise StoreError(f"{file} was made by a newer Waypost; upgrade this one first")
    if not set(label.files) <= {*KEPT} or {each.name for each in folder.iterdir()} != {LABEL, *label.files}:
        raise StoreError(f"{file} is damaged: its label and its files differ")
    return label


def _sum(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()
