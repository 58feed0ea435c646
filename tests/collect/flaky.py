"""A proxy that fails at first: it refuses what comes, or passes it on and loses the answer."""

import http.client
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

#: The answer is lost after the events were stored: whoever sends them again must not have them twice.
LOST = 0
#: The same, but a gateway answers 504 in place of it.
STORED_BUT_504 = -504
_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")


class Flaky(ThreadingHTTPServer):
    """Where it stands, how it failed each request that it failed, and what the others were answered."""

    def __init__(self, target: str, failures: Sequence[int], before: Callable[[], None] | None) -> None:
        """Stand before `target`, with failures to come."""
        super().__init__(("127.0.0.1", 0), _Passing)
        self.host = f"http://127.0.0.1:{self.server_port}"
        self.target = urlsplit(target)
        self.failed: list[int] = []
        self.statuses: list[int] = []
        self._to_come = list(failures)
        self._before = before
        self._lock = threading.Lock()

    def next_failure(self) -> int | None:
        """Return how to fail the request at hand, None to pass it on."""
        with self._lock:
            if self._before:
                self._before()
                self._before = None
            if not self._to_come:
                return None
            self.failed.append(self._to_come.pop(0))
            return self.failed[-1]


@contextmanager
def flaky(
    target: str,
    failures: Sequence[int],
    *,
    certificate: Path | None = None,
    before: Callable[[], None] | None = None,
) -> Iterator[Flaky]:
    """Pass requests on to `target`, but fail the first that send something, each with a status or LOST.

    With a certificate (and its key in the same file) it is spoken to over TLS: some SDKs know nothing else.
    `before` is done once, before the first of them is passed on.
    """
    server = Flaky(target, failures, before)
    if certificate:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(certificate)
        server.socket = secure.wrap_socket(server.socket, server_side=True)
        server.host = server.host.replace("http:", "https:")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def certificate_in(folder: Path) -> Path:
    """Make a certificate for this machine, with its key in the same file; `FILE.crt` is the certificate alone."""
    file = folder / "both.pem"
    subprocess.run(
        [*("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
         *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", f"{file}.crt")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Flaky

    def do_GET(self) -> None:
        self._pass(self._body())

    def do_OPTIONS(self) -> None:
        self._pass(b"")

    def do_DELETE(self) -> None:
        self._pass(self._body())

    def do_PUT(self) -> None:
        self._pass(self._body())

    def do_POST(self) -> None:
        body = self._body()
        failure = self.server.next_failure()
        if failure and failure > LOST:
            self._answer(failure, [("retry-after", "1")], b"")
        else:
            self._pass(body, failure)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        pieces = []
        while size := int(self.rfile.readline().strip(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _pass(self, body: bytes, failure: int | None = None) -> None:
        target = self.server.target
        onward = http.client.HTTPConnection(target.hostname or "", target.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        onward.request(self.command, self.path, body, headers)
        answer = onward.getresponse()
        said = answer.read()
        onward.close()
        self.server.statuses.append(answer.status)
        if failure == LOST:
            self.close_connection = True
        elif failure:
            self._answer(-failure, [], b"")
        else:
            self._answer(answer.status, answer.getheaders(), said)

    def _answer(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        given = dict(headers)
        given.setdefault("access-control-allow-origin", self.headers.get("origin", "*"))
        given.setdefault("access-control-allow-credentials", "true")
        for name, value in given.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
