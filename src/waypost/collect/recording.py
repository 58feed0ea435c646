"""Imports on record: each has a number, by which its events are known and can be undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from waypost.collect.importing import ImportReport
from waypost.core import ImportRefusedError, WaypostError
from waypost.store import Imports, Operations, Sources


@dataclass(slots=True, kw_only=True)
class Recorded:
    """An import under way: its number, and what became of it as soon as that is known."""

    import_id: int
    report: ImportReport = field(default_factory=ImportReport)


@contextmanager
def recorded(  # noqa: PLR0913 -- what an import is known by
    operations: Operations,
    *,
    source: str,
    file: str,
    format: str,  # noqa: A002 -- the word of the command
    mapping: dict[str, Any] | None,
    by: str,
    now: Callable[[], datetime],
) -> Iterator[Recorded]:
    """Keep on record that a file is taken in while the block runs, and how that ended.

    A file of cells (one with a mapping) is taken in alone. Raises ImportRefusedError when its source is a database that
    is asked, StoreError when another import of the source is under way.
    """
    imports = Imports(operations)
    if mapping is not None and source in Sources.names(operations):
        raise ImportRefusedError(f"{source} is a database that is asked; name another source")
    import_id = imports.begin(
        source=source, file=file, format=format, mapping=mapping, by=by, now=now(), alone=mapping is not None
    )
    under_way = Recorded(import_id=import_id)
    problem = "it broke off; the log says why"
    try:
        yield under_way
        problem = ""
    except WaypostError as error:
        problem = str(error)
        raise
    finally:
        report = under_way.report
        imports.end(
            import_id,
            now=now(),
            lines=report.lines,
            events=report.events,
            refused=dict(report.refused),
            noise=dict(report.noise),
            problem=problem or None,
        )
