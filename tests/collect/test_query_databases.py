"""Query sources asked of real servers: what a customer's database does, and does to us."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.collect.databases import Server
from waypost.collect import ImportReport, check_query_source, run_query_source
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, Operations, Schedule, Sources

pytestmark = [pytest.mark.databases, pytest.mark.xdist_group("databases")]

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
TABLE = (
    "create table runs "
    "(id bigint primary key, owner varchar(20), ended_at {instant} null, n decimal(12,2), note text)"
)
MAPPING: dict[str, Any] = {
    "time": "ended_at",
    "key": ["id"],
    "cursor": "id",
    "event": "export_run",
    "person": "owner",
    "quantity": "n",
    "overlap": 0,
}
# Rows from nothing, as many as are asked for; both servers can.
SERIES = {
    "postgresql": "select g as id, 'ada' as owner, timestamptz '2026-06-01 10:00:00+00' as ended_at, 1 as n,"
    " repeat('x', 1000) as note from generate_series(1, {n}) g",
    "mariadb": "select seq as id, 'ada' as owner, timestamp '2026-06-01 10:00:00' as ended_at, 1 as n,"
    " repeat('x', 1000) as note from seq_1_to_{n}",
}


@dataclass
class Place:
    name: str
    server: Server
    inbox: Inbox
    sources: Sources

    def series(self, n: int) -> str:
        return SERIES[self.name].format(n=n)

    def runs(self, *runs: tuple[int, str, str, float]) -> None:
        for run in runs:
            self.server.do(
                f"insert into runs values ({run[0]}, '{run[1]}', '{run[2]}', {run[3]}, 'a: 100 %% b')"  # noqa: S608
            )

    def add(self, query: str = "select * from runs", **mapping: object) -> None:
        said = cast("dict[str, Any]", {**MAPPING, **mapping})
        self.sources.put(
            "product",
            url=self.server.reading_url,
            query=query,
            mapping=said,
            schedule=Schedule(every_s=300),
            now=NOW,
        )

    def ask(self, **more: Any) -> ImportReport:  # noqa: ANN401 -- as run_query_source takes them
        return run_query_source("product", sources=self.sources, inbox=self.inbox, now=NOW, **more)

    def events(self) -> list[Event]:
        return self.inbox.take(0, 1_000_000).events

    def ids(self) -> list[str]:
        return [event.event_id for event in self.events()]


@pytest.fixture(params=["postgresql", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    server: Server = request.getfixturevalue(request.param)
    instant = {"postgresql": "timestamptz", "mariadb": "timestamp"}[request.param]
    server.do("drop table if exists runs", TABLE.format(instant=instant))
    operations, inbox = Operations(None), Inbox(tmp_path / "inbox.db")
    yield Place(name=request.param, server=server, inbox=inbox, sources=Sources(operations, bytes(32)))
    inbox.close()
    operations.close()


def test_rows_become_events_and_what_is_asked_again_is_only_what_is_new(place: Place) -> None:
    place.runs((2**40, "ada", "2026-06-01 10:00:00", 1.5))
    place.add("select * from runs where note like '%100 %' and note like 'a: %' -- all")
    assert place.ask().events == 1
    (event,) = place.events()
    assert (event.event_id, event.person_id, event.quantity) == (str(2**40), "ada", 1.5)
    assert msgspec.json.decode(event.properties) == {"note": "a: 100 % b"}
    place.runs((2**40 + 1, "ben", "2026-06-01 11:00:00", 2))
    place.ask()
    assert place.ids() == [str(2**40), str(2**40), str(2**40 + 1)]  # the edge is read again, for its likes


def test_instants_are_instants_whatever_the_servers_clock_says(place: Place) -> None:
    """The server's clock is in Asia/Kolkata, so 10:00 there is 04:30 in UTC."""
    place.runs((1, "ada", "2026-06-01 10:00:00", 1))
    place.add(zone="America/New_York")
    place.ask()
    assert place.events()[0].happened_at == datetime(2026, 6, 1, 4, 30, tzinfo=UTC)


def test_times_without_a_zone_are_in_the_mappings(place: Place) -> None:
    naive = {"postgresql": "timestamp", "mariadb": "datetime"}[place.name]
    place.server.do("drop table runs", TABLE.format(instant=naive))
    place.runs((1, "ada", "2026-06-01 10:00:00", 1), (2, "ben", "2026-12-01 10:00:00", 1))
    place.add(zone="America/New_York", cursor="ended_at")
    place.sources.reached("product", {"time": "2026-06-01T10:00:00"})
    now = datetime(2027, 1, 1, tzinfo=UTC)
    run_query_source("product", sources=place.sources, inbox=place.inbox, now=now)
    assert [event.happened_at.hour for event in place.events()] == [14, 15]


def test_rows_at_the_edge_of_the_cursor_are_neither_lost_nor_doubled(place: Place) -> None:
    place.runs(*((n, "ada", "2026-06-01 10:00:00", 1) for n in range(3)))
    place.add(cursor="ended_at", overlap=60)
    place.ask()
    place.runs((3, "ada", "2026-06-01 10:00:00", 1), (4, "ada", "2026-06-01 09:59:30", 1))
    place.ask()
    place.runs(
        (5, "ada", "2026-06-01 09:50:00", 1)
    )  # later than the overlap: it was promised to decrease never
    place.ask()
    assert set(place.ids()) == {"0", "1", "2", "3", "4"}


