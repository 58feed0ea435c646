"""RudderStack's family at the door: Segment's, with addresses, times and answers of its own."""

import re
from typing import ClassVar

import msgspec

from waypost.collect.answers import GIF, Answer, Later, refusal
from waypost.collect.family import STATUS, AsWritten, Door, RefusedError
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.rudder.messages import gather_each, of_pixel
from waypost.collect.segment import Segment, read_body
from waypost.collect.segment.express import found_in
from waypost.collect.segment.routes import ROUTES
from waypost.collect.unheard import UNHEARD
from waypost.collect.ways import posted, request_of, wrapped
from waypost.core import Kind
from waypost.store import Way

_BEACON = "/beacon/v1/batch"
_PIXEL = re.compile(r"/pixel/v1/(track|page)")
_BATCHES = ("/v1/replay", _BEACON)
_MERGE = "/v1/merge"
_OK = Answer(200, b"OK", content_type=b"text/plain")
_SEEN = Answer(200, GIF, content_type=b"image/gif")


class Rudder(Segment):
    """Whoever speaks RudderStack's protocol."""

    most_bytes: ClassVar[int] = 4 * 1024 * 1024

    def takes(self, method: str, path: str) -> bool:
        """Take what Segment's takes, what a browser sends as its page goes, and pixels."""
        if method == "GET":
            return _PIXEL.fullmatch(path) is not None
        return super().takes(method, path) or (method == "POST" and path in (*_BATCHES, _MERGE))

    def recognises(self, request: Request) -> bool:
        """Tell by what only its SDKs send."""
        return b"anonymousid" in request.headers or b"originalTimestamp" in request.body

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Say that the source is there and has no destinations: without it a browser would keep all to itself."""
        del mount
        if request.path != "/sourceConfig" or request.method not in ("GET", "HEAD"):
            return None
        key = self.key(request) or ""
        source = {
            "id": key,
            "name": "Waypost",
            "writeKey": key,
            "enabled": True,
            "destinations": [],
            "config": {},
        }
        return Answer(200, msgspec.json.encode({"source": source}))

    def as_written(self, request: Request) -> AsWritten | None:
        """Let a body pass with which nothing is wrong as a whole; it is heard later, in its own words."""
        route = ROUTES.get(request.path)
        if request.method != "POST" or request.path == _MERGE or (route and route.ignored):
            return None
        found = found_in(request.body, route.kind if route else None)
        return AsWritten(found.key, UNHEARD, found.n) if found else None

    def accepted(self, request: Request) -> Answer:
        """Say OK."""
        del request
        return _OK

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each message for itself."""
        if pixel := _PIXEL.fullmatch(request.path):
            message = of_pixel(request.query_string, pixel[1])
            gather_each(read_body(wrapped(message, "batch", {}), None), door(None))
            return _SEEN
        route = ROUTES.get(request.path)
        if route and route.ignored:
            return _OK
        merging = request.path == _MERGE
        batch = read_body(request.body, Kind.ALIAS if merging else route.kind if route else None)
        gathering = door(batch.write_key)
        gathering.around = batch.around
        gather_each(batch, gathering, merging=merging)
        return _OK

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message where it came; what a pixel said is a message of a batch."""
        if _PIXEL.fullmatch(way.path):
            return posted("/v1/batch", wrapped(raw, "batch", {}))
        if way.path == _MERGE:
            return request_of(way, raw)
        return super().alone(raw, way)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Say why, with the `code` that its Python SDK looks for in each answer that is not 200."""
        if _PIXEL.fullmatch(request.path):
            return Answer(STATUS.get(refused.why, 400), GIF, content_type=b"image/gif")
        if refused.why is TurnedAway.BODY_TOO_LARGE:
            return refusal(413, refused.why.value, refused.detail)
        return super().refused(request, refused)

    def later(self, request: Request, later: Later) -> Answer:
        """Answer 503: all its SDKs come again."""
        del request
        return refusal(503, later.code, later.message, retry_after_s=later.retry_after_s)
