"""Notes: what members write on an account's timeline."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

MOST_CHARACTERS = 4_000

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("member_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("undone_at", Instant),
    sa.Index("notes_by_account", "account_id", "written_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note on an account."""

    note_id: str
    account_id: str
    member_name: str
    text: str
    written_at: datetime


class Notes:
    """Questions and acts on notes."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def write(self, account_id: str, text: str, *, member_name: str, now: datetime) -> Note:
        """Keep a note, cut to 4,000 characters."""
        note = Note(
            note_id=secrets.token_hex(8),
            account_id=account_id,
            member_name=member_name,
            text=text.strip()[:MOST_CHARACTERS],
            written_at=now,
        )
        with self._operations.begin() as rows:
            rows.execute(
                sa.insert(notes).values(
                    note_id=note.note_id,
                    account_id=account_id,
                    member_name=member_name,
                    text=note.text,
                    written_at=now,
                )
            )
        return note

    def undo(self, note_id: str, *, now: datetime) -> str | None:
        """Take a note back; return its account, None when there is no such note."""
        c = notes.c
        here = sa.and_(c.note_id == note_id, c.undone_at.is_(None))
        with self._operations.begin() as rows:
            account: str | None = rows.scalar(sa.select(c.account_id).where(here))
            rows.execute(sa.update(notes).where(here).values(undone_at=now))
        return account

    def of(self, account_id: str, since: datetime, *, most: int = 50) -> list[Note]:
        """Return an account's notes since an instant, newest first."""
        c = notes.c
        columns = (c.note_id, c.account_id, c.member_name, c.text, c.written_at)
        here = sa.select(*columns).where(
            c.account_id == account_id, c.written_at >= since, c.undone_at.is_(None)
        )
        with self._operations.begin() as rows:
            newest = here.order_by(c.written_at.desc()).limit(most)
            return [Note(**row) for row in rows.execute(newest).mappings()]
