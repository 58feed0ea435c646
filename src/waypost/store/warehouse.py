"""The warehouse: events and everything derived from them, in one DuckDB file."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from waypost.core import StoreError
from waypost.store.changed import Changed
from waypost.store.looking import check_looking, complaint
from waypost.store.questions import question
from waypost.store.register import Register
from waypost.store.scope import Scope

ROWS_AT_ONCE = 100_000
OLDEST = pl.CompatLevel.oldest()
REGISTER = "register"
Params = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame | pa.Table]


class Warehouse:
    """Answers questions from any thread, and lets one writer at a time change things.

    A reader sees the last committed state and never waits for the writer. Times go in and come out as UTC.
    """

    def __init__(self, file: Path | None, *, memory_mb: int = 512, threads: int = 2) -> None:
        """Open (or make) the DuckDB file; None keeps everything in memory, for tests."""
        limits: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "preserve_insertion_order": False,
            # Questions read our tables and the frames handed to them: no file, extension or variable.
            "enable_external_access": False,
            # It works out once what two parts of a union have in common, and answers some unions wrongly (DuckDB
            # issues 24624 and 25819, in 1.5.1 and later). What should be worked out once, questions say themselves.
            "disabled_optimizers": "common_subplan",
            # The one thing that may be set after the lock below: see `in_small_steps`.
            "allowed_configs": ["threads"],
            "python_enable_replacements": False,
        }
        try:
            self._root = duckdb.connect(str(file) if file else ":memory:", config=limits)
        except duckdb.IOException as error:
            raise StoreError(
                f"{file} is in use or not readable ({complaint(error)}); stop the process that holds it"
            ) from None
        self._root.execute("set global timezone = 'UTC'")
        self._root.execute("set lock_configuration = true")
        self._root.execute(question("schema"))
        self._writing = threading.RLock()
        self._threads = threads
        self._commits = 0
        self._changed = Changed()
        # Another version of the engine may hash otherwise.
        self._register = Register(file.parent / REGISTER if file else None, maker=duckdb.__version__)
        self._agree()

    @property
    def commits(self) -> int:
        """How often anything was committed since this was opened: answers kept at the same count are still right."""
        return self._commits

    def changed_since(self, commits: int) -> Scope | None:
        """Return of whom anything derived was changed since there were so many commits; None: it may be anybody."""
        return self._changed.since(commits)

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to the question `name` as a frame; `frames` are tables the question reads."""
        with _cursor(self._root) as cursor:
            return self._writer(cursor).ask(name, params, frames)

    def look(self, sql: str, *, within_s: float = 60) -> pl.DataFrame:
        """Return the answer to somebody's own SQL, which may read the tables and do nothing else.

        Raises StoreError when it is anything but one SELECT, when it is wrong, and when it takes too long.
        """
        with _cursor(self._root) as cursor:
            check_looking(cursor, sql)
            alarm = threading.Timer(within_s, cursor.interrupt)
            alarm.start()
            try:
                cursor.execute("begin transaction read only")
                return _plain_numbers(cursor.execute(sql).pl())
            except duckdb.InterruptException:
                raise StoreError(f"no answer within {within_s:g} s; ask for less") from None
            except duckdb.Error as error:
                raise StoreError(f"the question cannot be answered: {complaint(error)}") from None
            finally:
                alarm.cancel()

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One transaction: everything in it is kept, or (when it raises) nothing is."""
        with self._writing, _cursor(self._root) as cursor:
            cursor.execute("begin transaction")
            writer = self._writer(cursor)
            try:
                yield writer
            except BaseException:
                cursor.execute("rollback")
                raise
            cursor.execute("commit")
            # Noted first: whoever reads the number finds what it stands for.
            self._changed.note(self._commits + 1, writer.changed)
            self._commits += 1

    @contextmanager
    def reading(self) -> Iterator["Writer"]:
        """One transaction that reads: every question in it sees the same state, and nobody waits for it."""
        with _cursor(self._root) as cursor:
            cursor.execute("begin transaction read only")
            try:
                yield self._writer(cursor)
            finally:
                cursor.execute("rollback")

    @contextmanager
    def imagining(self) -> Iterator["Writer"]:
        """One transaction that is always undone: it shows what would be, and nobody else ever sees it."""
        with self._writing, _cursor(self._root) as cursor:
            cursor.execute("begin transaction")
            try:
                yield self._writer(cursor)
            finally:
                cursor.execute("rollback")

    @contextmanager
    def in_small_steps(self) -> Iterator[None]:
        """While this lasts, statements use one thread each: with small ones, more threads mostly wait for each other.

        `Writer.in_large_steps` gives all threads back when there is much to do after all.
        """
        with _cursor(self._root) as cursor:
            cursor.execute("set global threads = 1")
            try:
                yield
            finally:
                cursor.execute(f"set global threads = {self._threads}")

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file; readers need not wait."""
        with self._writing, _cursor(self._root) as cursor:
            cursor.execute("checkpoint")

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold the file still while somebody copies it: readers go on, writers wait."""
        with self._writing:
            self.checkpoint()
            yield

    def close(self) -> None:
        """Close the file; the next process may open it."""
        self._root.close()

    def _writer(self, cursor: duckdb.DuckDBPyConnection) -> "Writer":
        return Writer(cursor, self._register, threads=self._threads)

    def _agree(self) -> None:
        """See to it that what is kept beside the events is about them: others may have been put there since."""
        with self.writing() as writer:
            writer.run("facts/arrived")
            covered = self._register.covered
            found = writer.ask("facts/keys", {"after": covered - 1, "up_to": covered})
            if covered and found["key"].to_list() != [self._register.anchor]:
                self._register.forget()


class Writer:
    """A cursor inside one transaction: it asks, and it changes things by named statements."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, register: Register, *, threads: int) -> None:
        """Wrap one DuckDB cursor, and the register of what is stored."""
        self._cursor = cursor
        self._threads = threads
        self._given: dict[str, pl.DataFrame | pa.Table] = {}
        self._changed: Scope | None = None
        self.register = register

    @property
    def changed(self) -> Scope | None:
        """Of whom this transaction changes what is derived; None: of anybody, as long as nobody says."""
        return self._changed

    def changes(self, scope: Scope) -> None:
        """Say that what is derived changes of these only (and of all those said before, in this transaction)."""
        self._changed = scope if self._changed is None else self._changed | scope

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to the question `name` as this transaction sees it."""
        self._give(frames)
        return self._cursor.execute(question(name), dict(params or {})).pl()

    def run(self, name: str, params: Params | None = None, frames: Frames | None = None) -> int:
        """Run the statement `name` and return the number of rows it changed (0 when it does not say)."""
        self._give(frames)
        row = self._cursor.execute(question(name), dict(params or {})).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def in_large_steps(self) -> None:
        """Let what follows use all threads, whoever began it `in_small_steps`: there is much to do at once."""
        self._cursor.execute(f"set global threads = {self._threads}")

    def batches_of(self, table: str) -> pa.RecordBatchReader:
        """Return the rows of a table, batch by batch."""
        return self._cursor.table(table).to_arrow_reader(ROWS_AT_ONCE)

    def fill(self, table: str, batch: pa.RecordBatch) -> None:
        """Append rows with the columns of a table, in their order."""
        self._cursor.from_arrow(pa.Table.from_batches([batch])).insert_into(table)

    def _give(self, frames: Frames | None) -> None:
        for name, frame in (frames or {}).items():
            if self._given.get(name) is frame:
                continue
            self._given[name] = frame
            # DuckDB 1.5 crashes on views of text inside lists, and so does Polars hand nested text over unless told.
            nested = isinstance(frame, pl.DataFrame) and any(kind.is_nested() for kind in frame.dtypes)
            self._cursor.register(name, frame.to_arrow(compat_level=OLDEST) if nested else frame)


def _plain_numbers(answer: pl.DataFrame) -> pl.DataFrame:
    """Return sums of whole numbers as such: DuckDB makes them in 128 bits, which no JSON and few programs read."""
    whole = [name for name, kind in answer.schema.items() if isinstance(kind, pl.Decimal) and kind.scale == 0]
    return answer.with_columns(pl.col(whole).cast(pl.Int64, strict=False)) if whole else answer


@contextmanager
def _cursor(root: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    cursor = root.cursor()
    try:
        yield cursor
    finally:
        cursor.close()
