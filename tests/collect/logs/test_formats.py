import bz2
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pytest

from waypost.collect.formats import LOGS, FileFormat, Format, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.logs.said import Said
from waypost.collect.opening import opened
from waypost.core import Event, ImportRefusedError

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
AT = datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
HTTPLOG = (
    "Jun  1 04:30:00 edge haproxy[8]: 203.0.113.9:41000 [01/Jun/2026:04:30:00.000] front~ app/a1 0/0/1/20/21 200 2326 "
    '- - ---- 1/1/0/0/0 0/0 {ada|app.example} {} "GET /projects/17/export?x=1 HTTP/1.1"'
)
ALB = (
    "h2 2026-06-01T04:30:00.000000Z app/edge/50dc 203.0.113.9:41000 10.0.0.5:8080 0.000 0.021 0.000 200 200 34 2326 "
    f'"GET https://app.example:443/projects/17/export?x=1 HTTP/2.0" "{AGENT}" TLS_AES_128_GCM_SHA256 TLSv1.3 '
    'arn:aws:elasticloadbalancing:x:1:targetgroup/a/1 "Root=1-58337262" "app.example" "session-reused" 0 '
    '2026-06-01T04:29:59.900000Z "forward" "-" "-" "10.0.0.5:8080" "200" "-" "-" TID_1 "a field of later years"'
)
_FIELDS = "date time c-ip cs-username cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs(User-Agent) cs(Referer)"
IIS = (
    "#Software: Microsoft Internet Information Services 10.0",
    f"#Fields: {_FIELDS}",
    f"2026-06-01 04:30:00 203.0.113.9 ada GET /projects/17/export x=1 200 2326 {AGENT.replace(' ', '+')} -",
    "#Fields: time date cs-method cs-uri-stem c-ip cs-username sc-status",
    "04:30:00 2026-06-01 GET /projects/17/export 203.0.113.9 ada 200",
)
_CLOUDFRONT = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)"
    " cs-uri-query cs(Cookie) x-host-header"
)
CLOUDFRONT = (
    "#Version: 1.0",
    f"#Fields: {_CLOUDFRONT}",
    "2026-06-01\t04:30:00\tFRA56\t2326\t203.0.113.9\tGET\td1.cloudfront.net\t/projects/17/export\t200\t-\t"
    + AGENT.replace(" ", "%2520")
    + "\tx=1\tuid=ada;%20theme=dark\tapp.example",
)
#: How each format's lines are written (None where the format says so), and lines of it, all of one request.
LINES: dict[Format, tuple[str | None, tuple[str, ...]]] = {
    Format.APACHE_LOG: (
        r'LogFormat "%v:%p %{X-User-Id}i %a %{%Y-%m-%dT%H:%M:%S%z}t \"%m %U%q\" \"%r\" %>s %D %O \"%{User-agent}i\"" x',
        (
            (
                'app.example:443 u-1 203.0.113.9 2026-06-01T10:00:00+0530 "GET /projects/17/export?x=1" '
                f'"GET /projects/17/export?x=1 HTTP/1.1" 200 2100 2326 "{AGENT}"'
            ),
        ),
    ),
    Format.NGINX_LOG: (
        (
            "log_format timed escape=default '$remote_addr - ${remote_user} [$time_local] $msec '\n"
            '  \'"$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $cookie_uid\';'
        ),
        (
            (
                "203.0.113.9 - ada [01/Jun/2026:10:00:00 +0530] 1780288200.000 "
                f'"GET /projects/17/export?x=1 HTTP/2.0" 200 2326 "-" "{AGENT}" 0.021 u-1'
            ),
        ),
    ),
    Format.W3C_LOG: (None, IIS),
    Format.CLOUDFRONT: (None, CLOUDFRONT),
    Format.AWS_ALB: (None, (ALB,)),
    Format.HAPROXY: (None, (HTTPLOG,)),
    Format.JSON_LOG: (
        "user=auth.name",
        (
            '{"ts": 1780288200, "auth": {"name": "ada"}, "status": 200, "size": 2326,'
            ' "request": {"method": "GET", "remote_ip": "203.0.113.9",'
            ' "uri": "/projects/17/export?x=1", "headers": {"User-Agent": ["'
            + AGENT
            + '"]}}, "status": 200, "size": 2326}',
        ),
    ),
    Format.PATTERN: (
        r"(?P<time>\S+) (?P<user>\S+) (?P<method>[A-Z]+) (?P<path>\S+) -> (?P<status>\d+) (?P<tenant>\w+)",
        ("2026-06-01T10:00:00+05:30 ada GET /projects/17/export?x=1 -> 200 acme",),
    ),
}
WRITTEN = {each: written for each, (written, _) in LINES.items()}
NAMES_NOBODY = {Format.AWS_ALB, Format.HAPROXY, Format.CLOUDFRONT, Format.APACHE_LOG}


