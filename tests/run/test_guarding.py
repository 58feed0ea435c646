"""Strangers at the socket before a request is whole: slow ones, endless ones, broken ones."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.collect.running import Worker, running
from waypost.run.guarding import GuardedServer, Patience, guarded

ASKED = b"POST /v1/batch HTTP/1.1\r\nhost: a\r\n"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with running(tmp_path_factory.mktemp("guarded")) as found:
        yield found


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as found:
        yield found


def heard(line: socket.socket) -> bytes:
    """Return everything until the other side hangs up."""
    pieces = []
    try:
        while piece := line.recv(65_536):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def port_of(worker: Worker) -> int:
    return int(worker.listener.getsockname()[1])


@pytest.mark.parametrize("line", [b"x-%d: y\r\n", b"cookie: %0900d\r\n", b"x" * 1_000 + b"%d: y\r\n"])
def test_a_head_that_never_ends_is_cut_off(worker: Worker, line: bytes) -> None:
    with connected(port_of(worker)) as sending:
        sending.sendall(ASKED)
        sent = 0
        try:
            for number in range(1_000_000):
                sent += sending.send(line % number)
        except ConnectionError:
            pass
        assert sent < 8_000_000
        assert b" 431 " in heard(sending)[:40] or sent > 64 * 1024
    assert worker.post("/v1/batch", {"batch": []}) == 200


@pytest.mark.parametrize("rubbish", [b"\x00\xff" * 40, b"GET\r\n\r\n", b"POST /v1/t HTTP/1.1\r\nx y\r\n\r\n"])
def test_what_is_not_http_is_refused(worker: Worker, rubbish: bytes) -> None:
    with connected(port_of(worker)) as sending:
        sending.sendall(rubbish)
        assert heard(sending).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("value", [b"\x7f", b"\xff\xfe", b"a\tb", b'"'])
def test_an_origin_that_no_answer_may_repeat_is_no_fault_of_ours(worker: Worker, value: bytes) -> None:
    for method in (b"POST", b"OPTIONS"):
        with connected(port_of(worker)) as sending:
            repeated = b"access-control-request-headers: " + value
            head = b"%b /v1/t HTTP/1.1\r\nhost: a\r\norigin: %b\r\n%b\r\n" % (method, value, repeated)
            sending.sendall(head + b"connection: close\r\ncontent-length: 0\r\n\r\n")
            assert heard(sending)[9:12] in (b"200", b"400", b"401")


def test_an_answer_without_a_body_and_a_body_that_waits_to_be_asked_for_are_not_held_back(
    worker: Worker,
) -> None:
    with connected(port_of(worker)) as sending:
        sending.sendall(b"HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        assert sending.recv(1_000).endswith(b"\r\n\r\n")
        sending.sendall(ASKED + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert sending.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sending.sendall(b"{}")
        assert sending.recv(1_000).endswith(b"}")


async def answer(scope: dict[str, object], receive: object, send: object) -> None:
    """Answer once the body is there."""
    while (await receive()).get("more_body"):  # type: ignore[operator]
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]


@pytest.fixture(scope="module")
def impatient() -> Iterator[int]:
    """A server that waits for a head for a moment only."""
    listener = socket.create_server(("127.0.0.1", 0))
    server: GuardedServer = guarded(answer, Patience(head_s=0.2, request_s=0.8), lifespan="off")
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"POST"],
        [ASKED + b"content-length: 2\r\n\r\nab", b"POST /"],
        [ASKED + b"content-length: 9\r\n\r\n", b"a"],
        [ASKED + b"content-length: 9\r\n\r\na", b"b"],
    ],
    ids=["nothing", "a word", "a second head", "no body", "half a body"],
)
def test_who_takes_too_long_over_a_request_is_hung_up_on(impatient: int, pieces: list[bytes]) -> None:
    with connected(impatient) as sending:
        for piece in pieces:
            sending.sendall(piece)
            time.sleep(0.05)
        began = time.monotonic()
        heard(sending)
        assert time.monotonic() - began < 5


def test_who_sends_in_time_is_answered_for_as_long_as_it_sends(impatient: int) -> None:
    with connected(impatient) as sending:
        for _ in range(25):
            sending.sendall(ASKED + b"content-length: 2\r\n\r\nab")
            assert sending.recv(1_000).endswith(b"ok")
            time.sleep(0.1)
