"""A source over its limit is told so in the form that its SDK understands, and the SDK delivers later: all of it, once.

Each SDK has a source of its own, which reaches its limit just before the first request. They run beside each other.
"""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from amplitude import Amplitude, BaseEvent
from customerio import CustomerIO
from mixpanel import BufferedConsumer, Mixpanel
from posthog import Posthog
from rudderstack.analytics.client import Client as Rudder
from segment.analytics.client import Client as Segment
from snowplow_tracker.emitters import Emitter
from snowplow_tracker.events.structured_event import StructuredEvent
from snowplow_tracker.subject import Subject
from snowplow_tracker.tracker import Tracker

from tests.collect.flaky import Flaky, certificate_in, flaky
from tests.collect.running import Worker, running
from tests.conftest import NODE_SDKS
from waypost.collect.pace import BURST_S
from waypost.core import Event
from waypost.store import Definitions, Keys, Operations

NODE = Path(__file__).parent / "node"
PER_S = 20
#: As many more than a source may send at once: what it may send in a second and a half.
OVER = 30
ONCE = str(UUID(int=1))
#: Whatever it is told it comes again at once, as often as it is set to: see docs/reference/segment.md.
SEGMENT = """
import { Analytics } from "@segment/analytics-node";
const [host, writeKey] = process.argv.slice(1);
const analytics = new Analytics({ writeKey, host, maxRetries: 20 });
analytics.on("error", (error) => { console.error(error); process.exitCode = 1; });
analytics.track({ userId: "ada", event: "Held Back", messageId: "e1" });
await analytics.closeAndFlush();
"""
SNOWPLOW = """
import snowplow from "@snowplow/node-tracker";
const [address, protocol] = process.argv.slice(1);
const to = { endpoint: address, protocol, eventMethod: "post", bufferSize: 1 };
const tracker = snowplow.newTracker({ namespace: "waypost", appId: "shop" }, to);
tracker.setUserId("ada");
const track = (label) => tracker.track(snowplow.buildStructEvent({ category: "Reports", action: "export", label }));
track("held back");
await new Promise((done) => setTimeout(done, 2500));
track("next");
await new Promise((done) => setTimeout(done, 500));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What an SDK was answered, what it complained of, and what is stored of it by id."""

    statuses: list[int]
    failures: list[object]
    stored: Counter[str]


Drive = Callable[[Flaky, str], list[object]]


def segment_python(proxy: Flaky, key: str) -> list[object]:
    failures: list[object] = []
    client = Segment(key, host=proxy.host, on_error=lambda error, _: failures.append(error))
    client.track(user_id="ada", event="Held Back", message_id="e1")
    client.shutdown()
    return failures


def rudder_python(proxy: Flaky, key: str) -> list[object]:
    failures: list[object] = []
    client = Rudder(key, host=f"{proxy.host}/in/rudder", on_error=lambda error, _: failures.append(error))
    client.track("ada", "Held Back", message_id="e1")
    client.shutdown()
    return failures


def posthog_python(proxy: Flaky, key: str) -> list[object]:
    failures: list[object] = []
    client = Posthog(key, host=proxy.host, on_error=lambda error, _: failures.append(error))
    client.capture("Held Back", distinct_id="ada", uuid=ONCE)
    client.shutdown()
    return failures


def amplitude_python(proxy: Flaky, key: str) -> list[object]:
    client = Amplitude(key)
    client.configuration.server_url = f"{proxy.host}/in/amplitude/2/httpapi"
    client.configuration.flush_interval_millis = 100
    heard: list[int] = []
    client.configuration.callback = lambda _event, code, *_: heard.append(code)
    client.track(BaseEvent("Held Back", user_id="ada", insert_id="e1"))
    _until(lambda: proxy.statuses)
    # Left alone it holds what came too fast for half a minute.
    time.sleep(2)
    for done in client.flush():
        if done is not None:
            done.result()
    client.shutdown()
    return [code for code in heard if code != 200]


def mixpanel_python(proxy: Flaky, key: str) -> list[object]:
    at = f"{proxy.host}/in/mixpanel"
    sending = BufferedConsumer(events_url=f"{at}/track", people_url=f"{at}/engage")
    Mixpanel(key, consumer=sending).track("ada", "Held Back", {"$insert_id": "e1"})
    sending.flush()
    return []


def snowplow_python(proxy: Flaky, key: str) -> list[object]:
    emitter = Emitter(f"{proxy.host}/in/snowplow/{key}", batch_size=1, max_retry_delay_seconds=1)
    subject = Subject()
    subject.set_user_id("ada")
    tracker = Tracker("waypost", emitters=[emitter], subject=subject, app_id="shop")
    tracker.track(StructuredEvent("Reports", "export"))
    _until(lambda: 200 in proxy.statuses)
    return []


def customerio_python(proxy: Flaky, key: str) -> list[object]:
    host, port = proxy.host.removeprefix("https://").split(":")
    sdk = CustomerIO("site", key, host=host, port=int(port), url_prefix="/in/customerio/api/v1")
    sdk.track("ada", "Held Back", id="e1")
    return []


