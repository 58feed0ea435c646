"""Copies of the three databases: taken while they are in use, and checked before they are trusted."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import duckdb

from waypost.core import StoreError
from waypost.store.bodies import COPIED, Bodies
from waypost.store.looking import complaint
from waypost.store.questions import question
from waypost.store.warehouse import Warehouse

DATABASES = ("warehouse.duckdb", "operations.db", "inbox.db")
#: What a copy may hold beside them: the engine's log, and what waited in the inbox.
#: The register is none of them: it is made anew from the events.
BESIDE = ("warehouse.duckdb.wal", COPIED)


def copy_folder(folder: Path, target: Path, warehouse: Warehouse) -> None:
    """Copy the databases of a data folder, so that together they are one instant of the workspace.

    The warehouse goes first and is held until all are copied: no round runs meanwhile, so whatever the copied
    warehouse has not taken yet is in the inbox copied after it. The inbox goes last, so whatever Waypost did and
    told is in one of the two. Events that arrive meanwhile are accepted as ever.
    """
    with warehouse.at_rest():
        _copy_elsewhere(folder / "warehouse.duckdb", target)
        log = folder / "warehouse.duckdb.wal"
        if log.exists():
            # A reader that looks at an older state keeps the engine from folding the log away.
            _copy_elsewhere(log, target)
        _copy_sqlite(folder / "operations.db", target / "operations.db")
        _copy_sqlite(folder / "inbox.db", target / "inbox.db")
        _copy_waiting(folder, target)


def check_copies(folder: Path) -> None:
    """Raise StoreError unless all three databases of a folder can be opened and are whole."""
    for name in DATABASES:
        file = folder / name
        if not file.is_file():
            raise StoreError(f"{name} is missing")
        try:
            problem = _FAULTS[name](file)
        except (sqlite3.Error, duckdb.Error) as error:
            problem = complaint(error)
        if problem:
            raise StoreError(f"{name} is damaged: {problem}")


def _copy_elsewhere(file: Path, folder: Path) -> None:
    # A process that closes a file loses its locks on it, however often it has it open. So another one reads it.
    copying = shutil.which("cp") or "cp"
    done = subprocess.run([copying, "--", file, folder], check=False, capture_output=True, text=True)  # noqa: S603 -- both paths are ours
    if done.returncode:
        raise StoreError(f"{file.name} could not be copied: {done.stderr.strip()}")


def _copy_sqlite(file: Path, target: Path) -> None:
    try:
        source, copy = (
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True),
            sqlite3.connect(target),
        )
        try:
            source.backup(copy)
            # One file is easier to keep than a file and its log.
            copy.execute("pragma journal_mode = delete")
        finally:
            source.close()
            copy.close()
    except sqlite3.Error as error:
        raise StoreError(f"{file.name} could not be copied: {error}") from None


def _copy_waiting(folder: Path, target: Path) -> None:
    """Copy the chunks that the copied inbox names into one file beside it."""
    bodies = Bodies(folder)
    inbox = sqlite3.connect(f"{(folder / 'inbox.db').absolute().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(target / "inbox.db")
    try:
        for position, _, file, start, length in copy.execute(
            question("inbox/take"), {"after": 0, "most": -1}
        ).fetchall():
            try:
                chunk = bodies.read(file, start, length)
            except StoreError:
                if inbox.execute(question("inbox/is_waiting"), {"position": position}).fetchone():
                    raise
                # Let go of meanwhile, so it is in the warehouse that was copied before.
                copy.execute(question("inbox/drop"), {"position": position})
                continue
            with (target / COPIED).open("ab") as waiting:
                place = {"file": COPIED, "start": waiting.tell()}
                waiting.write(chunk)
            copy.execute(question("inbox/move"), {"position": position, **place})
        copy.commit()
    finally:
        inbox.close()
        copy.close()


def _fault_of_inbox(file: Path) -> str:
    if fault := _fault_of_sqlite(file):
        return fault
    rows = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        chunks = rows.execute(question("inbox/take"), {"after": 0, "most": -1}).fetchall()
    finally:
        rows.close()
    needed: dict[str, int] = {}
    for _, _, name, start, length in chunks:
        needed[name] = max(needed.get(name, 0), start + length)
    short = [name for name, size in needed.items() if _size(file.with_name(name)) < size]
    return f"what waits in it is not all in {short[0]}" if short else ""


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _fault_of_sqlite(file: Path) -> str:
    rows = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        (said,) = rows.execute("pragma integrity_check(1)").fetchone()
    finally:
        rows.close()
    return "" if said == "ok" else str(said)


def _fault_of_warehouse(file: Path) -> str:
    connection = duckdb.connect(str(file), read_only=True)
    try:
        tables = connection.execute("select table_name from duckdb_tables() where not internal").fetchall()
        for (table,) in tables:
            # Reading every column checks every block against its checksum.
            connection.table(table).aggregate("count(columns(*))").fetchall()
    finally:
        connection.close()
    return "" if ("events",) in tables else "it has no events table"


_FAULTS = {
    "warehouse.duckdb": _fault_of_warehouse,
    "operations.db": _fault_of_sqlite,
    "inbox.db": _fault_of_inbox,
}
