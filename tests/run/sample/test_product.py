import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.run.sample.conftest import NOW
from waypost.collect import run_query_source
from waypost.run.sample import Manifest, product_source
from waypost.run.sample.calendar import NEVER, PLACES
from waypost.run.sample.world import World
from waypost.store import Inbox, Operations, Schedule, Sources

Made = tuple[Path, Manifest]


@pytest.fixture
def database(made: Made) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(made[0] / "product.db")) as rows:
        yield rows


def test_every_seat_is_a_person_of_the_world(database: sqlite3.Connection, told: World) -> None:
    seats = database.execute("select user_id, account_id from seats order by rowid").fetchall()
    assert [user for user, _ in seats] == list(told.who.ids)
    assert {account for _, account in seats} == set(told.cast.ids)


def test_jobs_run_at_night_where_their_owner_lives(database: sqlite3.Connection, told: World) -> None:
    place = dict(zip(told.who.ids, told.who.place, strict=True))
    runs = database.execute(
        "select j.owner_id, r.started_at from export_runs r join jobs j on j.id = r.job_id where r.id % 50 = 0"
    ).fetchall()
    assert runs
    for owner, started_at in runs:
        local = datetime.fromisoformat(started_at).astimezone(ZoneInfo(PLACES[place[owner]].zone))
        assert 0 <= local.hour < 6


def test_most_runs_are_done_and_a_few_fail(database: sqlite3.Connection) -> None:
    shares = dict(
        database.execute("select status, count(*) * 1.0 / sum(count(*)) over () from export_runs group by 1")
    )
    assert shares["done"] > 0.94
    assert 0 < shares["failed"] < 0.05


def test_a_job_stops_with_the_seat_of_its_owner(database: sqlite3.Connection, told: World) -> None:
    left = {
        told.who.ids[n]: told.days.dates[told.who.left[n]]
        for n in range(len(told.who))
        if told.who.left[n] < NEVER
    }
    runs = database.execute(
        "select j.owner_id, r.started_at from export_runs r join jobs j on j.id = r.job_id"
    ).fetchall()
    for owner, started_at in runs:
        assert owner not in left or started_at[:10] <= left[owner].isoformat()


def test_the_query_source_takes_in_every_run(made: Made) -> None:
    source, inbox = product_source(), Inbox(None)
    sources = Sources(Operations(None), bytes(32))
    url = f"sqlite:///{made[0] / 'product.db'}"
    sources.put(
        "product",
        url=url,
        query=source.query,
        mapping=source.mapping,
        schedule=Schedule(every_s=source.every_s),
        now=NOW,
    )
    report = run_query_source("product", sources=sources, inbox=inbox, now=NOW)
    assert (report.events, report.refused) == (made[1].product["export_runs"], {})
    event = inbox.take(0, 1).events[0]
    assert (event.kind, event.name, event.actor) == ("row", "export_run", "automated")
    assert b'"rows"' in bytes(event.properties)
    assert event.person_id
    assert event.account_id
