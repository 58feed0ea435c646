"""The workspace's own secret: made once, readable by its owner only, and never used for two purposes."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from waypost.core import StoreError

BYTES = 32
FILE = "secret.key"
#: The purpose of hashes that stand for personal data; every process that lets events in makes the same.
PERSONAL_DATA = "personal data"
#: The purpose of the seal on what the senders of a source sign with.
SIGNATURES = "signatures"


class Secret:
    """One random value, from which each purpose gets a key of its own."""

    def __init__(self, value: bytes) -> None:
        """Stand for `value`, 32 random bytes."""
        self._value = value

    def for_purpose(self, purpose: str) -> bytes:
        """Return the 32 bytes of one purpose; from them neither the secret nor another purpose's can be found."""
        return hmac.digest(self._value, purpose.encode(), hashlib.sha256)

    def __repr__(self) -> str:
        return "Secret(…)"


def secret_of(folder: Path | None) -> Secret:
    """Return the secret of a data folder, made when there is none yet; None is a folder in memory.

    Raises StoreError when the file is not what we wrote: without it stored addresses of databases cannot be read.
    """
    if folder is None:
        return Secret(os.urandom(BYTES))
    file = folder / FILE
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
            writing.write(base64.urlsafe_b64encode(os.urandom(BYTES)))
            writing.flush()
            os.fsync(writing.fileno())
    except FileExistsError:
        pass
    try:
        value = base64.urlsafe_b64decode(file.read_bytes())
    except ValueError:
        value = b""
    if len(value) != BYTES:
        raise StoreError(f"{file} is damaged; put back the one of your last backup")
    return Secret(value)


def new_password() -> str:
    """Return a password nobody can guess and anybody can type."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
