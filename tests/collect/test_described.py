"""The OpenAPI description: it is complete, it is never stale, and a running collector answers as it says."""

import re
from base64 import b64encode
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.collect.described_calls import calls
from tests.collect.describing import FILE, described, written
from tests.collect.fuzz.seeds import read, requests
from tests.collect.running import Worker, running
from waypost.collect import amplitude, cloudevents, kissmetrics, mixpanel, posthog
from waypost.collect.families import FAMILIES, place_of, takers
from waypost.collect.hooks.family import HOOKS
from waypost.collect.rudder import family as rudder
from waypost.collect.segment.routes import ROUTES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CALLS = [(call.method, call.path) for call in calls("k")]
MOST_TRIES = 5


def test_the_file_is_what_the_families_are_described_as() -> None:
    assert FILE.read_text() == written(), "write it anew: python -m tests.collect.describing"


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_what_is_described_is_there(method: str, path: str) -> None:
    place = place_of(re.sub(r"\{\w+\}", "a", path))
    if not takers(method, re.sub(r"\{\w+\}", "a", path)):
        assert path == "/healthz" or any(place.path.startswith(asked) for asked in ASKED), "nobody hears it"


def test_what_the_families_take_is_described() -> None:
    """Addresses with something in them are told apart by a letter in its place."""
    told = {(method, re.sub(r"\{\w+\}", "a", path)) for method, path in CALLS}
    found = {
        (method, f"/in/{mount}{path}")
        for mount, family in FAMILIES.items()
        for path in _addresses()
        for method in ("GET", "POST", "PUT", "DELETE")
        if family.takes(method, path)
    }
    assert found <= told, found - told
    assert {asked_at(written) for _, written in requests()} - told - BESIDE == set()


#: What families answer beside taking events.
ASKED = (
    "/v1/projects/", "/sourceConfig", "/flags", "/settings", "/decide", "/record", "/i/v1/", "/i/v0/", "/report",
    "/api/", "/array/",
)  # fmt: skip
#: Addresses of the seeds that stand for one of those described, with more in their path, and what browsers ask first.
BESIDE = {
    ("OPTIONS", "/in/segment/v1/t"),
    ("POST", "/in/snowplow/a/com.snowplowanalytics.snowplow/tp2"),
    ("GET", "/in/snowplow/a/i"),
}


def asked_at(request: bytes) -> tuple[str, str]:
    asked = read(request, "a")
    path = re.sub(r"(customers|event|projects)/[^/]+", r"\1/a", asked.path)
    return asked.method, path if path.startswith("/in/") else f"/in/segment{path}"


def _addresses() -> Iterator[str]:
    """Yield every address that stands in the tables of a family."""
    modules: tuple[ModuleType, ...] = (
        amplitude.family, cloudevents.family, kissmetrics.family, mixpanel.family, posthog.family, rudder,
    )  # fmt: skip
    yield from ROUTES
    for module in modules:
        for name in ("_PATHS", "_TAKES", "_BATCHES"):
            yield from getattr(module, name, ())
    yield from (
        "/v1/logs",
        "/i",
        "/ice.png",
        "/com.snowplowanalytics.snowplow/tp2",
        "/pixel/v1/track",
        "/pixel/v1/page",
    )
    yield from (f"/{vendor}/a" for vendor in HOOKS)
    yield from ("/a/event/a", "/postback/a", "/api/v2/entity", "/api/v2/batch", "/api/v1/push/events")
    yield from (
        f"/api/v1/customers/a{of}"
        for of in ("", "/events", "/devices", "/devices/a", "/suppress", "/unsuppress")
    )
    yield from ("/api/v1/events", "/api/v1/merge_customers")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with running(tmp_path_factory.mktemp("described")) as found:
        yield found


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_running_collector_answers_as_described(worker: Worker, method: str, path: str) -> None:
    _sends(worker, method, path)


@pytest.mark.parametrize(
    "path", ["segment/v1/track", "posthog/batch", "amplitude/2/httpapi", "cloudevents/events"]
)
def test_what_is_described_is_stored(worker: Worker, path: str) -> None:
    """Were no key let in, or no body sound, the answers would be those described all the same."""
    before = len(worker.events())
    # What is drawn hangs on which modules happen to be loaded, also when it is always the same: so more than once.
    for _ in range(MOST_TRIES):
        _sends(worker, "POST", f"/in/{path}", examples=60)
        if len(worker.events()) > before:
            return
    pytest.fail(f"none of {MOST_TRIES * 60} requests to /in/{path} was stored")


def _sends(worker: Worker, method: str, path: str, examples: int = 12) -> None:
    """Send requests made from the description, with a key in each place for one, and see what is answered."""
    operation = schemathesis.openapi.from_dict(described(worker.key))[path][method]
    known = {"Basic": b64encode(f"{worker.key}:{worker.key}".encode()).decode(), "Bearer": worker.key}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(), scheme=some.sampled_from(["Basic", "Bearer", None]))
    def answers(case: schemathesis.Case[Any], scheme: str | None) -> None:
        headers = {"authorization": f"{scheme} {known[scheme]}"} if scheme else {}
        case.call_and_validate(base_url=worker.host, headers=headers, checks=CHECKS, timeout=20)

    answers()
