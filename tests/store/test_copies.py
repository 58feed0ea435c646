from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import Event, Kind, StoreError
from waypost.store import Inbox, Intake, Operations, Warehouse, intake_of
from waypost.store.bodies import COPIED
from waypost.store.copies import _copy_sqlite, _copy_waiting, check_copies, copy_folder

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    Operations(folder / "operations.db").close()
    return folder


def some(event_id: str) -> Intake:
    event = Event(
        event_id=event_id, source="crm", kind=Kind.TRACK, name="n", happened_at=NOW, received_at=NOW
    )
    return intake_of("crm", [event], NOW)


def test_what_a_round_takes_in_while_it_is_copied_is_in_the_warehouse_alone(
    folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copied"
    target.mkdir()
    inbox = Inbox(folder / "inbox.db")
    inbox.put([some("1")])
    _copy_sqlite(folder / "inbox.db", target / "inbox.db")
    inbox.forget(inbox.take(0, 10).position)
    _copy_waiting(folder, target)
    inbox.close()
    with closing(Inbox(target / "inbox.db")) as copy:
        assert copy.waiting(0) == 0


def test_a_copy_of_which_something_that_waits_is_missing_is_not_trusted(folder: Path, tmp_path: Path) -> None:
    with closing(Inbox(folder / "inbox.db")) as inbox:
        inbox.put([some("1")])
    target = tmp_path / "copied"
    target.mkdir()
    with closing(Warehouse(folder / "warehouse.duckdb")) as warehouse:
        copy_folder(folder, target, warehouse)
    check_copies(target)
    with (target / COPIED).open("r+b") as waiting:
        waiting.truncate(3)
    with pytest.raises(StoreError, match=f"inbox.db is damaged: what waits in it is not all in {COPIED}"):
        check_copies(target)
