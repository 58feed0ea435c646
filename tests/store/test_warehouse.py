"""The warehouse: one writer at a time, readers that never wait, and a file that one process holds."""

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from waypost.store import Warehouse, position, set_positions


def test_a_reader_sees_the_last_committed_state_while_somebody_writes() -> None:
    warehouse = Warehouse(None)
    with warehouse.writing() as writer:
        set_positions(writer, inbox=1)
        assert warehouse.ask("facts/position", {"name": "inbox"}).height == 0
        assert position(writer, "inbox") == 1, "the writer sees what it wrote"
    assert warehouse.ask("facts/position", {"name": "inbox"}).item() == 1


def test_writers_take_turns() -> None:
    warehouse = Warehouse(None)

    def count() -> None:
        for _ in range(5):
            with warehouse.writing() as writer:
                set_positions(writer, turns=(position(writer, "turns") or 0) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert warehouse.ask("facts/position", {"name": "turns"}).item() == 20


def test_what_is_imagined_is_undone() -> None:
    warehouse = Warehouse(None)
    with warehouse.imagining() as writer:
        set_positions(writer, inbox=1)
        assert position(writer, "inbox") == 1
    assert warehouse.ask("facts/position", {"name": "inbox"}).height == 0


def test_a_question_may_read_frames_handed_to_it() -> None:
    warehouse = Warehouse(None)
    scope = pl.DataFrame({"account_id": ["acme"]})
    assert warehouse.ask("derive/new_accounts", frames={"scope": scope}).rows() == [("acme",)]


def test_what_was_committed_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    warehouse = Warehouse(file)
    with warehouse.writing() as writer:
        set_positions(writer, inbox=3)
    warehouse.checkpoint()
    with warehouse.at_rest():
        assert file.stat().st_size > 0
    warehouse.close()
    again = Warehouse(file)
    assert again.ask("facts/position", {"name": "inbox"}).item() == 3
    again.close()


def test_a_file_of_an_earlier_version_loses_what_is_no_longer_kept(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    Warehouse(file).close()
    with duckdb.connect(str(file)) as rows:
        rows.execute("alter table scores add column inputs text")
        rows.execute("insert into scores values ('acme', '2026-08-03', 'health', 1, 50, 'watch', null, '[]')")
    for _ in range(2):
        opened = Warehouse(file)
        assert opened.look("select * from scores").columns[-1] == "withheld"
        assert opened.look("select score from scores").rows() == [(50.0,)]
        opened.close()


def test_a_statement_says_how_many_rows_it_changed() -> None:
    warehouse = Warehouse(None)
    with warehouse.writing() as writer:
        due = pl.DataFrame({"account_id": ["acme", "beta"], "from_on": [date(2026, 8, 3)] * 2})
        assert writer.run("due/note", frames={"fresh": due}) == 2


def test_nothing_outside_the_file_can_be_read() -> None:
    warehouse = Warehouse(None)
    with pytest.raises(Exception, match="disabled"), warehouse.writing() as writer:
        writer._cursor.execute("select * from read_csv('/etc/hostname')")


def test_small_steps_use_one_thread_and_large_ones_all() -> None:
    warehouse = Warehouse(None, threads=3)
    threads = "select current_setting('threads') as n"
    assert warehouse.look(threads).item() == 3
    with warehouse.in_small_steps(), warehouse.writing() as writer:
        assert warehouse.look(threads).item() == 1
        writer.in_large_steps()
        assert warehouse.look(threads).item() == 3
    with pytest.raises(ZeroDivisionError), warehouse.in_small_steps():
        raise ZeroDivisionError
    assert warehouse.look(threads).item() == 3, "whatever happened"


def test_threads_are_all_that_may_be_set() -> None:
    warehouse = Warehouse(None)
    with pytest.raises(duckdb.InvalidInputException, match="locked"), warehouse.writing() as writer:
        writer._cursor.execute("set memory_limit = '1GB'")
    with pytest.raises(duckdb.InvalidInputException, match="locked"), warehouse.writing() as writer:
        writer._cursor.execute("set allowed_configs = ['memory_limit']")


def test_a_frame_given_again_under_its_name_is_the_newest_one() -> None:
    first, second = (pl.DataFrame({"account_id": [name]}) for name in ("acme", "beta"))
    with Warehouse(None).writing() as writer:
        for frame in (first, first, second, first):
            assert writer.ask("derive/new_accounts", frames={"scope": frame}).equals(frame)


FIRST_FRAME = """
import polars as pl
from waypost.store import Warehouse

frame = pl.DataFrame({"nr": range(1000), "event_id": [f"fresh-{nr:030d}" for nr in range(1000)]})
with Warehouse(None).writing() as writer:
    writer._cursor.register("fresh", frame)
    print(writer._cursor.execute("select min(event_id), max(length(event_id)) from fresh").fetchone())
"""


def test_the_first_frame_of_a_process_is_read_by_its_own_columns() -> None:
    said = subprocess.run([sys.executable, "-c", FIRST_FRAME], capture_output=True, text=True, check=False)
    assert (said.stdout.strip(), said.returncode) == ("('fresh-" + "0" * 30 + "', 36)", 0), said.stderr


#: Two conditions of which the one pair that there is meets the first.
SAID = "(not a.flag) and (substring(b.word from -4294967296) <> b.word)"
ODD = (f"not ({SAID})", f"({SAID}) is null")


def test_parts_of_a_union_that_are_alike_are_answered_one_by_one() -> None:
    warehouse = Warehouse(None)
    with warehouse.writing() as writer:
        writer._cursor.execute("create table a as select false as flag; create table b as select 'a' as word")
    part = "select 1 from a left join b on true where "
    alone = [warehouse.look(f"select count(*) from ({part} {each})").item() for each in ODD]  # noqa: S608 -- our own
    both = " union all ".join(f"{part} {each}" for each in ODD)
    together = warehouse.look(f"select count(*) from ({both})").item()  # noqa: S608 -- our own
    assert together == sum(alone) == 1, "DuckDB 1.5.6 says 0 when it looks for what the parts have in common"
