"""A whole import is taken back: what it said holds no longer, the undo is told, and the file may come again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.run.conftest import Type
from waypost.collect import CsvImport, csv_mapping_of, recorded
from waypost.core import ImportRefusedError, StoreError
from waypost.run.clock import SetClock
from waypost.run.erasing import erase_person
from waypost.run.settings import Settings
from waypost.run.undoing import undo
from waypost.run.workspace import Workspace
from waypost.store import (
    Imports,
    ImportState,
    QuerySnapshots,
    Warehouse,
    fault_of_register,
    keep_register,
    undo_import,
)

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
CONTRACTS = {"becomes": "contracts", "key": ["id"], "account": "org"}
USE = {"time": "at", "event": "export", "person": "who"}


class Town:
    """A workspace, and files that are taken into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        self.workspace = Workspace(None, Settings(), self.clock)
        self.imports = Imports(self.workspace.operations)

    def takes(self, mapping: dict[str, Any], *lines: str) -> int:
        self.clock.at += timedelta(hours=1)
        file = self.folder / "rows.csv"
        file.write_text("\n".join(lines) + "\n")
        with recorded(
            self.workspace.operations, source="crm", file=file.name, format="csv", mapping=mapping, by="ada",
            now=self.clock.now,
        ) as under_way:  # fmt: skip
            under_way.report = self._asked(file, mapping).take_in(
                self.workspace.inbox, import_id=under_way.import_id
            )
        return under_way.import_id

    def _asked(self, file: Path, mapping: dict[str, Any]) -> CsvImport:
        return CsvImport(
            file=file, source="crm", mapping=csv_mapping_of(mapping),
            snapshots=QuerySnapshots(self.workspace.operations), now=self.clock.now(),
        )  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.workspace.round()
        return self.workspace.warehouse.look(sql).rows()

    def values(self) -> list[tuple[Any, ...]]:
        return self.rows("select contract_id, value from contracts where until_on is null order by all")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_second_import_is_undone_to_what_the_first_said_and_may_come_again(town: Town) -> None:
    town.takes(CONTRACTS, "id,org,value", "1,acme,1200", "2,beta,900")
    assert town.values() == [("1", 1200.0), ("2", 900.0)]
    lines = ("id,org,value", "2,beta,950", "3,gamma,5")
    second = town.takes(CONTRACTS, *lines)
    assert town.values() == [("1", 1200.0), ("2", 950.0), ("3", 5.0)]
    assert undo(town.workspace, second, by="ada") == 2
    assert town.values() == [("1", 1200.0), ("2", 900.0)]
    assert town.rows("select account_id from accounts order by 1") == [("acme",), ("beta",)]
    third = town.takes(CONTRACTS, *lines)
    assert town.imports.get(third).events == 2
    assert town.values() == [("1", 1200.0), ("2", 950.0), ("3", 5.0)]


def test_the_undo_is_told_and_what_it_put_aside_is_kept(town: Town) -> None:
    number = town.takes(USE, "at,who", "2026-11-01,ada", "2026-11-02,ben")
    town.workspace.round()
    assert undo(town.workspace, number, by="mia@example.com") == 2
    ((said,),) = town.rows("select properties from events")
    assert msgspec.json.decode(said) == {
        "import_id": number, "source": "crm", "file": "rows.csv", "events": 2, "by": "mia@example.com",
    }  # fmt: skip
    assert town.rows("select person_id from undone order by 1") == [("ada",), ("ben",)]
    found = town.imports.get(number)
    assert (found.state, found.undone_by, found.undone_events) == (ImportState.UNDONE, "mia@example.com", 2)


def test_what_waits_in_the_inbox_is_undone_too(town: Town) -> None:
    number = town.takes(USE, "at,who", "2026-11-01,ada")
    assert undo(town.workspace, number, by="ada") == 1
    assert town.rows("select 1 from people") == []


def test_an_import_that_was_changed_by_a_later_one_waits_for_that(town: Town) -> None:
    first = town.takes(CONTRACTS, "id,org,value", "1,acme,1200")
    second = town.takes(CONTRACTS, "id,org,value", "1,acme,1300")
    with pytest.raises(StoreError, match=f"1 rows of import {first} were changed by a later import"):
        undo(town.workspace, first, by="ada")
    assert town.imports.get(first).state is ImportState.DONE
    undo(town.workspace, second, by="ada")
    undo(town.workspace, first, by="ada")
    assert town.values() == []


@pytest.mark.parametrize(("number", "says"), [(99, "there is no import 99"), (1, "was undone already")])
def test_what_cannot_be_undone_says_why(town: Town, number: int, says: str) -> None:
    undo(town.workspace, town.takes(USE, "at,who", "2026-11-01,ada"), by="ada")
    with pytest.raises(StoreError, match=says):
        undo(town.workspace, number, by="ada")


