"""Lines of a log, whatever its format, read with no more work than a line is worth."""

import hashlib
from collections import OrderedDict
from datetime import tzinfo

import msgspec

from waypost.collect.gathering import Gathering
from waypost.collect.log_rules import LogRules, NoiseRules
from waypost.collect.logs.agents import Agents
from waypost.collect.logs.escapes import plain
from waypost.collect.logs.noise import NO_RULE, NO_USER, WAIVED, OwnNoise, is_error_log, noise_in
from waypost.collect.logs.paths import asked_by, path_of, template_of
from waypost.collect.logs.requests import Requests
from waypost.collect.logs.said import Layout, Said
from waypost.collect.logs.times import Times
from waypost.collect.logs.who import Finder, Who
from waypost.collect.refusals import TurnedAway
from waypost.core import Event, Kind

_MOST_DIGITS = 15
MOST_SECONDS = 4_096
MOST_USER = 500

_NO_RULES = LogRules()

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

    def __init__(self, layout: Layout, zone: tzinfo | None = None, rules: LogRules = _NO_RULES) -> None:
        """Start at the beginning of a file; times that name no zone are those of `zone`, or UTC.

        Raises ImportRefusedError when a table of ids that the rules name cannot be read.
        """
        self._split, self._differs, self._heads, self._counted_as = layout
        # Most sources have no rules, and none of their lines should pay for them.
        self._requests = Requests(rules.requests) if rules.requests else None
        self._who = Who(rules) if rules.asks_who else None
        self._address = Finder(rules.places("address")) if rules.address != ("address",) else None
        kept = NO_RULE.union(rules.noise.keep)
        self._waived, self._waived_for_named = kept, kept | WAIVED
        self._own = OwnNoise(rules.noise) if rules.noise != NoiseRules() else None
        self._has_rules = rules != _NO_RULES
        self._agents = Agents(rules.noise.agents, kept)
        self._times = Times(zone)
        self._seconds: OrderedDict[str, dict[bytes, int]] = OrderedDict()

    def __call__(self, line: bytes, gathering: Gathering) -> None:
        """Keep, drop or refuse one line."""
        text = line.decode(errors="replace")
        said = self._split(text)
        if said is None:
            self._unread(line, text, gathering)
            return
        address, user, time, request, status, size, referer, agent, _host, _more = said
        asked = asked_by(request)
        path = path_of(asked[1]) if asked else None
        if asked is None or path is None:
            gathering.noise["no_request"] += 1
            return
        if "\\" in agent or agent == "-":
            agent = plain(agent)
        rule, actor = self._agents[agent]
        name = None
        if self._has_rules:
            rule, name = self._judged(rule, said, asked, path)
        else:
            rule = rule or noise_in(address, asked[0], path, status)
        if rule:
            gathering.noise[rule] += 1
            return
        ids = self._who(said, asked[1], path) if self._who else (_person(user), None, None)
        person, anonymous, account = ids
        if not (person or anonymous) or (self._own and person and self._own.is_internal(person)):
            gathering.noise["internal_person" if person else NO_USER] += 1
            return
        happened_at = self._times[time]
        name = name or f"{asked[0]} {template_of(self._who.unnamed(path) if self._who else path)}"
        why = _unfit(name, [each for each in ids if each])
        if happened_at is None or why:
            gathering.refuse(why or TurnedAway.IMPOSSIBLE_TIME, line)
            return
        gathering.events.append(
            Event(
                event_id=self._event_id(line, time),
                source=gathering.source,
                kind=Kind.LOG,
                name=name[:MOST_USER],
                happened_at=min(happened_at, gathering.received_at),
                received_at=gathering.received_at,
                person_id=person,
                anonymous_id=anonymous,
                account_id=account,
                actor=actor,
                properties=_properties(path, status, size, agent, referer),
            )
        )

    @property
    def has_heads(self) -> bool:
        """Whether lines of this layout tell how those after them are to be read."""
        return self._heads is not None

    def count_anew(self) -> None:
        """Begin to count identical lines from the first: what comes now is whole by itself."""
        self._seconds = OrderedDict()

    def count_on(self, other: "LogLines") -> None:
        """Count identical lines together with another reader, of a file that this one's goes on from."""
        self._seconds = other._seconds  # noqa: SLF001 -- one of its own kind

    def _judged(
        self, rule: str | None, said: Said, asked: tuple[str, str], path: str
    ) -> tuple[str | None, str | None]:
        """Return the rule that makes a request noise, of its source's rules too, and the name that they give it."""
        address, (method, target) = said.address, asked
        if self._address:
            # A chain of proxies names the client first.
            address = (self._address(said, target, path) or address).partition(",")[0].strip()
        name = self._requests(method, path, said.status) if self._requests else None
        if self._own:
            rule = rule or self._own.rule_of(address, method, path)
        waived = self._waived_for_named if name else self._waived
        return rule or noise_in(address, method, path, said.status, waived), name

    def _unread(self, line: bytes, text: str, gathering: Gathering) -> None:
        if self._heads and self._heads(text):
            gathering.noise[self._counted_as] += 1
            return
        if is_error_log(text):
            gathering.noise["error_log"] += 1
            return
        detail = self._differs(text) if gathering.wants_samples else ""
        gathering.refuse(TurnedAway.NOT_A_LINE, line, detail)

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


def _unfit(name: str, ids: list[str]) -> TurnedAway | None:
    if max(map(len, ids)) > MOST_USER:
        return TurnedAway.TOO_LONG
    return TurnedAway.BAD_TEXT if "\0" in name or "\0" in "".join(ids) else None


def _person(user: str) -> str | None:
    return None if not user or user == "-" else plain(user.strip('"')) or None


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) <= _MOST_DIGITS else 0


def _properties(path: str, status: str, size: str, agent: str, referer: str) -> msgspec.Raw:
    where = plain(referer).partition("?")[0] or None
    return msgspec.Raw(
        _encode(
            _Kept(path=path, status=_number(status), bytes=_number(size), agent=agent or None, referer=where)
        )
    )
