"""Segment's family at the door: one message or a batch, with the key in the header, the address or the body."""

from waypost.collect.answers import Answer, Later, refusal
from waypost.collect.family import SUCCESS, AsWritten, Door, Family
from waypost.collect.request import Request
from waypost.collect.segment.body import read_body
from waypost.collect.segment.express import whole
from waypost.collect.segment.gather import gather
from waypost.collect.segment.routes import ROUTES, settings_answer
from waypost.collect.ways import request_of, wrapped
from waypost.store import Way

MOST_HEADERS_REMEMBERED = 1_000


class Segment(Family):
    """Whoever speaks Segment's tracking protocol, with its mount in the addresses that it hands out."""

    def __init__(self) -> None:
        """Begin with no header read yet."""
        self._keys: dict[bytes, str] = {}

    def takes(self, method: str, path: str) -> bool:
        """Take what ROUTES names, by POST."""
        return method == "POST" and path in ROUTES

    def key(self, request: Request) -> str | None:
        """Return the user name of basic auth, with or without the colon that should follow it, or `writeKey`."""
        # Every request of an SDK carries the same header: reading it anew would cost a fifth of a small one.
        written = request.headers.get(b"authorization", b"")
        if key := self._keys.get(written):
            return key
        user = request.basic[0] if request.basic else None
        if user and len(self._keys) < MOST_HEADERS_REMEMBERED:
            self._keys[written] = user
        # Beacons cannot set headers.
        return user or (request.query.get("writeKey") or None if request.query_string else None)

    def recognises(self, request: Request) -> bool:
        """Leave to RudderStack's family what only its SDKs send."""
        return b"anonymousid" not in request.headers and b"originalTimestamp" not in request.body

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Tell a browser where to send."""
        return settings_answer(request, mount) if request.method in ("GET", "HEAD") else None

    def as_written(self, request: Request) -> AsWritten | None:
        """Let a body pass with which nothing is wrong as a whole."""
        route = ROUTES[request.path]
        if route.ignored or b"anonymousid" in request.headers:
            return None
        return whole(request.body, route.kind)

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each message of a body for itself."""
        route = ROUTES[request.path]
        if route.ignored:
            return SUCCESS
        batch = read_body(request.body, route.kind)
        gathering = door(batch.write_key)
        gathering.around = batch.around
        gather(batch, gathering)
        return SUCCESS

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message where it came, with the clock and the context of its batch."""
        route = ROUTES.get(way.path)
        body = raw if route and route.kind else wrapped(raw, "batch", way.around)
        return request_of(way, body)

    def later(self, request: Request, later: Later) -> Answer:
        """Answer 429 too: these clients wait as long as they are told, and do not count it as a try."""
        del request
        return refusal(later.status, later.code, later.message, retry_after_s=later.retry_after_s)
