"""Asks a database for all that holds now, compares it with what held before, and takes in what changed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from waypost.collect.comparing import Comparing, put_waiting
from waypost.collect.importing import ImportReport
from waypost.collect.query_becomes import Becomes, SnapshotMapping
from waypost.collect.query_differences import Differences, Differs
from waypost.collect.query_mapping import Refused
from waypost.collect.query_reading import ROWS_IN_PIECE, Reading, Row
from waypost.collect.query_said import SaidRow, SaidRows, UnsayableError
from waypost.collect.query_staging import Staged, Staging
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, QuerySnapshots, SeenRow, intake_of

#: So few rows may go at once whatever share they are: of five people, one is many.
FEW = 10
Days = tuple[date, date] | None


def preview_snapshot(rows: list[Row], mapping: SnapshotMapping, now: datetime) -> list[Event | Refused]:
    """Return what rows would become if none had been seen before, or why one would stop the asking."""
    said, differences = SaidRows(mapping), Differences(mapping, "preview", now)
    told: list[Event | Refused] = []
    for row in rows:
        try:
            differs = differences.of(said.read(row), None)
            told += differs[1] if differs else []
        except UnsayableError as error:
            told.append((error.why, str(error)))
    return told


class Snapshot:
    """One asking of a source whose rows hold until it says otherwise.

    All rows are read and checked before anything is kept. What changed is then kept a piece at a time, and put into the
    inbox: a crash at any point neither loses nor doubles, since the next asking first puts what waits.
    """

    def __init__(
        self, name: str, mapping: SnapshotMapping, *, snapshots: QuerySnapshots, inbox: Inbox, now: datetime
    ) -> None:
        """Ask for a source; what no column dates happened `now`."""
        self._name = name
        self._mapping = mapping
        self._snapshots = snapshots
        self._inbox = inbox
        self._now = now
        self._said = SaidRows(mapping)
        self._comparing = Comparing(name, mapping, snapshots, now)

    def take_in(
        self, reading: Reading, *, accept_loss: bool = False, progress: Callable[[int], None] | None = None
    ) -> ImportReport:
        """Read everything and take in what changed; `accept_loss` lets any number of rows go.

        Raises ImportRefusedError, with nothing kept, when a row cannot be what the mapping says, two have the same key,
        there are more than the limits allow, or more went than can be right.
        """
        put_waiting(self._name, self._snapshots, self._inbox)
        report = ImportReport()
        with Staging() as staging:
            days = self._stage(reading, staging, report, progress)
            if not accept_loss:
                self._check_loss(staging, report.lines, days)
            for changed in staging.changes(ROWS_IN_PIECE):
                self._keep(changed, report)
            for left in self._left(staging, days):
                self._keep([self._comparing.differences.gone(row) for row in left], report)
        return report

    def _stage(
        self,
        reading: Reading,
        staging: Staging,
        report: ImportReport,
        progress: Callable[[int], None] | None,
    ) -> Days:
        """Read and compare every row; return the first and the last day that counts are of."""
        limits, days = self._mapping.limits, set[date]()
        for piece in reading.whole(most=limits.rows + 1):
            said = [self._read(row, nr) for nr, row in enumerate(piece, report.lines + 1)]
            self._check_keys(said, staging)
            staging.add(self._compare(said))
            days |= {row.on_day for row in said if row.on_day}
            days = {min(days), max(days)} if days else days
            report.lines += len(piece)
            if report.lines > limits.rows or staging.size_bytes > limits.bytes:
                raise ImportRefusedError(
                    f"the query gives more than {limits.rows:,} rows or {limits.bytes:,} bytes of changes, and only "
                    "the whole can be compared; nothing was kept. Ask for less, or raise limits.rows or limits.bytes"
                )
            if progress:
                progress(report.lines)
        return (min(days), max(days)) if days else None

    def _read(self, row: Row, nr: int) -> SaidRow:
        try:
            return self._said.read(row)
        except UnsayableError as error:
            raise ImportRefusedError(f"row {nr} of the query: {error}; nothing was kept") from None

    def _compare(self, said: list[SaidRow]) -> list[Staged]:
        staged = []
        for row, differs in self._comparing.of(said):
            if isinstance(differs, UnsayableError):
                raise ImportRefusedError(f"the row of {row.words:.200}: {differs}; nothing was kept")
            staged.append(Staged(row.key, differs))
        return staged

    def _check_keys(self, said: list[SaidRow], staging: Staging) -> None:
        """Refuse a second row of one key: nobody could say which of them holds."""
        there = staging.there([row.key for row in said])
        for row in said:
            if row.key in there:
                raise ImportRefusedError(
                    f"the query gives two rows of {row.words:.200}; nothing was kept. Name the columns that tell them "
                    "apart in key, or group the query by them"
                )
            there.add(row.key)

    def _check_loss(self, staging: Staging, n: int, days: Days) -> None:
        """Stop when the snapshot is suddenly empty, or lost more than can be right."""
        if self._mapping.becomes is Becomes.COUNTS and days is None:
            return
        were = self._snapshots.count(self._name, days=days)
        if n == 0 and were:
            raise ImportRefusedError(
                f"the query gives no row any more and gave {were:,} before; nothing was kept. {_ACCEPT}"
            )
        gone = sum(not row.kept.get("solved") for left in self._left(staging, days) for row in left)
        if gone > FEW and gone > self._mapping.most_lost * were:
            raise ImportRefusedError(
                f"{gone:,} of {were:,} rows are gone, more than most_lost allows ({self._mapping.most_lost:g}); "
                f"nothing was kept. {_ACCEPT}"
            )

    def _left(self, staging: Staging, days: Days) -> Iterator[list[SeenRow]]:
        """Yield the rows that were there and are not any more; of counts, those of the days that were counted again."""
        if self._mapping.becomes is Becomes.COUNTS and days is None:
            return
        after = ""
        while present := self._snapshots.present(self._name, after=after, days=days, most=ROWS_IN_PIECE):
            there = staging.there(present)
            after = present[-1]
            if left := [key for key in present if key not in there]:
                yield list(self._snapshots.seen(self._name, left).values())

    def _keep(self, differs: list[Differs], report: ImportReport) -> None:
        events = [event for _, told in differs for event in told]
        self._snapshots.move(
            self._name, [seen for seen, _ in differs], intake_of(self._name, events, self._now)
        )
        put_waiting(self._name, self._snapshots, self._inbox)
        report.events += len(events)


_ACCEPT = "Look at the query; when it is right, ask once with `waypost source run NAME --accept-loss`"
