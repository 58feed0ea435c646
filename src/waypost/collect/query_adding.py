"""How a query source comes to be: looked at, checked, kept, and forgotten again; by a page or a command alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from waypost.collect.query_becomes import Becomes, SnapshotMapping
from waypost.collect.query_check import one_select
from waypost.collect.query_reading import Reading, Row
from waypost.collect.query_session import session
from waypost.collect.query_source import ROWS_IN_PREVIEW, check_query_source
from waypost.core import ImportRefusedError
from waypost.store import Schedule, Sources

#: Whoever waits at a page does not wait for long.
LOOKING_S = 30
#: What an address may say after its question mark when it comes from a page: nothing of these names a file.
_OPTIONS = frozenset({"application_name", "charset", "connect_timeout", "sslmode"})
_MEANS_NOTHING = SnapshotMapping(becomes=Becomes.PEOPLE)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A database, a question to it and what the columns mean, before they are a source."""

    url: str
    query: str
    mapping: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a query gives: its columns, and its first rows, at most 20."""

    columns: list[str]
    rows: list[Row]


class AddressRefusedError(ImportRefusedError):
    """The database cannot be reached at this address, or may not be."""


def allowed_from_pages(url: str, folders: Sequence[Path]) -> None:
    """Refuse an address that would let a member read files of this machine outside of `folders`."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise AddressRefusedError(
            "this is no address of a database; write it as postgresql://user:password@server/database"
        ) from None
    if more := sorted(address.query.keys() - _OPTIONS):
        raise AddressRefusedError(f"from a page an address cannot say {', '.join(more)}")
    if address.get_backend_name() != "sqlite":
        if not address.host or address.host.startswith("/"):
            raise AddressRefusedError("the address names no server; put it between @ and the next slash")
        return
    if not address.database or address.database.startswith("file:"):
        raise AddressRefusedError("the address names no file; write it as sqlite:////folder/file.db")
    try:
        files_allowed([Path(address.database)], folders)
    except ImportRefusedError as error:
        raise AddressRefusedError(str(error)) from None


def files_allowed(files: Sequence[Path], folders: Sequence[Path]) -> None:
    """Refuse files that lie outside of `folders`, wherever links lead."""
    open_to_pages = [folder.resolve() for folder in folders]
    for file in files:
        found = file.resolve()
        if not file.is_absolute() or not any(found.is_relative_to(folder) for folder in open_to_pages):
            where = ", ".join(str(folder) for folder in folders) or "none yet"
            raise ImportRefusedError(
                f"from a page only files in the folders of the setting sources.folders are read ({where}); "
                "whoever runs Waypost can name more, or add this source by command"
            )


def look_at_query(url: str, query: str) -> Looked:
    """Return what a query gives, read-only and within half a minute; nothing is stored.

    Raises AddressRefusedError when the database does not answer at all, ImportRefusedError when the query is not one
    SELECT or the database refuses it.
    """
    asked = one_select(query)
    try:
        with session(url, seconds=LOOKING_S):
            pass
    except ImportRefusedError as error:
        raise AddressRefusedError(str(error)) from None
    reading = Reading(url, asked, _quick())
    try:
        return Looked(columns=reading.columns(), rows=reading.some(ROWS_IN_PREVIEW))
    except ImportRefusedError as error:
        said = str(error).removeprefix("the database did not answer: ")
        raise ImportRefusedError(f"the database does not take the query: {said}") from None


def add_query_source(
    name: str, question: Question, *, schedule: Schedule, sources: Sources, by: str, now: datetime
) -> int:
    """Ask a database for its first rows and, when they fit, keep it as a source; return how many came, at most five.

    Raises ImportRefusedError as `check_query_source` does.
    """
    rows = check_query_source(question.url, question.query, question.mapping)
    known = any(each.name == name for each in sources.all())
    sources.put(
        name,
        url=question.url,
        query=question.query,
        mapping=question.mapping,
        schedule=schedule,
        now=now,
    )
    sources.changes.note(name, "changed its query" if known else "added its query", by=by, now=now)
    return len(rows)


def remove_query_source(name: str, *, sources: Sources, by: str, now: datetime) -> None:
    """Forget a source; the events that came from it stay. Raises StoreError when there is none."""
    sources.remove(name)
    sources.changes.note(name, "removed its query", by=by, now=now)


def _quick() -> SnapshotMapping:
    limits = msgspec.structs.replace(_MEANS_NOTHING.limits, seconds=LOOKING_S)
    return msgspec.structs.replace(_MEANS_NOTHING, limits=limits)
