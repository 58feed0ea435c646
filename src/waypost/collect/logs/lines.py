"""Lines of a log, whatever its format, read with no more work than a line is worth."""

import hashlib
import re
from collections import OrderedDict
from datetime import tzinfo

import msgspec

from waypost.collect.gathering import Gathering
from waypost.collect.logs.noise import NO_USER, Agents, noise_in
from waypost.collect.logs.paths import asked_by, path_of, template_of
from waypost.collect.logs.said import Layout
from waypost.collect.logs.times import Times
from waypost.collect.refusals import TurnedAway
from waypost.core import Event, Kind

_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "v": "\v", "f": "\f"}
_MOST_DIGITS = 15
MOST_SECONDS = 4_096
MOST_USER = 500

_encode = msgspec.json.Encoder().encode


class _Kept(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What of a request is kept as the properties of its event."""

    path: str
    status: int
    bytes: int
    agent: str | None
    referer: str | None


class LogLines:
    """Reads a log line by line: requests of people become events, the rest is counted as noise by rule.

    A line has no id, so its content is one, with its ordinal among identical lines of the same second: two equal
    requests in one second are two events, and the same file imported again is the same events again.
    """

    def __init__(self, layout: Layout, zone: tzinfo | None = None) -> None:
        """Start at the beginning of a file; times that name no zone are those of `zone`, or UTC."""
        self._split, self._differs, self._heads = layout
        self._agents = Agents()
        self._times = Times(zone)
        self._seconds: OrderedDict[str, dict[bytes, int]] = OrderedDict()

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep, drop or refuse one line."""
        text = line.decode(errors="replace")
        said = self._split(text)
        if said is None:
            if self._heads and self._heads(text):
                gathering.noise["heading"] += 1
                return
            detail = self._differs(text) if gathering.wants_samples else ""
            gathering.refuse(TurnedAway.NOT_A_LINE, line, detail)
            return
        address, user, time, request, status, size, referer, agent, _host, _more = said
        asked = asked_by(request)
        path = path_of(asked[1]) if asked else None
        if asked is None or path is None:
            gathering.noise["no_request"] += 1
            return
        if "\\" in agent or agent == "-":
            agent = _plain(agent)
        rule, actor = self._agents[agent]
        rule = rule or noise_in(address, asked[0], path, status)
        person = None if rule else _person(user)
        if person is None:
            gathering.noise[rule or NO_USER] += 1
            return
        happened_at = self._times[time]
        if happened_at is None or len(person) > MOST_USER:
            gathering.refuse(TurnedAway.TOO_LONG if happened_at else TurnedAway.IMPOSSIBLE_TIME, line)
            return
        gathering.events.append(
            Event(
                event_id=self._event_id(line, time),
                source=gathering.source,
                kind=Kind.LOG,
                name=f"{asked[0]} {template_of(path)}"[:MOST_USER],
                happened_at=min(happened_at, gathering.received_at),
                received_at=gathering.received_at,
                person_id=person,
                actor=actor,
                properties=_properties(path, status, size, agent, referer),
            )
        )

    def _event_id(self, line: bytes, stamp: str) -> str:
        same_second = self._seconds.get(stamp)
        if same_second is None:
            same_second = self._seconds[stamp] = {}
            if len(self._seconds) > MOST_SECONDS:
                self._seconds.popitem(last=False)
        digest = hashlib.sha256(line)
        short = digest.digest()[:16]
        ordinal = same_second.get(short, 0)
        same_second[short] = ordinal + 1
        if not ordinal:
            return short.hex()
        digest.update(f"\n{ordinal}".encode())
        return digest.hexdigest()[:32]


def _person(user: str) -> str | None:
    return None if not user or user == "-" else _plain(user.strip('"')) or None


def _plain(text: str) -> str:
    """Return quoted text without its escapes; bytes that were escaped are read as UTF-8."""
    if "\\" not in text:
        return "" if text == "-" else text
    written = _ESCAPED.sub(_unescaped, text)
    try:
        return written.encode("latin-1").decode(errors="replace")
    except UnicodeEncodeError:
        return written


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return _CONTROLS.get(match[2], match[2])


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) <= _MOST_DIGITS else 0


def _properties(path: str, status: str, size: str, agent: str, referer: str) -> msgspec.Raw:
    where = _plain(referer).partition("?")[0] or None
    return msgspec.Raw(
        _encode(
            _Kept(path=path, status=_number(status), bytes=_number(size), agent=agent or None, referer=where)
        )
    )
