"""Amplitude's own SDKs, unmodified but for their address, against a real worker; compared event by event."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify

from tests.collect.browsing import MODULES, page_of, wait_for
from tests.collect.flaky import STORED_BUT_504, flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
TIME = 1_767_603_600_250
DRIVER = Path(__file__).parents[1] / "node" / "drive_amplitude.mjs"
EXPORTED = {"rows": 12, "name": "Größe 📈", "nested": {"list": [1, 2.5, "é"]}}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def told(events: list[Event]) -> dict[str, tuple[object, ...]]:
    """Return what was stored by id, but for what joins two ids."""
    return {
        event.event_id: (
            event.kind.value,
            event.name,
            event.person_id,
            event.anonymous_id,
            event.account_id,
            json.loads(bytes(event.properties)),
        )
        for event in events
        if not event.event_id.startswith("amplitude:link-")
    }


EXPECTED: dict[str, tuple[object, ...]] = {
    "amplitude:i1": ("identify", "identify", "ada", "d1", None, {"email": "ada@acme.example"}),
    "amplitude:i2": ("group", "group", None, None, "acme", {"seats": 40}),
    "amplitude:i3": ("track", "Report Exported", "ada", "d1", "acme", EXPORTED),
    "amplitude:i4": ("track", "Signed Up", None, "d2", None, {}),
    "amplitude:i5": ("identify", "identify", "ada", None, "beta", {"company": "beta"}),
}


def drive(url: str, key: str) -> list[tuple[int, str]]:
    """Make every call of the Python SDK's, and return what it was told of each event."""
    client = Amplitude(key)
    client.configuration.server_url = url
    client.configuration.flush_interval_millis = 200
    heard: list[tuple[int, str]] = []
    client.configuration.callback = lambda _event, code, message=None: heard.append((code, message))
    ada = {"user_id": "ada", "time": TIME}
    client.identify(
        Identify().set("email", "ada@acme.example"), EventOptions(**ada, device_id="d1", insert_id="i1")
    )
    client.group_identify("company", "acme", Identify().set("seats", 40), EventOptions(**ada, insert_id="i2"))
    exported = {"event_properties": EXPORTED, "groups": {"company": "acme"}}
    client.track(BaseEvent("Report Exported", **ada, device_id="d1", insert_id="i3", **exported))
    client.track(BaseEvent("Signed Up", device_id="d2", time=TIME, insert_id="i4"))
    client.set_group("company", "beta", EventOptions(**ada, insert_id="i5"))
    for done in client.flush():
        if done is not None:
            done.result()
    client.shutdown()
    return heard


@pytest.mark.parametrize("path", ["/2/httpapi", "/in/amplitude/batch"])
def test_the_python_sdk_delivers_every_call(worker: Worker, path: str) -> None:
    heard = drive(worker.host + path, worker.key)
    assert {code for code, _ in heard} == {200}
    assert told(worker.events()) == EXPECTED
    assert {event.happened_at for event in worker.events()} == {HAPPENED_AT}


def test_a_wrong_key_is_said_and_not_tried_again(worker: Worker) -> None:
    with flaky(worker.host, []) as proxy:
        drive(f"{proxy.host}/2/httpapi", "wk_wrong")
        assert set(proxy.statuses) == {400}
        assert len(proxy.statuses) <= 2
    assert worker.events() == []


def test_a_bad_event_is_dropped_alone_and_what_was_lost_comes_again(worker: Worker) -> None:
    with flaky(worker.host, [503, STORED_BUT_504]) as proxy:
        client = Amplitude(worker.key)
        client.configuration.server_url = f"{proxy.host}/in/amplitude/2/httpapi"
        client.configuration.flush_interval_millis = 100
        heard: dict[str, int] = {}
        client.configuration.callback = lambda event, code, *_: heard.update({event.insert_id: code})
        client.track(BaseEvent("Report Exported", user_id="ada", insert_id="i1"))
        client.track(BaseEvent("x" * 501, user_id="ada", insert_id="i2"))
        for _ in range(100):
            if len(heard) == 2:
                break
            for done in client.flush():
                if done is not None:
                    done.result()
        client.shutdown()
    assert proxy.failed == [503, STORED_BUT_504]
    assert heard == {"i1": 200, "i2": 400}
    assert {event.event_id for event in worker.events()} == {"amplitude:i1"}


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
    assert told(worker.events()) == EXPECTED
    assert {event.happened_at for event in worker.events()} == {HAPPENED_AT}


PAGE = """<!doctype html><meta charset="utf-8"><title>Docs</title><h1>Docs</h1>
<script src="/amplitude.js"></script>
<script>
amplitude.init("KEY", undefined, {serverUrl: "HOST/in/amplitude/2/httpapi", fetchRemoteConfig: false,
  flushIntervalMillis: 200, logLevel: 0,
  autocapture: {pageViews: true, sessions: true, attribution: false, elementInteractions: false},
}).promise.then(() => { window.ready = true; });
</script>"""


@pytest.mark.browser
@pytest.mark.node
def test_the_browser_sdk_delivers_every_call_also_as_the_page_goes(worker: Worker) -> None:
    folder = MODULES / "@amplitude" / "analytics-browser" / "lib" / "scripts"
    script = (folder / "amplitude-min.js").read_bytes()
    with flaky(worker.host, [503]) as proxy:
        html = PAGE.replace("KEY", worker.key).replace("HOST", proxy.host).encode()
        with page_of({"/docs": html, "/amplitude.js": script, "/gone": b"gone"}) as (page, address):
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/docs")
            page.wait_for_function("() => window.ready")
            page.evaluate(
                """exported => {
                  amplitude.track("Signed Up");
                  amplitude.setUserId("ada");
                  amplitude.identify(new amplitude.Identify().set("email", "ada@acme.example"));
                  amplitude.groupIdentify("company", "acme", new amplitude.Identify().set("seats", 40));
                  amplitude.setGroup("company", "acme");
                  amplitude.track("Report Exported", exported, {groups: {company: "acme"}});
                }""",
                EXPORTED,
            )
            wait_for(page, worker, "Report Exported")
            page.evaluate(
                "() => { addEventListener('pagehide', () => {"
                " amplitude.setTransport('beacon'); amplitude.track('Left'); amplitude.flush(); }); }"
            )
            page.goto(f"{address}/gone")
            wait_for(page, worker, "Left")
    assert errors == []
    events = {event.name: event for event in worker.events()}
    assert set(events) >= {
        "/docs",
        "session_start",
        "Signed Up",
        "identify",
        "group",
        "Report Exported",
        "Left",
    }
    exported, signed_up = events["Report Exported"], events["Signed Up"]
    assert signed_up.anonymous_id == exported.anonymous_id
    assert (exported.person_id, exported.account_id) == ("ada", "acme")
    stored: dict[str, Any] = json.loads(bytes(exported.properties))
    assert {name: stored[name] for name in EXPORTED} == EXPORTED
    traits = [json.loads(bytes(event.properties)) for event in worker.events() if event.kind == "identify"]
    assert {"email": "ada@acme.example"} in traits
    assert json.loads(bytes(events["group"].properties)) == {"seats": 40}
