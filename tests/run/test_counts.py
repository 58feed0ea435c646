"""Counts of a customer's database: a day that is counted again replaces what it said before, everywhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.tale import CATALOGUE, TIERS
from waypost.collect import run_query_source
from waypost.measure import Catalogue, Match, Span, rules_for, seen_events
from waypost.run.clock import SetClock
from waypost.run.erasing import erase_person
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import Schedule, Sources

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
MAPPING: dict[str, Any] = {
    "becomes": "counts",
    "time": "day",
    "person": "who",
    "account": "org",
    "quantity": "n",
    "event": "export",
}
USAGE = "select day::text, person_id, actor, n, quantity from usage_daily order by all"


@dataclass
class Place:
    workspace: Workspace
    clock: SetClock
    file: Path
    sources: Sources

    def counted(
        self, *rows: tuple[str, str | None, str, float], rounds: bool = True
    ) -> list[tuple[Any, ...]]:
        """Let the customer's table hold these counts; return the usage by day, person and actor after an asking."""
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("drop table if exists counts")
            database.execute("create table counts (day, who, org, n)")
            database.executemany("insert into counts values (?, ?, ?, ?)", rows)
        self.clock.at += timedelta(minutes=5)
        workspace = self.workspace
        run_query_source("db", sources=self.sources, inbox=workspace.inbox, now=workspace.now)
        if rounds:
            workspace.round()
        return self.usage()

    def usage(self) -> list[tuple[Any, ...]]:
        return self.workspace.warehouse.look(USAGE).rows()

    def seen(self) -> list[tuple[Any, ...]]:
        """Return whether each person was ever seen doing anything."""
        asked = "select person_id, last_seen_at is not null from people order by all"
        return self.workspace.warehouse.look(asked).rows()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = SetClock(NOON)
    workspace = Workspace(None, Settings(), clock)
    workspace.publish([CATALOGUE, TIERS])
    sources = Sources(workspace.operations, bytes(32))
    url = f"sqlite:///{tmp_path / 'product.db'}"
    sources.put(
        "db", url=url, query="select * from counts", mapping=MAPPING, schedule=Schedule(every_s=300), now=NOON
    )
    yield Place(workspace, clock, tmp_path / "product.db", sources)
    workspace.close()


def test_a_day_that_is_counted_again_replaces_and_does_not_add(place: Place) -> None:
    monday, tuesday = ("2026-08-03", "ada", "human", 1, 5.0), ("2026-08-02", "ada", "human", 1, 7.0)
    assert place.counted(("2026-08-03", "ada", "acme", 5), ("2026-08-02", "ada", "acme", 7)) == [
        tuesday,
        monday,
    ]
    assert place.counted(("2026-08-03", "ada", "acme", 8)) == [
        tuesday,
        ("2026-08-03", "ada", "human", 1, 8.0),
    ]
    # Asked twice before a round, the newest counts.
    place.counted(("2026-08-03", "ada", "acme", 9), rounds=False)
    state = place.counted(("2026-08-03", "ada", "acme", 3))
    assert state == [tuesday, ("2026-08-03", "ada", "human", 1, 3.0)]
    place.workspace.replay()
    assert place.usage() == state


def test_pages_of_sources_and_of_the_catalogue_count_what_was_counted_again_once(place: Place) -> None:
    for n in (5.0, 6.0, 7.0):
        place.counted(("2026-08-03", "ada", "acme", n), ("2026-08-03", "ben", "acme", 1.0))
    place.counted(("2026-08-03", "ada", "acme", 8.0))
    warehouse, span = place.workspace.warehouse, Span.up_to(NOON.date())
    asked = {"source": "db", "since": span.since, "most": 9, "skip": 0}
    (name,) = warehouse.ask("show/source_names", asked).to_dicts()
    assert (name["name"], name["n"], name["n_ever"]) == ("export", 1, 1)
    days = warehouse.ask(
        "show/source_name_days",
        {"source": "db", **span.params},
        {"names": pl.DataFrame({"kind": ["row"], "name": ["export"]})},
    )
    assert days["n"].to_list() == [1]
    (seen,) = seen_events(warehouse, Catalogue.from_document(CATALOGUE, where="c.yaml"), span).to_dicts()
    assert (seen["n"], seen["n_left"]) == (1, 0)
    rules = rules_for(Match(event="export"), pl.DataFrame({"kind": ["row"], "name": ["export"]}))
    found = warehouse.ask("show/catalogue_matched", {**span.params, "most": 9, "skip": 0}, {"rules": rules})
    assert (found.height, found["total"].to_list()) == (1, [1])


def test_who_is_not_counted_any_more_on_a_day_did_nothing_on_it(place: Place) -> None:
    both = [("2026-08-03", "ada", "acme", 5.0), ("2026-08-03", "ben", "acme", 2.0)]
    assert len(place.counted(*both)) == 2
    state = place.counted(both[0])
    assert state == [("2026-08-03", "ada", "human", 1, 5.0)]
    seen = place.seen()
    assert seen == [("ada", True), ("ben", False)]
    place.workspace.replay()
    assert (place.usage(), place.seen()) == (state, seen)
    assert place.counted(*both)[1] == ("2026-08-03", "ben", "human", 1, 2.0)


def test_erasing_a_person_leaves_the_counts_of_others_as_they_were(place: Place) -> None:
    for n in (5.0, 6.0):
        place.counted(("2026-08-03", "ada", "acme", n), ("2026-08-03", "ben", "acme", n))
    erase_person(place.workspace, "ada")
    assert place.usage() == [("2026-08-03", "ben", "human", 1, 6.0)]
