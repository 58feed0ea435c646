"""Segment's browser SDK, unmodified but for its `cdnURL`, on a page in real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.collect.browsing import MODULES, page_of, wait_for
from tests.collect.flaky import flaky
from tests.collect.running import Worker, running
from waypost.core import Event

EXPORTED = {"rows": 12, "name": "Größe 📈", "nested": {"deep": [1, {"a": None}]}}
PAGE = """<!doctype html><meta charset="utf-8"><title>Docs</title>
<script src="/segment.js"></script>
<script>
window.analytics = AnalyticsNext.AnalyticsBrowser.load({writeKey: "KEY", cdnURL: "CDN"}, {OPTIONS});
</script>"""
#: Through a proxy, since what the settings tell leads past it.
SENDING = '{integrations: {"Segment.io": {apiHost: "HOST/v1", protocol: "http", STRATEGY}}}'
STRATEGIES = {
    "each for itself": "",
    "batches": 'deliveryStrategy: {strategy: "batching", config: {size: 4, timeout: 300}}',
}


#: What the snippet of a page without modules does before its script is there.
SNIPPET = """<!doctype html><meta charset="utf-8"><title>Docs</title>
<script>
window.analytics = [["page"], ["identify", "ada"], ["track", "Signed In"]];
analytics._writeKey = "KEY";
analytics._cdn = "CDN";
</script>
<script async src="/segment.js" data-global-segment-analytics-key="analytics"></script>"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with running(tmp_path) as worker:
        yield worker


def page(worker: Worker, options: str) -> dict[str, bytes]:
    script = (MODULES / "@segment/analytics-next/dist/umd/index.js").read_bytes()
    html = PAGE.replace("KEY", worker.key).replace("CDN", worker.host).replace("{OPTIONS}", options)
    return {"/docs": html.encode(), "/segment.js": script, "/gone": b"gone"}


def said(event: Event) -> object:
    return msgspec.json.decode(event.properties)


@pytest.mark.browser
@pytest.mark.node
def test_changing_the_address_of_its_settings_is_enough(worker: Worker) -> None:
    with page_of(page(worker, "{}")) as (browser, address):
        browser.goto(f"{address}/docs")
        browser.evaluate("() => analytics.track('Signed In')")
        wait_for(browser, worker, "Signed In")
    (event,) = worker.events()
    assert (event.name, event.person_id, event.source) == ("Signed In", None, "segment:web")
    assert event.anonymous_id


@pytest.mark.browser
@pytest.mark.node
def test_the_snippet_of_a_page_without_modules_is_heard_too(worker: Worker) -> None:
    script = (MODULES / "@segment/analytics-next/dist/umd/standalone.js").read_bytes()
    html = SNIPPET.replace("KEY", worker.key).replace("CDN", worker.host).encode()
    with page_of({"/docs": html, "/segment.js": script}) as (browser, address):
        browser.goto(f"{address}/docs")
        wait_for(browser, worker, "Signed In")
    told = {each.name: each.person_id for each in worker.events()}
    assert told == {"/docs": "ada", "identify": "ada", "Signed In": "ada"}


@pytest.mark.browser
@pytest.mark.node
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_call_is_delivered_also_after_an_error_and_as_the_page_goes(
    worker: Worker, strategy: str
) -> None:
    with flaky(worker.host, [500]) as proxy:
        place = proxy.host.removeprefix("http://")
        options = SENDING.replace("HOST", place).replace("STRATEGY", STRATEGIES[strategy])
        with page_of(page(worker, options)) as (browser, address):
            errors: list[str] = []
            browser.on("pageerror", lambda error: errors.append(str(error)))
            browser.goto(f"{address}/docs")
            browser.evaluate(
                """async exported => {
                  await analytics.page("Docs", "Home");
                  await analytics.track("Signed Up");
                  await analytics.identify("ada", {email: "ada@acme.example"});
                  await analytics.group("acme", {name: "Acme"});
                  await analytics.track("Report Exported", exported, {context: {groupId: "acme"}});
                  await analytics.alias("ada", "visitor-1");
                }""",
                EXPORTED,
            )
            for name in ("Docs Home", "Signed Up", "alias"):
                wait_for(browser, worker, name)
            browser.evaluate("() => { analytics.track('Left'); }")
            browser.goto(f"{address}/gone")
            # What was not sent as the page went the SDK has kept, and sends when it is back.
            browser.goto(f"{address}/docs")
            wait_for(browser, worker, "Left")
    assert (errors, proxy.failed) == ([], [500])
    named = {each.name: each for each in worker.events()}
    assert set(named) == {"Docs Home", "Signed Up", "identify", "group", "Report Exported", "alias", "Left"}
    assert len(worker.events()) == len(named)
    signed_up, exported = named["Signed Up"], named["Report Exported"]
    assert signed_up.person_id is None
    assert signed_up.anonymous_id == named["identify"].anonymous_id
    assert (named["identify"].person_id, said(named["identify"])) == ("ada", {"email": "ada@acme.example"})
    group = named["group"]
    assert (group.person_id, group.account_id, said(group)) == ("ada", "acme", {"name": "Acme"})
    assert (exported.person_id, exported.account_id, said(exported)) == ("ada", "acme", EXPORTED)
    assert (named["alias"].person_id, said(named["alias"])) == ("ada", {"previousId": "visitor-1"})
