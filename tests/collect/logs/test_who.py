import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from waypost.collect.formats import FileFormat, Format, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.source_rules import SourceRules
from waypost.core import Event, ImportRefusedError

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
NGINX = '$host $remote_addr $remote_user [$time_local] "$request" $status "$http_x_user_id" "$cookie_uid"'
IIS = "#Fields: date time c-ip cs-username cs-method cs-uri-stem cs-uri-query sc-status cs(Cookie)"
Ids = tuple[str | None, str | None, str | None]


def asked(log: dict[str, Any], file_format: Format, written: str | None = None) -> FileFormat:
    rules = SourceRules.from_document({"key": "web", "source": "web", "log": log}, where="test")
    return FileFormat(file_format, written=written, means=rules.log)


def gathered(as_said: FileFormat, *lines: str) -> Gathering:
    gathering, read_line = Gathering("web", NOW), reader_of(as_said)
    for line in lines:
        read_line(line.encode(), gathering)
    return gathering


def event(log: dict[str, Any], **parts: str) -> Event:
    said = {"host": "app.example", "user": "-", "target": "/reports", "header": "-", "cookie": "-"} | parts
    line = (
        f'{said["host"]} 203.0.113.9 {said["user"]} [01/Jun/2026:10:00:00 +0000] "GET {said["target"]} HTTP/1.1" 200 '
        f'"{said["header"]}" "{said["cookie"]}"'
    )
    gathering = gathered(asked(log, Format.NGINX_LOG, NGINX), line)
    assert not gathering.refused
    assert not gathering.noise
    return gathering.events[0]


def ids(found: Event) -> Ids:
    return found.person_id, found.anonymous_id, found.account_id


@pytest.mark.parametrize(
    ("log", "parts", "expected"),
    [
        ({"person": ["header.X-User-Id"]}, {"header": "u-7"}, ("u-7", None, None)),
        ({"person": ["cookie.uid"]}, {"cookie": "ada%40acme.example"}, ("ada@acme.example", None, None)),
        ({"person": ["query.uid"]}, {"target": "/x?a=1&uid=u%207&b"}, ("u 7", None, None)),
        ({"person": ["user", "query.uid"]}, {"target": "/x?uid=7", "user": "ada"}, ("ada", None, None)),
        ({"person": ["user", "query.uid"]}, {"target": "/x?uid=7"}, ("7", None, None)),
        ({"anonymous": ["cookie.uid"]}, {"cookie": "v-1"}, (None, "v-1", None)),
        ({"anonymous": ["cookie.uid"]}, {"cookie": "v-1", "user": "ada"}, ("ada", "v-1", None)),
        ({"account": ["host"]}, {"host": "Acme.Example:8443", "user": "ada"}, ("ada", None, "acme.example")),
        (
            {"account": [{"from": "host", "pattern": r"(\w+)\.app\.example"}]},
            {"host": "acme.app.example", "user": "ada"},
            ("ada", None, "acme"),
        ),
        ({"account": [{"from": "host", "pattern": r"(\w+)\.other"}]}, {"user": "ada"}, ("ada", None, None)),
        (
            {"account": [{"from": "user", "pattern": "[^@]+@(.+)", "table": {"acme.example": "acme"}}]},
            {"user": "ada@acme.example"},
            ("ada@acme.example", None, "acme"),
        ),
        (
            {"account": [{"from": "host", "table": {"Beta.Example": "beta"}}, "query.org"]},
            {"user": "ada", "target": "/x?org=acme"},
            ("ada", None, "acme"),
        ),
        (
            {"account": [{"from": "host", "table": {"App.Example": "acme"}}]},
            {"user": "ada"},
            ("ada", None, "acme"),
        ),
    ],
)
def test_ids_are_where_the_rules_say(log: dict[str, Any], parts: dict[str, str], expected: Ids) -> None:
    assert ids(event(log, **parts)) == expected


