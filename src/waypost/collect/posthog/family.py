"""PostHog's family at the door: both versions of its capture protocol, and what its SDKs poll."""

from typing import ClassVar

import msgspec

from waypost.collect.answers import Answer, refusal
from waypost.collect.clocks import iso, known
from waypost.collect.family import AsWritten, BadBodyError, Door, Family, RefusedError
from waypost.collect.pieces import UnreadableError, fields, id_of, message, text
from waypost.collect.posthog.body import Envelope, envelope, found_in, plain
from waypost.collect.posthog.config import asked_for
from waypost.collect.posthog.events import Arrival, events_of, key_in
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import keep
from waypost.collect.unheard import UNHEARD
from waypost.collect.ways import posted, wrapped
from waypost.store import Way

MOST_MESSAGES = 2_500
_V1 = "/i/v1/analytics/events"
_BATCH = "/batch"
_V0 = (_BATCH, "/capture", "/e", "/i/v0/e", "/i/v0/ai", "/i/v0/ai/batch")
#: Old addresses, which another protocol has too: there only what looks like PostHog's is taken for it.
_OLD = ("/track", "/engage")
#: Recordings of the screen are let go; what is taken elsewhere at the same address must not have them.
_RECORDINGS = "/s"
_TAKES = frozenset((_V1, *_V0, *_OLD, _RECORDINGS))
_TAKEN = Answer(200, b'{"status":1}')


class PostHog(Family):
    """Whoever speaks PostHog's capture protocol. Its Python SDK sends up to 5 MB at once, and drops what is refused."""

    most_bytes: ClassVar[int] = 8 * 1024 * 1024

    def takes(self, method: str, path: str) -> bool:
        """Take events by POST."""
        return method == "POST" and path in _TAKES

    def key(self, request: Request) -> str | None:
        """Return the token of bearer auth, which the newest protocol sends; the older ones name it in the body."""
        return request.bearer

    def recognises(self, request: Request) -> bool:
        """Tell by the key or by the SDK's own mark, where another protocol may be meant."""
        if request.path in _OLD:
            try:
                written, _ = plain(request, self.most_bytes)
            except BadBodyError:
                return False
            return b'"api_key"' in written or b'"$lib"' in written
        if request.path == _BATCH:
            return _holds_a_batch(request, self.most_bytes)
        return not (
            "_k" in request.query or request.body.startswith(b"_k=") or b"&_k=" in request.body[:2_000]
        )

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Tell the SDKs that there are no flags, no surveys and no recordings."""
        return asked_for(request, mount)

    def as_written(self, request: Request) -> AsWritten | None:
        """Let a body pass that is whole and names its key around all of it, where no message is told its verdict."""
        found = found_in(request.body) if request.path in _V0 else None
        if found is None or not (found.key or request.bearer) or found.n > MOST_MESSAGES:
            return None
        # Another protocol's list of events at this address would be one message here.
        if found.is_one and request.path == _BATCH:
            return None
        return AsWritten(found.key, UNHEARD, found.n)

    def accepted(self, request: Request) -> Answer:
        """Say that it was taken."""
        del request
        return _TAKEN

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each message for itself; the newest protocol hears of each."""
        if request.path == _RECORDINGS:
            return _TAKEN
        around = envelope(request, self.most_bytes)
        if request.path == _V1:
            stamp = request.headers.get(b"posthog-request-timestamp", b"").decode(errors="replace")
            around = around._replace(sent_at=known(iso(stamp)))
        arrival = Arrival(received_at=request.received_at, sent_at=around.sent_at)
        results: dict[str, dict[str, str]] = {}
        for number, raw in enumerate(around.messages):
            uuid, why = _heard(raw, number, around, arrival, door)
            if uuid:
                results[uuid] = {"result": "drop", "details": SAYS[why]} if why else {"result": "ok"}
        if request.path == _V1:
            return Answer(200, msgspec.json.encode({"results": results}))
        return _TAKEN

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message as a batch, whichever way it was packed."""
        return posted("/batch", wrapped(raw, "batch", way.around))

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Answer 413 to what is too large: some of its SDKs send it again in halves."""
        if refused.why is TurnedAway.BODY_TOO_LARGE:
            return refusal(413, refused.why.value, refused.detail)
        return super().refused(request, refused)


def _holds_a_batch(request: Request, most: int) -> bool:
    try:
        written, _ = plain(request, most)
        return written.startswith(b"[") or "events" not in (around := fields(written)) or "batch" in around
    except BadBodyError:
        return False


def _heard(
    raw: bytes, number: int, around: Envelope, arrival: Arrival, door: Door
) -> tuple[str | None, TurnedAway | None]:
    """Keep one message or refuse it; return its id and why it was refused."""
    try:
        said = message(raw)
    except UnreadableError as error:
        gathering = door(around.key)
        gathering.around = around.around
        gathering.refuse(error.why, raw, error.detail)
        return _uuid_in(raw), error.why
    gathering = door(around.key or key_in(said))
    gathering.around = around.around
    uuid = id_of(said.get("uuid"))
    if number >= MOST_MESSAGES:
        gathering.refuse(TurnedAway.TOO_MANY, raw)
        return uuid, TurnedAway.TOO_MANY
    first, *beside = events_of(said, raw, arrival)
    why = keep(first, gathering)
    if why is None:
        for each in beside:
            keep(each, gathering)
    return uuid, why


def _uuid_in(raw: bytes) -> str | None:
    """Return the id of a message that cannot be read otherwise."""
    try:
        return text(fields(raw).get("uuid"))
    except BadBodyError:
        return None
