"""One run of a query source while it goes on: what was read and taken in so far, and how long it takes."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from waypost.collect.gathering import Gathering
from waypost.collect.importing import ImportReport
from waypost.core import ImportRefusedError, WaypostError
from waypost.store import QueryRun


class Run:
    """Counts one run, so that it can be kept however it ends."""

    def __init__(
        self, source: str, asked_by: str | None, began_at: datetime, progress: Callable[[int], None] | None
    ) -> None:
        """Begin to count; `progress` hears of the rows read so far."""
        self.began_at = began_at
        self.report = ImportReport()
        self.compares = False
        self._source, self._asked_by = source, asked_by
        self._progress = progress
        self._started = time.monotonic()
        self._newest_at: datetime | None = None

    def read(self, rows: int) -> None:
        """Note that so many rows were read by now."""
        self.report.lines = rows
        if self._progress:
            self._progress(rows)

    def took_in(self, piece: Sequence[object], gathering: Gathering) -> None:
        """Note that the rows of a piece are in the inbox."""
        self.report.events += len(gathering.events)
        self.report.refused += gathering.refused
        newest = max((event.happened_at for event in gathering.events), default=None)
        self._newest_at = max((each for each in (newest, self._newest_at) if each), default=None)
        self.read(self.report.lines + len(piece))

    def done(self) -> QueryRun:
        """Return a run that came to its end."""
        return self._as_run(self.report.events, None)

    def failed(self, error: WaypostError) -> QueryRun:
        """Return a run that did not, with what it took in before."""
        # A comparison that is refused has kept nothing; how much one kept that broke in the middle, nobody counted.
        unknown = self.compares and not isinstance(error, ImportRefusedError)
        return self._as_run(None if unknown else self.report.events, str(error))

    def _as_run(self, events: int | None, problem: str | None) -> QueryRun:
        return QueryRun(
            source=self._source,
            asked_by=self._asked_by,
            began_at=self.began_at,
            took_s=time.monotonic() - self._started,
            rows=self.report.lines,
            events=events,
            refused=dict(self.report.refused),
            newest_at=self._newest_at,
            problem=problem,
        )
