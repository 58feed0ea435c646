"""The official SDKs, unmodified but for their host, against a real worker; compared event by event."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mixpanel import BufferedConsumer, Consumer, Mixpanel, MixpanelException
from playwright.sync_api import Page

from tests.collect.browsing import MODULES, page_of
from tests.collect.flaky import flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
TIME = HAPPENED_AT.timestamp()
NODE = Path(__file__).parents[1] / "node"
NESTED = {"rows": 12, "name": "Größe 📈", "filters": [{"by": "day"}]}
PROFILE = [
    ("identify", "ada", None, {"email": "ada@acme.example", "plan": "pro"}),
    ("identify", "ada", None, {"$set_once": {"first": "x"}}),
    ("identify", "ada", None, {"$add": {"logins": 2}}),
    ("identify", "ada", None, {"$append": {"seen": "a"}}),
    ("identify", "ada", None, {"$union": {"seen": ["a", "b"]}}),
    ("identify", "ada", None, {"$remove": {"seen": "a"}}),
    ("identify", "ada", None, {"plan": None}),
    ("identify", "ada", None, {"$append": {"$transactions": {"$amount": 19.5}}}),
    ("identify", "ben", None, {"$delete": ""}),
    ("group", None, "acme", {"name": "Acme", "seats": 40}),
    ("group", None, "acme", {"$union": {"apps": ["a"]}}),
]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def said(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(event.properties))
    return found


def profiles(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (each.kind.value, each.person_id, each.account_id, said(each))
        for each in events
        if each.kind.value in ("identify", "group")
    ]


def consumer(kind: Any, worker: Worker, **more: Any) -> Any:  # noqa: ANN401 -- the SDK's own
    at = f"{worker.host}/in/mixpanel"
    urls = {f"{what}_url": f"{at}/{path}" for what, path in [("events", "track"), ("people", "engage")]}
    return kind(**urls, groups_url=f"{at}/groups", import_url=f"{at}/import", **more)


def drive(client: Mixpanel) -> None:
    own = {"time": TIME, "company": "acme"}
    client.track("ada", "Report Exported", {**own, **NESTED, "$insert_id": "p1"})
    client.track("", "Signed Up", {"$device_id": "d-1", "time": TIME, "$insert_id": "p2"})
    client.import_data(None, "ada", "Plan Bought", TIME, {"$insert_id": "p3"})
    client.merge(None, "ada", "ada-old")
    client.people_set("ada", {"$email": "ada@acme.example", "plan": "pro"})
    client.people_set_once("ada", {"first": "x"})
    client.people_increment("ada", {"logins": 2})
    client.people_append("ada", {"seen": "a"})
    client.people_union("ada", {"seen": ["a", "b"]})
    client.people_remove("ada", {"seen": "a"})
    client.people_unset("ada", ["plan"])
    client.people_track_charge("ada", 19.5)
    client.people_delete("ben")
    client.group_set("company", "acme", {"$name": "Acme", "seats": 40})
    client.group_union("company", "acme", {"apps": ["a"]})


@pytest.mark.parametrize("kind", [Consumer, BufferedConsumer])
def test_the_python_sdk_delivers_every_call(worker: Worker, kind: Any) -> None:  # noqa: ANN401 -- the SDK's own
    sending = consumer(kind, worker)
    drive(Mixpanel(worker.key, consumer=sending))
    if kind is BufferedConsumer:
        sending.flush()
    events = worker.events()
    tracked = {each.name: each for each in events if each.kind == "track"}
    exported = tracked["Report Exported"]
    assert (exported.person_id, exported.account_id, exported.happened_at) == ("ada", "acme", HAPPENED_AT)
    assert {name: said(exported)[name] for name in NESTED} == NESTED
    assert exported.event_id.startswith("mixpanel:p1-")
    assert (tracked["Signed Up"].person_id, tracked["Signed Up"].anonymous_id) == (None, "d-1")
    assert tracked["Plan Bought"].happened_at == HAPPENED_AT
    (merged,) = (each for each in events if each.kind == "alias")
    assert (merged.person_id, said(merged)["previousId"]) == ("ada", "ada-old")
    assert profiles(events) == PROFILE
    assert worker.key not in repr(events)


def test_the_python_sdk_hears_why_and_what_is_sent_again_is_stored_once(worker: Worker) -> None:
    client = Mixpanel(worker.key, consumer=consumer(Consumer, worker))
    for _ in range(2):
        client.track("ada", "Signed In", {"time": TIME, "$insert_id": "p1"})
    assert len({each.event_id for each in worker.events()}) == 1
    with pytest.raises(MixpanelException, match="names nobody"):
        client.track("undefined", "Signed In")
    with pytest.raises(MixpanelException, match="not known here"):
        Mixpanel("wk_unknown", consumer=consumer(Consumer, worker)).track("ada", "Signed In")


@pytest.mark.node
def test_the_node_sdk_delivers_every_call(worker: Worker) -> None:
    host, port = worker.host.removeprefix("http://").split(":")
    done = subprocess.run(
        ["node", str(NODE / "drive_mixpanel.mjs"), host, port, worker.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    events = worker.events()
    tracked = {each.name: each for each in events if each.kind == "track"}
    assert list(tracked) == ["Report Exported", "Signed In", "Plan Bought", "Plan Renewed"]
    assert {name: said(tracked["Report Exported"])[name] for name in NESTED} == NESTED
    assert {each.person_id for each in tracked.values()} == {"ada"}
    assert said(tracked["Signed In"])["note"] == ">>>???"
    # The SDK sends whole seconds, or all of them with a fraction: its own rule for each call.
    assert {each.happened_at.replace(microsecond=0) for each in tracked.values()} == {
        HAPPENED_AT.replace(microsecond=0)
    }
    (joined,) = (each for each in events if each.kind == "alias")
    assert (joined.person_id, said(joined)["previousId"]) == ("ada", "ada@acme.example")
    assert profiles(events) == PROFILE


PAGE = """<!doctype html><title>Docs</title>
<script src="/mixpanel.js"></script>
<script>
mixpanel.init("KEY", {api_host: "HOST", persistence: "localStorage", batch_flush_interval_ms: 200, flags: true,
  remote_settings_mode: "fallback", track_pageview: true});
