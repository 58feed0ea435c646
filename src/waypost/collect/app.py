"""The collector: a bare ASGI callable, since every layer between the socket and the inbox costs events."""

import asyncio
import binascii
import contextlib
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from waypost.collect.answers import ACCEPTED, Answer, preflight, refusal
from waypost.collect.gathering import Gathering
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.routes import ROUTES, Route, settings_answer
from waypost.collect.segment import FORM, BadBodyError, gather, plain_batch, read_body
from waypost.collect.unpack import GoneError, PackingError, TooLargeError, read_wire, unpacked
from waypost.core import StoreError
from waypost.store import Crowded, CrowdedError, GroupCommit, Intake, KeyRing, Sample, sample

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOOK_EVERY_S = 1.0
MOST_SAMPLES_A_LOOK = 20
MOST_HEADERS_REMEMBERED = 1_000
NOBODY = "collector"

_SUCCESS = Answer(200, ACCEPTED)
_HEALTHY = Answer(200, b'{"status":"ok"}')
_NOT_FOUND = refusal(404, "not_found", "there is nothing at this address; events go to /v1/batch")
_WRONG_METHOD = refusal(405, "wrong_method", "events are sent with POST")
_LATER = {
    Crowded.BUSY: refusal(429, "busy", "too much waits for the disk; send it again", retry_after_s=1),
    Crowded.INBOX_FULL: refusal(
        503, "inbox_full", "the inbox is full; send it again later", retry_after_s=30
    ),
    Crowded.DISK_FULL: refusal(
        503, "disk_full", "the disk is nearly full; send it again later", retry_after_s=60
    ),
    Crowded.STOPPING: refusal(
        503, "stopping", "the collector is being restarted; send it again", retry_after_s=1
    ),
}
_NOT_KEPT = refusal(503, "not_kept", "the disk refused it; send it again later", retry_after_s=10)
_NOT_READY = refusal(503, "not_ready", "the collector is starting; send it again", retry_after_s=1)
_STATUS = {
    TurnedAway.NO_KEY: 401,
    TurnedAway.WRONG_KEY: 401,
    TurnedAway.BODY_TOO_LARGE: 400,
    TurnedAway.BAD_BODY: 400,
}


class _RefusedError(Exception):
    """The request as a whole is refused; nothing of it is stored."""

    def __init__(self, why: TurnedAway, source: str = NOBODY, detail: str = "", payload: bytes = b"") -> None:
        super().__init__(why)
        self.why = why
        self.source = source
        self.detail = detail or SAYS[why]
        self.payload = payload