def test_the_server_itself_refuses_to_write(place: Place) -> None:
    writes = {
        "postgresql": "language sql as $$ insert into runs values (9, 'x', now(), 1, ''); select 1 $$",
        "mariadb": "modifies sql data begin insert into runs values (9, 'x', now(), 1, ''); return 1; end",
    }
    refusals = {
        "postgresql": "cannot execute INSERT in a read-only transaction",
        "mariadb": "Cannot execute statement in a READ ONLY transaction",
    }
    place.server.do(f"create or replace function spoil() returns int {writes[place.name]}")
    place.runs((1, "ada", "2026-06-01 10:00:00", 1))
    place.add("select r.*, spoil() as spoilt from runs r")
    with pytest.raises(ImportRefusedError, match=refusals[place.name]):
        place.ask()
    with place.server.connected() as connection:
        assert connection.exec_driver_sql("select count(*) from runs").scalar() == 1


def test_a_statement_that_takes_too_long_is_ended_by_the_server(place: Place) -> None:
    slow = {"postgresql": "pg_sleep(20)", "mariadb": "sleep(20)"}[place.name]
    place.runs((1, "ada", "2026-06-01 10:00:00", 1))
    place.add(f"select * from runs where {slow} is not null", limits={"seconds": 1})  # noqa: S608
    with pytest.raises(ImportRefusedError, match=r"timeout|max_statement_time"):
        place.ask()


def test_an_asking_ends_at_its_limit_of_rows_and_the_next_goes_on(place: Place) -> None:
    place.add(place.series(5_000), limits={"rows": 2_000})
    assert [place.ask().lines for _ in range(4)] == [2_000, 2_000, 1_002, 1]
    assert len(set(place.ids())) == 5_000


def test_an_asking_ends_at_its_limit_of_bytes_and_the_next_goes_on(place: Place) -> None:
    place.add(place.series(5_000), limits={"bytes": 2_000_000})
    assert [place.ask().lines for _ in range(3)] == [2_000, 2_000, 1_002]
    assert place.sources.get("product").problem is None


def test_more_rows_of_one_cursor_than_the_limit_do_not_stand_still(place: Place) -> None:
    rows = f"({place.series(3_500)}) s"
    limited = {"cursor": "step", "limits": {"rows": 1_500}}
    place.add(f"select s.*, floor(id / 1000) as step from {rows}", **limited)  # noqa: S608
    for _ in range(4):
        place.ask()
    assert len(set(place.ids())) == 3_500
    place.add(f"select s.*, 7 as step from {rows}", **limited)  # noqa: S608
    place.ask()
    with pytest.raises(ImportRefusedError, match="more than 1,500 rows have the same step, 7;"):
        place.ask()


def test_a_connection_that_is_lost_in_mid_query_loses_nothing(place: Place) -> None:
    place.add(place.series(30_000))
    with pytest.raises(ImportRefusedError, match="the database did not answer"):
        place.ask(progress=lambda _: place.server.kill())
    assert place.sources.get("product").problem
    come_to = len(place.ids())
    assert 0 < come_to < 30_000
    place.server.start()
    assert place.ask().events == 30_001 - come_to
    assert len(set(place.ids())) == 30_000
    assert place.sources.get("product").problem is None


def test_a_schema_that_changed_is_told_and_a_new_column_is_a_property(place: Place) -> None:
    place.runs((1, "ada", "2026-06-01 10:00:00", 1))
    place.add()
    place.ask()
    place.server.do("alter table runs add colour varchar(9) default 'red'", "alter table runs drop column n")
    with pytest.raises(ImportRefusedError, match="the query gives no column n; it gives id, owner"):
        place.ask()
    place.server.do("alter table runs add n integer default 4")
    place.ask()
    newest = place.events()[-1]
    assert (newest.quantity, b"red" in bytes(newest.properties)) == (4, True)


def test_memory_is_flat_however_many_rows_there_are(place: Place) -> None:
    """60 MB of rows, in a process of its own: what it holds after the first piece it holds at the end."""
    script = (
        "import resource, sys\n"
        "from waypost.collect.query_mapping import read_mapping\n"
        "from waypost.collect.query_source import _Reading\n"
        "most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "pieces = _Reading(sys.argv[1], sys.argv[2], read_mapping(eval(sys.argv[3]))).pieces(None)\n"
        "next(pieces)\n"
        "before, n = most(), 1\n"
        "for piece in pieces: n += 1\n"
        "print(n, most() - before)\n"
    )
    asked = [place.server.reading_url, place.series(60_000), repr(MAPPING)]
    said = subprocess.run(
        [sys.executable, "-c", script, *asked], capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(said[0]) == 60
    assert float(said[1]) < 20


def test_a_server_that_is_not_there_is_told_at_once(place: Place) -> None:
    address = place.server.reading_url.replace(str(place.server.port), "1")
    with pytest.raises(ImportRefusedError, match="the database did not answer"):
        check_query_source(address, place.series(1), MAPPING)
