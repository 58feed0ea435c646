"""The inbox: what was accepted and waits for a round, on disk before the sender is told so."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from waypost.core import Event, StoreError
from waypost.store.bodies import Bodies
from waypost.store.chunks import Chunk, chunks_of, parcels_in
from waypost.store.file_positions import FilePosition, keep_positions, positions_in
from waypost.store.intake import (
    EVENTS,
    DoorCount,
    Imported,
    Intake,
    Judged,
    Outcome,
    Parcel,
    Quarantined,
    Taken,
)
from waypost.store.questions import question

MOST_SAMPLES_PER_SOURCE = 500
SAMPLES_KEPT = timedelta(days=7)

#: A batch is heard of so many bytes at most, so that what a round holds in memory is bounded whatever waits.
MOST_BYTES_AT_ONCE = 64 * 1024 * 1024
PLACES_AT_ONCE = 100

_PRAGMAS = ("busy_timeout = 30000", "journal_mode = wal", "synchronous = full")
#: How chunks are kept; the schema says the same.
FORM = 2
_ACCEPTED, _REFUSED, _NOISE = (each.value for each in (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOISE))
Reader = Callable[[Parcel], Judged]
#: Returns what of an intake may be kept; the reader judges what came as it was written.
Keeper = Callable[[Intake, Reader], Intake]

_events = msgspec.json.Decoder(Event).decode_lines


class Inbox:
    """A durable queue of chunks of events, which several processes may write.

    The events lie as they came in files beside (see Bodies); an SQLite file holds where each chunk is, in their order,
    and what the door counted. Whatever `put` was given is on disk when it returns, first the files, then the rows. A
    position never comes again, so a round that remembers how far it took the inbox repeats nothing and loses nothing.
    """

    def __init__(
        self,
        file: Path | None,
        readers: Mapping[str, Reader] | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        """Open (or make) the inbox; None keeps it in memory, for tests.

        `readers` judge parcels in other forms than plain events; who only puts needs none. `keeper` sees every intake
        before any of it is written, and what a reader refuses.
        """
        self.file = file
        self._keeper = keeper
        self._readers: Mapping[str, Reader] = {EVENTS: _plain_events, **(readers or {})}
        try:
            self._rows = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False)
            for pragma in _PRAGMAS:
                self._rows.execute(f"pragma {pragma}")
            _check_form(self._rows, file)
            _bring_up_to_date(self._rows)
            self._rows.executescript(question("inbox/schema"))
        except sqlite3.Error as error:
            raise StoreError(
                f"the inbox {file} cannot be opened ({error}); check the disk and its rights"
            ) from None
        self._bodies = Bodies(file.parent if file else None)
        self._using = threading.Lock()

    def put(self, intakes: Sequence[Intake]) -> None:
        """Keep all of it, in one transaction on disk when this returns; StoreError when none is kept."""
        if self._keeper:
            intakes = [self._keeper(intake, self._read) for intake in intakes]
        with self._transaction() as rows:
            self._put(rows, intakes)

    def judged(self, intake: Intake) -> Intake:
        """Return what of an intake would be kept."""
        return self._keeper(intake, self._read) if self._keeper else intake

    def readmit(self, judged: Mapping[int, Intake]) -> set[int]:
        """Put what was judged in the place of the samples with these ids; return the ids of those put in.

        A sample that is not there any more was put in by somebody else. What is put in here was judged before, and is
        not judged again.
        """
        with self._transaction() as rows:
            there = {id_ for id_ in judged if rows.execute(question("inbox/readmit"), {"id": id_}).rowcount}
            self._put(rows, [judged[id_] for id_ in sorted(there)])
        return there

    def take(self, after: int, most_events: int) -> Taken:
        """Return the oldest events after a position: whole chunks, one at least, within `most_events`.

        They are no more than MOST_BYTES_AT_ONCE on the disk, or one chunk. What a reader refuses of them is counted and
        sampled, once however often it is taken.
        """
        events = list[Event]()
        position, imported = self.hear(after, most_events, events.extend)
        return Taken(position=position, events=events, imported=imported)

    def hear(
        self, after: int, most_events: int, keep: Callable[[list[Event]], None]
    ) -> tuple[int, tuple[Imported, ...]]:
        """Hand over the events of the chunks that `take` takes; return the position, and which were imported."""
        position, n, size, imported = after, 0, 0, list[Imported]()
        turned_away: dict[int, list[Intake]] = {}
        room = MOST_SAMPLES_PER_SOURCE
        for at, waiting, file, start, length in self._places(after):
            if n and (n + waiting > most_events or size + length > MOST_BYTES_AT_ONCE):
                break
            heard = list[Event]()
            for parcel in parcels_in(self._bodies.read(file, start, length)):
                judged = self._read(parcel)
                if parcel.import_id:
                    brought = Imported(import_id=parcel.import_id, start=n + len(heard), n=len(judged.events))
                    imported.append(brought)
                heard += judged.events
                if judged.refused or len(judged.events) != parcel.n:
                    refusals = self._refusals(parcel, judged, room)
                    turned_away.setdefault(at, []).append(refusals)
                    room -= len(refusals.samples)
            keep(heard)
            position, n, size = at, n + len(heard), size + length
            if n >= most_events:
                break
        self._turn_away(turned_away)
        return position, tuple(imported)

    def _places(self, after: int) -> Iterator[tuple[int, int, str, int, int]]:
        """Yield position, number of events, file, start and length of the chunks after a position, oldest first."""
        while True:
            with self._using:
                found = self._rows.execute(
                    question("inbox/take"), {"after": after, "most": PLACES_AT_ONCE}
                ).fetchall()
            yield from found
            if not found:
                return
            after = found[-1][0]

    def forget(self, up_to: int) -> None:
        """Let go of everything up to a position (inclusive), because the warehouse has it."""
        with self._transaction() as rows:
            rows.execute(question("inbox/forget"), {"up_to": up_to})
            self._bodies.let_go(file for (file,) in rows.execute(question("inbox/files")).fetchall())

    def erase_samples(self, words: Sequence[str]) -> None:
        """Take every quarantined sample that holds one of these ids or addresses out of the quarantine."""
        with self._transaction() as rows:
            for word in words:
                rows.execute(question("inbox/erase_samples"), {"word": word, "quoted": quote(word, safe="")})

    def waiting(self, after: int) -> int:
        """Return how many events wait after a position."""
        return int(self._ask("waiting", {"after": after})[0]["n"])

    def size_bytes(self) -> int:
        """Return how much room on the disk is in use; pages that forgotten chunks left behind do not count."""
        with self._using:
            pages, free, size = (
                int(self._rows.execute(f"pragma {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size + self._bodies.size_bytes()

    def door_counts(self, since_day: str) -> list[DoorCount]:
        """Return what the door counted since a day (ISO date, UTC, inclusive)."""
        return msgspec.convert(self._ask("door_counts", {"since_day": since_day}), list[DoorCount])

    def quarantined(self, source: str | None, most: int, *, reason: str | None = None) -> list[Quarantined]:
        """Return the newest samples of what was refused, of one source or of all, for one reason or for any."""
        rows = self._ask("quarantined", {"source": source, "reason": reason, "most": most})
        ways = [{**row, "way": msgspec.json.decode(row["way"])} for row in rows]
        return msgspec.convert(ways, list[Quarantined])

    def last_seen(self) -> dict[str, datetime]:
        """Return, per source, when its last accepted event came in."""
        return {row["source"]: datetime.fromisoformat(row["last_at"]) for row in self._ask("last_seen", {})}

    def last_by(self, family: str) -> tuple[str, datetime] | None:
        """Return the source of the newest event accepted by a protocol, and when it came in; None when none did."""
        for row in self._ask("last_by", {"family": family}):
            return row["source"], datetime.fromisoformat(row["last_at"])
        return None

    def file_positions(self, source: str) -> list[FilePosition]:
        """Return how far each file of a source was taken in, those first that were seen first."""
        return positions_in(self._ask("file_positions", {"source": source}))

    def close(self) -> None:
        """Close the file; what was put stays."""
        with self._using:
            self._rows.close()
            self._bodies.close()

    def _read(self, parcel: Parcel) -> Judged:
        reader = self._readers.get(parcel.form)
        if reader is None:
            raise StoreError(
                f"the inbox holds events in the form {parcel.form!r}, which nothing here can read"
            )
        return reader(parcel)

    def _refusals(self, parcel: Parcel, judged: Judged, most_samples: int) -> Intake:
        """Return what a reader made other than the door had counted: all of it as accepted."""
        refused = Intake(
            source=parcel.source,
            received_at=parcel.received_at,
            refused=judged.refused,
            samples=tuple(judged.samples[:most_samples]),
        )
        n = len(judged.events) - parcel.n
        return msgspec.structs.replace(self.judged(refused), family=parcel.family, n=n)

    def _turn_away(self, refusals: Mapping[int, Sequence[Intake]]) -> None:
        """Count what was refused of the chunks at these positions, unless somebody has."""
        if not refusals:
            return
        with self._transaction() as rows:
            for position, intakes in refusals.items():
                if rows.execute(question("inbox/judge"), {"position": position}).rowcount:
                    self._tell(rows, intakes)

    def _put(self, rows: sqlite3.Connection, intakes: Sequence[Intake]) -> None:
        self._append(rows, [*chunks_of(intakes)])
        self._tell(rows, intakes)

    def _tell(self, rows: sqlite3.Connection, intakes: Sequence[Intake]) -> None:
        for count in _counts(intakes):
            rows.execute(question("inbox/count"), count)
        for intake in intakes:
            if intake.samples:
                _keep_samples(rows, intake)
            keep_positions(rows, intake.positions)

    def _append(self, rows: sqlite3.Connection, chunks: Sequence["Chunk"]) -> None:
        if not chunks:
            return
        file, start = self._bodies.append([piece for chunk in chunks for piece in chunk.pieces])
        for chunk in chunks:
            place = {"file": file, "start": start, "length": chunk.length}
            rows.execute(question("inbox/put"), {"n": chunk.n, **place})
            start += chunk.length

    def _ask(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        with self._using:
            answer = self._rows.execute(question(f"inbox/{name}"), params)
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._using:
            try:
                self._rows.execute("begin immediate")
                yield self._rows
                self._rows.execute("commit")
            except (sqlite3.Error, OSError) as error:
                self._undo()
                raise StoreError(f"the inbox could not be written ({error}); check the disk") from error
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._rows.in_transaction:
            self._rows.execute("rollback")


def _check_form(rows: sqlite3.Connection, file: Path | None) -> None:
    """Refuse a file in which chunks are kept in another way: what waits in it would be overlooked."""
    (form,) = rows.execute("pragma user_version").fetchone()
    there = rows.execute("select 1 from sqlite_master where name = 'chunks'").fetchone()
    if there and form != FORM:
        raise StoreError(
            f"the inbox {file} was kept by another version of Waypost (form {form}, here {FORM}); start that version "
            "until it has taken everything in, then delete the file"
        )


def _bring_up_to_date(rows: sqlite3.Connection) -> None:
    """Give the tables of an older Waypost the columns that they lack."""
    for table, column in (("quarantine", "way"), ("quarantine", "marred"), ("chunks", "judged")):
        known = {name for _, name, *_ in rows.execute(f"pragma table_info({table})")}
        if known and column not in known:
            # Workers start at the same time; whoever comes second finds it done.
            with suppress(sqlite3.OperationalError):
                rows.execute(question(f"inbox/{table}_with_{column}"))


def _plain_events(parcel: Parcel) -> Judged:
    return Judged(events=_events(parcel.body))


def _counts(intakes: Iterable[Intake]) -> Iterator[dict[str, Any]]:
    # The loop that hears requests waits meanwhile: words and dates are compared sooner than members and ISO texts.
    found: Counter[tuple[str, date, str, str]] = Counter()
    last: dict[str, datetime] = {}
    for intake in intakes:
        source, at = intake.source, intake.received_at
        day = at.date()
        found[source, day, _ACCEPTED, intake.family] += intake.n
        for reason, n in intake.refused.items():
            found[source, day, _REFUSED, reason] += n
        for reason, n in intake.noise.items():
            found[source, day, _NOISE, reason] += n
        if source not in last or at > last[source]:
            last[source] = at
    for (source, day, outcome, reason), n in found.items():
        if n:
            yield {
                "source": source,
                "day": day.isoformat(),
                "outcome": outcome,
                "reason": reason,
                "n": n,
                "last_at": last[source].isoformat(),
            }


def _keep_samples(rows: sqlite3.Connection, intake: Intake) -> None:
    received_at = intake.received_at.isoformat()
    for one in intake.samples[-MOST_SAMPLES_PER_SOURCE:]:
        values = {
            "reason": one.reason,
            "detail": one.detail,
            "payload": one.payload,
            "marred": one.marred.value,
        }
        values["way"] = msgspec.json.encode(one.way).decode()
        rows.execute(
            question("inbox/quarantine"), {**values, "source": intake.source, "received_at": received_at}
        )
    rows.execute(question("inbox/trim"), {"source": intake.source, "most": MOST_SAMPLES_PER_SOURCE})
    rows.execute(question("inbox/expire"), {"oldest_at": (intake.received_at - SAMPLES_KEPT).isoformat()})
