"""PostHog's own SDKs, unmodified but for their host, against a real worker; compared event by event."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from posthog import Posthog

from tests.collect.browsing import MODULES, page_of, wait_for
from tests.collect.flaky import LOST, flaky
from tests.collect.running import Worker, running
from waypost.core import Event

HAPPENED_AT = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
DRIVER = Path(__file__).parents[1] / "node" / "drive_posthog.mjs"
EXPORTED = {"rows": 12, "name": "Größe 📈", "nested": {"list": [1, 2.5, None, "é"]}}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def uuid(number: int) -> str:
    return str(UUID(int=number))


def told(events: list[Event], *, keys: frozenset[str]) -> dict[str, tuple[object, ...]]:
    """Return what was stored by id, of the properties only those that were given."""
    said: dict[str, tuple[object, ...]] = {}
    for event in events:
        properties: dict[str, Any] = json.loads(bytes(event.properties))
        kept = {name: value for name, value in properties.items() if name in keys}
        who = (event.person_id, event.anonymous_id, event.account_id)
        said[event.event_id] = (event.kind.value, event.name, *who, kept)
    return said


KEYS = frozenset((*EXPORTED, "email", "seats", "previousId"))


def expected() -> dict[str, tuple[object, ...]]:
    traits = {"email": "ada@acme.example"}
    return {
        f"posthog:{uuid(1)}": ("identify", "identify", "ada", None, None, traits),
        f"posthog:{uuid(2)}": ("track", "Report Exported", "ada", None, "acme", EXPORTED),
    }


@pytest.mark.parametrize(("mode", "gzip"), [("v0", False), ("v0", True), ("v1", False)])
def test_the_python_sdk_delivers_every_call(worker: Worker, mode: str, gzip: bool) -> None:  # noqa: FBT001
    failures: list[object] = []
    client = Posthog(
        worker.key,
        host=f"{worker.host}/in/posthog" if gzip else worker.host,
        gzip=gzip,
        capture_mode=mode,
        on_error=lambda error, _batch: failures.append(error),
    )
    client.set(
        distinct_id="ada", properties={"email": "ada@acme.example"}, timestamp=HAPPENED_AT, uuid=uuid(1)
    )
    client.capture(
        "Report Exported",
        distinct_id="ada",
        properties=EXPORTED,
        groups={"company": "acme"},
        timestamp=HAPPENED_AT,
        uuid=uuid(2),
    )
    client.group_identify("company", "acme", {"seats": 40}, timestamp=HAPPENED_AT, uuid=uuid(3))
    client.alias(previous_id="ada", distinct_id="ada-old", timestamp=HAPPENED_AT, uuid=uuid(4))
    client.capture("Signed Up", timestamp=HAPPENED_AT, uuid=uuid(5))
    client.shutdown()
    assert failures == []
    events = worker.events()
    stored = told(events, keys=KEYS)
    anonymous = next(event.anonymous_id for event in events if event.name == "Signed Up")
    assert anonymous
    assert stored == {
        **expected(),
        f"posthog:{uuid(3)}": ("group", "group", None, None, "acme", {"seats": 40}),
        f"posthog:{uuid(4)}": ("alias", "alias", "ada", None, None, {"previousId": "ada-old"}),
        f"posthog:{uuid(5)}": ("track", "Signed Up", None, anonymous, None, {}),
    }
    assert {event.happened_at for event in events} == {HAPPENED_AT}


def test_the_python_sdk_hears_of_a_wrong_key_and_of_what_is_dropped(worker: Worker) -> None:
    failures: list[Exception] = []
    for key, mode in (("phc_wrong", "v0"), (worker.key, "v1")):
        client = Posthog(
            key, host=worker.host, capture_mode=mode, on_error=lambda error, _: failures.append(error)
        )
        client.capture("Too Large", distinct_id="ada", properties={"text": "x" * 33_000})
        client.shutdown()
    assert "wrong_key" in str(failures[0])
    assert "dropped" in str(failures[1])
    assert worker.events() == []


def test_the_python_sdk_has_no_flags_and_no_errors(worker: Worker) -> None:
    client = Posthog(worker.key, host=worker.host, sync_mode=True)
    assert client.get_all_flags("ada") == {}
    assert client.feature_enabled("anything", "ada", send_feature_flag_events=False) in (None, False)
    client.shutdown()


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
    assert json.loads(done.stdout) == {"flags": {}}
    events = worker.events()
    assert told(events, keys=KEYS) == {
        **expected(),
        f"posthog:{uuid(3)}": ("alias", "alias", "ada", None, None, {"previousId": "ada-old"}),
        f"posthog:{uuid(4)}": ("identify", "identify", "ada", None, None, {"email": "ada@acme.example"}),
        **{
            event.event_id: ("group", "group", None, None, "acme", {"seats": 40})
            for event in events
            if event.kind == "group"
        },
    }
    assert len(events) == 5


@pytest.mark.parametrize("mode", ["v0", "v1"])
def test_what_the_python_sdk_sends_again_is_one_event(worker: Worker, mode: str) -> None:
    failures: list[object] = []
    with flaky(worker.host, [503, LOST]) as proxy:
        client = Posthog(
            worker.key, host=proxy.host, capture_mode=mode, on_error=lambda error, _: failures.append(error)
        )
        client.capture("Report Exported", distinct_id="ada", uuid=uuid(1))
        client.shutdown()
    assert (failures, proxy.failed) == ([], [503, LOST])
    assert {event.event_id for event in worker.events()} == {f"posthog:{uuid(1)}"}


PAGE = """<!doctype html><title>Docs</title><h1>Docs</h1>
<script src="/posthog.js"></script>
<script>
posthog.init("KEY", {api_host: "HOST", opt_out_useragent_filter: true, autocapture: false, rageclick: false,
  person_profiles: "always", advanced_disable_feature_flags: false, disable_external_dependency_loading: true});
