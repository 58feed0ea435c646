import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.conftest import Type

WAYPOST = str(Path(sys.executable).with_name("waypost"))
LINE = (
    '10.0.0.1 - {} [01/Nov/2026:10:00:00 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"'
)
SENT = '{"method":"POST","path":"/a","status":200,"time":"2026-11-01T10:00:00Z","user_id":"%s"}'


@pytest.fixture
def hearing(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    words = ["syslog", "--source", "web", "--format", "apache-combined", "--port", "0"]
    process = subprocess.Popen([WAYPOST, *words], cwd=data.parent, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield process, int(process.stdout.readline().split(":")[1].split(",")[0])
    process.kill()
    process.wait()


def test_lines_by_syslog_are_taken_in_over_tcp_and_udp(
    type_in: Type, hearing: tuple[subprocess.Popen[str], int]
) -> None:
    process, port = hearing
    logger = ["logger", "--server", "127.0.0.1", "--port", str(port)]
    subprocess.run([*logger, "--tcp", "--octet-count", "--rfc5424", SENT % "counted"], check=True)
    subprocess.run([*logger, "--tcp", "--rfc5424", LINE.format("ended")], check=True)
    subprocess.run([*logger, "--tcp", "--rfc3164", LINE.format("older")], check=True)
    subprocess.run([*logger, "--udp", "--rfc5424", SENT % "datagram"], check=True)
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(
            f"<34>1 2026-11-01T10:00:00Z h app 1 - - {SENT % 'bare'}\n\n<34>{LINE.format('cut')}".encode()
        )
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"9x broken")
        assert stranger.recv(1) == b"", "it is cut off"
    with socket.create_connection(("127.0.0.1", port)) as last:
        last.sendall(b"odd\n")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert out.endswith("web: 6 events taken in from 7 lines\n")
    assert type_in("round").out.startswith("6 events taken in, 6 of them new")
    who = type_in("sql", "select person_id from events order by 1").lines[1:]
    assert who == ["bare", "counted", "cut", "datagram", "ended", "older"]


def test_waypost_serve_hears_syslog_when_the_settings_say_so(type_in: Type, data: Path) -> None:
    said = {
        "WAYPOST_SYSLOG_SOURCE": "web",
        "WAYPOST_SYSLOG_PORT": str(_free_port()),
        "WAYPOST_WORKSPACE_PORT": "0",
        "WAYPOST_COLLECTOR_PORT": "0",
    }
    process = subprocess.Popen([WAYPOST, "serve"], cwd=data.parent, env=os.environ | said)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", int(said["WAYPOST_SYSLOG_PORT"]))) as sender:
                    sender.sendall((SENT % "served").encode() + b"\n")
                break
            except ConnectionRefusedError:
                time.sleep(0.2)
        while (
            time.monotonic() < deadline and "served" not in type_in("sql", "select person_id from events").out
        ):
            time.sleep(0.2)
        assert type_in("sql", "select source, person_id from events").lines[1:] == ["web\tserved"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_format_that_lines_by_syslog_cannot_have_is_refused(type_in: Type) -> None:
    assert "choose one of" in type_in("syslog", "--source", "web", "--format", "pattern").err
    assert "--written" in type_in("syslog", "--source", "web", "--format", "nginx-log").err
