from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from waypost.collect.gathering import Gathering
from waypost.collect.logs import LogLines, apache_combined
from waypost.core import Actor, Kind

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
LINE = (
    '203.0.113.9 - ada@acme.example [01/Jun/2026:10:00:00 +0530] "{request}" {status} 2326'
    ' "https://app.example/reports?secret=1" "{agent}"'
)


def read(*lines: str | bytes) -> Gathering:
    gathering, read_line = Gathering("apache", NOW), LogLines(apache_combined())
    for line in lines:
        read_line(line if isinstance(line, bytes) else line.encode(), gathering)
    return gathering


def line(
    request: str = "POST /projects/17/export?token=x HTTP/1.1", status: int = 200, agent: str = BROWSER
) -> str:
    return LINE.format(request=request, status=status, agent=agent)


def test_a_request_becomes_an_event_without_ids_and_secrets() -> None:
    (event,) = read(line()).events
    assert (event.kind, event.name, event.person_id) == (
        Kind.LOG,
        "POST /projects/:id/export",
        "ada@acme.example",
    )
    assert (event.source, event.actor, event.received_at) == ("apache", Actor.HUMAN, NOW)
    assert event.happened_at == datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
    assert msgspec.json.decode(event.properties) == {
        "path": "/projects/17/export",
        "status": 200,
        "bytes": 2326,
        "agent": BROWSER,
        "referer": "https://app.example/reports",
    }


def test_equal_lines_of_one_second_are_two_events_and_stay_the_same_two() -> None:
    first, again = (
        read(line(), line(), line("GET /x HTTP/1.1")),
        read(line(), line(), line("GET /x HTTP/1.1")),
    )
    ids = [event.event_id for event in first.events]
    assert len(set(ids)) == 3
    assert ids == [event.event_id for event in again.events]


@pytest.mark.parametrize(
    ("log_line", "rule"),
    [
        (line("OPTIONS /reports HTTP/1.1"), "probe_method"),
        (line("HEAD /reports HTTP/1.1"), "probe_method"),
        (line(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://bots.example)"), "bot"),
        (line(agent="kube-probe/1.29"), "health_check"),
        (line(agent="AlwaysOn"), "health_check"),
        (line(agent="Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)"), "monitor"),
        (line(agent="Datadog/Synthetics"), "monitor"),
        (line("GET /healthz HTTP/1.1"), "health_check"),
        (line("GET /assets/app.css?v=3 HTTP/1.1"), "static_file"),
        (line("GET /favicon.ico HTTP/1.1"), "browser_chore"),
        (line().replace("203.0.113.9", "127.0.0.1"), "internal"),
        (line(status=302), "redirect"),
        (line(status=404), "client_error"),
        (line(status=500), "server_error"),
        ("[Mon Jun 01 10:00:00.123456 2026] [core:error] [pid 7] [client 203.0.113.9:4] denied", "error_log"),
        ("[Mon Jun  1 10:00:00 2026] [error] client denied", "error_log"),
        ("2026/06/01 10:00:00 [warn] 7#7: *1 upstream prematurely closed connection", "error_log"),
        (line("-"), "no_request"),
        (line(r"\x16\x03\x01"), "no_request"),
        (line("GET mailto:x HTTP/1.1"), "no_request"),
        (line().replace("ada@acme.example", "-"), "no_user"),
        (line().replace("ada@acme.example", '""'), "no_user"),
    ],
)
def test_noise_is_dropped_by_a_rule_with_a_name(log_line: str, rule: str) -> None:
    gathering = read(log_line)
    assert gathering.noise == {rule: 1}
    assert not gathering.events
    assert not gathering.refused


@pytest.mark.parametrize(
    ("log_line", "why"),
    [
        ("Mon Jun 01 10:00:00 2026 [error] client denied", "not_a_line"),
        (line().replace("01/Jun", "31/Jun"), "impossible_time"),
        (line().replace("Jun", "Jux"), "impossible_time"),
        (line().replace("2026", "1999"), "impossible_time"),
        (line().replace("ada@", "a" * 500), "too_long"),
        (line().replace("ada@", r"a\x00@"), "bad_text"),
        (line("GET /a\0b HTTP/1.1"), "bad_text"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_name(log_line: str, why: str) -> None:
    gathering = read(log_line)
    assert gathering.refused == {why: 1}
    assert gathering.samples[0].payload == log_line


def test_users_with_blanks_and_escaped_text_are_read() -> None:
    (event,) = read(line(agent=r"Browser \"x\" \xc3\xa9").replace("ada@acme.example", "Ada Byron")).events
    assert event.person_id == "Ada Byron"
    assert msgspec.json.decode(event.properties)["agent"] == 'Browser "x" é'


def test_the_common_format_and_bytes_that_are_no_text_are_read() -> None:
    common = '::ffff:10.0.0.1 - ada [01/Jun/2026:10:00:00 +0000] "GET /men\xfc HTTP/1.0" 200 -'
    (event,) = read(common.encode("latin-1")).events
    assert event.name == "GET /men\ufffd"
    assert msgspec.json.decode(event.properties)["bytes"] == 0


def test_a_script_in_a_users_name_is_automated_use_and_an_app_is_the_user() -> None:
    acts = [
        read(line(agent=agent)).events[0].actor
        for agent in ("curl/8.5", "acme-python/2.3.1", "okhttp/4.12.0")
    ]
    assert acts == [Actor.AUTOMATED, Actor.AUTOMATED, Actor.HUMAN]


def test_a_clock_that_is_ahead_does_not_reach_into_the_future() -> None:
    (event,) = read(line().replace("2026", "2027")).events
    assert event.happened_at == NOW


def test_long_logs_need_no_more_memory_than_short_ones() -> None:
    read_line, gathering = LogLines(apache_combined()), Gathering("apache", NOW)
    for number in range(5_000):
        minutes, seconds = divmod(number, 60)
        at = f"{10 + minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        read_line(line().replace("10:00:00", at).encode(), gathering)
    assert len({event.event_id for event in gathering.events}) == 5_000
    assert len(read_line._seconds) <= 4_096
    assert len(read_line._times) <= 4_096


def test_escapes_between_letters_of_any_script_are_read() -> None:
    (event,) = read(line(agent=r"Браузер \"x\" \t")).events
    assert msgspec.json.decode(event.properties)["agent"] == 'Браузер "x" \t'


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.binary(max_size=300))
def test_no_line_stops_the_reading(written: bytes) -> None:
    gathering = read(written)
    assert len(gathering.events) + gathering.refused.total() + gathering.noise.total() == 1


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some.lists(
        some.sampled_from(['"', "\\", "x", " ", "-", "[", "]", "\\x", "01/Jun/2026:10:00:00 +0000"]),
        max_size=60,
    )
)
def test_odd_signs_do_not_stop_the_reading(signs: list[str]) -> None:
    read(line(request="".join(signs)), line(agent="".join(signs)), "".join(signs))
