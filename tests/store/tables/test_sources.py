from datetime import UTC, datetime, timedelta

import pytest

from waypost.core import StoreError
from waypost.store import Operations, Schedule, Sources

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def sources() -> Sources:
    sources = Sources(Operations(None), bytes(32))
    for name in ("billing", "product"):
        sources.put(
            name,
            url="sqlite://",
            query="select 1",
            mapping={"time": "at"},
            schedule=Schedule(every_s=60),
            now=NOON,
        )
    return sources


def test_sources_are_due_until_they_were_asked(sources: Sources) -> None:
    assert sources.due(NOON, "UTC") == ["billing", "product"]
    sources.asked("billing", now=NOON)
    assert sources.due(NOON, "UTC") == ["product"]
    assert sources.due(NOON + timedelta(seconds=60), "UTC") == ["billing", "product"]


def test_a_source_that_reads_something_else_starts_again(sources: Sources) -> None:
    sources.reached("product", {"plain": 7})
    sources.put(
        "product",
        url="sqlite://",
        query="select 1",
        mapping={"time": "at"},
        schedule=Schedule(every_s=90),
        now=NOON,
    )
    assert (sources.get("product").reached, sources.get("product").every_s) == ({"plain": 7}, 90)
    sources.put(
        "product",
        url="sqlite://",
        query="select 2",
        mapping={"time": "at"},
        schedule=Schedule(every_s=90),
        now=NOON,
    )
    assert sources.get("product").reached is None


def test_a_source_that_is_removed_is_unknown(sources: Sources) -> None:
    sources.remove("product")
    assert [one.name for one in sources.all()] == ["billing"]
    for ask in (sources.get, sources.url, sources.remove):
        with pytest.raises(StoreError, match="no source named 'product'"):
            ask("product")


def test_a_source_with_a_cron_expression_is_due_at_its_times_in_the_workspace_s_zone(
    sources: Sources,
) -> None:
    told = {"url": "sqlite://", "query": "select 1", "mapping": {"time": "at"}, "now": NOON}
    sources.put("product", schedule=Schedule.of("0 6 * * *"), **told)  # type: ignore[arg-type]
    sources.asked("product", now=NOON)
    product = sources.get("product")
    assert product.next_at(NOON, "UTC") - NOON == timedelta(hours=18)
    assert product.next_at(NOON, "Asia/Tokyo") - NOON == timedelta(hours=9)
    assert "product" not in sources.due(NOON + timedelta(hours=17), "UTC")
    assert "product" in sources.due(NOON + timedelta(hours=17), "Asia/Tokyo")
    sources.put("product", schedule=Schedule.of("60"), **told)  # type: ignore[arg-type]
    assert sources.get("product").next_at(NOON, "UTC") - NOON == timedelta(hours=1)
