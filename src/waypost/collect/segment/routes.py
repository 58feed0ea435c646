"""Which address of the protocol takes what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from waypost.collect.answers import Answer
from waypost.collect.request import Request
from waypost.core import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What an address takes: messages of one kind (None: batches of any), or something to be ignored."""

    kind: Kind | None = None
    ignored: bool = False


_WORDS = {
    Route(kind=Kind.TRACK): ("track", "t"),
    Route(kind=Kind.IDENTIFY): ("identify", "i"),
    Route(kind=Kind.PAGE): ("page", "p"),
    Route(kind=Kind.SCREEN): ("screen", "s"),
    Route(kind=Kind.GROUP): ("group", "g"),
    Route(kind=Kind.ALIAS): ("alias", "a"),
    Route(): ("batch", "import", "b"),
    Route(ignored=True): ("m",),
}
ROUTES: Mapping[str, Route] = {f"/v1/{word}": route for route, words in _WORDS.items() for word in words}

_SETTINGS = re.compile(r"/v1/projects/([^/]{1,200})/settings")
_HOST = re.compile(rb"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def settings_answer(request: Request, mount: str, name: str = "Segment.io") -> Answer | None:
    """Return what the browser SDK asks for at start: where to send. None when another address was asked for.

    It is answered for every key, known or not: without it the SDK would send nothing, or send to its vendor. It sends
    with the key that it is told here, not the one that it was loaded with. `name` is the one under which it looks; for
    any other it would fetch a script of its vendor's.
    """
    host = request.headers.get(b"host", b"")
    asked = _SETTINGS.fullmatch(request.path)
    if not asked or not _HOST.fullmatch(host):
        return None
    encrypted = b"https" in (
        request.headers.get(b"x-forwarded-proto", b"").lower(),
        request.scheme.encode(),
    )
    protocol = "https" if encrypted else "http"
    sending = {"apiKey": asked[1], "apiHost": f"{host.decode()}{mount}/v1", "protocol": protocol}
    return Answer(200, msgspec.json.encode({"integrations": {name: sending}}))
