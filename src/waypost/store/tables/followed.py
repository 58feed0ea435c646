"""Files that are followed for a source while Waypost runs, how their lines are written, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

followed_files = sa.Table(
    "followed_files",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("patterns", sa.JSON, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("zone", sa.Text),
    sa.Column("written", sa.Text),
    sa.Column("from_end", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("problem", sa.Text),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedFiles:
    """The files of one source: `patterns` of whole paths, and what is said of their lines.

    `problem` says what stood in the way when they were last looked at, None when nothing did.
    """

    source: str
    patterns: list[str]
    format: str
    zone: str | None = None
    written: str | None = None
    from_end: bool = False
    created_at: datetime
    problem: str | None = None


class Followed:
    """Which files are followed, for which source."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def put(self, files: FollowedFiles) -> None:
        """Follow files for a source, in the place of those that were followed for it before."""
        values = {name: getattr(files, name) for name in FollowedFiles.__slots__}
        with self._operations.begin() as rows:
            rows.execute(sa.delete(followed_files).where(followed_files.c.source == files.source))
            rows.execute(sa.insert(followed_files).values(values))

    def all(self) -> list[FollowedFiles]:
        """Return all of them, by source."""
        with self._operations.begin() as rows:
            found = rows.execute(sa.select(followed_files).order_by(followed_files.c.source)).mappings()
            return [FollowedFiles(**row) for row in found]

    def tell(self, source: str, problem: str | None) -> None:
        """Note what stands in the way of the files of a source, None when nothing does."""
        which = followed_files.c.source == source
        with self._operations.begin() as rows:
            rows.execute(sa.update(followed_files).where(which).values(problem=problem))

    def remove(self, source: str) -> None:
        """Follow the files of a source no more; what was taken in stays. Raises StoreError when none are."""
        with self._operations.begin() as rows:
            gone = rows.execute(sa.delete(followed_files).where(followed_files.c.source == source))
        if gone.rowcount == 0:
            raise StoreError(f"no files are followed for a source named {source!r}")
