import io
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import Event, Kind, StoreError
from waypost.run.act import in_silence
from waypost.run.backup import back_up, restore
from waypost.store import Inbox, Intake, Keys, Operations, Warehouse, check_copies, intake_of

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder with something in each of its parts."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secret.key").write_text("a key")
    with closing(Operations(folder / "operations.db")) as operations:
        Keys(operations).create("web", now=NOW)
    with closing(Inbox(folder / "inbox.db")) as inbox:
        inbox.put([])
    with closing(Warehouse(folder / "warehouse.duckdb")) as warehouse, warehouse.writing() as writer:
        writer._cursor.execute("insert into progress values ('inbox', 7)")
    return folder


@pytest.fixture
def warehouse(folder: Path) -> Iterator[Warehouse]:
    with closing(Warehouse(folder / "warehouse.duckdb")) as opened:
        yield opened


@pytest.fixture
def kept(folder: Path, warehouse: Warehouse, tmp_path: Path) -> Path:
    file = tmp_path / "kept.tar.gz"
    back_up(folder, file, warehouse, now=NOW, tell=in_silence)
    return file


def test_what_was_backed_up_comes_back(kept: Path, tmp_path: Path) -> None:
    target = tmp_path / "restored"
    assert restore(kept, target, tell=in_silence).made_at == NOW
    with closing(Warehouse(target / "warehouse.duckdb")) as warehouse:
        assert warehouse.look("select position from progress").item() == 7
    with closing(Operations(target / "operations.db")) as operations:
        assert [key.name for key in Keys(operations).list()] == ["web"]
    assert (target / "secret.key").read_text() == "a key"


def test_a_register_of_other_events_does_not_survive_a_restore(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "restored" / "register").mkdir(parents=True)
    restore(kept, tmp_path / "restored", tell=in_silence)
    assert not (tmp_path / "restored" / "register").exists()


def test_only_the_owner_can_read_a_backup_and_what_comes_of_it(kept: Path, tmp_path: Path) -> None:
    restore(kept, tmp_path / "restored", tell=in_silence)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in [kept, *(tmp_path / "restored").iterdir()]}
    assert modes == {0o600}


def test_nothing_is_left_beside_a_backup(kept: Path) -> None:
    assert [file.name for file in kept.parent.iterdir() if file.name.startswith(".")] == []


def test_a_backup_never_overwrites(folder: Path, warehouse: Warehouse, kept: Path) -> None:
    with pytest.raises(StoreError, match="never overwrites"):
        back_up(folder, kept, warehouse, now=NOW, tell=in_silence)


def test_a_backup_needs_a_folder_to_be_in(folder: Path, warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no folder"):
        back_up(folder, tmp_path / "lost" / "kept.tar.gz", warehouse, now=NOW, tell=in_silence)


def test_a_restore_never_overwrites(folder: Path, kept: Path) -> None:
    with pytest.raises(StoreError, match="holds a Waypost already"):
        restore(kept, folder, tell=in_silence)


def test_while_others_read_and_write_a_backup_is_one_instant(
    folder: Path, warehouse: Warehouse, tmp_path: Path
) -> None:
    done = threading.Event()

    def write_on() -> None:
        n = 0
        while not done.is_set():
            n += 1
            with warehouse.writing() as writer:
                writer._cursor.execute("insert into progress values ($1, 1), ($2, 1)", [f"a{n}", f"b{n}"])

    def read_on() -> None:
        while not done.is_set():
            warehouse.look("select count(*) from progress")

    threads = [threading.Thread(target=each) for each in (write_on, read_on)]
    for thread in threads:
        thread.start()
    for n in range(3):
        back_up(folder, tmp_path / f"{n}.tar.gz", warehouse, now=NOW, tell=in_silence)
        restore(tmp_path / f"{n}.tar.gz", tmp_path / f"{n}", tell=in_silence)
        with closing(Warehouse(tmp_path / f"{n}" / "warehouse.duckdb")) as copy:
            sides = "select count(*) filter (name like 'a%'), count(*) filter (name like 'b%') from progress"
            (a, b) = copy.look(sides).row(0)
            assert a == b
    done.set()
    for thread in threads:
        thread.join()


def test_a_damaged_backup_restores_nothing(kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"nonsense", _repacked(kept, "operations.db", b"x" * 99)):
        kept.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"damaged|no backup") as fault:
            restore(kept, tmp_path / "restored", tell=in_silence)
        assert "\n" not in str(fault.value)
        assert list((tmp_path / "restored").iterdir()) == []


