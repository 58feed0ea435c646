from datetime import UTC, datetime
from typing import Any

import pytest

from waypost.collect.formats import FileFormat, Format, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.source_rules import SourceRules

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
REQUESTS: list[dict[str, Any]] = [
    {"path": "POST /login", "status": [302], "name": "Signed in"},
    {"path": "POST /login", "status": ["4xx"], "name": "Sign-in failed"},
    {"path": "/projects/:project/export"},
    {"path": "GET /files/*", "status": [200, "3xx"]},
]


def read(
    request: str, status: int, *, address: str = "203.0.113.9", agent: str = "Mozilla/5.0 (X11)"
) -> Gathering:
    rules = SourceRules.from_document({"key": "w", "source": "web", "log": {"requests": REQUESTS}}, where="x")
    gathering = Gathering("web", NOW)
    line = f'{address} - ada [01/Jun/2026:10:00:00 +0000] "{request} HTTP/1.1" {status} 5 "-" "{agent}"'
    reader_of(FileFormat(Format.APACHE_COMBINED, means=rules.log))(line.encode(), gathering)
    return gathering


@pytest.mark.parametrize(
    ("request_line", "status", "name"),
    [
        ("POST /login", 302, "Signed in"),
        ("POST /login/", 401, "Sign-in failed"),
        ("GET /projects/big-one/export", 200, "GET /projects/:project/export"),
        ("DELETE /projects/big-one/export", 204, "DELETE /projects/:project/export"),
        ("GET /files/a/b.css", 304, "GET /files/*"),
        ("GET /projects/big-one", 200, "GET /projects/big-one"),
    ],
)
def test_requests_that_rules_name_are_kept_and_named(request_line: str, status: int, name: str) -> None:
    (event,) = read(request_line, status).events
    assert event.name == name


@pytest.mark.parametrize(
    ("gathering", "rule"),
    [
        (read("POST /login", 500), "server_error"),
        (read("GET /login", 302), "redirect"),
        (read("GET /files/a.css", 404), "static_file"),
        (read("GET /files/a.css", 200, address="127.0.0.1"), "internal"),
        (read("GET /files/a.css", 200, agent="Mozilla/5.0 (compatible; Googlebot/2.1)"), "bot"),
        (read("HEAD /projects/x/export", 200), "probe_method"),
    ],
)
def test_other_noise_stays_noise(gathering: Gathering, rule: str) -> None:
    assert gathering.noise == {rule: 1}
    assert not gathering.events