</script>"""
CALLS = """nested => {
  mixpanel.track("Report Exported", nested);
  mixpanel.identify("ada");
  mixpanel.set_group("company", ["acme", "beta"]);
  mixpanel.people.set({$email: "ada@acme.example"});
  mixpanel.get_group("company", "acme").set({$name: "Acme"});
  mixpanel.track("Signed In");
}"""


@pytest.mark.browser
@pytest.mark.node
def test_the_browser_sdk_delivers_every_call_also_after_an_error_and_as_the_page_goes(worker: Worker) -> None:
    script = (MODULES / "mixpanel-browser" / "dist" / "mixpanel.umd.js").read_bytes()
    with flaky(worker.host, [503]) as proxy:
        html = PAGE.replace("KEY", worker.key).replace("HOST", f"{proxy.host}/in/mixpanel").encode()
        with page_of({"/docs": html, "/mixpanel.js": script, "/gone": b"gone"}) as (page, address):
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/docs?utm_source=letter")
            page.evaluate(CALLS, NESTED)
            until(page, worker, {"Report Exported", "Signed In", "group", "identify"})
            # While a request is underway the SDK keeps what is new for the next visit.
            page.wait_for_load_state("networkidle")
            page.evaluate("() => mixpanel.track('Left')")
            page.goto(f"{address}/gone")
            until(page, worker, {"Left"})
    assert (errors, proxy.failed) == ([], [503])
    events = worker.events()
    named = {each.name: each for each in events if each.kind == "track"}
    exported, signed_in = named["Report Exported"], named["Signed In"]
    assert exported.person_id is None
    assert exported.anonymous_id
    assert {name: said(exported)[name] for name in NESTED} == NESTED
    assert (signed_in.person_id, signed_in.account_id) == ("ada", "acme")
    (joined,) = (each for each in events if each.kind == "alias")
    assert (joined.person_id, said(joined)["previousId"]) == ("ada", exported.anonymous_id)
    assert ("ada", "beta") in {(each.person_id, each.account_id) for each in events if each.kind == "group"}
    assert {"name": "Acme"} in [said(each) for each in events if each.kind == "group"]
    assert "ada@acme.example" in [said(each).get("email") for each in events if each.kind == "identify"]
    (seen,) = (each for each in events if each.kind == "page")
    assert (seen.name, said(seen)["path"]) == ("Docs", "/docs")


def until(page: Page, worker: Worker, names: set[str]) -> None:
    for _ in range(150):
        if names <= {each.name for each in worker.events()}:
            return
        page.wait_for_timeout(100)
    raise AssertionError(names - {each.name for each in worker.events()})