class _LaterError(Exception):
    """The request is sound and must come again later."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Collector:
    """Takes events over HTTP and answers 200 only when they are on disk.

    Write keys come from the key ring, which is read again every second; so is the room on the disk. `now` is the
    clock, handed in by whoever serves this.
    """

    def __init__(self, commit: GroupCommit, keys: KeyRing, now: Callable[[], datetime]) -> None:
        """Commit through `commit` what comes with a key of `keys`."""
        self._commit = commit
        self._keys = keys
        self._now = now
        self._basic_keys: dict[bytes, str] = {}
        self._turned_away: Counter[tuple[str, str]] = Counter()
        self._samples: list[tuple[str, Sample]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the server."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value for name, value in scope["headers"] if name in _READ}
        origin = headers.get(b"origin")
        try:
            answer = await self._answer(scope, headers, receive)
        except GoneError:
            return
        await send(answer.readable_by(origin) if origin else answer.start)
        await send(answer.body)

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        method, route = scope["method"], ROUTES.get(scope["path"].rstrip("/"))
        if method == "POST" and route:
            return await self._take(route, scope, headers, receive)
        if method == "OPTIONS":
            return preflight(headers.get(b"access-control-request-headers", b""))
        if method in ("GET", "HEAD"):
            if scope["path"] == "/healthz":
                return _LATER[self._commit.crowded] if self._commit.crowded else _HEALTHY
            return settings_answer(scope, headers) or (_WRONG_METHOD if route else _NOT_FOUND)
        return _WRONG_METHOD if route else _NOT_FOUND

    async def _take(
        self, route: Route, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> Answer:
        try:
            wire = await read_wire(receive)
            await self._keep(route, wire, headers, scope["query_string"])
        except (TooLargeError, _RefusedError, _LaterError, StoreError) as error:
            return self._explain(error)
        return _SUCCESS

    def _explain(self, error: Exception) -> Answer:
        match error:
            case TooLargeError():
                return self._turn_away(_RefusedError(TurnedAway.BODY_TOO_LARGE))
            case _RefusedError():
                return self._turn_away(error)
            case _LaterError():
                return error.answer
            case CrowdedError():
                return _LATER[error.why]
            case _:
                return _NOT_KEPT

    async def _keep(self, route: Route, wire: bytes, headers: dict[bytes, bytes], query: bytes) -> None:
        """Read, judge and store what came; done when it is on disk."""
        if crowded := self._commit.crowded:
            raise CrowdedError(crowded)
        if not self._keys.known:
            raise _LaterError(_NOT_READY)
        source = self._source_in(headers, query)
        if route.ignored:
            return
        try:
            body = unpacked(wire, headers.get(b"content-encoding", b"").lower())
            intake = self._intake(body, route, source)
        except (PackingError, BadBodyError) as error:
            why = TurnedAway.BAD_BODY
            raise _RefusedError(why, source or NOBODY, str(error), wire if source else b"") from None
        await self._commit.offer(intake)

    def _intake(self, body: bytes, route: Route, source: str | None) -> Intake:
        """Return what the body holds: as it was written when all of it is plain, else judged step by step."""
        now = self._now()
        plain = plain_batch(body, now) if route.kind is None else None
        if plain:
            source = source or self._source_of(plain.writeKey)
            return Intake(source=source, received_at=now, form=FORM, events=body, n=len(plain.batch))
        batch = read_body(body, route.kind)
        gathering = Gathering(source or self._source_of(batch.write_key), now)
        gather(batch, gathering)
        return gathering.intake()

    def _source_in(self, headers: dict[bytes, bytes], query: bytes) -> str | None:
        """Return the source of the key in the headers or the address; None when the key must be in the body."""
        written = headers.get(b"authorization", b"")
        key = self._basic_keys.get(written) or self._basic_key(written) or _query_key(query)
        return self._source(key) if key else None

    def _basic_key(self, written: bytes) -> str | None:
        key = _basic_key(written)
        if key and len(self._basic_keys) < MOST_HEADERS_REMEMBERED:
            self._basic_keys[written] = key
        return key

    def _source_of(self, key: str | None) -> str:
        if not key:
            raise _RefusedError(TurnedAway.NO_KEY)
        return self._source(key)

    def _source(self, key: str) -> str:
        source = self._keys.source_of(key)
        if source is None:
            raise _RefusedError(TurnedAway.WRONG_KEY)
        return source

    def _turn_away(self, refused: _RefusedError) -> Answer:
        self._turned_away[refused.source, refused.why.value] += 1
        if refused.payload and len(self._samples) < MOST_SAMPLES_A_LOOK:
            kept = sample(refused.why.value, refused.detail, refused.payload)
            self._samples.append((refused.source, kept))
        return refusal(_STATUS[refused.why], refused.why.value, refused.detail)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._keys.refresh()
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

    async def _look_around(self) -> None:
        """Every second: which keys are in force, whether there is room, and what was turned away meanwhile."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await asyncio.to_thread(self._keys.refresh)
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


_READ = frozenset(
    {
        b"access-control-request-headers",
        b"authorization",
        b"content-encoding",
        b"host",
        b"origin",
        b"x-forwarded-proto",
    }
)


def _basic_key(authorization: bytes) -> str | None:
    """Return the user name of basic auth: the write key, with or without the colon that should follow it."""
    scheme, _, written = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return b64decode(written, validate=True).partition(b":")[0].decode() or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _query_key(query: bytes) -> str | None:
    """Return the key that beacons put into the address, since they cannot set headers."""
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if name == b"writeKey":
            return value.decode(errors="replace") or None
    return None
