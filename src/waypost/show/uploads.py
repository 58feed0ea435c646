"""Uploads: files that somebody gave to be taken in, kept on disk until that is confirmed or a day is over."""

import re
import secrets
import shutil
import tempfile
import weakref
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from starlette.exceptions import HTTPException

MiB = 1024 * 1024
MOST_BYTES = 256 * MiB
MOST_KEPT = 20
KEPT_FOR = timedelta(days=1)
_MOST_NAME = 120
_ID = re.compile(r"[0-9a-f]{16}")


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is not taken in yet: its name, size and who gave it; the source and mapping as far as said."""

    upload_id: str
    name: str
    size_bytes: int
    by: str
    at: datetime
    source: str = ""
    mapping: dict[str, Any] = {}


class Uploads:
    """The uploads of one workspace, two files each: what was given, and what is known of it."""

    def __init__(self, folder: Path | None) -> None:
        """Keep them in a folder; None: in one of the system's, which goes with this."""
        self._folder = folder

    def keep(self, given: BinaryIO, name: str, *, by: str, now: datetime) -> Upload:
        """Keep what was given; uploads of more than a day go. Raises HTTPException 413 when too many wait."""
        folder = self._ready()
        waiting = [each for each in map(self._read, folder.glob("*.json")) if each]
        for each in waiting:
            if each.at + KEPT_FOR < now:
                self.remove(each.upload_id)
        if sum(each.at + KEPT_FOR >= now for each in waiting) >= MOST_KEPT:
            raise HTTPException(413, f"{MOST_KEPT} files wait to be taken in; discard some of them first")
        upload_id = secrets.token_hex(8)
        # An extension tells nothing here: what is packed says so itself.
        with self.file(upload_id).open("wb") as kept:
            shutil.copyfileobj(given, kept, MiB)
        upload = Upload(
            upload_id=upload_id,
            name=Path(name.replace("\\", "/")).name[:_MOST_NAME] or "file",
            size_bytes=self.file(upload_id).stat().st_size,
            by=by,
            at=now,
        )
        self.put(upload)
        return upload

    def get(self, upload_id: str) -> Upload:
        """Return an upload. Raises HTTPException 404 when it is not there (any more)."""
        found = self._read(self._ready() / f"{upload_id}.json") if _ID.fullmatch(upload_id) else None
        if found is None:
            raise HTTPException(404, "this file was taken in, discarded or given more than a day ago")
        return found

    def all(self) -> list[Upload]:
        """Return every upload that waits, the newest first."""
        found = [each for each in map(self._read, self._ready().glob("*.json")) if each]
        return sorted(found, key=lambda each: each.at, reverse=True)

    def put(self, upload: Upload) -> None:
        """Keep what is known of an upload."""
        known = self._ready() / f"{upload.upload_id}.json"
        fresh = known.with_suffix(".fresh")
        fresh.write_bytes(msgspec.json.encode(upload))
        fresh.replace(known)

    def remove(self, upload_id: str) -> None:
        """Let go of an upload; done twice, it does nothing."""
        (self._ready() / f"{upload_id}.json").unlink(missing_ok=True)
        self.file(upload_id).unlink(missing_ok=True)

    def file(self, upload_id: str) -> Path:
        """Return where what was given lies."""
        return self._ready() / f"{upload_id}.data"

    def _ready(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="waypost-uploads-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder

    def _read(self, known: Path) -> Upload | None:
        try:
            return msgspec.json.decode(known.read_bytes(), type=Upload)
        except (OSError, msgspec.MsgspecError):
            return None
