"""The official SDKs, unmodified but for their host, over TLS (they know nothing else) against a real worker."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from customerio import CustomerIO, CustomerIOException

from tests.collect.flaky import LOST, Flaky, certificate_in, flaky
from tests.collect.running import Worker, running

NODE = Path(__file__).parents[1] / "node"
HAPPENED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
EXPECTED = [
    ("identify", "identify", "u-bøb/7", "acme", {"email": "bob@acme.example", "company": "acme"}),
    ("track", "Report Exported", "ada", None, {"rows": 12, "name": "Größe 📈"}),
    ("track", "Signed Up", None, None, {}),
    ("page", "/docs", "ada", None, {}),
    ("identify", "identify", "ada", None, {"device_deleted": "d1"}),
    ("alias", "alias", "ada", None, {"previousId": "ada@acme.example"}),
    ("identify", "identify", "ada", None, {"suppressed": True}),
    ("identify", "identify", "ben", None, {"deleted": True}),
]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


def told(worker: Worker) -> list[tuple[object, ...]]:
    events = {event.event_id: event for event in worker.events()}
    found = [
        (each.kind.value, each.name, each.person_id, each.account_id, json.loads(bytes(each.properties)))
        for each in events.values()
    ]
    return [each for each in found if "device" not in each[-1]]


def client(proxy: Flaky, key: str, monkeypatch: pytest.MonkeyPatch, certificate: Path) -> CustomerIO:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
    host, port = proxy.host.removeprefix("https://").split(":")
    return CustomerIO("site-1", key, host=host, port=int(port), url_prefix="/in/customerio/api/v1")


def test_the_python_sdk_delivers_every_call_also_after_an_error(
    worker: Worker, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with flaky(worker.host, [], certificate=certificate) as proxy:
        sdk = client(proxy, worker.key, monkeypatch, certificate)
        sdk.identify("u-bøb/7", email="bob@acme.example", company="acme")
        sdk.track("ada", "Report Exported", {"rows": 12, "name": "Größe 📈"}, id="p1", timestamp=HAPPENED_AT)
        sdk.track_anonymous("visitor-1", "Signed Up", timestamp=1_767_603_600)
        sdk.pageview("ada", "/docs")
        sdk.add_device("ada", "d1", "ios")
        sdk.delete_device("ada", "d1")
        sdk.merge_customers("id", "ada", "email", "ada@acme.example")
        sdk.suppress("ada")
        sdk.delete("ben")
    assert told(worker) == EXPECTED
    named = {event.name: event for event in worker.events()}
    assert named["Report Exported"].event_id == "customerio:p1"
    assert named["Report Exported"].happened_at == named["Signed Up"].happened_at == HAPPENED_AT
    assert named["Signed Up"].anonymous_id == "visitor-1"


def test_the_python_sdk_hears_why_and_an_event_sent_again_is_one(
    worker: Worker, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with flaky(worker.host, [503, LOST], certificate=certificate) as proxy:
        sdk = client(proxy, worker.key, monkeypatch, certificate)
        sdk.track("ada", "Report Exported", id="p1")
        assert proxy.failed == [503, LOST]
        with pytest.raises(CustomerIOException, match="names nobody"):
            sdk.track_anonymous(None, "Signed Up")
        with pytest.raises(CustomerIOException, match="not known here"):
            client(proxy, "wk_wrong", monkeypatch, certificate).identify("ada")
    assert {event.event_id for event in worker.events()} == {"customerio:p1"}


@pytest.mark.node
def test_the_node_sdk_delivers_every_call(worker: Worker, certificate: Path) -> None:
    with flaky(worker.host, [], certificate=certificate) as proxy:
        done = subprocess.run(
            ["node", str(NODE / "drive_customerio.mjs"), proxy.host.rpartition(":")[2], worker.key],
            env={**os.environ, "NODE_EXTRA_CA_CERTS": f"{certificate}.crt"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert told(worker) == EXPECTED
