"""Runs of query sources: kept, listed, let go of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from waypost.store import Operations, QueryRun, Schedule, Sources, forget_person
from waypost.store.tables import query_runs

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)


def run(nr: int, source: str = "db", newest_at: datetime | None = None) -> QueryRun:
    return QueryRun(
        source=source,
        asked_by=None,
        began_at=NOON + timedelta(minutes=nr),
        took_s=0.5,
        rows=nr,
        events=None,
        refused={"no_id": nr},
        newest_at=newest_at,
        problem=None,
    )


def test_the_newest_runs_are_kept_of_each_source() -> None:
    sources = Sources(Operations(None), bytes(32))
    sources.runs.keep(run(1, "other"))
    for nr in range(query_runs.MOST_KEPT + 3):
        sources.runs.keep(run(nr))
    assert (sources.runs.count("db"), sources.runs.count("other")) == (query_runs.MOST_KEPT, 1)
    assert [each.rows for each in sources.runs.of("db", most=2, skip=1)] == [1001, 1000]
    assert sources.runs.of("db", most=1, skip=query_runs.MOST_KEPT - 1) == [run(3)]


def test_lag_is_the_age_of_the_newest_event_and_unknown_without_one() -> None:
    assert run(2, newest_at=NOON).lag_s == 120
    assert run(2).lag_s is None


def test_a_source_that_is_removed_has_no_runs_when_another_takes_its_name() -> None:
    sources = Sources(Operations(None), bytes(32))
    sources.put("db", url="sqlite://", query="select 1", mapping={}, schedule=Schedule(every_s=60), now=NOON)
    sources.runs.keep(run(1))
    sources.remove("db")
    assert sources.runs.of("db") == []


def test_a_source_is_asked_when_its_time_comes_or_at_once_when_it_is_wanted() -> None:
    sources = Sources(Operations(None), bytes(32))
    sources.put("db", url="sqlite://", query="select 1", mapping={}, schedule=Schedule(every_s=60), now=NOON)
    assert sources.get("db").next_at(NOON, "UTC") == NOON
    sources.asked("db", now=NOON)
    assert sources.get("db").next_at(NOON, "UTC") == NOON + timedelta(seconds=60)
    sources.want("db", by="ada@waypost.test")
    assert (sources.get("db").next_at(NOON, "UTC"), sources.due(NOON, "UTC")) == (NOON, ["db"])


def test_what_went_wrong_with_a_row_of_somebody_goes_when_they_are_erased() -> None:
    operations = Operations(None)
    sources = Sources(operations, bytes(32))
    sources.put("db", url="sqlite://", query="select 1", mapping={}, schedule=Schedule(every_s=60), now=NOON)
    for problem in ("two rows of ada_l", "the database did not answer"):
        sources.runs.keep(replace(run(1), problem=problem))
    sources.asked("db", now=NOON, problem="two rows of ada_l")
    forget_person(operations, ["ada_l"], [])
    assert [each.problem for each in sources.runs.of("db")] == ["the database did not answer", "(erased)"]
    assert sources.get("db").problem == "(erased)"
