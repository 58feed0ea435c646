import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from waypost.collect import ImportReport, check_query_source, run_query_source
from waypost.collect.query_cursor import back, restored, stored
from waypost.core import Actor, Event, ImportRefusedError, Kind, StoreError
from waypost.store import Inbox, Operations, Schedule, Sources

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
QUERY = (
    "select r.id, j.owner, j.account, r.ended_at, r.status, r.rows from runs r join jobs j on j.id = r.job_id"
)
MAPPING: dict[str, Any] = {
    "time": "ended_at",
    "key": ["id"],
    "cursor": "ended_at",
    "event": "export_run",
    "person": "owner",
    "account": "account",
    "quantity": "rows",
    "actor": "automated",
}
SCHEMA = """
create table jobs (id integer primary key, owner text, account text);
create table runs (id integer primary key, job_id integer, ended_at text, status text, rows integer);
insert into jobs values (1, 'ada', 'acme'), (2, null, null);
"""


@dataclass
class Place:
    file: Path
    inbox: Inbox
    sources: Sources

    def runs(self, *runs: tuple[int, int, str | None, str, object]) -> None:
        with closing(sqlite3.connect(self.file)) as database, database:
            database.executemany("insert into runs values (?, ?, ?, ?, ?)", runs)

    def add(self, **changed: object) -> None:
        said = {
            "url": f"sqlite:///{self.file}",
            "query": QUERY,
            "mapping": MAPPING,
            "schedule": Schedule(every_s=300),
            "now": NOW,
        }
        self.sources.put("product-db", **cast("dict[str, Any]", {**said, **changed}))

    def ask(self) -> ImportReport:
        return run_query_source("product-db", sources=self.sources, inbox=self.inbox, now=NOW)

    def events(self) -> list[Event]:
        return self.inbox.take(0, 1_000_000).events


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    file = tmp_path / "product data.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(SCHEMA)
    operations, inbox = Operations(None), Inbox(tmp_path / "inbox.db")
    yield Place(file=file, inbox=inbox, sources=Sources(operations, bytes(32)))
    inbox.close()
    operations.close()


def test_rows_become_events_as_the_mapping_says(place: Place) -> None:
    place.runs((7, 1, "2026-06-01T02:00:00Z", "done", 120))
    place.add()
    assert place.ask().events == 1
    (event,) = place.events()
    assert (event.event_id, event.source, event.kind, event.name) == (
        "7",
        "product-db",
        Kind.ROW,
        "export_run",
    )
    assert (event.person_id, event.account_id, event.actor, event.quantity) == (
        "ada",
        "acme",
        Actor.AUTOMATED,
        120,
    )
    assert event.happened_at == datetime(2026, 6, 1, 2, tzinfo=UTC)
    assert msgspec.json.decode(event.properties) == {"status": "done"}


def test_only_what_is_new_is_asked_for_with_an_overlap(place: Place) -> None:
    place.runs((1, 1, "2026-06-01T02:00:00Z", "done", 1), (2, 1, "2026-06-01T03:00:00Z", "done", 1))
    place.add()
    assert place.ask().events == 2
    assert place.ask().events == 1  # the newest, again: the overlap reaches 300 s back
    place.runs((3, 1, "2026-06-01T02:57:00Z", "done", 1), (4, 1, "2026-06-01T04:00:00Z", "done", 1))
    assert place.ask().events == 3
    assert {event.event_id for event in place.events()} == {"1", "2", "3", "4"}


def test_a_crash_between_rows_and_cursor_neither_loses_nor_doubles(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.runs(*((n, 1, f"2026-06-01T02:{n // 60:02}:{n % 60:02}Z", "done", 1) for n in range(2_500)))
    place.add()

    class Crash(Exception):  # noqa: N818 -- nothing that anybody catches
        pass

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(place.sources, "reached", crash)
        with pytest.raises(Crash):
            place.ask()
    assert len(place.events()) == 1_000
    place.ask()
    ids = [event.event_id for event in place.events()]
    assert len(ids) == 3_500  # the first thousand twice, with the same ids: stored once
    assert set(ids) == {str(n) for n in range(2_500)}


def test_rows_that_cannot_be_events_are_refused_by_name(place: Place) -> None:
    place.runs(
        (1, 1, "2026-06-01T02:00:00Z", "done", 1),
        (2, 2, "2026-06-01T02:00:00Z", "done", 1),
        (3, 1, "2026-06-01 late", "done", 1),
        (4, 1, "1999-01-01", "done", 1),
        (5, 1, "2026-06-01T02:00:00Z", "done", "many"),
        (6, 1, "2026-06-01T02:00:00Z", "x" * 40_000, 1),
    )
    place.add()
    report = place.ask()
    assert report.events == 1
    assert report.refused == {"no_id": 1, "impossible_time": 2, "wrong_type": 1, "too_large": 1}
    assert len(place.inbox.quarantined("product-db", 10)) == 5


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"event": None, "event_column": "status"}, "no_name"),
        ({"actor_column": "status"}, "wrong_type"),
        ({"key": ["id", "note"]}, "too_long"),
    ],
)
def test_columns_of_name_actor_and_key_are_checked_too(
    place: Place, changed: dict[str, Any], why: str
) -> None:
    place.runs((1, 1, "2026-06-01T02:00:00Z", "", 1))
    place.add(
        query=QUERY.replace("r.status", f"r.status, '{'n' * 600}' as note"), mapping={**MAPPING, **changed}
    )
    assert place.ask().refused == {why: 1}


