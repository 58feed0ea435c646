"""What a request adds up to: heard at the door, counted, and answered once it is on disk."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from waypost.collect.admission import turned_away
from waypost.collect.answers import Answer, Later
from waypost.collect.doorkeeper import Doorkeeper
from waypost.collect.families import meant, most_bytes, name_of
from waypost.collect.family import AsWritten, BadBodyError, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.pace import Pace
from waypost.collect.refusals import NOBODY, TurnedAway
from waypost.collect.request import Request
from waypost.collect.unheard import UNHEARD, Unheard, kept
from waypost.collect.unpack import PackingError, TooLargeError, unpacked
from waypost.collect.ways import NO_KEY, way_of
from waypost.core import StoreError
from waypost.store import Crowded, CrowdedError, GroupCommit, Intake, KeyRing, Sample, sample

MOST_SAMPLES_A_LOOK = 20
LOOKS_AGAIN_AFTER_S = 0.25
TOO_FAST = "too_fast"

LATER = {
    Crowded.BUSY: Later(429, "busy", "too much waits for the disk; send it again", 1),
    Crowded.INBOX_FULL: Later(503, "inbox_full", "the inbox is full; send it again later", 30),
    Crowded.DISK_FULL: Later(503, "disk_full", "the disk is nearly full; send it again later", 60),
    Crowded.STOPPING: Later(503, "stopping", "the collector is being restarted; send it again", 1),
}
_NOT_KEPT = Later(503, "not_kept", "the disk refused it; send it again later", 10)
_NOT_READY = Later(503, "not_ready", "the collector is starting; send it again", 1)

#: Hears the answer to a request, once.
Say = Callable[[Answer], None]


class Head(NamedTuple):
    """What came before a body: whom it may be for, the path below their mount, ASGI's scope, and headers by name."""

    families: tuple[Family, ...]
    below: str
    scope: Mapping[str, Any]
    headers: Mapping[bytes, bytes]


class _Heard(NamedTuple):
    """What a request adds up to: the answer to give once all of it is on disk."""

    family: Family
    request: Request
    answer: Answer
    intakes: tuple[Intake, ...]


