"""Real receivers on loopback: an SMTP server that keeps what it takes, and an HTTP server that does too."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

OK = "250 Message accepted for delivery"


class Mailbox:
    """An SMTP server; `refuse_rcpt` and `refuse_data` are its answers to addresses that start with a name."""

    def __init__(self, **server: Any) -> None:  # noqa: ANN401 -- whatever aiosmtpd's server takes
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.answers_to_rcpt: dict[str, str] = {}
        self.answer_to_data = OK
        self.hang_up_after_data = False
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **server)
        self._controller.start()

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def close(self) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: object,
        _session: object,
        envelope: Any,  # noqa: ANN401 -- aiosmtpd has no types
        address: str,
        _options: object,
    ) -> str:
        answer = self.answers_to_rcpt.get(address.partition("@")[0], OK)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 -- as above
        if self.answer_to_data.startswith("2"):
            self.raw.append(envelope.content)
            self.recipients.extend(envelope.rcpt_tos)
        if self.hang_up_after_data:
            server.transport.close()
        return self.answer_to_data


def signing_in(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that knows one user."""

    def check(
        _server: object, _session: object, _envelope: object, _mechanism: str, given: object
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and given == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=right, handled=right)

    return check


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Rude:
    """An SMTP server that answers each command as it is told, and hangs up when told nothing ("")."""

    def __init__(self, **answers: str) -> None:
        self._answers = {
            "ehlo": "250 rude",
            "mail": "250 ok",
            "rcpt": "250 ok",
            "data": "354 go on",
            **answers,
        }
        self._answers.setdefault("text", "250 taken")
        self.taken = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            line, _ = self._socket.accept()
            with line, cast("IO[bytes]", line.makefile("rwb")) as talk:
                self._say(talk, "220 rude")
                while command := talk.readline():
                    verb = command[:4].decode().lower()
                    self._say(talk, self._answers.get(verb, ""))
                    if verb == "data" and self._answers["data"].startswith("354"):
                        while talk.readline() != b".\r\n":
                            pass
                        self.taken += self._answers["text"].startswith("250")
                        self._say(talk, self._answers["text"])

    @staticmethod
    def _say(talk: IO[bytes], answer: str) -> None:
        if not answer:
            raise OSError("hung up")
        talk.write(f"{answer}\r\n".encode())
        talk.flush()


class Hook:
    """An HTTP server that keeps every request; `answer` is its status and headers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.requests.append((self.path, dict(self.headers.items()), body))
                self.send_response(hook.status)
                for name, value in hook.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
