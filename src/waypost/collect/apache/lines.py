"""Lines of Apache's combined (or common) log, read with one expression and no more work than a line is worth."""

import hashlib
import re
from collections import OrderedDict
from datetime import UTC, datetime

import msgspec

from waypost.collect.apache.noise import NO_USER, Agents, noise_in
from waypost.collect.apache.paths import path_of, template_of
from waypost.collect.gathering import Gathering
from waypost.collect.instants import EARLIEST
from waypost.collect.refusals import TurnedAway
from waypost.core import Event, Kind

# %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i": the user may hold blanks, quoted parts hold escapes.
_LINE = re.compile(
    r'(\S+) \S+ (.+?) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]++|\\.)*+)" (\d{3}) (\d+|-)'
    r'(?: "((?:[^"\\]++|\\.)*+)" "((?:[^"\\]++|\\.)*+)")?(?: .*)?'
)
_REQUEST = re.compile(r"([A-Z]{1,20}) (\S+)(?: HTTP/\d(?:\.\d)?)?")
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "v": "\v", "f": "\f"}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
MOST_SECONDS = 4_096
MOST_USER = 500

_encode = msgspec.json.Encoder().encode


class ApacheLines:
    """Reads a log line by line: requests of people become events, the rest is counted as noise by rule.

    A line has no id, so its content is one, with its ordinal among identical lines of the same second: two equal
    requests in one second are two events, and the same file imported again is the same events again.
    """

    def __init__(self) -> None:
        """Start at the beginning of a file."""
        self._agents = Agents()
        self._instants: dict[str, datetime | None] = {}
        self._seconds: OrderedDict[str, dict[bytes, int]] = OrderedDict()

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep, drop or refuse one line."""
        match = _LINE.fullmatch(line.decode(errors="replace"))
        if match is None:
            gathering.refuse(TurnedAway.NOT_A_LINE, line)
            return
        address, user, stamp, request, status, size, referer, agent = match.groups("")
        asked = _REQUEST.fullmatch(request)
        path = path_of(asked[2]) if asked else None
        if asked is None or path is None:
            gathering.noise["no_request"] += 1
            return
        agent = _plain(agent)
        rule, actor = self._agents.look(agent)
        rule = rule or noise_in(address, asked[1], path, int(status))
        person = _person(user)
        if rule or person is None:
            gathering.noise[rule or NO_USER] += 1
            return
        happened_at = self._instant(stamp)
        if happened_at is None or len(person) > MOST_USER:
            gathering.refuse(TurnedAway.TOO_LONG if happened_at else TurnedAway.IMPOSSIBLE_TIME, line)
            return
        gathering.events.append(
            Event(
                event_id=self._event_id(line, stamp),
                source=gathering.source,
                kind=Kind.LOG,
                name=f"{asked[1]} {template_of(path)}"[:MOST_USER],
                happened_at=min(happened_at, gathering.received_at),
                received_at=gathering.received_at,
                person_id=person,
                actor=actor,
                properties=_properties(path, int(status), size, agent, _plain(referer)),
            )
        )

    def _instant(self, stamp: str) -> datetime | None:
        """Return the instant of a stamp; a log holds the same second many times."""
        if stamp not in self._instants:
            if len(self._instants) >= MOST_SECONDS:
                self._instants.clear()
            self._instants[stamp] = _parsed(stamp)
        return self._instants[stamp]

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
        if ordinal:
            digest.update(f"\n{ordinal}".encode())
        return digest.hexdigest()[:32]


def _parsed(stamp: str) -> datetime | None:
    month = _MONTHS.get(stamp[3:6])
    if month is None:
        return None
    try:
        written = f"{stamp[7:11]}-{month:02}-{stamp[:2]}T{stamp[12:20]}{stamp[21:24]}:{stamp[24:26]}"
        instant = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant >= EARLIEST else None


def _person(user: str) -> str | None:
    if user in ("-", '""'):
        return None
    return _plain(user.strip('"')) or None


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


def _properties(path: str, status: int, size: str, agent: str, referer: str) -> msgspec.Raw:
    said = {
        "path": path,
        "status": status,
        "bytes": int(size) if size != "-" else 0,
        "agent": agent or None,
        "referer": referer.partition("?")[0] or None,
    }
    return msgspec.Raw(_encode(said))
