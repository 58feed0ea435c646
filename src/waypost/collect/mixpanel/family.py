"""Mixpanel's family at the door: each message names its project's token, and may name another than its neighbour."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

import msgspec

from waypost.collect.answers import Answer, Later
from waypost.collect.family import STATUS, AsWritten, Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.mixpanel.events import told_by_event
from waypost.collect.mixpanel.profiles import told_by_group, told_by_person
from waypost.collect.mixpanel.sent import asked, read_sent
from waypost.collect.mixpanel.spoken import Failed, failed, imported, not_imported, yes_or_no
from waypost.collect.named_accounts import GROUP_KEYS
from waypost.collect.pieces import UnreadableError, id_of, message, object_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told, keep
from waypost.collect.unheard import UNHEARD
from waypost.collect.ways import NO_KEY, posted
from waypost.store import Way

MOST_MESSAGES = 2_500
_PATHS = ("/track", "/import", "/engage", "/groups")
_IMPORT = "/import"
_TRACK = "/track"
#: What its browser SDK asks for; with less it would log errors on the customer's page.
_ASKED = {
    "/flags": Answer(200, b'{"flags":{},"pending_first_time_events":[]}'),
    "/settings": Answer(200, b'{"sdk_config":{}}'),
    "/decide": Answer(
        200, b'{"notifications":[],"surveys":[],"variants":[],"event_bindings":[],"config":{}}'
    ),
}
_DISCARDED = Answer(200, b'{"code":200,"status":"OK"}')
_TOKEN = re.compile(rb'"\$?token"\s*:\s*"([\w-]{1,200})"', re.ASCII)


class Mixpanel(Family):
    """Whoever speaks Mixpanel's protocol."""

    most_bytes: ClassVar[int] = 10 * 1024 * 1024
    credentials: ClassVar[bool] = True

    def takes(self, method: str, path: str) -> bool:
        """Take events and updates by POST, or by GET with all of it in the query."""
        return method in ("POST", "GET") and path in _PATHS

    def key(self, request: Request) -> str | None:
        """Return None: what a service account sends as basic auth is no key, so `hear` looks for one that is."""
        del request
        return None

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Answer with no flags and no settings; recordings of sessions are not kept."""
        del mount
        if request.path == "/record" and request.method == "POST":
            return _DISCARDED
        return _ASKED.get(request.path) if request.method == "GET" else None

    def as_written(self, request: Request) -> AsWritten | None:
        """Let a list of events pass that is whole and in which each names the same token, and nothing else does."""
        if request.method != "POST" or request.path != _TRACK or not request.body.startswith(b"["):
            return None
        try:
            events = _whole(request.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        tokens = {each.properties.token for each in events}
        if (
            len(tokens) != 1
            or "" in tokens
            or len(events) > MOST_MESSAGES
            or _beside(request, asked(request))
        ):
            return None
        return AsWritten(tokens.pop(), UNHEARD, len(events))

    def accepted(self, request: Request) -> Answer:
        """Say yes."""
        return yes_or_no(request, None)

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each message for itself, under the key that it names."""
        sent = read_sent(request)
        hearing = _Hearing(request, door)
        for index, raw in enumerate(sent.messages[:MOST_MESSAGES]):
            hearing.hear(index, raw)
        hearing.end(sent.messages[MOST_MESSAGES:])
        if request.path == _IMPORT:
            return imported(request, hearing.n, hearing.failed)
        # A batch is answered with yes even when some of it was refused: clients would send all of it for ever.
        why = hearing.failed[0].message if sent.alone and hearing.failed else None
        return yes_or_no(request, why)

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send a message where it came, under no key but its source's, and with the group key that it came with."""
        own = parse_qs(way.query).get("group_key", [])[:1]
        query = urlencode({"token": NO_KEY, **({"group_key": own[0]} if own else {})})
        return posted(way.path, b"[" + raw + b"]", query=query)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Say no; 413 makes a browser send smaller batches."""
        status, error = STATUS.get(refused.why, 400), refused.detail
        if refused.why is TurnedAway.BODY_TOO_LARGE:
            status = 413
        elif refused.why is TurnedAway.NO_KEY:
            error = "no message has a token; send your write key as the project's token"
        answered = not_imported if request.path == _IMPORT else yes_or_no
        return answered(request, error, status=status)

    def later(self, request: Request, later: Later) -> Answer:
        """Say not now."""
        answered = not_imported if request.path == _IMPORT else yes_or_no
        return answered(request, later.message, status=503, retry_after_s=later.retry_after_s)


class _Properties(msgspec.Struct, gc=False):
    token: str = ""


class _Event(msgspec.Struct, gc=False):
    """An event still unread, but for its token."""

    properties: _Properties


_whole = msgspec.json.Decoder(list[_Event]).decode


def _beside(request: Request, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that stand beside the messages."""
    user = request.basic[0] if request.basic else None
    return tuple(key for key in (user, fields.get("api_key"), fields.get("token")) if key)


