"""OpenTelemetry's own SDKs, unmodified but for their address, against a real worker; compared event by event."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.util.types import AnyValue

from tests.collect.flaky import STORED_BUT_504, flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
TIME_NS = 1_767_603_600_250_000_000
DRIVER = Path(__file__).parents[1] / "node" / "drive_otlp.mjs"
ATTRIBUTES: dict[str, AnyValue] = {
    "user.id": "ada",
    "account.id": "acme",
    "rows": 12,
    "name": "Größe 📈",
    "list": ["a", "é"],
}
BODY: dict[str, AnyValue] = {"step": 2, "nested": {"share": 0.5}}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def told(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (
            event.name,
            event.person_id,
            event.account_id,
            event.happened_at,
            json.loads(bytes(event.properties)),
        )
        for event in events
    ]


EXPECTED = [("report.exported", "ada", "acme", HAPPENED_AT, {**ATTRIBUTES, "body": BODY})]


def drive(host: str, key: str, compression: Compression) -> None:
    exporter = OTLPLogExporter(
        endpoint=f"{host}/in/otlp/v1/logs",
        headers={"Authorization": f"Bearer {key}"},
        compression=compression,
    )
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("reports")
    logger.emit(LogRecord(timestamp=TIME_NS, event_name="report.exported", attributes=ATTRIBUTES, body=BODY))
    logger.emit(LogRecord(timestamp=TIME_NS, body="a plain line of a log"))
    provider.shutdown()


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate])
def test_the_python_sdk_delivers_events(worker: Worker, compression: Compression) -> None:
    drive(worker.host, worker.key, compression)
    assert told(worker.events()) == EXPECTED


def test_what_the_python_sdk_sends_again_is_one_event(worker: Worker) -> None:
    with flaky(worker.host, [503, STORED_BUT_504]) as proxy:
        drive(proxy.host, worker.key, Compression.Gzip)
    assert proxy.failed == [503, STORED_BUT_504]
    assert len({event.event_id for event in worker.events()}) == 1
    assert told(worker.events()) == EXPECTED * 2


@pytest.mark.node
@pytest.mark.parametrize("written", ["json", "proto"])
def test_the_node_sdk_delivers_events(worker: Worker, written: str) -> None:
    done = subprocess.run(
        ["node", str(DRIVER), worker.host, worker.key, written],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert told(worker.events()) == EXPECTED
