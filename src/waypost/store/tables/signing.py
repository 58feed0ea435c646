"""Signing secrets: what the senders of a source sign with, sealed; collector workers open them, pages never do."""

import base64
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.dialects.sqlite import insert

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

MOST_CHARACTERS = 8_000

signing_secrets = sa.Table(
    "signing_secrets",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """That a source has a secret, and since when; never the secret."""

    source: str
    changed_at: datetime


class SigningSecrets:
    """Acts on the secrets of sources. Collector workers see a change within two seconds."""

    def __init__(self, operations: Operations, key: bytes) -> None:
        """Work on the operational tables of one workspace; `key` is 32 bytes of the workspace's secret."""
        self._operations = operations
        self._seal = Fernet(base64.urlsafe_b64encode(key))

    def put(self, source: str, secret: str, *, now: datetime) -> None:
        """Give a source a secret in place of the one that it may have.

        There may be several, a line each, while a sender changes it. Raises StoreError for an empty one.
        """
        lines = [line.strip() for line in secret.splitlines() if line.strip()]
        if not lines or len(secret) > MOST_CHARACTERS:
            raise StoreError(f"a secret is a line of text, all in all at most {MOST_CHARACTERS} characters")
        values = {"sealed": self._seal.encrypt("\n".join(lines).encode()), "changed_at": now}
        put = insert(signing_secrets).values(source=source, **values)
        with self._operations.begin() as rows:
            rows.execute(put.on_conflict_do_update(index_elements=["source"], set_=values))

    def all(self) -> list[SigningSecret]:
        """Return which sources have a secret, by name."""
        c = signing_secrets.c
        with self._operations.begin() as rows:
            found = rows.execute(sa.select(c.source, c.changed_at).order_by(c.source)).mappings()
            return [SigningSecret(**row) for row in found]

    def remove(self, source: str) -> None:
        """Take a source's secret away. Raises StoreError when it has none."""
        with self._operations.begin() as rows:
            gone = rows.execute(sa.delete(signing_secrets).where(signing_secrets.c.source == source))
        if gone.rowcount == 0:
            raise StoreError(f"the source {source!r} has no secret")