def segment_node(proxy: Flaky, key: str) -> list[object]:
    return _node("--input-type=module", "-e", SEGMENT, proxy.host, key)


def rudder_node(proxy: Flaky, key: str) -> list[object]:
    return _node(str(NODE / "drive_rudder.mjs"), f"{proxy.host}/in/rudder", key)


def posthog_node(proxy: Flaky, key: str) -> list[object]:
    return _node(str(NODE / "drive_posthog.mjs"), proxy.host, key)


def snowplow_node(proxy: Flaky, key: str) -> list[object]:
    protocol, _, address = proxy.host.partition("://")
    return _node("--input-type=module", "-e", SNOWPLOW, f"{address}/in/snowplow/{key}", protocol)


PYTHON: dict[str, tuple[Drive, int, int]] = {
    "segment_python": (segment_python, 429, 1),
    "rudder_python": (rudder_python, 503, 1),
    "posthog_python": (posthog_python, 503, 1),
    "amplitude_python": (amplitude_python, 429, 1),
    "mixpanel_python": (mixpanel_python, 503, 1),
    "snowplow_python": (snowplow_python, 503, 1),
    "customerio_python": (customerio_python, 503, 1),
}
#: How each is told, and how many events it sends.
NODES: dict[str, tuple[Drive, int, int]] = {
    "segment_node": (segment_node, 429, 1),
    "rudder_node": (rudder_node, 503, 8),
    "posthog_node": (posthog_node, 503, 5),
    "snowplow_node": (snowplow_node, 503, 2),
}
OVER_TLS = ("mixpanel_python", "customerio_python")


def test_sdks_of_a_source_over_its_limit_deliver_later(tmp_path: Path) -> None:
    """One test, for they run beside each other: alone they would take a minute."""
    has_node = bool(shutil.which("node")) and NODE_SDKS.is_dir()
    assert has_node or os.environ.get("CI") != "true", "make test sets the Node SDKs up"
    here = PYTHON | (NODES if has_node else {})
    for name, found in _all_driven(tmp_path, here).items():
        _, status, n = here[name]
        assert ({*found.statuses}, found.statuses[-1]) == ({status, 200}, 200), (name, found)
        assert found.failures == [], name
        assert len(found.stored) == n, f"{name} lost some of {found}"
        assert {*found.stored.values()} == {1}, f"{name} delivered some twice: {found}"


def _all_driven(folder: Path, here: dict[str, tuple[Drive, int, int]]) -> dict[str, Driven]:
    certificate = certificate_in(folder)
    keys = _sources(folder, here)
    with running(folder) as worker, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
        with ThreadPoolExecutor(len(here)) as pool:
            doing = {
                name: pool.submit(
                    _driven, worker, keys[name], drive, certificate if name in OVER_TLS else None
                )
                for name, (drive, *_) in here.items()
            }
            told = {name: done.result() for name, done in doing.items()}
        events = worker.events()
    return {
        name: Driven(statuses=statuses, failures=failures, stored=_stored(events, name))
        for name, (statuses, failures) in told.items()
    }


def _stored(events: list[Event], name: str) -> Counter[str]:
    """Count an SDK's events by id, without those by which the limit was reached, and what joins two ids."""
    return Counter(
        each.event_id
        for each in events
        if each.source == f"segment:{name}" and each.name != "Filler" and ":link-" not in each.event_id
    )


def _node(*arguments: str) -> list[object]:
    done = subprocess.run(
        ["node", *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=NODE
    )
    return [] if done.returncode == 0 else [done.stderr]


def _until(reached: Callable[[], object]) -> None:
    for _ in range(200):
        if reached():
            return
        time.sleep(0.05)


def _sources(folder: Path, names: dict[str, tuple[Drive, int, int]]) -> dict[str, str]:
    """Make a source for each, with a limit; return their keys."""
    operations = Operations(folder / "operations.db")
    now = datetime.now(UTC)
    keys = {name: Keys(operations).create(name, now=now) for name in names}
    rules = [
        {"kind": "source", "key": name, "source": f"segment:{name}", "limits": {"events_per_s": PER_S}}
        for name in names
    ]
    Definitions(operations).publish(rules, now=now, today=now.date())
    operations.close()
    return keys


def _driven(
    worker: Worker, key: str, drive: Drive, certificate: Path | None
) -> tuple[list[int], list[object]]:
    def fill() -> None:
        filler = {"type": "track", "event": "Filler", "userId": "ben"}
        batch = [{**filler, "messageId": f"{key}-{nr}"} for nr in range(int(PER_S * BURST_S) + OVER)]
        assert worker.post("/v1/batch", {"batch": batch, "writeKey": key}, key=key) == 200

    with flaky(worker.host, [], certificate=certificate, before=fill) as proxy:
        failures = drive(proxy, key)
        return proxy.statuses, failures
