"""The key ring: what a collector worker knows of write keys and secrets, read without the operational layer."""

import base64
import hashlib
import sqlite3
from pathlib import Path

import msgspec

from waypost.core import Document
from waypost.store.questions import question


def key_hash(key: str) -> str:
    """Return what is stored of a write key: 128 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


class KeyRing:
    """Says which source a write key stands for; `refresh` sees keys made and revoked by other processes.

    `documents` are the rules of sources in force. `known` is False until the operational database could be read
    once: until then nobody can be told that their key is wrong.
    """

    def __init__(self, file: Path, sealed_with: bytes | None = None) -> None:
        """Read keys from the operational database `file`, which need not exist yet.

        `sealed_with` opens the secrets that senders sign with: 32 bytes of the workspace's secret.
        """
        self._file = file
        self._sealed_with = sealed_with
        self._sealed: dict[str, bytes] = {}
        self._secrets: dict[str, tuple[str, ...]] = {}
        self._sources: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self.documents: tuple[Document, ...] = ()
        self.known = False

    def refresh(self) -> None:
        """Read the keys in force; keeps what was known when the database cannot be read just now."""
        try:
            rows = sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
            try:
                self._sources, self._found = dict(rows.execute(question("inbox/write_keys"))), {}
                written = rows.execute(question("inbox/source_rules")).fetchall()
                sealed = dict(rows.execute(question("inbox/signing_secrets")))
                documents = tuple(msgspec.json.decode(each) for (each,) in written)
                if documents != self.documents:
                    self.documents = documents
            finally:
                rows.close()
        except sqlite3.Error:
            return
        if sealed != self._sealed:
            self._sealed, self._secrets = sealed, {of: self._opened(each) for of, each in sealed.items()}
        self.known = True

    def source_of(self, key: str) -> str | None:
        """Return the source that a key in force stands for, or None."""
        source = self._found.get(key) or self._sources.get(key_hash(key))
        if source is not None:
            self._found[key] = source
        return source

    def secrets_of(self, source: str) -> tuple[str, ...] | None:
        """Return what the senders of a source sign with; None when it has no secret, () when it cannot be opened."""
        return self._secrets.get(source)

    def _opened(self, sealed: bytes) -> tuple[str, ...]:
        # Most collectors have no such secret, and need not carry what opens one.
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415

        if self._sealed_with is None:
            return ()
        try:
            opened = Fernet(base64.urlsafe_b64encode(self._sealed_with)).decrypt(sealed)
        except InvalidToken:
            return ()
        return tuple(opened.decode().splitlines())