def gathered(asked: FileFormat, *lines: str) -> Gathering:
    gathering, read_line = Gathering("web", NOW), reader_of(asked)
    for line in lines:
        read_line(line.encode(), gathering)
    return gathering


def said(file_format: Format, written: str | None = None, line: str | None = None) -> Said:
    layout = LOGS[file_format](written or WRITTEN.get(file_format) or "")
    lines = LINES[file_format][1] if line is None else (line,)
    found = [layout.split(each) for each in lines if not (layout.heads and layout.heads(each))]
    assert found
    assert found[-1] is not None
    return found[-1]


def event(asked: FileFormat, line: str) -> Event:
    gathering = gathered(asked, line)
    assert gathering.events, (gathering.refused, gathering.noise, [each.detail for each in gathering.samples])
    return gathering.events[0]


@pytest.mark.parametrize("file_format", [each for each in LINES if each not in NAMES_NOBODY])
def test_one_request_is_the_same_event_in_every_format(file_format: Format) -> None:
    written, lines = LINES[file_format]
    gathering = gathered(FileFormat(file_format, written=written), *lines)
    assert not gathering.refused, [each.detail for each in gathering.samples]
    for each in gathering.events:
        assert (each.name, each.person_id) == ("GET /projects/:id/export", "ada")
        assert each.happened_at == AT
    assert gathering.events


@pytest.mark.parametrize("file_format", sorted(NAMES_NOBODY))
def test_a_format_that_names_nobody_is_read_all_the_same(file_format: Format) -> None:
    written, lines = LINES[file_format]
    gathering = gathered(FileFormat(file_format, written=written), *lines)
    assert not gathering.refused, [each.detail for each in gathering.samples]
    assert gathering.noise["no_user"] == 1


@pytest.mark.parametrize("file_format", [Format.AWS_ALB, Format.CLOUDFRONT, Format.APACHE_LOG])
def test_the_parts_of_a_line_have_their_places(file_format: Format) -> None:
    found = said(file_format)
    assert (found.address, found.status, found.bytes, found.agent) == ("203.0.113.9", "200", "2326", AGENT)
    assert found.host == "app.example"


def test_what_has_no_place_is_kept_beside_by_its_name() -> None:
    assert said(Format.APACHE_LOG).more["header.x-user-id"] == "u-1"
    assert said(Format.NGINX_LOG).more == {"request_time": "0.021", "cookie.uid": "u-1"}
    assert said(Format.CLOUDFRONT).more["cookie.uid"] == "ada"
    assert said(Format.HAPROXY).more["captured"] == "ada|app.example"
    assert said(Format.PATTERN).more == {"tenant": "acme"}


def test_the_cookies_of_a_header_have_names() -> None:
    line = '[01/Jun/2026:10:00:00 +0000] "GET /x HTTP/1.1" "UID=u-1; theme=dark"'
    found = said(Format.APACHE_LOG, '%t "%r" "%{Cookie}i"', line)
    assert (found.more["cookie.uid"], found.more["cookie.theme"]) == ("u-1", "dark")


