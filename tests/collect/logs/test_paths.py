import pytest

from waypost.collect.logs.paths import asked_by, path_of, template_of


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/reports", "/reports"),
        ("/reports?token=secret#part", "/reports"),
        ("/reports;jsessionid=77", "/reports"),
        ("https://app.example/reports?x=1", "/reports"),
        ("https://app.example", "/"),
        ("app.example:443", None),
        ("*", None),
    ],
)
def test_a_path_holds_no_query_and_no_host(target: str, path: str | None) -> None:
    assert path_of(target) == path


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("/projects/17/export", "/projects/:id/export"),
        ("/projects/17/users/4/", "/projects/:id/users/:id"),
        ("/a/0f8fad5b-d9cb-469f-a165-70867728950e", "/a/:id"),
        ("/a/deadbeef01", "/a/:id"),
        ("/a/deadbeef", "/a/deadbeef"),
        ("/s/Zk3vT7_pQ9rXw2LmN8bC", "/s/:id"),
        ("/people/ada@acme.example", "/people/:id"),
        ("/people/ada%40acme.example/edit", "/people/:id/edit"),
        ("/api/v2/shipments", "/api/v2/shipments"),
        ("/reports/2026-06", "/reports/2026-06"),
        ("/a-very-long-word-without-any-number", "/a-very-long-word-without-any-number"),
        ("//", "/"),
    ],
)
def test_a_template_holds_no_ids(path: str, template: str) -> None:
    assert template_of(path) == template


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /x HTTP/1.1", ("GET", "/x")),
        ("PROPFIND /x HTTP/1.1", ("PROPFIND", "/x")),
        ("GET /x", ("GET", "/x")),
        ("GET  HTTP/1.1", None),
        ("GET /a b HTTP/1.1", None),
        ("get /x HTTP/1.1", None),
    ],
)
def test_a_request_line_has_a_method_and_a_target(
    request_line: str, expected: tuple[str, str] | None
) -> None:
    assert asked_by(request_line) == expected
