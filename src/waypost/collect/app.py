"""The collector: a bare ASGI callable, since every layer between the socket and the inbox costs events."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

import msgspec

from waypost.collect.admission import turned_away
from waypost.collect.answers import HANDSHAKE, Answer, Later, preflight, refusal
from waypost.collect.doorkeeper import Doorkeeper
from waypost.collect.families import meant, most_bytes, name_of, place_of, takers
from waypost.collect.family import AsWritten, BadBodyError, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.pace import Pace
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.unpack import GoneError, PackingError, SlowError, TooLargeError, read_wire, unpacked
from waypost.collect.ways import NO_KEY, way_of
from waypost.core import DefinitionError, Document, StoreError
from waypost.store import Crowded, CrowdedError, GroupCommit, Intake, KeyRing, Sample, sample

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOOK_EVERY_S = 1.0
MOST_SAMPLES_A_LOOK = 20
NOBODY = "collector"
TOO_FAST = "too_fast"
TOO_SLOW = "too_slow"

_HEALTHY = Answer(200, b'{"status":"ok"}')
_NOT_FOUND = refusal(404, "not_found", "there is nothing at this address; events go to /v1/batch")
_WRONG_METHOD = refusal(405, "wrong_method", "events are sent with POST")
_LATER = {
    Crowded.BUSY: Later(429, "busy", "too much waits for the disk; send it again", 1),
    Crowded.INBOX_FULL: Later(503, "inbox_full", "the inbox is full; send it again later", 30),
    Crowded.DISK_FULL: Later(503, "disk_full", "the disk is nearly full; send it again later", 60),
    Crowded.STOPPING: Later(503, "stopping", "the collector is being restarted; send it again", 1),
}
_NOT_KEPT = Later(503, "not_kept", "the disk refused it; send it again later", 10)
_TOO_SLOW = Later(503, TOO_SLOW, "the body did not come whole in 30 seconds; send it again", 1)
_NOT_READY = Later(503, "not_ready", "the collector is starting; send it again", 1)


class _LaterError(Exception):
    """The request is sound and must come again later."""

    def __init__(self, later: Later) -> None:
        super().__init__(later.code)
        self.later = later


class Collector:
    """Takes events over HTTP and answers 200 only when they are on disk.

    Write keys come from the key ring, which is read again every second; so is the room on the disk. `now` is the
    clock, handed in by whoever serves this.
    """

    def __init__(
        self, commit: GroupCommit, keys: KeyRing, keeper: Doorkeeper, now: Callable[[], datetime]
    ) -> None:
        """Commit through `commit` what comes with a key of `keys` and within the rules that `keeper` knows."""
        self._commit = commit
        self._keys = keys
        self._keeper = keeper
        self._pace = Pace()
        self._learnt: tuple[Document, ...] = ()
        self._now = now
        self._turned_away: Counter[tuple[str, str]] = Counter()
        self._samples: list[tuple[str, Sample]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the server."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Of a header that stands twice the last counts.
        headers = dict(scope["headers"])
        path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
        families = takers(scope["method"], path)
        try:
            if families:
                answer = await self._take(families, path, scope, headers, receive)
            else:
                answer = await self._ask(path, scope, headers, receive)
        except GoneError:
            return
        except SlowError:
            # What is still to come would be taken for the next request.
            answer = self._cut_off(families, path, scope, headers).closing()
        origin = headers.get(b"origin")
        if origin:
            # A preflight asks for what follows it.
            shown = families or takers("POST", path) or place_of(path).families
            credentials = any(family.credentials for family in shown)
            await send(answer.readable_by(origin, credentials=credentials))
        else:
            await send(answer.start)
        await send(answer.body)

    def _cut_off(
        self, families: tuple[Family, ...], path: str, scope: Scope, headers: Mapping[bytes, bytes]
    ) -> Answer:
        self._turned_away[NOBODY, TOO_SLOW] += 1
        request = self._request(place_of(path).path, scope, headers, b"")
        return families[0].later(request, _TOO_SLOW) if families else _explained(_TOO_SLOW)

    async def _ask(self, path: str, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Answer:
        """Answer what holds no events."""
        method, place = scope["method"], place_of(path)
        if method == "OPTIONS" and HANDSHAKE not in headers:
            return preflight(headers)
        if path == "/healthz" and method in ("GET", "HEAD"):
            return _explained(_LATER[self._commit.crowded]) if self._commit.crowded else _HEALTHY
        body = b""
        if method == "POST":
            # What is too large to be a question is heard to the end and answered without it.
            with contextlib.suppress(TooLargeError):
                body = await read_wire(receive)
        request = self._request(place.path, scope, headers, body)
        for family in place.families:
            if answer := family.ask(request, place.mount):
                return answer
        others = (other for other in ("GET", "POST", "PUT") if takers(other, path))
        return _WRONG_METHOD if next(others, None) else _NOT_FOUND

    async def _take(
        self,
        families: tuple[Family, ...],
        path: str,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        receive: Receive,
    ) -> Answer:
        """Hear what came, and answer when it is on disk."""
        family, wire, below = families[0], b"", place_of(path).path
        most = most_bytes(families)
        request: Request | None = None
        try:
            wire = await read_wire(receive, most)
            body = unpacked(wire, headers.get(b"content-encoding", b"").lower(), most)
            request = self._request(below, scope, headers, body)
            if crowded := self._commit.crowded:
                raise CrowdedError(crowded)
            # Whoever may store it as it came is sure that it is meant; that is most of what comes.
            plain = family.as_written(request)
            family = family if plain else meant(families, request)
            return await self._keep(family, request, plain)
        except (
            TooLargeError,
            PackingError,
            RefusedError,
            _LaterError,
            StoreError,
        ) as error:
            return self._explain(family, request or self._request(below, scope, headers, wire), error)

    def _explain(self, family: Family, request: Request, error: Exception) -> Answer:
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
                return family.later(request, _LATER[error.why])
            case _:
                return family.later(request, _NOT_KEPT)

    async def _keep(self, family: Family, request: Request, plain: AsWritten | None) -> Answer:
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
                events=request.body,
                n=plain.n,
            )
            await self._offer(intake)
            return family.accepted(request)
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
        # Most requests are of one source. What is not kept of another must come again, and is then stored once.
        for gathering in gatherings.values():
            await self._offer(msgspec.structs.replace(gathering.intake(), family=name_of(family)))
        return answer

    async def _offer(self, intake: Intake) -> None:
        """Wait until it is on disk, and count it against the pace of its source."""
        await self._commit.offer(intake)
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

    def _request(self, path: str, scope: Scope, headers: Mapping[bytes, bytes], body: bytes) -> Request:
        client = scope.get("client")
        return Request(
            method=scope["method"],
            path=path,
            query_string=scope["query_string"],
            headers=headers,
            body=body,
            received_at=self._now(),
            address=client[0] if client else None,
            scheme=scope["scheme"],
        )

    def _source(self, key: str | None) -> str:
        if not key:
            raise RefusedError(TurnedAway.NO_KEY)
        source = self._keys.source_of(key)
        if source is None:
            raise RefusedError(TurnedAway.WRONG_KEY)
        return source

    def _turn_away(self, family: Family, request: Request, refused: RefusedError) -> Answer:
        source = refused.source or NOBODY
        self._turned_away[source, refused.why.value] += 1
        if refused.payload and len(self._samples) < MOST_SAMPLES_A_LOOK:
            way = msgspec.structs.replace(way_of(name_of(family), request, refused.key), alone=False)
            kept = sample(refused.why.value, refused.detail, refused.payload, way)
            self._samples.append((source, kept))
        return family.refused(request, refused)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._refresh()
        self._commit.start()
        looking = asyncio.create_task(self._look_around())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        self._note_refusals()
        # One turn of the loop hands the last of it over, before another thread waits for the end.
        await asyncio.sleep(0)
        await asyncio.to_thread(self._commit.stop)
        await send({"type": "lifespan.shutdown.complete"})

    def _refresh(self) -> None:
        self._keys.refresh()
        if self._keys.documents is not self._learnt:
            self._keeper.learn(self._keys.documents)
            self._learnt = self._keys.documents

    async def _look_around(self) -> None:
        """Every second: which keys are in force, whether there is room, and what was turned away meanwhile."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            # Rules that a newer Waypost wrote and this one cannot read leave in force those known before.
            with contextlib.suppress(DefinitionError):
                await asyncio.to_thread(self._refresh)
            await asyncio.to_thread(self._commit.look)
            self._note_refusals()

    def _note_refusals(self) -> None:
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


def _explained(later: Later) -> Answer:
    return refusal(later.status, later.code, later.message, retry_after_s=later.retry_after_s)
