"""Requests that come whole take a way of their own, and nobody can tell by the answer."""

import gzip
import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from tests.collect.running import Worker, running
from waypost.run.at_once import TakeAtOnce
from waypost.run.guarding import guarded

OK: dict[str, Any] = {"status": 200, "headers": [(b"content-length", b"2")]}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with running(tmp_path_factory.mktemp("at-once")) as found:
        yield found


class Line:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = self._socket.makefile("rb")

    def close(self) -> None:
        self._read.close()
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(0.03)
            self._socket.sendall(piece)

    def answer(self, *, of_head: bool = False) -> tuple[bytes, dict[bytes, bytes], bytes]:
        """Return status line, headers (without the date) and body of the next answer."""
        status, headers = self._read.readline().rstrip(), dict[bytes, bytes]()
        while (line := self._read.readline().rstrip()) and b":" in line:
            name, _, value = line.partition(b": ")
            headers[name] = value
        headers.pop(b"date", None)
        length = 0 if of_head else int(headers.get(b"content-length", b"0"))
        return status, headers, self._read.read(length)

    def is_over(self) -> bool:
        return self._read.read(1) == b""


def port_of(worker: Worker) -> int:
    return int(worker.listener.getsockname()[1])


def message(event_id: str) -> dict[str, Any]:
    return {"type": "track", "messageId": event_id, "userId": "ada", "event": "Report Exported"}


