"""Drains at the door: whatever sends lines of logs over HTTP, read by the rules of their source."""

from typing import TYPE_CHECKING, ClassVar

from waypost.collect.answers import Answer
from waypost.collect.drains.lines import LOGPLEX, framed, is_logplex, lines_of
from waypost.collect.family import SUCCESS, Door, Family
from waypost.collect.gathering import Gathering
from waypost.collect.log_rules import LogRules
from waypost.collect.opening import MOST_LINE_BYTES
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.ways import posted
from waypost.core import StoreError
from waypost.store import Way

if TYPE_CHECKING:
    from waypost.collect.logs import LogLines

MOST_LINES = 50_000
_MOST_READERS = 200
_NO_RULES = LogRules()


class Drains(Family):
    """Heroku's Logplex, drains of JSON such as Vercel's and Cloudflare's, and whoever posts lines."""

    most_bytes: ClassVar[int] = 8 * 1024 * 1024

    def __init__(self) -> None:
        """Know no source yet."""
        self._readers: dict[tuple[str, str, str], tuple[LogRules, tuple[object, ...], LogLines]] = {}

    def takes(self, method: str, path: str) -> bool:
        """Take lines by POST at the mount itself."""
        return method == "POST" and path == ""

    def key(self, request: Request) -> str | None:
        """Return the token of bearer auth, the user or the password of basic auth, or `key` in the address."""
        user, password = request.basic or ("", "")
        return request.bearer or user or password or request.query.get("key") or None

    def recognises(self, request: Request) -> bool:
        """Take at the root only what is Logplex's by its type."""
        return is_logplex(request)

    def hear(self, request: Request, door: Door) -> Answer:
        """Read each line for itself. Raises BadBodyError when the body, or the format in the address, is none."""
        gathering = door(None)
        read_line = self._reader(request, gathering)
        for number, line in enumerate(lines_of(request)):
            if number >= MOST_LINES:
                gathering.refuse(
                    TurnedAway.TOO_MANY, line, f"the request holds more than {MOST_LINES:,} lines"
                )
            elif len(line) > MOST_LINE_BYTES:
                gathering.refuse(TurnedAway.TOO_LARGE, line)
            else:
                read_line(line, gathering)
        return SUCCESS

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Send one line as it was sent, alone."""
        sent = way.headers.get("content-type", "").encode("latin-1")
        kind = LOGPLEX if sent.startswith(LOGPLEX) else b"text/plain"
        return posted("", framed(raw) if kind == LOGPLEX else raw, query=way.query, content_type=kind)

    def _reader(self, request: Request, gathering: Gathering) -> "LogLines":
        """Return who reads the lines of a source: reading tables of ids costs more than a request.

        They are read again when they were written anew; one that cannot be read then says what it said before.
        """
        rules = gathering.log_rules or _NO_RULES
        asked = request.query.get("format", ""), request.query.get("written", "")
        known = self._readers.get((gathering.source, *asked))
        seen = _tables_seen(rules)
        if known is None or known[0] is not rules or known[1] != seen:
            if len(self._readers) >= _MOST_READERS:
                self._readers.clear()
            # Most collectors hear no drain, and need not carry what reads their lines.
            from waypost.collect.drains.messages import drain_reader  # noqa: PLC0415

            try:
                fresh = drain_reader(*asked, rules)
            except StoreError:
                if known is None or known[0] is not rules:
                    raise
                fresh = known[2]
            known = self._readers[gathering.source, *asked] = rules, seen, fresh
        # A request that is sent again must be the same events again.
        known[2].count_anew()
        return known[2]


def _tables_seen(rules: LogRules) -> tuple[object, ...]:
    if not rules.files:
        return ()
    from waypost.collect.logs import tables_seen  # noqa: PLC0415 -- as above

    return tables_seen(rules)
