"""Bodies of drains as lines: counted syslog frames, an array of JSON, or one line after another."""

import re
from collections.abc import Iterator

from waypost.collect.family import BadBodyError
from waypost.collect.pieces import elements
from waypost.collect.request import Request

LOGPLEX = b"application/logplex-1"
_COUNT = re.compile(rb"\s*(\d{1,7}) ")


def lines_of(request: Request) -> Iterator[bytes]:
    """Yield the lines of a body without their ends. Raises BadBodyError when it is not what its type says."""
    if is_logplex(request):
        return _framed(request.body)
    if request.body.lstrip()[:1] == b"[":
        return iter(elements(request.body))
    return (stripped for line in request.body.split(b"\n") if (stripped := line.strip()))


def is_logplex(request: Request) -> bool:
    """Tell whether a body is what Heroku's Logplex sends."""
    return request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == LOGPLEX


def framed(line: bytes) -> bytes:
    """Return a line as Logplex would send it."""
    return b"%d %s" % (len(line), line)


def _framed(body: bytes) -> Iterator[bytes]:
    at, frames = 0, list[bytes]()
    while body[at:].strip():
        count = _COUNT.match(body, at)
        if count is None:
            raise BadBodyError("the body is not made of frames that each begin with their length")
        at = count.end() + int(count[1])
        if at > len(body):
            raise BadBodyError("the last frame is shorter than the length that it begins with")
        if frame := body[count.end() : at].strip():
            frames.append(frame)
    return iter(frames)