@pytest.mark.parametrize(
    ("target", "account", "name"),
    [
        ("/orgs/acme/projects/17", "acme", "GET /orgs/:account/projects/:id"),
        ("/orgs/a%20b/projects", "a b", "GET /orgs/:account/projects"),
        ("/orgs/acme", "acme", "GET /orgs/:account"),
        ("/teams/acme", None, "GET /teams/acme"),
    ],
)
def test_an_account_in_the_path_is_no_part_of_the_name(target: str, account: str | None, name: str) -> None:
    log = {"account": [{"from": "path.account", "template": "/orgs/:account/*"}]}
    found = event(log, target=target, user="ada")
    assert (found.account_id, found.name) == (account, name)
    assert msgspec.json.decode(found.properties)["path"] == target


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text('\ufeffhost,account\napp.example,"Acme, Inc."\n\n', encoding="utf-8")
    assert event({"account": [{"from": "host", "file": str(file)}]}, user="ada").account_id == "Acme, Inc."


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("a,b\nalone\n", "line 2: expected a value and an id beside it"),
        (None, "cannot be read"),
        ("\udcff", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_stops_the_import(tmp_path: Path, written: str | None, told: str) -> None:
    file = tmp_path / "accounts.csv"
    if written is not None:
        file.write_bytes(written.encode(errors="surrogateescape"))
    with pytest.raises(ImportRefusedError, match=told):
        reader_of(asked({"account": [{"from": "host", "file": str(file)}]}, Format.APACHE_COMBINED))


def test_fields_of_json_and_cookies_of_iis_say_who_asked() -> None:
    line = {
        "ts": "2026-06-01T10:00:00Z",
        "method": "GET",
        "url": "/x",
        "auth": {"id": 7, "on": True},
        "org": "acme",
    }
    by_field = asked(
        {"person": ["field.auth.on", "field.auth.id"], "account": ["field.org"]}, Format.JSON_LOG
    )
    assert [ids(each) for each in gathered(by_field, json.dumps(line)).events] == [("7", None, "acme")]
    by_cookie = asked({"person": ["cookie.uid", "query.u"]}, Format.W3C_LOG)
    lines = gathered(
        by_cookie,
        IIS,
        "2026-06-01 10:00:00 203.0.113.9 - GET /x - 200 theme=dark;+uid=ada",
        "2026-06-01 10:00:01 203.0.113.9 - GET /x u=ben 200 -",
    )
    assert [each.person_id for each in lines.events] == ["ada", "ben"]


def test_the_host_of_a_whole_address_and_ids_too_long_and_nobody() -> None:
    log = {"person": ["query.uid"], "account": ["host"]}
    line = '- 203.0.113.9 - [01/Jun/2026:10:00:00 +0000] "GET {} HTTP/1.1" 200 "-" "-"'
    found = gathered(
        asked(log, Format.NGINX_LOG, NGINX),
        line.format("https://Acme.example:443/x?uid=ada"),
        line.format("/x?uid=" + "u" * 501),
        line.format("/x"),
        line.format("/x?" + "&".join(f"p{n}=1" for n in range(300)) + "&uid=ada"),
    )
    assert [ids(each) for each in found.events] == [("ada", None, "acme.example")]
    assert found.refused == {"too_long": 1}
    assert found.noise == {"no_user": 2}


EVERYWHERE: dict[str, Any] = {
    "person": ["query.uid", "cookie.uid", "header.x-user-id", {"from": "user", "pattern": "(?:x(.))?.*"}],
    "anonymous": ["field.a.b", "field.query"],
    "account": ["host", {"from": "path.id", "template": "/x/:id/*"}],
    "address": ["header.x-forwarded-for", "address"],
    "requests": [{"path": "GET /x/:y", "status": ["2xx", 404]}],
    "noise": {"internal": ["10.0.0.0/8", "::/64"], "paths": ["/y/*"], "agents": ["z"], "people": ["w*"]},
}
SIGNS = [
    "http://[",
    "]",
    "/",
    "?uid=",
    "%",
    "%ff",
    "&",
    ";",
    "x",
    "\\x",
    "\x00",
    "é",
    ":",
    "-",
    "1",
    "a.b",
    ",",
    "=",
]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some.lists(some.sampled_from(SIGNS), max_size=20).map("".join),
    some.lists(some.sampled_from(SIGNS)).map("".join),
)
def test_no_line_stops_the_reading_whatever_the_rules(target: str, value: str) -> None:
    line = f'- {value} - [01/Jun/2026:10:00:00 +0000] "GET {target} HTTP/1.1" 200 "{value}" "{value}"'
    whole = json.dumps(
        {"ts": 1_780_000_000, "method": "GET", "url": target, "host": value, "a": {"b": value}}
    )
    for asked_as, written in (
        (asked(EVERYWHERE, Format.NGINX_LOG, NGINX), line),
        (asked(EVERYWHERE, Format.JSON_LOG), whole),
    ):
        found = gathered(asked_as, written)
        assert len(found.events) + found.refused.total() + found.noise.total() == 1
