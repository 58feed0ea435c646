"""The official SDKs, unmodified but for their host, against a real worker; compared event by event."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from segment.analytics.client import Client

from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
DRIVER = Path(__file__).parent / "node" / "drive.mjs"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def told(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (
            event.event_id,
            event.kind.value,
            event.name,
            event.person_id,
            event.anonymous_id,
            event.account_id,
            msgspec.json.decode(event.properties),
        )
        for event in sorted(events, key=lambda event: event.event_id)
    ]


def expected(prefix: str, more: dict[str, Any]) -> list[tuple[object, ...]]:
    said = [
        ("identify", "identify", "ada", None, None, {"email": "ada@acme.example", "role": "analyst"}),
        ("group", "group", "ada", None, "acme", {"name": "Acme", "seats": 40}),
        ("track", "Report Exported", "ada", None, "acme", {"rows": 12, "name": "Größe 📈"}),
        ("track", "Signed Up", None, "visitor-1", None, {}),
        ("page", "Docs Home", "ada", None, None, {"path": "/docs", **more}),
        ("screen", "Inbox", "ada", None, None, {}),
        ("alias", "alias", "ada", None, None, {"previousId": "visitor-1"}),
    ]
    return [(f"{prefix}{number}", *each) for number, each in enumerate(said, start=1)]


def test_the_python_sdk_delivers_every_call(worker: Worker) -> None:
    failures: list[object] = []
    client = Client(worker.key, host=worker.host, gzip=True, on_error=lambda error, _: failures.append(error))
    when, person = {"timestamp": HAPPENED_AT}, {"user_id": "ada"}
    context = {"groupId": "acme"}
    traits = {"email": "ada@acme.example", "role": "analyst"}
    client.identify(**person, traits=traits, **when, message_id="p1")
    client.group(**person, group_id="acme", traits={"name": "Acme", "seats": 40}, **when, message_id="p2")
    exported = {"rows": 12, "name": "Größe 📈"}
    client.track(
        **person, event="Report Exported", properties=exported, context=context, **when, message_id="p3"
    )
    client.track(anonymous_id="visitor-1", event="Signed Up", **when, message_id="p4")
    client.page(**person, category="Docs", name="Home", properties={"path": "/docs"}, **when, message_id="p5")
    client.screen(**person, name="Inbox", **when, message_id="p6")
    client.alias("visitor-1", "ada", **when, message_id="p7")
    client.shutdown()
    assert failures == []
    events = worker.events()
    assert told(events) == expected("p", {})
    assert {event.happened_at for event in events} == {HAPPENED_AT}
    assert {event.source for event in events} == {"segment:web"}


def test_the_python_sdk_with_numeric_ids_and_no_message_ids(worker: Worker) -> None:
    client = Client(worker.key, host=worker.host)
    for _ in range(3):
        client.track(user_id=7, event="Report Exported")
    client.shutdown()
    events = worker.events()
    assert [event.person_id for event in events] == ["7", "7", "7"]
    assert len({event.event_id for event in events}) == 3


@pytest.mark.node
def test_the_node_sdk_delivers_every_call(worker: Worker) -> None:
    done = subprocess.run(
        ["node", str(DRIVER), worker.host, worker.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    events = worker.events()
    assert told(events) == expected("n", {"category": "Docs"})
    assert {event.happened_at for event in events} == {HAPPENED_AT}