def test_an_undo_that_was_cut_short_is_done_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    number = town.takes(CONTRACTS, "id,org,value", "1,acme,1200")
    with monkeypatch.context() as broken:
        broken.setattr(Imports, "undo", _crash)
        with pytest.raises(RuntimeError):
            undo(town.workspace, number, by="ada")
    assert town.imports.get(number).state is ImportState.UNDOING
    with pytest.raises(StoreError, match="under way or being undone"):
        town.takes(CONTRACTS, "id,org,value", "1,acme,1200")
    assert undo(town.workspace, number, by="ada") == 1
    town.takes(CONTRACTS, "id,org,value", "1,acme,1200")
    assert town.values() == [("1", 1200.0)]


def _crash(*_: object, **__: object) -> None:
    raise RuntimeError("killed")


def test_counts_that_an_undone_import_replaced_hold_again(town: Town) -> None:
    counts = {"becomes": "counts", "time": "day", "account": "org", "quantity": "n", "event": "export"}
    town.takes(counts, "day,org,n", "2026-11-01,acme,5")
    second = town.takes(counts, "day,org,n", "2026-11-01,acme,7")
    assert town.rows("select quantity from holding where kind = 'row'") == [(7.0,)]
    undo(town.workspace, second, by="ada")
    assert town.rows("select quantity from holding where kind = 'row'") == [(5.0,)]


def test_an_erased_person_is_in_no_undone_import(town: Town) -> None:
    undo(
        town.workspace,
        town.takes(CONTRACTS | {"becomes": "people", "person": "who", "key": []}, "who,org", "ada,acme"),
        by="x",
    )
    assert erase_person(town.workspace, "ada") == 1
    assert town.rows("select * from undone") == []
    town.takes({"becomes": "people", "person": "who"}, "who,name", "ben,Ben")
    erase_person(town.workspace, "ben")
    with town.workspace.operations.begin() as rows:
        assert rows.exec_driver_sql("select count(*) from import_rows").scalar() == 0


def test_an_import_that_nobody_works_on_any_more_is_broken_off(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, Settings(), SetClock(NOW))
    imports = Imports(workspace.operations)
    number = imports.begin(source="a", file="a.csv", format="csv", mapping=None, by="ada", now=NOW)
    with pytest.raises(StoreError, match="still under way"):
        undo(workspace, number, by="ada")
    workspace.close()
    workspace = Workspace(tmp_path, Settings(), SetClock(NOW))
    assert Imports(workspace.operations).get(number).state is ImportState.STOPPED
    assert undo(workspace, number, by="ada") == 0
    workspace.close()


def test_an_import_that_breaks_is_on_record_with_the_reason(town: Town) -> None:
    with pytest.raises(ImportRefusedError):
        town.takes(USE, "at,who", "never,ada")
    found = town.imports.newest()[0]
    assert (found.state, found.events) == (ImportState.STOPPED, 0)
    assert "line 2 (at is 'never')" in (found.problem or "")


def test_the_register_is_made_anew_after_an_undo(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.takes(USE, "at,who", "2026-11-01,ben")
    number = town.takes(USE, "at,who", "2026-11-01,ada")
    town.workspace.round()
    warehouse: Warehouse = town.workspace.warehouse
    with warehouse.writing() as writer:
        keep_register(writer, least=1)
    with warehouse.writing() as writer:
        assert undo_import(writer, number) == 1
        assert undo_import(writer, number) == 1
    with warehouse.writing() as writer:
        keep_register(writer, least=1)
        assert fault_of_register(writer) == ""


@pytest.mark.usefixtures("anyhow")
def test_files_of_cells_are_tried_taken_in_and_undone_by_commands(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_text("Contract ID;Company;ACV\nC-1;acme;12\nC-2;;1\n")
    tried = type_in("import", "contracts.csv", "--source", "crm", "--dry-run")
    assert (
        "contracts.csv: of 2 rows 1 are new, 0 say something else than before, 0 the same, 1 are refused"
        in tried.out
    )
    assert "    line 3: missing_field: Company is empty" in tried.out
    needs = type_in("import", "contracts.csv", "--source", "crm")
    assert needs.code == 1
    assert "needs --mapping" in needs.err
    (tmp_path / "m.yaml").write_text(tried.out.split("contracts.csv:")[0])
    taken = type_in("import", "contracts.csv", "--source", "crm", "--mapping", "m.yaml")
    assert taken.lines == [
        "contracts.csv: 1 events taken in from 2 lines of csv",
        "    1 refused: missing_field",
        "    `waypost imported undo 1` takes it back",
    ]
    assert type_in("imported", "list").lines[1].split("\t")[:4] == ["1", "crm", "contracts.csv", "csv"]
    assert type_in("imported", "undo", "1").lines == [
        "import 1 is undone: 1 events hold no longer; the next round leaves them out"
    ]
    assert type_in("imported", "undo", "1").code == 1
    log = tmp_path / "track.ndjson"
    log.write_text(
        '{"type":"track","messageId":"1","userId":"ada","event":"x","timestamp":"2026-11-01T10:00:00Z"}\n'
    )
    assert type_in("import", "track.ndjson", "--source", "product", "--dry-run").code == 1
    assert type_in("import", "track.ndjson", "--source", "product").code == 0
    assert type_in("imported", "undo", "2").code == 0
    assert type_in("sql", "select person_id from undone order by 1").lines[1:] == ["ada", ""]
