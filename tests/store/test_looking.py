from pathlib import Path

import duckdb
import pytest

from waypost.core import StoreError
from waypost.store import Warehouse

SECRET = "everything that a file on this machine may hold"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path


@pytest.fixture
def warehouse(folder: Path) -> Warehouse:
    return Warehouse(folder / "warehouse.duckdb")


ALLOWED = [
    "select count(*) from events",
    "SELECT upper(name) FROM accounts -- and a comment",
    "with recent as (select * from scores) select on_day, avg(score) from recent group by 1",
    "from people select name",
    "values (1), (2)",
    "describe events",
    "show tables",
    "summarize scores",
    "select i from range(3) numbers(i)",
    "select unnest([1, 2])",
    "select * from information_schema.tables",
    "explain select count(*) from events",
    "Explain Analyze select count(*) from events",
    "select ';' as two, 'drop table events' as words",
    "select random() < 2",
]
WRITES = [
    "insert into progress values ('inbox', 1)",
    "update progress set position = 0",
    "delete from events",
    "drop table events",
    "create table mine (a int)",
    "create temp table mine as select 1",
    "create or replace view events as select 1",
    "create macro mine() as 1",
    "alter table events add column more int",
    "truncate events",
    "merge into progress using (select 'a' as name) s on progress.name = s.name when matched then delete",
    "comment on table events is 'mine'",
    "explain analyze insert into progress values ('inbox', 1)",
    "explain analyze delete from events",
    "/* select */ delete from events",
    "-- select\ndelete from events",
    "explain /* hidden */ analyze delete from events",
    "pivot events on kind",
    "vacuum",
    "checkpoint",
    "begin transaction",
    "commit",
    "prepare mine as delete from events",
    "execute mine",
]
FILES = [
    "select * from read_csv('{secret}')",
    "select * from read_text('{secret}')",
    "select * from read_blob('{secret}')",
    "select * from read_json('{secret}')",
    "select * from read_parquet('{secret}')",
    "select * from parquet_metadata('{secret}')",
    "select * from sniff_csv('{secret}')",
    "select * from glob('{folder}/*')",
    "select * from '{secret}'",
    'select * from "{secret}"',
    "from '{secret}'",
    "select (select content from read_text('{secret}'))",
    "select 1 where exists (from READ_TEXT('{secret}'))",
    "with a as materialized (select * from read_text('{secret}')) select * from a",
    "select * from events, lateral (select * from read_text('{secret}'))",
    "describe select * from read_csv('{secret}')",
    "summarize select * from read_csv('{secret}')",
    "explain analyze select * from read_text('{secret}')",
    "copy events to '{folder}/stolen.csv'",
    "copy (select 1) to '{folder}/stolen.csv'",
    "copy events from '{secret}'",
    "export database '{folder}/stolen'",
    "import database '{folder}'",
    "attach '{folder}/stolen.db' as stolen",
    "attach '{folder}/operations.db' (type sqlite)",
    "detach warehouse",
    "use memory",
    "install httpfs",
    "load '{secret}'",
    "load sqlite",
    "update extensions",
]
SETTINGS = [
    "set enable_external_access = true",
    "set global lock_configuration = false",
    "reset memory_limit",
    "pragma enable_external_access = true",
    "pragma enable_profiling",
    "set variable mine = 1",
    "call enable_logging()",
    "call force_checkpoint()",
    "select * from enable_logging(storage = 'file', storage_path = '{folder}/stolen')",
    "select * from enable_profiling(save_location = '{folder}/stolen')",
    "select * from main.enable_logging()",
    "select 1 union all select 1 from disable_logging()",
    "select * from truncate_duckdb_logs()",
    "select * from checkpoint()",
    "select * from force_checkpoint()",
    "select * from query('select 1')",
    "select * from query_table('events')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "select * from arrow_scan(1, 2, 3)",
    "select * from pandas_scan(1)",
    "select * from duckdb_secrets()",
    "select * from which_secret('s3://a', 's3')",
    "create secret (type s3)",
    "select write_log('mine')",
    "select WRITE_LOG('mine')",
    "select nextval('mine')",
    "select sleep_ms(100000)",
    "select count(*) filter (write_log('mine') is null) from events",
    "select * from events order by (select 1 from checkpoint())",
    "select 1; delete from events",
    "select 1; select 2",
    "",
    ";",
    "nonsense",
    "select",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_a_question_is_answered(warehouse: Warehouse, sql: str) -> None:
    assert warehouse.look(sql).width > 0


@pytest.mark.parametrize("sql", [*WRITES, *FILES, *SETTINGS])
def test_whatever_does_more_than_read_is_refused(warehouse: Warehouse, folder: Path, sql: str) -> None:
    before = sorted(file.name for file in folder.iterdir())
    with pytest.raises(StoreError) as refusal:
        warehouse.look(sql.format(secret=folder / "secret.txt", folder=folder))
    assert SECRET not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert sorted(file.name for file in folder.iterdir()) == before


@pytest.mark.parametrize("sql", FILES)
def test_a_question_wrongly_let_through_would_find_the_engine_locked(
    warehouse: Warehouse, folder: Path, sql: str
) -> None:
    before = sorted(file.name for file in folder.iterdir())
    try:
        with warehouse.writing() as writer:
            place = sql.format(secret=folder / "secret.txt", folder=folder)
            answer = str(writer._cursor.execute(place).fetchall())
    except duckdb.Error as error:
        answer = str(error)
    assert SECRET not in answer
    assert sorted(file.name for file in folder.iterdir()) == before


def test_variables_of_the_program_are_no_tables(warehouse: Warehouse) -> None:
    private = warehouse.look("select 1 as a")
    with pytest.raises(StoreError, match="private"):
        warehouse.look("select * from private")
    assert private.height == 1


def test_a_question_that_takes_too_long_is_stopped(warehouse: Warehouse) -> None:
    endless = (
        "select count(*) from range(1000000000) a(i), range(1000000) b(i) where hash(a.i) = hash(b.i) + 1"
    )
    with pytest.raises(StoreError, match="no answer within"):
        warehouse.look(endless, within_s=0.2)


def test_a_wrong_question_is_told_in_one_line(warehouse: Warehouse) -> None:
    with pytest.raises(StoreError, match="no_such_table") as refusal:
        warehouse.look("select * from no_such_table")
    assert "\n" not in str(refusal.value)


def test_a_misspelt_name_is_told_with_the_one_that_was_meant(warehouse: Warehouse) -> None:
    with pytest.raises(StoreError, match=r'standing does not exist! Did you mean "standings"'):
        warehouse.look("select * from standing")
    with pytest.raises(StoreError, match=r'persn_id.*"person_id"'):
        warehouse.look("select persn_id from standings")
