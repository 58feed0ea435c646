"""Write keys: who may send events to the collector, and as which source."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.core import StoreError
from waypost.store.keyring import key_hash
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

PREFIX = "wk_"
_SHOWN = len(PREFIX) + 4

write_keys = sa.Table(
    "write_keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    sa.Column("begins_with", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """A write key as it may be shown: its beginning, never the whole."""

    name: str
    source: str
    begins_with: str
    created_at: datetime
    revoked_at: datetime | None


class Keys:
    """Makes, lists and revokes write keys. Collector workers see a change within two seconds."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def create(self, name: str, *, now: datetime, source: str | None = None) -> str:
        """Return a new key in plain, this once; only its hash is stored.

        Its events come from `source`, by default `segment:<name>`. Raises StoreError when the name is taken.
        """
        key = PREFIX + secrets.token_hex(16)
        values = {
            "name": name,
            "source": source or f"segment:{name}",
            "key_hash": key_hash(key),
            "begins_with": key[:_SHOWN],
            "created_at": now,
        }
        try:
            with self._operations.begin() as rows:
                rows.execute(sa.insert(write_keys).values(values))
        except sa.exc.IntegrityError:
            raise StoreError(f"there is a key named {name!r} already; choose another name") from None
        return key

    def list(self) -> list[WriteKey]:
        """Return every key, the revoked ones included, by name."""
        c = write_keys.c
        shown = (c.name, c.source, c.begins_with, c.created_at, c.revoked_at)
        with self._operations.begin() as rows:
            return [WriteKey(**row) for row in rows.execute(sa.select(*shown).order_by(c.name)).mappings()]

    def revoke(self, name: str, *, now: datetime) -> None:
        """Take a key out of force. Raises StoreError when there is none of that name in force."""
        c = write_keys.c
        gone = sa.update(write_keys).where(c.name == name, c.revoked_at.is_(None)).values(revoked_at=now)
        with self._operations.begin() as rows:
            if rows.execute(gone).rowcount == 0:
                raise StoreError(f"there is no key named {name!r} in force; `waypost key list` shows them")
