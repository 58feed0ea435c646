"""Snowplow's family at the door. Its trackers know no key: it stands in the path, or is the app's id."""

import re
from functools import lru_cache
from typing import ClassVar
from urllib.parse import parse_qsl

import msgspec

from waypost.collect.answers import GIF, Answer
from waypost.collect.family import AsWritten, BadBodyError, Door, Family
from waypost.collect.pieces import UnreadableError, elements, fields, id_of, message
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.snowplow.events import events_of
from waypost.collect.told import keep
from waypost.collect.unheard import UNHEARD
from waypost.collect.ways import request_of, wrapped
from waypost.store import Way

MOST_MESSAGES = 2_500
MOST_PARAMETERS = 500
_KEY = r"/(wk_[A-Za-z0-9_\-]{1,200})"
_POSTS = re.compile(
    rf"(?:{_KEY})?/com\.snowplowanalytics\.snowplow/tp2|{_KEY}/[A-Za-z0-9._\-]{{1,100}}/[A-Za-z0-9._\-]{{1,100}}"
)
_PIXELS = re.compile(rf"(?:{_KEY})?/(?:i|ice\.png)")
_OK = Answer(200, b"ok", content_type=b"text/plain")
_PIXEL = Answer(200, GIF, ((b"cache-control", b"no-store"),), content_type=b"image/gif")


class Snowplow(Family):
    """Whoever speaks Snowplow's tracker protocol. Its browsers send cookies along, and are sent none."""

    most_bytes: ClassVar[int] = 2 * 1024 * 1024
    credentials: ClassVar[bool] = True

    def takes(self, method: str, path: str) -> bool:
        """Take payloads by POST, and one as a pixel by GET."""
        return bool(
            (method == "POST" and _POSTS.fullmatch(path)) or (method == "GET" and _PIXELS.fullmatch(path))
        )

    def key(self, request: Request) -> str | None:
        """Return the key that stands in the path before the protocol's own; else `aid` is it, event by event."""
        return _key_in(request.path)

    def as_written(self, request: Request) -> AsWritten | None:
        """Let a body pass that is whole and in which every payload has the same key, when the address says no more."""
        if request.method != "POST" or request.query_string:
            return None
        try:
            data = _whole(request.body).data
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        if not 0 < len(data) <= MOST_MESSAGES:
            return None
        if key := _key_in(request.path):
            # What is equal to the key is taken out, and whoever hears it later does not know the one in the path.
            return None if key.encode() in request.body else AsWritten(key, UNHEARD, len(data))
        apps = {each.aid for each in data}
        return AsWritten(apps.pop(), UNHEARD, len(data)) if len(apps) == 1 and "" not in apps else None

    def accepted(self, request: Request) -> Answer:
        """Say ok."""
        del request
        return _OK

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each payload for itself. What the address says counts for all of them."""
        around = _asked(request)
        if request.method == "GET":
            _heard(around, request.query_string, _key_in(request.path), door)
            return _PIXEL
        data = fields(request.body).get("data", b"[]")
        for number, raw in enumerate(elements(data)):
            _heard_raw(raw, number, around, _key_in(request.path), door)
        return _OK

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a payload where it came."""
        if way.method == "GET":
            return request_of(msgspec.structs.replace(way, query=raw.decode(errors="replace")), b"")
        return request_of(way, wrapped(raw, "data", {}))


class _Payload(msgspec.Struct, gc=False):
    """A payload still unread, but for the app's id, which may be its key."""

    aid: str = ""


class _Payloads(msgspec.Struct, gc=False):
    data: list[_Payload]


_whole = msgspec.json.Decoder(_Payloads).decode


def _asked(request: Request) -> dict[str, object]:
    try:
        written = request.query_string.decode(errors="replace")
        return dict(parse_qsl(written, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        raise BadBodyError("the address holds too many parameters") from None


def _heard_raw(raw: bytes, number: int, around: dict[str, object], key: str | None, door: Door) -> None:
    if number >= MOST_MESSAGES:
        door(key or id_of(around.get("aid"))).refuse(TurnedAway.TOO_MANY, raw)
        return
    try:
        payload = {**around, **message(raw)}
    except UnreadableError as error:
        door(key or id_of(around.get("aid"))).refuse(error.why, raw, error.detail)
        return
    _heard(payload, raw, key, door)


def _heard(payload: dict[str, object], raw: bytes, key: str | None, door: Door) -> None:
    gathering = door(key or id_of(payload.get("aid")))
    try:
        first, *beside = events_of(payload, raw, gathering.received_at, key or id_of(payload.get("aid")))
    except UnreadableError as error:
        gathering.refuse(error.why, raw, error.detail)
        return
    if keep(first, gathering) is None:
        for each in beside:
            keep(each, gathering)


@lru_cache(maxsize=1_024)
def _key_in(path: str) -> str | None:
    found = _POSTS.fullmatch(path) or _PIXELS.fullmatch(path)
    return next((group for group in found.groups() if group), None) if found else None