</script>"""


@pytest.mark.browser
@pytest.mark.node
def test_the_browser_sdk_delivers_every_call_also_as_the_page_goes(worker: Worker) -> None:
    script = (MODULES / "posthog-js" / "dist" / "array.full.js").read_bytes()
    with flaky(worker.host, [500]) as proxy:
        html = PAGE.replace("KEY", worker.key).replace("HOST", f"{proxy.host}/in/posthog").encode()
        with page_of({"/docs": html, "/posthog.js": script, "/gone": b"gone"}) as (page, address):
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{address}/docs")
            page.evaluate(
                """exported => {
                  posthog.capture("Signed Up");
                  posthog.identify("ada", {email: "ada@acme.example"}, {first: 1});
                  posthog.group("company", "acme", {seats: 40});
                  posthog.capture("Report Exported", exported);
                }""",
                EXPORTED,
            )
            wait_for(page, worker, "Report Exported")
            page.evaluate("() => posthog.capture('Left')")
            page.goto(f"{address}/gone")
            wait_for(page, worker, "Left")
    assert errors == []
    events = {event.name: event for event in worker.events()}
    assert set(events) >= {"/docs", "Signed Up", "identify", "group", "Report Exported", "Left", "$pageleave"}
    signed_up, exported = events["Signed Up"], events["Report Exported"]
    assert signed_up.person_id is None
    identified = next(event for event in worker.events() if event.kind == "identify" and event.anonymous_id)
    assert (identified.person_id, identified.anonymous_id) == ("ada", signed_up.anonymous_id)
    assert json.loads(bytes(identified.properties)) == {"email": "ada@acme.example"}
    assert (events["group"].person_id, events["group"].account_id) == ("ada", "acme")
    assert (exported.person_id, exported.account_id) == ("ada", "acme")
    stored: dict[str, Any] = json.loads(bytes(exported.properties))
    assert {name: stored[name] for name in EXPORTED} == EXPORTED
    assert "token" not in stored
