"""Amplitude's family at the door: answers name the events that were refused, so that its SDKs drop those alone."""

from collections import defaultdict
from typing import Any, ClassVar

import msgspec

from waypost.collect.amplitude.events import events_of
from waypost.collect.amplitude.sent import FORMS, Sent, alone, sent
from waypost.collect.answers import Answer, Headers, Later
from waypost.collect.clocks import milliseconds, settled
from waypost.collect.family import BadBodyError, Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import UnreadableError, fields, message
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import keep
from waypost.store import Way

MOST_MESSAGES = 2_000
_BATCH = "/batch"
_TAKES = frozenset(("/2/httpapi", _BATCH, *FORMS))
_ID_LENGTHS = (TurnedAway.TOO_LONG, TurnedAway.NO_ID)


class Amplitude(Family):
    """Whoever speaks Amplitude's HTTP interface, of today or of before."""

    most_bytes: ClassVar[int] = 4 * 1024 * 1024

    def takes(self, method: str, path: str) -> bool:
        """Take events by POST, and what describes people and groups by GET too."""
        return path in _TAKES and (method == "POST" or (method == "GET" and path in FORMS))

    def key(self, request: Request) -> str | None:
        """Return None: the body names it."""
        del request
        return None

    def recognises(self, request: Request) -> bool:
        """Tell by its list of events, where another protocol takes batches too."""
        if request.path != _BATCH:
            return True
        try:
            around = fields(request.body)
        except BadBodyError:
            return False
        return "events" in around and "batch" not in around

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each message for itself; the sound ones are stored also when the answer names others."""
        said = sent(request)
        gathering = door(said.key)
        gathering.around = said.around
        if len(said.messages) > MOST_MESSAGES:
            # Nothing is taken, so that its SDKs send it in halves.
            detail = "the request holds more than 2,000 events; send fewer at once"
            raise RefusedError(TurnedAway.BODY_TOO_LARGE, gathering.source, detail)
        wrong: dict[TurnedAway, list[int]] = defaultdict(list)
        linked: set[str] = set()
        for index, raw in enumerate(said.messages):
            if why := _heard(raw, said, gathering, linked):
                wrong[why].append(index)
        if wrong:
            return _invalid(wrong)
        ingested = {
            "events_ingested": len(said.messages),
            "payload_size_bytes": len(request.body),
            "server_upload_time": int(request.received_at.timestamp() * 1_000),
        }
        return _answer(200, ingested)

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message where it came: the older addresses say what it is."""
        return alone(raw, way)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Say it so that its SDKs stop at a wrong key, halve what is too large, and drop what cannot be read."""
        del request
        match refused.why:
            case TurnedAway.NO_KEY | TurnedAway.WRONG_KEY:
                return _answer(400, {"error": f"Invalid API key: {refused.detail}"})
            case TurnedAway.BODY_TOO_LARGE:
                return _answer(413, {"error": refused.detail})
            case _:
                # Without a missing field they would send all of it again and again.
                return _answer(400, {"error": refused.detail, "missing_field": "events"})

    def later(self, request: Request, later: Later) -> Answer:
        """Say that each event came too fast: its SDKs hold such events for half a minute, and the rest not at all."""
        n = min(max(request.body.count(b"event_type"), 1), MOST_MESSAGES)
        retry_after = [(b"retry-after", str(later.retry_after_s).encode())]
        return _answer(429, {"error": later.message, "throttled_events": list(range(n))}, retry_after)


def _heard(raw: bytes, said: Sent, gathering: Gathering, linked: set[str]) -> TurnedAway | None:
    """Keep one message or return why it was refused; `linked` are the joined ids of this request so far."""
    try:
        one = said.complete(message(raw))
    except UnreadableError as error:
        gathering.refuse(error.why, raw, error.detail)
        return error.why
    when = settled(milliseconds(one.get("time")), said.sent_at, gathering.received_at)
    first, *beside = events_of(one, raw, when)
    if why := keep(first, gathering):
        return why
    for each in beside:
        if each.event_id is None or each.event_id not in linked:
            keep(each, gathering)
            linked.add(each.event_id or "")
    return None


def _invalid(wrong: dict[TurnedAway, list[int]]) -> Answer:
    lengths = {why.value: found for why, found in wrong.items() if why in _ID_LENGTHS}
    invalid = {why.value: found for why, found in wrong.items() if why not in _ID_LENGTHS}
    said = {"events_with_invalid_fields": invalid, "events_with_invalid_id_lengths": lengths}
    names = ", ".join(why.value for why in wrong)
    return _answer(400, {"error": f"Some events were refused: {names}", **said})


def _answer(code: int, said: dict[str, Any], extra: Headers | None = None) -> Answer:
    # Its SDKs read the code in the body before the status.
    return Answer(code, msgspec.json.encode({"code": code, **said}), extra or ())
