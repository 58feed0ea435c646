"""The SDKs of CloudEvents, unmodified, against a real worker; compared event by event."""

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from tests.collect.flaky import STORED_BUT_504, flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
DRIVER = Path(__file__).parents[1] / "node" / "drive_cloudevents.mjs"
EXPORTED = {"rows": 12, "name": "Größe 📈", "nested": {"list": [1, 2.5, None, "é"]}}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def told(events: list[Event]) -> dict[str, tuple[object, ...]]:
    return {
        event.event_id: (
            event.name,
            event.person_id,
            event.account_id,
            event.happened_at,
            json.loads(bytes(event.properties)),
        )
        for event in events
    }


EXPECTED = ("com.acme.report.exported", "ada", "acme", HAPPENED_AT, EXPORTED)


def exported(own: str) -> CloudEvent:
    attributes = {
        "id": own,
        "source": "/product",
        "type": "com.acme.report.exported",
        "specversion": "1.0",
        "time": HAPPENED_AT,
        "userid": "ada",
        "companyid": "acme",
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, EXPORTED)


def send(host: str, key: str, message: HTTPMessage) -> int:
    headers = {**message.headers, "authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"{host}/in/cloudevents", message.body, headers)  # noqa: S310 -- ours
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- ours
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_python_sdk_writes_what_is_read(worker: Worker) -> None:
    assert send(worker.host, worker.key, to_binary_event(exported("binary"))) == 200
    assert send(worker.host, worker.key, to_structured_event(exported("structured"))) == 200
    assert told(worker.events()) == {
        "cloudevents:/product binary": EXPECTED,
        "cloudevents:/product structured": EXPECTED,
    }


def test_what_is_sent_again_is_one_event(worker: Worker) -> None:
    message = to_structured_event(exported("c1"))
    with flaky(worker.host, [503, STORED_BUT_504]) as proxy:
        assert [send(proxy.host, worker.key, message) for _ in range(3)] == [503, 504, 200]
    assert told(worker.events()) == {"cloudevents:/product c1": EXPECTED}


@pytest.mark.node
def test_the_node_sdk_delivers_both_ways_of_writing(worker: Worker) -> None:
    done = subprocess.run(
        ["node", str(DRIVER), worker.host, worker.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ['{"success":true}'] * 2
    assert told(worker.events()) == {
        "cloudevents:/product binary": EXPECTED,
        "cloudevents:/product structured": EXPECTED,
    }
