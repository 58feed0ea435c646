"""The control door: a command asks the running Waypost to act, over loopback, with a token of its owner's."""

import hmac
import http.client
import os
import secrets
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
import structlog

from waypost.core import StoreError, WaypostError
from waypost.run.act import Act, Progress, Tell

W = TypeVar("W")
A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R")

LONGEST_QUESTION = 16 * 1024 * 1024
CONNECT_WITHIN_S = 2.0
ENDS_WITHIN_S = 0.05
log = structlog.get_logger("control")


class RefusedByDoorError(WaypostError):
    """The running Waypost did not do what it was asked, and says why in one line."""


class NobodyAtTheDoorError(StoreError):
    """No running Waypost answers for this data folder."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the door is; kept in the data folder, readable by its owner only."""

    port: int
    token: str
    process: int


class News(msgspec.Struct, frozen=True, tag="news"):
    """A line of the door's answer: how far the act is."""

    progress: Progress


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The last line of an act that was done."""

    answer: msgspec.Raw


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """The last line of an act that was not."""

    says: str


class ControlDoor:
    """Does acts on one workspace for commands that ask, each in a thread of its own."""

    def __init__(self, folder: Path, acts: Mapping[str, Act[Any, Any, Any]], workspace: object) -> None:
        """Open the door on a free loopback port and write down where it is."""
        token = secrets.token_urlsafe(32)
        handler = type("Handler", (_Handler,), {"acts": acts, "workspace": workspace, "token": token})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._file = folder / "control.json"
        self._place = Place(port=self._server.server_address[1], token=token, process=os.getpid())
        serving = threading.Thread(
            target=self._server.serve_forever, args=[ENDS_WITHIN_S], name="control", daemon=True
        )
        serving.start()
        _write_private(self._file, msgspec.json.encode(self._place))

    def close(self) -> None:
        """Shut the door; acts under way end with this process."""
        if _place_of(self._file.parent) == self._place:
            self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()


def ask_at_the_door(folder: Path, act: Act[Any, A, R], arguments: A, tell: Tell) -> R:
    """Return the running Waypost's answer to an act.

    Raises NobodyAtTheDoorError when none runs on this folder, RefusedByDoorError when it could not do it.
    """
    place = _place_of(folder)
    if place is None:
        raise NobodyAtTheDoorError(f"no Waypost is running on {folder}")
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=CONNECT_WITHIN_S)
    try:
        connection.connect()
    except OSError:
        raise NobodyAtTheDoorError(f"no Waypost is running on {folder}") from None
    try:
        # An act may take minutes and is silent in between; what ends it is its end.
        connection.sock.settimeout(None)
        headers = {"Authorization": f"Bearer {place.token}"}
        connection.request("POST", f"/{act.name}", msgspec.json.encode(arguments), headers)
        return _answer(connection.getresponse(), act, tell)
    except (OSError, http.client.HTTPException):
        raise RefusedByDoorError("the running Waypost stopped before it had answered; try again") from None
    finally:
        connection.close()


def _answer(response: http.client.HTTPResponse, act: Act[Any, A, R], tell: Tell) -> R:
    if response.status == HTTPStatus.UNAUTHORIZED:
        # Somebody else's server took the port after ours had died; it was told nothing but a token of no use.
        raise NobodyAtTheDoorError("the running process is not this data folder's Waypost")
    for text in response:
        match msgspec.json.decode(text, type=News | Answer | Refusal):
            case News(progress):
                tell(progress)
            case Answer(answer):
                return msgspec.json.decode(answer, type=act.answers)
            case Refusal(says):
                raise RefusedByDoorError(says)
    raise http.client.IncompleteRead(b"")


def _place_of(folder: Path) -> Place | None:
    try:
        return msgspec.json.decode((folder / "control.json").read_bytes(), type=Place)
    except (OSError, msgspec.DecodeError):
        return None


def _write_private(file: Path, content: bytes) -> None:
    fresh = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as writing:
        writing.write(content)
    fresh.replace(file)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request: object, client_address: object) -> None:
        """Note that a command left before its answer; its act stands as far as it got."""
        log.info("a command left before its answer", client=str(client_address))


class _Handler(BaseHTTPRequestHandler):
    """Answers `POST /<act>` with one JSON line per piece of news and one for the end."""

    acts: Mapping[str, Act[Any, Any, Any]]
    workspace: object
    token: str
    timeout = 30

    def do_POST(self) -> None:
        """Do one act."""
        given = self.headers.get("Authorization", "")
        length = self.headers.get("Content-Length", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            self._start(HTTPStatus.UNAUTHORIZED)
        elif not length.isdecimal() or int(length) > LONGEST_QUESTION:
            self._start(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            question = self.rfile.read(int(length))
            self._start(HTTPStatus.OK)
            self._say(self._outcome(self.path.removeprefix("/"), question))

    def _outcome(self, name: str, question: bytes) -> Answer | Refusal:
        try:
            act = self.acts[name]
            arguments = msgspec.json.decode(question, type=act.asks)
        except (KeyError, msgspec.DecodeError):
            return Refusal(f"the running Waypost knows no such {name}; restart it after an upgrade")
        try:
            answer = act.do(self.workspace, arguments, lambda progress: self._say(News(progress)))
            return Answer(msgspec.Raw(msgspec.json.encode(answer)))
        except WaypostError as error:
            return Refusal(str(error))
        except ConnectionError:
            raise
        except Exception:  # whatever it is, the asking command gets one line and the log gets all of it
            fault = uuid4().hex[:8]
            log.exception("act failed", act=name, fault=fault)
            return Refusal(f"{name} failed inside Waypost; the log has it as fault {fault}")

    def _start(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/jsonl")
        self.end_headers()

    def _say(self, line: News | Answer | Refusal) -> None:
        self.wfile.write(msgspec.json.encode(line) + b"\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
        """Say nothing; acts are told by the commands themselves."""
