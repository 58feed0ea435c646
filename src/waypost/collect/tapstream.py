"""Tapstream's family at the door: events of its SDKs, hits of its links, and the postbacks that it calls."""

import re
from urllib.parse import unquote

import msgspec

from waypost.collect.answers import GIF, Answer, refusal
from waypost.collect.bodies import form_fields, unescaped
from waypost.collect.family import Door, Family, RefusedError
from waypost.collect.named_accounts import GROUP_KEYS, accounts_of
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told, keep, link, member
from waypost.collect.ways import request_of
from waypost.core import Kind
from waypost.store import Way

ABOUT = "tapstream"
_EVENT = re.compile(r"/(?P<account>[^/]+)/event/(?P<name>[^/]+)")
_POSTBACK = re.compile(r"/postback/(?P<key>[^/]+)")
_CUSTOM = "custom-"
_PEOPLE = ("user_id", "user-id", "userid")
#: What a postback's address may call these, in the customer's own template.
_OWN = ("event", "person", "uuid", "timestamp", "id")
_DONE = Answer(200, b"{}")
_SEEN = Answer(200, GIF, content_type=b"image/gif")


class Tapstream(Family):
    """Whoever speaks Tapstream's protocol."""

    def takes(self, method: str, path: str) -> bool:
        """Take events by POST, and postbacks by GET."""
        if method == "POST":
            return _EVENT.fullmatch(path) is not None
        return method == "GET" and _POSTBACK.fullmatch(path) is not None

    def key(self, request: Request) -> str | None:
        """Return the key in a postback's address; that of an event is its `secret`."""
        called = _POSTBACK.fullmatch(request.path)
        return unquote(called["key"], errors="replace") if called else None

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge the one event that a call is."""
        called = _EVENT.fullmatch(request.path)
        written = form_fields(request.body if called else request.query_string)
        secret = unescaped(written.pop("secret", b"")).decode(errors="replace")
        gathering = door(secret or None)
        said = {name: unescaped(value).decode(errors="surrogateescape") for name, value in written.items()}
        raw = b"&".join(name.encode(errors="replace") + b"=" + value for name, value in written.items())
        told = _event(called, said, raw) if called else _postback(said, raw)
        accounts = accounts_of(_bare(said), GROUP_KEYS)
        told.account_id = accounts.first
        if keep(told, gathering) is None:
            joins = [link(told)] if told.person_id and told.anonymous_id else []
            for follows in [*joins, *(member(told, each) for each in accounts.further)]:
                keep(follows, gathering)
        return _DONE if called else _SEEN

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send an event as a form, and call a postback with its query."""
        if way.method == "POST":
            return request_of(way, raw)
        return request_of(msgspec.structs.replace(way, query=raw.decode(errors="replace")), b"")

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Answer 403 to a wrong secret: its SDKs then stop."""
        del request
        status = 403 if refused.why in (TurnedAway.NO_KEY, TurnedAway.WRONG_KEY) else 400
        return refusal(status, refused.why.value, refused.detail)


def _event(called: re.Match[str], said: dict[str, str], raw: bytes) -> Told:
    told = _told(unquote(called["name"], errors="surrogateescape"), said.get("uuid"), raw)
    told.happened_at = instant_of(said.get("created-ms"))
    told.person_id = next(
        (said[f"{_CUSTOM}{name}"] for name in _PEOPLE if said.get(f"{_CUSTOM}{name}")), None
    )
    # What a device tells of itself is context; what the product tells of the event is its own.
    own = (_CUSTOM, "purchase-")
    told.properties = {
        name.removeprefix(_CUSTOM): value for name, value in said.items() if name.startswith(own)
    }
    told.context = {
        **{name: value for name, value in said.items() if not name.startswith(own)},
        "account": unquote(called["account"], errors="replace"),
    }
    return told


def _postback(said: dict[str, str], raw: bytes) -> Told:
    told = _told(said.get("event") or "Tapstream postback", said.get("uuid"), raw)
    told.happened_at = instant_of(said.get("timestamp"))
    told.person_id = said.get("person") or None
    told.event_id = said.get("id") or None
    told.properties = {name: value for name, value in said.items() if name not in _OWN and value}
    return told


def _told(name: str, uuid: str | None, raw: bytes) -> Told:
    return Told(about=ABOUT, raw=raw, kind=Kind.TRACK, name=name, anonymous_id=uuid or None)


def _bare(said: dict[str, str]) -> dict[str, object]:
    return {name.removeprefix(_CUSTOM): value for name, value in said.items()}