@pytest.mark.parametrize("name", ["../outside", "/outside", "stranger", "logs/a"])
def test_an_archive_with_anything_else_in_it_is_refused(kept: Path, tmp_path: Path, name: str) -> None:
    kept.write_bytes(_repacked(kept, name, b"harm"))
    with pytest.raises(StoreError, match="no backup of Waypost"):
        restore(kept, tmp_path / "restored", tell=in_silence)
    assert not (tmp_path / "outside").exists()


def test_a_backup_of_a_newer_waypost_is_refused(kept: Path, tmp_path: Path) -> None:
    label = b'{"format": 2, "made_at": "2027-01-01T00:00:00Z", "files": {}}'
    kept.write_bytes(_repacked(kept, "waypost-backup.json", label))
    with pytest.raises(StoreError, match="newer Waypost"):
        restore(kept, tmp_path / "restored", tell=in_silence)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no .*lost\.tar\.gz"):
        restore(tmp_path / "lost.tar.gz", tmp_path / "restored", tell=in_silence)


@pytest.mark.parametrize("name", ["warehouse.duckdb", "operations.db", "inbox.db"])
def test_a_copy_that_is_damaged_or_missing_is_not_trusted(kept: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / "restored"
    restore(kept, target, tell=in_silence)
    check_copies(target)
    (target / name).write_bytes(b"\0" * 8192)
    with pytest.raises(StoreError, match=f"{name} is damaged"):
        check_copies(target)
    (target / name).unlink()
    with pytest.raises(StoreError, match=f"{name} is missing"):
        check_copies(target)


def test_what_still_waited_comes_back_and_waits(folder: Path, warehouse: Warehouse, tmp_path: Path) -> None:
    with closing(Inbox(folder / "inbox.db")) as inbox:
        inbox.put([some("1", "2")])
        inbox.put([some("3")])
        inbox.forget(inbox.take(0, 1).position)
    back_up(folder, tmp_path / "kept.tar.gz", warehouse, now=NOW, tell=in_silence)
    target = tmp_path / "restored"
    restore(tmp_path / "kept.tar.gz", target, tell=in_silence)
    with closing(Inbox(target / "inbox.db")) as inbox:
        taken = inbox.take(0, 10)
        assert [each.event_id for each in taken.events] == ["3"]
        inbox.put([some("4")])
        inbox.forget(taken.position)
        assert not (target / "inbox-copied.bodies").exists()
        assert [each.event_id for each in inbox.take(taken.position, 10).events] == ["4"]


def test_a_backup_without_what_waits_is_not_made(folder: Path, warehouse: Warehouse, tmp_path: Path) -> None:
    with closing(Inbox(folder / "inbox.db")) as inbox:
        inbox.put([some("1")])
    (lying,) = folder.glob("inbox-*")
    lying.unlink()
    with pytest.raises(StoreError, match="are not there"):
        back_up(folder, tmp_path / "kept.tar.gz", warehouse, now=NOW, tell=in_silence)
    assert not (tmp_path / "kept.tar.gz").exists()


def some(*event_ids: str) -> Intake:
    return intake_of("crm", [_event(each) for each in event_ids], NOW)


def _event(event_id: str) -> Event:
    return Event(event_id=event_id, source="crm", kind=Kind.TRACK, name="n", happened_at=NOW, received_at=NOW)


def _repacked(file: Path, name: str, content: bytes) -> bytes:
    """Return the archive with one file in it replaced or added."""
    with tarfile.open(file) as archive:
        held = {member.name: (archive.extractfile(member) or io.BytesIO()).read() for member in archive}
    held[name] = content
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for each, inside in held.items():
            member = tarfile.TarInfo(each)
            member.size = len(inside)
            archive.addfile(member, io.BytesIO(inside))
    return packed.getvalue()