def test_a_balancers_short_and_odd_lines_are_read() -> None:
    short = ALB.partition(" TLS_AES")[0]
    assert said(Format.AWS_ALB, line=short).host == ""
    six = ALB.replace("203.0.113.9:41000", "2001:db8::1:41000").replace(
        "10.0.0.5:8080 0.000 0.021 0.000", "- -1 -1 -1"
    )
    assert said(Format.AWS_ALB, line=six).address == "2001:db8::1"
    assert said(Format.HAPROXY, line='::1:41000 [01/Jun/2026:04:30:00.1] f f/<NOSRV> -1/-1/-1/-1/2 400 187 - - PR-- '
                '1/1/0/0/0 0/0 "<BADREQ>"').request == "<BADREQ>"  # fmt: skip


@pytest.mark.parametrize(
    ("time", "argument"),
    [
        ("1780288200", "%{sec}t"),
        ("1780288200000", "%{begin:msec}t"),
        ("1780288200000000", "%{usec}t"),
        ("[01/Jun/2026:10:00:00 +0530]", "%t"),
        ("01/Jun/2026 10:00:00 +0530", "%{%d/%b/%Y %H:%M:%S %z}t"),
    ],
)
def test_apache_writes_times_in_many_ways(time: str, argument: str) -> None:
    written = f'{argument} %u "%r" 100%%'
    assert (
        event(
            FileFormat(Format.APACHE_LOG, written=written), f'{time} ada "GET /x HTTP/1.1" 100%'
        ).happened_at
        == AT
    )


def test_a_clock_without_zone_is_that_of_the_zone_that_was_said() -> None:
    asked = FileFormat(
        Format.PATTERN, ZoneInfo("Asia/Kolkata"), r"(?P<time>\S+ \S+) (?P<user>\S+) (?P<request>.*)"
    )
    for time in ("01/Jun/2026 10:00:00", "2026-06-01 10:00:00"):
        assert event(asked, f"{time} ada GET /x").happened_at == AT
    late = event(asked._replace(zone=None), "01/Jun/2026 10:00:00 ada GET /x")
    assert late.happened_at - AT == timedelta(hours=5, minutes=30)


def test_fields_without_quotes_may_hold_blanks() -> None:
    line = "203.0.113.9|Ada Byron|GET /x HTTP/1.1|[01/Jun/2026:10:00:00 +0530]|Mozilla/5.0 (X11)|200"
    assert (
        event(FileFormat(Format.APACHE_LOG, written="%h|%u|%r|%t|%{User-Agent}i|%>s"), line).person_id
        == "Ada Byron"
    )
    found = said(
        Format.NGINX_LOG, "$msec $status$pipe $request [$http_user_agent]", "1780288200.0 200. GET /x H [a b]"
    )
    assert (found.request, found.agent) == ("GET /x H", "a b")


def test_a_request_in_parts_is_put_together() -> None:
    written = "$time_iso8601 $remote_user $request_method $uri $args"
    kept = event(FileFormat(Format.NGINX_LOG, written=written), "2026-06-01T10:00:00+05:30 ada GET /x/17 a=1")
    assert (kept.name, kept.happened_at) == ("GET /x/:id", AT)


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ('{"time_local": "01/Jun/2026:10:00:00 +0530", "remote_user": "ada", "request": "GET /x HTTP/1.1"}', "ada"),
        ('{"StartUTC": "2026-06-01T04:30:00Z", "ClientUsername": "ada", "RequestMethod": "GET", "RequestPath": "/x"}',
         "ada"),
        ('{"time": 1780288200000, "req": {"method": "GET", "url": "/x"}, "user": {"id": 7}}', "7"),
        ('{"time": 1780288200.25, "method": "GET", "path": "/x", "query_string": "a", "user_id": "ada", "ip": true}',
         "ada"),
    ],
)  # fmt: skip
def test_json_of_common_servers_needs_no_map(line: str, user: str) -> None:
    kept = event(FileFormat(Format.JSON_LOG), line)
    assert (kept.person_id, kept.name, kept.happened_at.replace(microsecond=0)) == (user, "GET /x", AT)


