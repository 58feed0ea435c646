"""The official SDKs of RudderStack and Customer.io's pipelines, unmodified but for their host."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from rudderstack.analytics.client import Client

from tests.collect.browsing import MODULES, page_of
from tests.collect.flaky import LOST, flaky
from tests.collect.running import Worker, running
from tests.collect.test_sdks import HAPPENED_AT, expected, told
from waypost.core import Event

NODE = Path(__file__).parents[1] / "node"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def drive(driver: str, worker: Worker, host: str) -> None:
    done = subprocess.run(
        ["node", str(NODE / driver), host, worker.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_python_sdk_delivers_every_call_also_after_an_error(worker: Worker) -> None:
    failures: list[object] = []
    with flaky(worker.host, [503, LOST]) as proxy:
        client = Client(
            worker.key,
            host=f"{proxy.host}/in/rudder",
            gzip=True,
            on_error=lambda error, _: failures.append(error),
        )
        when, context = {"timestamp": HAPPENED_AT}, {"groupId": "acme"}
        client.identify("ada", {"email": "ada@acme.example", "role": "analyst"}, message_id="p1", **when)
        client.group("ada", "acme", {"name": "Acme", "seats": 40}, message_id="p2", **when)
        exported = {"rows": 12, "name": "Größe 📈"}
        client.track("ada", "Report Exported", exported, context=context, message_id="p3", **when)
        client.track(anonymous_id="visitor-1", event="Signed Up", message_id="p4", **when)
        client.page("ada", "Docs", "Home", {"path": "/docs"}, message_id="p5", **when)
        client.screen("ada", None, "Inbox", message_id="p6", **when)
        client.alias("visitor-1", "ada", message_id="p7", **when)
        client.shutdown()
    assert (failures, proxy.failed) == ([], [503, LOST])
    once = {event.event_id: event for event in worker.events()}
    assert told(list(once.values())) == expected("p", {})
    assert {event.happened_at for event in once.values()} == {HAPPENED_AT}


@pytest.mark.node
def test_the_node_sdk_of_rudderstack_delivers_every_call(worker: Worker) -> None:
    drive("drive_rudder.mjs", worker, f"{worker.host}/in/rudder")
    *timed, stamped = sorted(worker.events(), key=lambda event: event.event_id)
    assert told(timed) == expected("n", {})
    assert {event.happened_at for event in timed} == {HAPPENED_AT}
    assert abs(datetime.now(UTC) - stamped.happened_at) < timedelta(minutes=1)
    assert json.loads(bytes(stamped.context))["channel"] == "server"


@pytest.mark.node
def test_the_node_sdk_of_customer_ios_pipelines_delivers_every_call(worker: Worker) -> None:
    drive("drive_cio.mjs", worker, worker.host)
    assert told(worker.events()) == expected("n", {"category": "Docs"})


PAGE = """<!doctype html><title>Docs</title>
<script src="/rudder.js"></script>
<script>
const {RudderAnalytics} = window.rudderanalytics;
window.client = new RudderAnalytics();
client.load("KEY", "HOST", {configUrl: "HOST", queueOptions: {minRetryDelay: 100}, useBeacon: true});
client.page("Docs");
client.track("Signed Up", {plan: "pro"});
client.identify("ada", {email: "ada@acme.example"});
client.group("acme", {name: "Acme"});
client.track("Report Exported", {rows: 12, name: "Größe 📈"});
</script>"""


@pytest.mark.browser
@pytest.mark.node
def test_the_browser_sdk_of_rudderstack_delivers_every_call_also_as_the_page_goes(worker: Worker) -> None:
    script = (MODULES / "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js").read_bytes()
    html = PAGE.replace("KEY", worker.key).replace("HOST", f"{worker.host}/in/rudder").encode()
    with page_of({"/docs": html, "/rudder.js": script, "/gone": b"gone"}) as (page, address):
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/docs")
        page.wait_for_timeout(500)
        page.evaluate("() => client.track('Left')")
        page.goto(f"{address}/gone")
        until(page, worker, {"Docs", "Signed Up", "Report Exported", "identify", "group", "Left"})
    assert errors == []
    named = {each.name: each for each in worker.events()}
    signed_up, exported = named["Signed Up"], named["Report Exported"]
    assert signed_up.person_id is None
    assert signed_up.anonymous_id == named["identify"].anonymous_id
    assert said(named["identify"]) == {"email": "ada@acme.example"}
    assert (named["group"].person_id, named["group"].account_id) == ("ada", "acme")
    assert (exported.person_id, said(exported)["rows"], said(exported)["name"]) == ("ada", 12, "Größe 📈")
    assert json.loads(bytes(exported.context))["channel"] == "web"


def said(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.properties))
    return found


def until(page: Page, worker: Worker, names: set[str]) -> None:
    for _ in range(150):
        if names <= {each.name for each in worker.events()}:
            return
        page.wait_for_timeout(100)
    raise AssertionError(names - {each.name for each in worker.events()})
