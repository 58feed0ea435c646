"""KISSmetrics' own Python library, unmodified but for its host."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from KISSmetrics import Client

from tests.collect.running import Worker, running

HAPPENED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def client(worker: Worker, host: str) -> Client:
    return Client(worker.key, trk_host=host.removeprefix("http://"), trk_scheme="http")


@pytest.mark.parametrize("mount", ["/in/kissmetrics", ""])
def test_it_delivers_every_call(worker: Worker, mount: str) -> None:
    sdk = client(worker, worker.host + mount)
    exported = {"rows": 12, "company": "acme", "name": "Größe 📈"}
    sdk.record("ada@acme.example", "Report Exported", exported, timestamp=int(HAPPENED_AT.timestamp()))
    sdk.set("ada@acme.example", {"plan": "pro"})
    sdk.alias("visitor-1", "ada@acme.example")
    found = {each.name: each for each in worker.events()}
    event = found["Report Exported"]
    assert (event.person_id, event.account_id, event.happened_at) == ("ada@acme.example", "acme", HAPPENED_AT)
    assert msgspec.json.decode(event.properties) == {"rows": "12", "company": "acme", "name": "Größe 📈"}
    assert found["identify"].person_id == "ada@acme.example"
    assert msgspec.json.decode(found["identify"].properties) == {"plan": "pro"}
    assert found["alias"].person_id == "ada@acme.example"
    assert msgspec.json.decode(found["alias"].properties) == {"previousId": "visitor-1"}
    assert len(worker.events()) == 3


def test_what_it_sends_again_is_one_event(worker: Worker) -> None:
    sdk = client(worker, f"{worker.host}/in/kissmetrics")
    for _ in range(2):
        sdk.record("ada", "Signed In", timestamp=int(HAPPENED_AT.timestamp()))
    assert len({each.event_id for each in worker.events()}) == 1
