"""The server that the collector is compared with: it reads a request, and answers without parsing or storing."""

import socket
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from waypost.run.guarding import guarded

ANSWER = b'{"success":true}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
_START: MutableMapping[str, Any] = {"status": 200, "headers": _HEADERS}
_BODY: MutableMapping[str, Any] = {"body": ANSWER}


async def answer(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI's own
    """Answer whatever is asked as the collector would."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


def answer_at_once(
    _scope: Mapping[str, Any],
    _headers: Mapping[bytes, bytes],
    _wire: bytes,
    answered: Callable[[MutableMapping[str, Any], MutableMapping[str, Any]], None],
) -> bool:
    """Answer whatever comes whole, the way that the collector's requests take."""
    answered(_START, _BODY)
    return True


def main() -> None:
    """Serve on the listening socket that was handed in, with the settings of a collector worker.

    With `at_once` behind it requests take the short way, else all go over ASGI.
    """
    server = guarded(
        answer,
        take=answer_at_once if sys.argv[2:] == ["at_once"] else None,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