class _LaterError(Exception):
    """The request is sound and must come again later."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.code)
        self.later = later


_TURNED_AWAY = (TooLargeError, PackingError, RefusedError, _LaterError, StoreError)


class Hearing:
    """Hears requests whose bodies are whole, and counts those of which nothing is kept.

    Nothing here waits: what is heard is offered to the disk, and the answer said when it is there.
    """

    def __init__(
        self,
        commit: GroupCommit,
        keys: KeyRing,
        keeper: Doorkeeper,
        now: Callable[[], datetime],
        look_again: Callable[[], None],
    ) -> None:
        """Commit through `commit` what comes with a key of `keys` and within the rules that `keeper` knows.

        `look_again` reads both anew: SDKs drop what comes with a wrong key, and one made just now is none.
        """
        self._commit = commit
        self._keys = keys
        self._keeper = keeper
        self._now = now
        self._look_again = look_again
        self._looked_at = -math.inf
        self._pace = Pace()
        self._turned_away: Counter[tuple[str, str]] = Counter()
        self._samples: list[tuple[str, Sample]] = []

    def hear(self, head: Head, wire: bytes, say: Say) -> None:
        """Hear what came, and say the answer when it is on disk."""
        families, headers = head.families, head.headers
        family = families[0]
        request: Request | None = None
        try:
            body = unpacked(wire, headers.get(b"content-encoding", b"").lower(), most_bytes(families))
            request = self.request(head, body)
            if crowded := self._commit.crowded:
                raise CrowdedError(crowded)
            # Whoever may store it as it came is sure that it is meant; that is most of what comes.
            plain = family.as_written(request)
            if plain is None:
                family = meant(families, request)
                plain = family.as_written(request) if family is not families[0] else None
            heard = self._heard(family, request, plain)
        except _TURNED_AWAY as error:
            say(self.explain(family, request or self.request(head, wire), error))
        else:
            self._keep(heard, say)

    def explain(self, family: Family, request: Request, error: Exception) -> Answer:
        """Return the answer to a request of which nothing is kept, and count it."""
        match error:
            case TooLargeError():
                return self._turn_away(
                    family, request, RefusedError(TurnedAway.BODY_TOO_LARGE, detail=str(error))
                )
            case PackingError():
                key = family.key(request)
                source = (self._keys.source_of(key) if key else None) or ""
                payload = request.body if source else b""
                refused = RefusedError(TurnedAway.BAD_BODY, source, str(error), payload)
                return self._turn_away(family, request, refused)
            case RefusedError():
                return self._turn_away(family, request, error)
            case _LaterError():
                return family.later(request, error.later)
            case CrowdedError():
                return family.later(request, LATER[error.why])
            case _:
                return family.later(request, _NOT_KEPT)

    def request(self, head: Head, body: bytes) -> Request:
        """Return a request as a family sees it."""
        scope = head.scope
        client = scope.get("client")
        return Request(
            method=scope["method"],
            path=head.below,
            query_string=scope["query_string"],
            headers=head.headers,
            body=body,
            received_at=self._now(),
            address=client[0] if client else None,
            scheme=scope["scheme"],
        )

    def count(self, why: str) -> None:
        """Count a request of which nobody knows whom it is from."""
        self._turned_away[NOBODY, why] += 1

    def note_refusals(self) -> None:
        """Hand the counts of whole requests to the inbox."""
        # In bulk, so that a flood of wrong keys does not become a flood of writes.
        counted, samples = self._turned_away, self._samples
        if not counted or self._commit.crowded:
            return
        self._turned_away, self._samples = Counter(), []
        for source in {source for source, _ in counted}:
            refused = {why: n for (of, why), n in counted.items() if of == source}
            kept = tuple(one for of, one in samples if of == source)
            intake = Intake(source=source, received_at=self._now(), refused=refused, samples=kept)
            # Nobody waits for a count; one that the disk refuses is lost with that disk.
            self._commit.offer(intake).add_done_callback(lambda done: done.cancelled() or done.exception())

    def _keep(self, heard: _Heard, say: Say, at: int = 0) -> None:
        """Have what was heard put on disk, one intake after the other, and say the answer."""
        # Most requests are of one source. What is not kept of another must come again, and is then stored once.
        if at == len(heard.intakes):
            say(heard.answer)
            return
        intake = heard.intakes[at]

        def told(failure: StoreError | None) -> None:
            if failure:
                say(self.explain(heard.family, heard.request, failure))
                return
            self._count(intake)
            self._keep(heard, say, at + 1)

        try:
            self._commit.offer_and_tell(intake, told)
        except StoreError as error:
            say(self.explain(heard.family, heard.request, error))

    def _heard(self, family: Family, request: Request, plain: AsWritten | None) -> _Heard:
        # What was heard was heard for whichever family of this address takes most.
        if len(request.body) > family.most_bytes:
            raise TooLargeError(family.most_bytes)
        if not self._keys.known:
            raise _LaterError(_NOT_READY)
        key = family.key(request)
        source = self._admitted(key, request) if key else None
        if plain:
            intake = Intake(
                source=source or self._admitted(plain.key, request),
                received_at=request.received_at,
                form=plain.form,
                family=name_of(family),
                events=_as_kept(family, request, plain, key),
                n=plain.n,
            )
            return _Heard(family, request, family.accepted(request), (intake,))
        gatherings: dict[str, Gathering] = {}

        def door(named: str | None) -> Gathering:
            of = source or self._admitted(named, request)
            if of not in gatherings:
                way = way_of(name_of(family), request, key or named)
                fresh = gatherings[of] = Gathering(of, request.received_at, way, self._keys.secrets_of(of))
                rules = self._keeper.rules_of(of)
                fresh.log_rules = rules.log if rules else None
            return gatherings[of]

        try:
            answer = family.hear(request, door)
        except BadBodyError as error:
            payload = request.body if source else b""
            raise RefusedError(TurnedAway.BAD_BODY, source or NOBODY, str(error), payload, key) from None
        intakes = (
            msgspec.structs.replace(each.intake(), family=name_of(family)) for each in gatherings.values()
        )
        return _Heard(family, request, answer, tuple(intakes))

    def _count(self, intake: Intake) -> None:
        """Count what is on disk against the pace of its source."""
        rules = self._keeper.rules_of(intake.source)
        if rules and rules.limits.events_per_s:
            n = intake.n + sum(intake.refused.values())
            self._pace.sent(intake.source, n, rules.limits.events_per_s, intake.received_at)

    def _admitted(self, key: str | None, request: Request) -> str:
        """Return the source of a key, if its rules let this request in."""
        source = self._source(key)
        rules = self._keeper.rules_of(source)
        if rules is None:
            return source
        origin = request.headers.get(b"origin", b"").decode(errors="replace")
        if refused := turned_away(rules, origin=origin, n_bytes=len(request.body)):
            refused.payload = request.body.replace(key.encode(), NO_KEY.encode()) if key else request.body
            refused.key = key
            raise refused
        limits = rules.limits
        if limits.events_per_s is not None:
            wait_s = self._pace.wait_s(source, limits.events_per_s, request.received_at)
            if wait_s:
                self._turned_away[source, TOO_FAST] += 1
                raise _LaterError(
                    Later(429, TOO_FAST, "the source has reached its limit; send it again", wait_s)
                )
        return source

    def _source(self, key: str | None) -> str:
        if not key:
            raise RefusedError(TurnedAway.NO_KEY)
        source = self._keys.source_of(key) or self._made_just_now(key)
        if source is None:
            raise RefusedError(TurnedAway.WRONG_KEY)
        return source

    def _made_just_now(self, key: str) -> str | None:
        """Look once more for a key that is not known; a few times a second at most, however many guess."""
        now = time.monotonic()
        if now - self._looked_at < LOOKS_AGAIN_AFTER_S:
            return None
        self._looked_at = now
        self._look_again()
        return self._keys.source_of(key)

    def _turn_away(self, family: Family, request: Request, refused: RefusedError) -> Answer:
        source = refused.source or NOBODY
        self._turned_away[source, refused.why.value] += 1
        if refused.payload and len(self._samples) < MOST_SAMPLES_A_LOOK:
            way = msgspec.structs.replace(way_of(name_of(family), request, refused.key), alone=False)
            kept = sample(refused.why.value, refused.detail, refused.payload, way)
            self._samples.append((source, kept))
        return family.refused(request, refused)


def _as_kept(family: Family, request: Request, plain: AsWritten, key: str | None) -> bytes:
    """Return the bytes that are stored of a request."""
    if plain.form != UNHEARD:
        return request.body
    return kept(Unheard(way_of(name_of(family), request, key or plain.key), request.body))