def asked(
    key: str,
    body: object,
    path: str = "/v1/track",
    *,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    version: str = "1.1",
) -> tuple[bytes, bytes]:
    """Return head and body of a request."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {
        "host": "a",
        "content-length": str(len(written)),
        "authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}",
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/{version}\r\n{lines}\r\n".encode(), written


@pytest.mark.parametrize(
    "given",
    [
        {"body": message("1")},
        {"body": {"batch": [message("2"), {"type": "unknown"}]}, "path": "/v1/batch"},
        {"body": b"{", "path": "/v1/batch"},
        {"body": b""},
        {"body": gzip.compress(json.dumps(message("3")).encode()), "headers": {"content-encoding": "gzip"}},
        {"body": b"\x1f\x8bnone", "headers": {"content-encoding": "gzip"}},
        {"body": message("4"), "headers": {"content-encoding": "br"}},
        {"body": message("5"), "headers": {"origin": "https://acme.example"}},
        {"body": message("6"), "headers": {"authorization": "Basic d3Jvbmc6"}},
        {"body": message("7"), "headers": {"authorization": "Basic d3Jvbmc6", "origin": "https://acme.example"}},
        {"body": message("8"), "headers": {"connection": "close"}},
        {"body": message("9"), "version": "1.0"},
        {"body": message("10"), "path": "/nowhere"},
        {"body": message("11"), "path": "/in/segment/v1/t?writeKey=x"},
        {"body": b"x" * 150_000, "path": "/in/segment/v1/t"},
        {"body": b"", "method": "GET", "path": "/healthz"},
        {"body": b"", "method": "GET", "path": "/in/segment/v1/t"},
        {"body": b"", "method": "OPTIONS"},
        {"body": b"", "method": "GET", "path": "/in/snowplow/i?e=pv&aid=web"},
        {"body": [{"event": "x", "properties": {"distinct_id": "ada"}}], "path": "/in/mixpanel/track?verbose=1"},
        {"body": {"api_key": "no", "event": "x", "distinct_id": "ada"}, "path": "/in/posthog/i/v0/e/"},
    ],
)  # fmt: skip
def test_whole_or_in_pieces_a_request_is_answered_alike(worker: Worker, given: dict[str, Any]) -> None:
    answers = []
    head, body = asked(worker.key, **given)
    half = len(body) // 2
    for pieces in (
        [head + body],
        [head, body],
        [head[:20], head[20:] + body],
        [head + body[:half], body[half:]],
    ):
        with closing(Line(port_of(worker))) as line:
            line.send(*filter(None, pieces))
            answers.append(line.answer())
            if answers[0][1].get(b"connection") == b"close":
                assert line.is_over()
            else:
                line.send(b"".join(asked(worker.key, message("after"))))
                assert line.answer()[0] == b"HTTP/1.1 200 OK"
    assert all(each == answers[0] for each in answers)


def test_requests_sent_ahead_are_answered_in_their_order(worker: Worker) -> None:
    with closing(Line(port_of(worker))) as line:
        kept, refused = asked(worker.key, message("ahead")), asked("none", message("no"))
        health = asked(worker.key, b"", "/healthz", method="GET")
        line.send(b"".join([*kept, *refused, *health, *kept, *kept, *health, *refused]))
        statuses = [line.answer()[0].split()[1] for _ in range(7)]
        assert statuses == [b"200", b"401", b"200", b"200", b"200", b"200", b"401"]


def test_what_was_sent_ahead_of_its_end_waits_for_the_rest(worker: Worker) -> None:
    with closing(Line(port_of(worker))) as line:
        head, body = asked(worker.key, message("half"))
        line.send(head + body + head[:10], head[10:] + body[:5], body[5:])
        assert [line.answer()[0].split()[1] for _ in range(2)] == [b"200", b"200"]


def test_who_hangs_up_is_not_waited_for_and_what_it_sent_is_kept(worker: Worker) -> None:
    for number in range(20):
        with closing(Line(port_of(worker))) as line:
            line.send(b"".join(asked(worker.key, message(f"gone-{number}"))))
    assert worker.post("/v1/t", message("last")) == 200
    deadline = time.monotonic() + 10
    wanted = {f"gone-{number}" for number in range(20)}
    while time.monotonic() < deadline and not wanted <= {each.event_id for each in worker.events()}:
        time.sleep(0.1)
    assert wanted <= {each.event_id for each in worker.events()}


def test_what_cannot_be_read_as_http_ends_the_connection(worker: Worker) -> None:
    with closing(Line(port_of(worker))) as line:
        head = b"POST /v1/t HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        line.send(head + b"2\r\n{}\r\nnot a chunk\r\n")
        assert line.answer()[0] == b"HTTP/1.1 400 Bad Request"
        assert line.is_over()


def test_a_body_in_chunks_is_joined(worker: Worker) -> None:
    _, body = asked(worker.key, message("chunked"))
    head = f"POST /v1/t?writeKey={worker.key} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    with closing(Line(port_of(worker))) as line:
        line.send(head.encode() + b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (body[:5], len(body) - 5, body[5:]))
        assert line.answer()[0] == b"HTTP/1.1 200 OK"


async def unasked(_scope: object, _receive: object, send: Any) -> None:  # noqa: ANN401 -- ASGI's own
    await send({"type": "http.response.start", "status": 204, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def served(take: TakeAtOnce, head: bytes) -> tuple[tuple[bytes, dict[bytes, bytes], bytes], bool]:
    """Return the answer of a server that asks `take` first, and whether it hung up."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = guarded(unasked, take=take, lifespan="off")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with closing(Line(listener.getsockname()[1])) as line:
            line.send(head)
            answer = line.answer()
            line.send(head if answer[1].get(b"connection") != b"close" else b"")
            return answer, line.is_over() if b"close" in answer[1].values() else bool(line.answer()) is False
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_a_fault_of_whoever_takes_it_is_told_and_ends_the_connection() -> None:
    def broken(*_: object) -> bool:
        raise ValueError

    answer, is_over = served(broken, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
    assert answer[0] == b"HTTP/1.1 500 Internal Server Error"
    assert is_over


def test_what_nobody_takes_goes_the_ordinary_way() -> None:
    answer, is_over = served(lambda *_: False, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
    assert answer[0] == b"HTTP/1.1 204 No Content"
    assert not is_over


def test_an_answer_that_would_end_in_its_middle_is_a_fault_of_ours() -> None:
    def split(_scope: object, _headers: object, _wire: bytes, answered: Any) -> bool:  # noqa: ANN401 -- ours
        answered({**OK, "headers": [(b"x", b"a\r\nb")]}, {"body": b"ok"})
        return True

    answer, is_over = served(split, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
    assert answer[0] == b"HTTP/1.1 500 Internal Server Error"
    assert is_over
