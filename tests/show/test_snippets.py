"""Every first event that the first steps offer to copy is sent as it stands there, and arrives as what it says."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.collect.browsing import MODULES, page_in
from tests.collect.running import Worker, running
from waypost.core import Event
from waypost.show.pages.snippets import KEY, PROTOCOLS

#: The event's name where a protocol does not say "Signed In".
NAMES = {
    "snowplow": "Account signed in",
    "tapstream": "signed-in",
    "cloudevents": "signed.in",
    "otlp": "signed.in",
}
#: A structured event of Snowplow's names no account.
WITHOUT_ACCOUNT = {"snowplow"}
#: The module that a snippet imports, its file, and what a bundler would say around it.
LIBRARIES = {
    "segment": (
        "@segment/analytics-next/dist/umd/index.js",
        "",
        "export const {AnalyticsBrowser} = AnalyticsNext;",
    ),
    "cio": (
        "@customerio/cdp-analytics-browser/dist/umd/index.js",
        "",
        "export const {AnalyticsBrowser} = AnalyticsNext;",
    ),
    "posthog": ("posthog-js/dist/module.mjs", "", ""),
    "amplitude": (
        "@amplitude/analytics-browser/lib/scripts/amplitude-min.js",
        "",
        "export const {init, setGroup, track} = amplitude;",
    ),
    "mixpanel": ("mixpanel-browser/dist/mixpanel.module.js", "", ""),
    "rudder": ("@rudderstack/analytics-js/dist/npm/modern/bundled/esm/index.mjs", "", ""),
    "snowplow": (
        "@snowplow/browser-tracker/dist/index.umd.min.js",
        "const exports = {}, module = {exports};",
        "export const {newTracker, setUserId, trackStructEvent} = module.exports;",
    ),
}
RUNS = {
    "curl": ["bash", "-c"],
    "python": [sys.executable, "-c"],
    "node": ["node", "--input-type=module", "--eval"],
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with running(tmp_path_factory.mktemp("snippets")) as worker:
        yield worker


def cases(*languages: str) -> list[tuple[str, str]]:
    offered = ((protocol, each.key) for protocol, one in PROTOCOLS.items() for each in one.snippets)
    return [(protocol, key) for protocol, key in offered if key in languages]


def copied(worker: Worker, protocol: str, language: str) -> str:
    """Return a snippet as somebody copies it, with their key put in."""
    (code,) = (each.code for each in PROTOCOLS[protocol].at(worker.host) if each.key == language)
    assert KEY in code
    return code.replace(KEY, worker.key)


def arrived(worker: Worker, protocol: str, before: list[Event]) -> bool:
    """Tell whether Ada's event is there, and her account: beside the event, or of a call of its own."""
    known = {each.event_id for each in before}
    of_ada = [each for each in worker.events() if each.event_id not in known and each.person_id == "ada"]
    wanted = set() if protocol in WITHOUT_ACCOUNT else {"acme"}
    return NAMES.get(protocol, "Signed In") in {each.name for each in of_ada} and wanted == {
        each.account_id for each in of_ada if each.account_id
    }


@pytest.mark.node
@pytest.mark.parametrize(("protocol", "language"), cases("curl", "python", "node"))
def test_a_snippet_of_a_server_sends_its_event(worker: Worker, protocol: str, language: str) -> None:
    if (protocol, language) == ("kissmetrics", "python"):
        # It has neither id nor time: said twice within a second, as by curl just now, it is one event.
        time.sleep(1)
    before = worker.events()
    command = [*RUNS[language], copied(worker, protocol, language)]
    done = subprocess.run(command, cwd=MODULES.parent, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert arrived(worker, protocol, before), (done.stdout, done.stderr, worker.events()[len(before) :])


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.parametrize(("protocol", "language"), cases("browser"))
def test_a_snippet_of_a_page_sends_its_event(
    chromium: Browser, worker: Worker, protocol: str, language: str
) -> None:
    before = worker.events()
    code = copied(worker, protocol, language)
    file, first, last = LIBRARIES[protocol]
    library = "\n".join((first, (MODULES / file).read_text(), last)).encode()
    name = re.search(r' from "(.+)";', code)
    assert name
    assert file.startswith(name[1])
    named = json.dumps({"imports": {name[1]: "/library.js"}})
    html = (
        f"<!doctype html><script type=importmap>{named}</script><script type=module>{code}</script>".encode()
    )
    with page_in(chromium, {"/": html, "/library.js": library}) as (page, address):
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/")
        for _ in range(300):
            if arrived(worker, protocol, before):
                break
            page.wait_for_timeout(50)
    assert errors == []
    # Nothing goes to the vendor, not even a question.
    assert [url for url in asked if not url.startswith("http://127.0.0.1:")] == []
    assert arrived(worker, protocol, before), worker.events()[len(before) :]


def test_every_language_on_offer_is_tried(tmp_path: Path) -> None:
    tried = {*cases("curl", "python", "node", "browser")}
    left = {*cases(*{each.key for one in PROTOCOLS.values() for each in one.snippets})} - tried
    assert left == {("segment", "logs")}
