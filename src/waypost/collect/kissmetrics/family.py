"""KISSmetrics' family at the door: whatever comes is answered with a picture."""

from waypost.collect.answers import GIF, Answer, Later
from waypost.collect.bodies import form_fields, unescaped
from waypost.collect.family import Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.kissmetrics.events import alias, event, traits
from waypost.collect.readings import instant_of
from waypost.collect.request import Request
from waypost.collect.told import Told, keep
from waypost.collect.ways import posted
from waypost.store import Way

_PATHS = ("/e", "/s", "/a")
_SEEN = Answer(200, GIF, [(b"cache-control", b"no-store")], content_type=b"image/gif")


class Kissmetrics(Family):
    """Whoever speaks KISSmetrics' protocol."""

    def takes(self, method: str, path: str) -> bool:
        """Take events, properties and aliases."""
        return method in ("GET", "POST") and path in _PATHS

    def key(self, request: Request) -> str | None:
        """Return the key in the address; one in a form is found as it is heard."""
        return request.query.get("_k") or None

    def recognises(self, request: Request) -> bool:
        """Tell by the parameter that the key has."""
        return "_k" in request.query or request.body.startswith(b"_k=") or b"&_k=" in request.body

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge the one message that a call is."""
        said, raw = _said(request)
        key = said.pop("_k", None)
        keep_all(_told(request.path, said, raw), door(key))
        return _SEEN

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a call as a form."""
        return posted(way.path, raw, content_type=b"application/x-www-form-urlencoded")

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Answer as ever: its libraries look at nothing, and a page would show a broken picture."""
        del request, refused
        return _SEEN

    def later(self, request: Request, later: Later) -> Answer:
        """Answer 429, the one status after which its Python library comes again."""
        del request
        wait = (b"retry-after", str(later.retry_after_s).encode())
        return Answer(429, GIF, [wait], content_type=b"image/gif")


def keep_all(told: list[Told], gathering: Gathering) -> None:
    """Keep an event and, when it was kept, what follows from it."""
    if not keep(told[0], gathering):
        for follows in told[1:]:
            keep(follows, gathering)


def _said(request: Request) -> tuple[dict[str, str], bytes]:
    """Return the parameters as text, and the call as it came but for its key."""
    written = {**form_fields(request.query_string), **form_fields(request.body)}
    raw = b"&".join(
        name.encode(errors="replace") + b"=" + value for name, value in written.items() if name != "_k"
    )
    return {name: unescaped(value).decode(errors="surrogateescape") for name, value in written.items()}, raw


def _told(path: str, said: dict[str, str], raw: bytes) -> list[Told]:
    happened_at = instant_of(said.get("_t")) if said.get("_d") == "1" else None
    if path == "/a":
        return alias(said, raw, "_n", happened_at)
    return event(said, raw, happened_at) if path == "/e" else traits(said, raw, happened_at)
