"""CloudEvents at the door: one address, three ways to write an event, and the handshake of webhooks."""

from typing import ClassVar

from waypost.collect.answers import HANDSHAKE, Answer, refusal
from waypost.collect.cloudevents.events import events_of
from waypost.collect.cloudevents.sent import BATCH, is_cloudevent, read, sent
from waypost.collect.family import Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import UnreadableError
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import keep
from waypost.collect.ways import posted
from waypost.store import Way

MOST_MESSAGES = 2_500
_PATHS = ("", "/cloudevents", "/events")
_TAKEN = Answer(200, b'{"success":true}')


class CloudEvents(Family):
    """Whoever sends CloudEvents 1.0 over HTTP, by its SDKs, brokers or webhooks."""

    most_bytes: ClassVar[int] = 2 * 1024 * 1024

    def takes(self, method: str, path: str) -> bool:
        """Take events by POST, at the mount itself too."""
        return method == "POST" and path in _PATHS

    def key(self, request: Request) -> str | None:
        """Return the token of bearer auth, the user of basic auth, or what stands in the address.

        There the standard's webhooks call it `access_token`.
        """
        basic = request.basic[0] if request.basic else None
        query = request.query
        return request.bearer or basic or query.get("key") or query.get("access_token") or None

    def recognises(self, request: Request) -> bool:
        """Tell by what the request says of itself."""
        return is_cloudevent(request)

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Let a webhook in that asks whether it may send; it sends with a key, or is refused then."""
        del mount
        origin = request.headers.get(HANDSHAKE)
        if request.method != "OPTIONS" or not origin or request.path not in _PATHS:
            return None
        allowed = [(b"webhook-allowed-origin", origin), (b"webhook-allowed-rate", b"*"), (b"allow", b"POST")]
        return Answer(200, b"{}", allowed)

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send an event as a batch of one, however it was written."""
        del way
        return posted("/events", b"[" + raw + b"]", content_type=BATCH)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Answer 415 to what is no CloudEvent, as the standard asks."""
        if refused.why is TurnedAway.BAD_BODY and not is_cloudevent(request):
            return refusal(415, refused.why.value, refused.detail)
        return super().refused(request, refused)

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each event of a batch for itself; one that is alone hears what is wrong with it."""
        gathering = door(None)
        raws = sent(request)
        whys = [why for number, raw in enumerate(raws) if (why := _heard(raw, number, gathering))]
        return _TAKEN if not whys or len(raws) > 1 else refusal(400, whys[0].value, SAYS[whys[0]])


def _heard(raw: bytes, number: int, gathering: Gathering) -> TurnedAway | None:
    """Keep one event or refuse it; return why."""
    try:
        if number >= MOST_MESSAGES:
            gathering.refuse(TurnedAway.TOO_MANY, raw)
            return TurnedAway.TOO_MANY
        first, *beside = events_of(read(raw), raw)
    except UnreadableError as error:
        gathering.refuse(error.why, raw, error.detail)
        return error.why
    why = keep(first, gathering)
    if why is None:
        for each in beside:
            keep(each, gathering)
    return why
