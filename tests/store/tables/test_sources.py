from datetime import UTC, datetime, timedelta

import pytest

from waypost.core import StoreError
from waypost.store import Operations, Sources

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def sources() -> Sources:
    sources = Sources(Operations(None), bytes(32))
    for name in ("billing", "product"):
        sources.put(name, url="sqlite://", query="select 1", mapping={"time": "at"}, every_s=60, now=NOON)
    return sources


def test_sources_are_due_until_they_were_asked(sources: Sources) -> None:
    assert sources.due(NOON) == ["billing", "product"]
    sources.asked("billing", now=NOON)
    assert sources.due(NOON) == ["product"]
    assert sources.due(NOON + timedelta(seconds=60)) == ["billing", "product"]


def test_a_source_that_reads_something_else_starts_again(sources: Sources) -> None:
    sources.reached("product", {"plain": 7})
    sources.put("product", url="sqlite://", query="select 1", mapping={"time": "at"}, every_s=90, now=NOON)
    assert (sources.get("product").reached, sources.get("product").every_s) == ({"plain": 7}, 90)
    sources.put("product", url="sqlite://", query="select 2", mapping={"time": "at"}, every_s=90, now=NOON)
    assert sources.get("product").reached is None


def test_a_source_that_is_removed_is_unknown(sources: Sources) -> None:
    sources.remove("product")
    assert [one.name for one in sources.all()] == ["billing"]
    for ask in (sources.get, sources.url, sources.remove):
        with pytest.raises(StoreError, match="no source named 'product'"):
            ask("product")