class _Hearing:
    """The messages of one request on their way to the sources that their keys name."""

    def __init__(self, request: Request, door: Door) -> None:
        self._path = request.path
        self._door = door
        fields = asked(request)
        self._beside = _beside(request, fields)
        own = fields.get("group_key")
        self._group_keys = frozenset((own,)) if own else GROUP_KEYS
        self._known: dict[str, Gathering | RefusedError] = {}
        self._keyless: list[tuple[int, bytes, RefusedError]] = []
        self._first: Gathering | None = None
        self._alike = Counter[bytes]()
        self.n = 0
        self.failed: list[Failed] = []

    def hear(self, index: int, raw: bytes) -> None:
        """Keep or refuse one message."""
        said, unreadable = _read(raw)
        own = _token(said, raw)
        raw = raw.replace(msgspec.json.encode(own), b'"..."') if own else raw
        gathering = self._gathering(own)
        if isinstance(gathering, RefusedError):
            self._keyless.append((index, raw, gathering))
            return
        self._first = self._first or gathering
        if unreadable:
            gathering.refuse(unreadable.why, raw, unreadable.detail)
        why = unreadable.why if unreadable else _keep(self._told(said, raw, gathering), raw, gathering)
        if why:
            insert_id = id_of(object_of(said.get("properties")).get("$insert_id")) or ""
            self.failed.append(failed(index, insert_id, why))
        else:
            self.n += 1

    def end(self, rest: list[bytes]) -> None:
        """Refuse what is too much, and what named no known key: the whole request when nothing in it did."""
        first = self._first
        for index, raw, refused in self._keyless:
            if first is None:
                raise refused
            first.refuse(refused.why, raw)
            self.failed.append(failed(index, "", refused.why))
        if rest and first:
            for raw in rest:
                first.refuse(TurnedAway.TOO_MANY, raw)
            self.failed.append(failed(MOST_MESSAGES, "", TurnedAway.TOO_MANY))

    def _told(self, said: dict[str, Any], raw: bytes, gathering: Gathering) -> list[Told] | TurnedAway:
        if self._path == "/engage":
            return told_by_person(said, raw, self._group_keys, self._nr(said, raw, gathering))
        if self._path == "/groups":
            return told_by_group(said, raw, self._nr(said, raw, gathering))
        return told_by_event(said, raw, self._group_keys)

    def _nr(self, said: dict[str, Any], raw: bytes, gathering: Gathering) -> str:
        """Return what tells apart updates worded alike: the place among them, and when it came if it says no time."""
        self._alike[raw] += 1
        came = "" if "$time" in said else gathering.received_at.isoformat()
        return f"{self._alike[raw]} {came}"

    def _gathering(self, own: str | None) -> Gathering | RefusedError:
        """Return where the first key that is known leads: the message's own, then those beside it."""
        last: RefusedError | None = None
        for key in (*((own,) if own else ()), *self._beside):
            found = self._at(key)
            if not isinstance(found, RefusedError):
                return found
            last = found
        return last or RefusedError(TurnedAway.NO_KEY)

    def _at(self, key: str) -> Gathering | RefusedError:
        if key not in self._known:
            try:
                self._known[key] = self._door(key)
            except RefusedError as refused:
                self._known[key] = refused
        return self._known[key]


def _read(raw: bytes) -> tuple[dict[str, Any], UnreadableError | None]:
    try:
        return message(raw), None
    except UnreadableError as error:
        return {}, error


def _token(said: dict[str, Any], raw: bytes) -> str | None:
    """Return the token of a message; what cannot be read is searched for it, to be refused where it belongs."""
    if not said:
        found = _TOKEN.search(raw)
        return found[1].decode() if found else None
    token = object_of(said.get("properties")).get("token") or said.get("$token")
    return token if isinstance(token, str) else None


def _keep(told: list[Told] | TurnedAway, raw: bytes, gathering: Gathering) -> TurnedAway | None:
    if isinstance(told, TurnedAway):
        gathering.refuse(told, raw)
        return told
    if why := keep(told[0], gathering):
        return why
    for follows in told[1:]:
        keep(follows, gathering)
    return None