@pytest.mark.parametrize(
    ("asked", "line", "told"),
    [
        (FileFormat(Format.APACHE_COMBINED), '1.2.3.4 - ada [01/Jun/2026:10:00:00 +0530] "GET / HTTP/1.1" 2x0 5',
         "column 61: expected a status of three digits, found '2x0 5'"),
        (FileFormat(Format.APACHE_COMBINED), "1.2.3.4", "column 8: expected ' ', found the end of the line"),
        (FileFormat(Format.APACHE_LOG, written='%t "%r"'), '[01/Jun/2026:10:00:00 +0530] "GET /" x',
         "column 37: expected the end of the line, found ' x'"),
        (FileFormat(Format.NGINX_LOG, written="$time_iso8601 $request"), "yesterday GET /",
         "column 1: expected a time such as"),
        (FileFormat(Format.W3C_LOG), "2026-06-01 10:00:00", "column 1: expected a line #Fields: with the names"),
        (FileFormat(Format.JSON_LOG), "{nonsense", "expected one JSON object: JSON is malformed"),
        (FileFormat(Format.JSON_LOG), "[1]", "expected one JSON object, found JSON of another kind"),
        (FileFormat(Format.PATTERN, written=LINES[Format.PATTERN][0]), "nonsense", "expected what the pattern fits"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_is_told_where_it_differs(asked: FileFormat, line: str, told: str) -> None:
    gathering = gathered(asked, line)
    assert gathering.refused == {"not_a_line": 1}
    assert told in gathering.samples[0].detail


@pytest.mark.parametrize(
    ("line", "told"), [("a b", "expected c"), ("a b c d", "expected the end of the line")]
)
def test_a_line_with_other_fields_than_named_is_told(line: str, told: str) -> None:
    gathering = gathered(FileFormat(Format.W3C_LOG), "#Fields: a time c", line)
    assert told in gathering.samples[0].detail


def test_fields_of_which_none_is_known_are_told() -> None:
    gathering = gathered(FileFormat(Format.W3C_LOG), "#Fields: a b", "1 2")
    assert "expected fields such as date, time, cs-method" in gathering.samples[0].detail


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (FileFormat(Format.APACHE_LOG), "say how the lines of apache-log are written"),
        (FileFormat(Format.AWS_ALB, written="x"), "leave --written away"),
        (FileFormat(Format.SEGMENT_NDJSON, ZoneInfo("UTC")), "leave --zone away"),
        (FileFormat(Format.APACHE_LOG, written="%{%Y-%m-%d}t %t %r"), "in one piece"),
        (FileFormat(Format.APACHE_LOG, written="%h %r"), "must hold the time"),
        (FileFormat(Format.APACHE_LOG, written="%t %h"), "must hold the request"),
        (FileFormat(Format.APACHE_LOG, written="%{%A}t %r"), "cannot be read"),
        (FileFormat(Format.NGINX_LOG, written="$request"), "must hold the time"),
        (FileFormat(Format.JSON_LOG, written="user"), "write PART=FIELD"),
        (FileFormat(Format.PATTERN, written="("), "no regular expression"),
        (FileFormat(Format.PATTERN, written="(?P<time>.*)"), "needs the groups"),
    ],
)
def test_a_format_that_means_nothing_is_refused(asked: FileFormat, told: str) -> None:
    with pytest.raises(ImportRefusedError, match=told):
        reader_of(asked)


def test_bzip2_and_zstd_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    plain = b"a\nb\n" * 50_000
    packed = pa.Codec("zstd").compress(plain, asbytes=True)
    for name, held in (("a.bz2", bz2.compress(plain)), ("a.zst", packed)):
        (tmp_path / name).write_bytes(held * 2)
        with opened(tmp_path / name) as (lines, position):
            assert sum(1 for _ in iter(lambda: lines.readline(100), b"")) == 200_000
            assert position() == len(held) * 2


def test_properties_are_those_of_every_log() -> None:
    kept = event(FileFormat(Format.JSON_LOG, written=WRITTEN[Format.JSON_LOG]), LINES[Format.JSON_LOG][1][0])
    assert msgspec.json.decode(kept.properties) == {
        "path": "/projects/17/export",
        "status": 200,
        "bytes": 2326,
        "agent": AGENT,
        "referer": None,
    }
