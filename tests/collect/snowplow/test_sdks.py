"""Snowplow's own trackers, unmodified but for their address, against a real worker; compared event by event."""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from snowplow_tracker.emitters import Emitter
from snowplow_tracker.events.page_view import PageView
from snowplow_tracker.events.self_describing import SelfDescribing
from snowplow_tracker.events.structured_event import StructuredEvent
from snowplow_tracker.self_describing_json import SelfDescribingJson
from snowplow_tracker.subject import Subject
from snowplow_tracker.tracker import Tracker

from tests.collect.browsing import MODULES, page_of, wait_for
from tests.collect.flaky import STORED_BUT_504, flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
TIME = 1_767_603_600_250
DRIVER = Path(__file__).parents[1] / "node" / "drive_snowplow.mjs"
EXPORTED = {"rows": 12, "name": "Größe 📈", "nested": {"list": [1, 2.5, None, "é"]}}
COMPANY = "iglu:com.acme/company/jsonschema/1-0-0"
EXPORT = "iglu:com.acme/report_exported/jsonschema/1-0-0"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def told(events: list[Event]) -> list[tuple[object, ...]]:
    """Return what was stored, but for what joins two ids."""
    return sorted(
        (
            event.kind.value,
            event.name,
            event.person_id,
            event.anonymous_id,
            event.account_id,
            json.dumps(json.loads(bytes(event.properties)), sort_keys=True),
        )
        for event in events
        if not event.event_id.startswith("snowplow:link-")
    )


def expected(*, url: str = "https://x.example/docs", value: object = "3") -> list[tuple[object, ...]]:
    structured = {"category": "Reports", "action": "export", "value": value}
    return sorted(
        (kind, name, "ada", "d1", account, json.dumps(properties, sort_keys=True))
        for kind, name, account, properties in (
            ("page", "/docs", None, {"url": url, "title": "Docs"}),
            ("track", "Reports export", None, structured),
            ("track", "report_exported", "acme", EXPORTED),
        )
    )


def drive(emitter: Emitter) -> None:
    subject = Subject()
    subject.set_user_id("ada").set_domain_user_id("d1")
    tracker = Tracker("waypost", emitters=[emitter], subject=subject, app_id="shop")
    tracker.track(PageView("https://x.example/docs", page_title="Docs", true_timestamp=TIME))
    tracker.track(StructuredEvent("Reports", "export", value=3, true_timestamp=TIME))
    company = SelfDescribingJson(COMPANY, {"id": "acme"})
    tracker.track(
        SelfDescribing(SelfDescribingJson(EXPORT, EXPORTED), context=[company], true_timestamp=TIME)
    )
    tracker.flush()


@pytest.mark.parametrize("method", ["post", "get"])
def test_the_python_tracker_delivers_every_call(worker: Worker, method: str) -> None:
    host, port = worker.listener.getsockname()[:2]
    failed: list[object] = []
    drive(
        Emitter(
            f"http://{host}:{port}/in/snowplow/{worker.key}",
            method="get" if method == "get" else "post",
            on_failure=lambda _sent, events: failed.extend(events),
        )
    )
    assert failed == []
    assert told(worker.events()) == expected(value="3")
    assert {event.happened_at for event in worker.events()} == {HAPPENED_AT}


def test_what_the_python_tracker_sends_again_is_one_event(worker: Worker) -> None:
    with flaky(worker.host, [503, STORED_BUT_504]) as proxy:
        emitter = Emitter(f"{proxy.host}/in/snowplow/{worker.key}", batch_size=3, max_retry_delay_seconds=1)
        drive(emitter)
        for _ in range(100):
            if len(proxy.statuses) == 2:
                break
            time.sleep(0.1)
    assert proxy.failed == [503, STORED_BUT_504]
    assert len({event.event_id for event in worker.events()}) == 4


@pytest.mark.node
@pytest.mark.parametrize("method", ["post", "get"])
def test_the_node_tracker_delivers_every_call(worker: Worker, method: str) -> None:
    done = subprocess.run(
        ["node", str(DRIVER), worker.host, worker.key, method],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert told(worker.events()) == expected()
    assert {event.happened_at for event in worker.events()} == {HAPPENED_AT}


PAGE = """<!doctype html><meta charset="utf-8"><title>Docs</title><h1>Docs</h1>
<script>
window.GlobalSnowplowNamespace = ["snowplow"];
</script>
<script type="module">
import {newTracker, trackPageView, setUserId, trackSelfDescribingEvent, trackStructEvent} from "/snowplow.js";
window.sp = {newTracker, trackPageView, setUserId, trackSelfDescribingEvent, trackStructEvent};
newTracker("sp", "HOST/in/snowplow/KEY", {appId: "shop", eventMethod: "post", bufferSize: 1});
trackPageView();
window.ready = true;
</script>"""


@pytest.mark.browser
@pytest.mark.node
def test_the_browser_tracker_delivers_every_call_also_as_the_page_goes(worker: Worker) -> None:
    script = (MODULES / "@snowplow" / "browser-tracker" / "dist" / "index.umd.min.js").read_bytes()
    names = "newTracker,trackPageView,setUserId,trackSelfDescribingEvent,trackStructEvent"
    module = b"const exports = {}, module = {exports};\n" + script + b"\n"
    module += f"export const {{{names}}} = module.exports;".encode()
    with flaky(worker.host, [503]) as proxy:
        html = PAGE.replace("KEY", worker.key).replace("HOST", proxy.host).encode()
        with page_of({"/docs": html, "/snowplow.js": module, "/gone": b"gone"}) as (page, address):
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/docs")
            page.wait_for_function("() => window.ready")
            page.evaluate(
                """([exported, company, schema]) => {
                  sp.setUserId("ada");
                  sp.trackStructEvent({category: "Reports", action: "export", value: 3});
                  const context = [{schema: company, data: {id: "acme"}}];
                  sp.trackSelfDescribingEvent({event: {schema, data: exported}, context});
                }""",
                [EXPORTED, COMPANY, EXPORT],
            )
            wait_for(page, worker, "report_exported")
            page.evaluate(
                "() => addEventListener('pagehide', () => sp.trackStructEvent({category: 'Page', action: 'left'}))"
            )
            page.goto(f"{address}/gone")
            # What a busy browser does not send as the page goes, the tracker has kept, and sends when it is back.
            page.goto(f"{address}/docs")
            wait_for(page, worker, "Page left")
    assert errors == []
    events = {event.name: event for event in worker.events()}
    assert set(events) >= {"/docs", "Reports export", "report_exported", "Page left"}
    exported = events["report_exported"]
    assert (exported.person_id, exported.account_id) == ("ada", "acme")
    assert exported.anonymous_id == events["/docs"].anonymous_id is not None
    assert json.loads(bytes(exported.properties)) == EXPORTED
