"""The collector: a bare ASGI callable, since every layer between the socket and the inbox costs events."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from waypost.collect.answers import HANDSHAKE, Answer, Later, preflight, refusal
from waypost.collect.doorkeeper import Doorkeeper
from waypost.collect.families import most_bytes, place_of, takers
from waypost.collect.hearing import LATER, Head, Hearing
from waypost.collect.unpack import GoneError, SlowError, TooLargeError, read_wire
from waypost.core import DefinitionError, Document
from waypost.store import GroupCommit, KeyRing

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
#: Hears the start and the body of an answer, as ASGI has them.
Answered = Callable[[MutableMapping[str, Any], MutableMapping[str, Any]], None]

LOOK_EVERY_S = 1.0
TOO_SLOW = "too_slow"

_HEALTHY = Answer(200, b'{"status":"ok"}')
_NOT_FOUND = refusal(404, "not_found", "there is nothing at this address; events go to /v1/batch")
_WRONG_METHOD = refusal(405, "wrong_method", "events are sent with POST")
_TOO_SLOW = Later(503, TOO_SLOW, "the body did not come whole in 30 seconds; send it again", 1)


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
        self._learnt: tuple[Document, ...] = ()
        self._hearing = Hearing(commit, keys, keeper, now, self._refresh_what_can_be_read)

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
        head = Head(takers(scope["method"], path), place_of(path).path, scope, headers)
        try:
            if head.families:
                answer = await self._take(head, receive)
            else:
                answer = await self._ask(path, head, receive)
        except GoneError:
            return
        except SlowError:
            # What is still to come would be taken for the next request.
            answer = self._cut_off(head).closing()
        await send(_start(answer, path, head))
        await send(answer.body)

    def at_once(
        self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], wire: bytes, answered: Answered
    ) -> bool:
        """Take a request that came whole, without a task of its own; False when that is not for here.

        Of `scope` method, path (as it was sent), query string, client and scheme are read. `answered` is called once,
        at once or when all is on disk.
        """
        path = scope["path"]
        families = takers(scope["method"], path)
        head = Head(families, place_of(path).path, scope, headers)
        if not families or len(wire) > most_bytes(families):
            return False

        def say(answer: Answer) -> None:
            answered(_start(answer, path, head), answer.body)

        self._hearing.hear(head, wire, say)
        return True

    def _cut_off(self, head: Head) -> Answer:
        self._hearing.count(TOO_SLOW)
        request = self._hearing.request(head, b"")
        return head.families[0].later(request, _TOO_SLOW) if head.families else _explained(_TOO_SLOW)

    async def _ask(self, path: str, head: Head, receive: Receive) -> Answer:
        """Answer what holds no events."""
        method, place = head.scope["method"], place_of(path)
        if method == "OPTIONS" and HANDSHAKE not in head.headers:
            return preflight(head.headers)
        if path == "/healthz" and method in ("GET", "HEAD"):
            return _explained(LATER[self._commit.crowded]) if self._commit.crowded else _HEALTHY
        body = b""
        if method == "POST":
            # What is too large to be a question is heard to the end and answered without it.
            with contextlib.suppress(TooLargeError):
                body = await read_wire(receive)
        request = self._hearing.request(head, body)
        for family in place.families:
            if answer := family.ask(request, place.mount):
                return answer
        others = (other for other in ("GET", "POST", "PUT") if takers(other, path))
        return _WRONG_METHOD if next(others, None) else _NOT_FOUND

    async def _take(self, head: Head, receive: Receive) -> Answer:
        """Hear what came, and answer when it is on disk."""
        try:
            wire = await read_wire(receive, most_bytes(head.families))
        except TooLargeError as error:
            return self._hearing.explain(head.families[0], self._hearing.request(head, b""), error)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def say(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        self._hearing.hear(head, wire, say)
        return await answered

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
        self._hearing.note_refusals()
        # One turn of the loop hands the last of it over, before another thread waits for the end.
        await asyncio.sleep(0)
        await asyncio.to_thread(self._commit.stop)
        await send({"type": "lifespan.shutdown.complete"})

    def _refresh(self) -> None:
        self._keys.refresh()
        if self._keys.documents is not self._learnt:
            self._keeper.learn(self._keys.documents)
            self._learnt = self._keys.documents

    def _refresh_what_can_be_read(self) -> None:
        # Rules that a newer Waypost wrote and this one cannot read leave in force those known before.
        with contextlib.suppress(DefinitionError):
            self._refresh()

    async def _look_around(self) -> None:
        """Every second: which keys are in force, whether there is room, and what was turned away meanwhile."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await asyncio.to_thread(self._refresh_what_can_be_read)
            await asyncio.to_thread(self._commit.look)
            self._hearing.note_refusals()


def _explained(later: Later) -> Answer:
    return refusal(later.status, later.code, later.message, retry_after_s=later.retry_after_s)


def _start(answer: Answer, path: str, head: Head) -> MutableMapping[str, Any]:
    """Return the start of an answer, which a page may read wherever it is."""
    origin = head.headers.get(b"origin")
    if not origin:
        return answer.start
    # A preflight asks for what follows it.
    shown = head.families or takers("POST", path) or place_of(path).families
    return answer.readable_by(origin, credentials=any(family.credentials for family in shown))
