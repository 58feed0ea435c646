"""What holds, asked of real servers: their types, their clocks, and a server that dies while it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.collect.databases import Server
from waypost.collect import run_query_source
from waypost.core import Event, ImportRefusedError
from waypost.store import Inbox, Operations, Schedule, Sources, Wanted

pytestmark = [pytest.mark.databases, pytest.mark.xdist_group("databases")]

MEMBERS = {"becomes": "memberships", "person": "who", "account": "org", "time": "since"}
TABLE = "create table {name} (who varchar(9), org varchar(9), since {instant} null, role varchar(9), champion boolean)"
# Many people from nothing; both servers can.
SERIES = {
    "postgresql": "select 'p' || g as who, 'acme' as org, null as since from generate_series(1, {n}) g",
    "mariadb": "select concat('p', seq) as who, 'acme' as org, null as since from seq_1_to_{n}",
}


@dataclass
class Place:
    name: str
    server: Server
    inbox: Inbox
    sources: Sources
    now: datetime = datetime(2026, 6, 3, 12, tzinfo=UTC)

    def means(self, query: str, mapping: dict[str, Any]) -> None:
        self.sources.put(
            "db",
            url=self.server.reading_url,
            query=query,
            mapping=mapping,
            schedule=Schedule(every_s=300),
            now=self.now,
        )

    def ask(self, **more: Any) -> list[Event]:  # noqa: ANN401 -- as run_query_source takes them
        self.now += timedelta(hours=1)
        run_query_source("db", sources=self.sources, inbox=self.inbox, now=self.now, **more)
        taken = self.inbox.take(0, 1_000_000)
        self.inbox.forget(taken.position)
        return taken.events


@pytest.fixture(params=["postgresql", "mariadb"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    server = request.getfixturevalue(request.param)
    instant = {"postgresql": "timestamptz", "mariadb": "timestamp"}[request.param]
    server.do("drop table if exists held", TABLE.format(name="held", instant=instant))
    operations, inbox = Operations(None), Inbox(None)
    yield Place(request.param, server, inbox, Sources(operations, bytes(32)))
    inbox.close()
    operations.close()


def test_memberships_come_change_and_go(place: Place) -> None:
    place.means("select * from held", MEMBERS)
    place.server.do(
        "insert into held values ('ada', 'acme', '2026-06-01 10:00:00', 'lead', true)",
        "insert into held values ('ben', 'acme', null, 'x', false)",
    )
    ada = next(event for event in place.ask() if event.person_id == "ada")
    # The server's clock is in Asia/Kolkata, so 10:00 there is 04:30 in UTC.
    assert (ada.name, ada.happened_at) == ("joined", datetime(2026, 6, 1, 4, 30, tzinfo=UTC))
    assert msgspec.json.decode(ada.properties) == {"role": "lead", "champion": True}
    assert place.ask() == []
    place.server.do("update held set role = 'admin' where who = 'ada'", "delete from held where who = 'ben'")
    assert [(event.name, event.person_id) for event in place.ask()] == [
        ("role_changed", "ada"),
        ("left", "ben"),
    ]
    place.server.do("delete from held")
    with pytest.raises(ImportRefusedError, match="gives no row any more and gave 1 before"):
        place.ask()
    assert [event.name for event in place.ask(wanted=Wanted(by="ada@waypost.test", accept_loss=True))] == [
        "left"
    ]


def test_counts_settings_and_contracts_have_the_types_of_the_event_schema(place: Place) -> None:
    day, number = "cast('2026-06-01' as date)", "cast({} as decimal(12, 2))"
    counts = {"becomes": "counts", "time": "day", "person": "who", "quantity": "n", "event": "export"}
    query = f"select {day} as day, 'ada' as who, {number} as n"
    place.means(query.format(2.5), {**counts, "zone": "America/New_York"})
    (counted,) = place.ask()
    assert (counted.quantity, counted.happened_at) == (2.5, datetime(2026, 6, 1, 4, tzinfo=UTC))
    place.means(query.format(4), {**counts, "zone": "America/New_York"})
    assert [event.quantity for event in place.ask()] == [4]
    assert place.ask() == []
    contracts = {"becomes": "contracts", "key": ["id"], "account": "org"}
    worth = f"{number.format(100)} as value, {number.format(40)} as seats, {day} as renews_on"
    place.means(f"select 7 as id, 'acme' as org, {worth}", contracts)
    (signed,) = place.ask()
    assert msgspec.json.decode(signed.properties) == {
        "contract_id": "7",
        "value": 100,
        "seats": 40,
        "renews_on": "2026-06-01",
    }
    place.means(
        "select 'acme' as org, true as sso, 'eu' as region",
        {"becomes": "settings", "account": "org", "event": "set"},
    )
    (setting,) = place.ask()
    assert msgspec.json.decode(setting.properties) == {
        "sso": {"postgresql": True, "mariadb": 1}[place.name],
        "region": "eu",
    }
    assert place.ask() == []


def test_a_server_that_dies_while_it_answers_makes_nobody_leave(place: Place) -> None:
    place.means(SERIES[place.name].format(n=1_500), MEMBERS)
    assert len(place.ask()) == 1_500
    place.means(SERIES[place.name].format(n=30_000), MEMBERS)
    with pytest.raises(ImportRefusedError, match="the database did not answer"):
        place.ask(progress=lambda _: place.server.kill())
    assert place.inbox.waiting(0) == 0
    assert place.sources.snapshots.count("db") == 1_500
    place.server.start()
    place.means(SERIES[place.name].format(n=1_600), MEMBERS)
    assert len(place.ask()) == 100
