"""Compares rows that say what holds with what was seen of them before, a piece at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from waypost.collect.query_becomes import SnapshotMapping
from waypost.collect.query_differences import Differences, Differs
from waypost.collect.query_said import SaidRow, UnsayableError
from waypost.store import Inbox, QuerySnapshots


class Comparing:
    """The comparison of one source's rows, asked now."""

    def __init__(self, name: str, mapping: SnapshotMapping, snapshots: QuerySnapshots, now: datetime) -> None:
        """Compare for a source; what no column dates happened `now`."""
        self._name = name
        self._snapshots = snapshots
        self.differences = Differences(mapping, name, now)

    def of(self, said: Sequence[SaidRow]) -> Iterator[tuple[SaidRow, Differs | UnsayableError | None]]:
        """Yield each row with what it changes, None when it says what it said, or why nobody can say it.

        At most some thousand rows; most say what they said, and need no more than their digest.
        """
        known = self._snapshots.digests(self._name, [row.key for row in said])
        others = [row for row in said if known.get(row.key) != row.digest]
        before = self._snapshots.seen(self._name, [row.key for row in others])
        differing = {row.key for row in others}
        for row in said:
            if row.key not in differing:
                yield row, None
                continue
            try:
                yield row, self.differences.of(row, before.get(row.key))
            except UnsayableError as error:
                yield row, error


def put_waiting(source: str, snapshots: QuerySnapshots, inbox: Inbox) -> None:
    """Put into the inbox what a comparison of a source found and a crash left waiting."""
    while waiting := snapshots.waiting(source):
        number, intake = waiting
        inbox.put([intake])
        snapshots.put(number)