def test_times_without_a_zone_are_in_the_mappings(place: Place) -> None:
    place.runs((1, 1, "2026-06-01 10:00:00", "done", 1))
    place.add(mapping={**MAPPING, "zone": "Asia/Kolkata"})
    place.ask()
    assert place.events()[0].happened_at == datetime(2026, 6, 1, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [1_780_000_000, 1_780_000_000_000, 1_780_000_000_000_000])
def test_times_may_be_seconds_since_1970_or_parts_of_them(place: Place, seconds: int) -> None:
    place.runs((1, 1, None, "done", seconds))
    mapping = {**MAPPING, "time": "rows", "cursor": "id", "quantity": None, "overlap": 0}
    place.add(mapping=mapping)
    place.ask()
    assert place.events()[0].happened_at == datetime.fromtimestamp(1_780_000_000, UTC)


def test_a_cursor_of_numbers_goes_back_by_units(place: Place) -> None:
    place.runs(*((n, 1, "2026-06-01T02:00:00Z", "done", 1) for n in range(10)))
    place.add(mapping={**MAPPING, "cursor": "id", "overlap": 3})
    assert [place.ask().events, place.ask().events] == [10, 4]


@pytest.mark.parametrize(
    ("value", "overlap", "earlier"),
    [
        (10, 3, 7),
        (datetime(2026, 6, 1, 2, tzinfo=UTC), 60, datetime(2026, 6, 1, 1, 59, tzinfo=UTC)),
        (date(2026, 6, 1), 60, date(2026, 5, 31)),
        ("2026-06-01T00:00:30.125+02:00", 60, "2026-05-31T23:59:30.125+02:00"),
        ("2026-06-01 00:00:30", 60, "2026-05-31 23:59:30"),
        ("2026-06-01", 60, "2026-05-31"),
        ("01J8Z", 60, "01J8Z"),
        (Decimal("10.5"), 3, 7.5),
    ],
)
def test_a_cursor_goes_back_in_its_own_form(value: object, overlap: int, earlier: object) -> None:
    assert back(restored(stored(value)), overlap) == earlier


def test_the_database_cannot_be_written_and_need_not_be_writable(place: Place) -> None:
    before = place.file.read_bytes()
    place.add(query="select * from (values (1)) where load_extension('x') is null")
    with pytest.raises(ImportRefusedError, match="the database did not answer"):
        place.ask()
    assert place.file.read_bytes() == before


def test_nothing_new_is_no_fault(place: Place) -> None:
    place.add()
    assert place.ask().events == 0
    source = place.sources.get("product-db")
    assert (source.asked_at, source.problem) == (NOW, None)


def test_what_went_wrong_is_remembered_without_the_password(place: Place) -> None:
    place.add(url="sqlite:////nowhere/at-all.db")
    with pytest.raises(ImportRefusedError, match="the database did not answer: unable to open"):
        place.ask()
    assert "unable to open" in (place.sources.get("product-db").problem or "")
    for url in ("postgresql+nodriver://ada:pa55@nowhere/x", "no address: pa55"):
        place.add(url=url)
        with pytest.raises(ImportRefusedError) as refused:
            place.ask()
        assert "pa55" not in str(refused.value)


def test_a_mapping_must_fit_the_query(place: Place) -> None:
    place.runs((1, 1, "2026-06-01T02:00:00Z", "done", 1))
    url = f"sqlite:///{place.file}"
    assert check_query_source(url, QUERY, MAPPING)[0]["owner"] == "ada"
    with pytest.raises(ImportRefusedError, match="the query gives no column owner_id; it gives id, owner"):
        check_query_source(url, QUERY, {**MAPPING, "person": "owner_id"})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"cursr": "id"}, "there is no cursr here; did you mean cursor"),
        ({"zone": "Mars/Base"}, "no time zone 'Mars/Base'"),
        ({"event_column": "status"}, "either event"),
        ({"person": None, "account": None}, "person or account"),
        ({"kind": "signal"}, "cannot be of kind signal"),
    ],
)
def test_a_mapping_is_checked(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ImportRefusedError, match=says):
        check_query_source("sqlite://", QUERY, {**MAPPING, **changed})


def test_comments_and_colons_in_a_query_are_what_they_are(place: Place) -> None:
    place.runs((1, 1, "2026-06-01T02:00:00Z", "done", 1))
    place.add(query=f"{QUERY} where r.ended_at like '%T02:00:%' -- at two")
    assert place.ask().events == 1


def test_addresses_are_encrypted_and_kept_apart(tmp_path: Path) -> None:
    file = tmp_path / "operations.db"
    operations = Operations(file)
    sources = Sources(operations, bytes(32))
    sources.put(
        "db",
        url="postgresql://ada:pa55@h/x",
        query=QUERY,
        mapping=MAPPING,
        schedule=Schedule(every_s=60),
        now=NOW,
    )
    assert sources.url("db") == "postgresql://ada:pa55@h/x"
    with pytest.raises(StoreError, match=r"cannot be read with this secret\.key"):
        Sources(operations, b"x" * 32).url("db")
    operations.close()
    assert not any(b"pa55" in file.read_bytes() for file in tmp_path.iterdir())
