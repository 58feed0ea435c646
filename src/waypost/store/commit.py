"""Group commit: many waiting requests, one transaction, one trip to the disk."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from queue import Empty, SimpleQueue

from waypost.core import StoreError
from waypost.store.inbox import Inbox
from waypost.store.intake import Intake

MiB = 1024 * 1024


class Crowded(StrEnum):
    """Why nothing more can be taken in just now."""

    BUSY = "busy"
    INBOX_FULL = "inbox_full"
    DISK_FULL = "disk_full"
    STOPPING = "stopping"


class CrowdedError(StoreError):
    """The inbox takes nothing just now; the sender should come again later."""

    def __init__(self, why: Crowded) -> None:
        super().__init__(f"the inbox takes nothing just now ({why}); it is safe to try again")
        self.why = why


#: Told on the loop what became of an intake: None once it is on disk, or why nothing of it is kept.
Told = Callable[[StoreError | None], None]
Waiting = tuple[Intake, Told]


class GroupCommit:
    """Puts what many requests brought into the inbox, as few transactions as the disk allows.

    Offer and await on one event loop; the disk is waited for in a thread of its own. What waits is bounded:
    when it would be too much the offer is refused at once, so that memory never grows.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        most_waiting_bytes: int = 32 * MiB,
        most_inbox_bytes: int = 4096 * MiB,
        least_free_bytes: int = 256 * MiB,
    ) -> None:
        """Commit into `inbox`, within these limits of memory, inbox size and free disk."""
        self._inbox = inbox
        self._most_waiting = most_waiting_bytes
        self._most_inbox = most_inbox_bytes
        self._least_free = least_free_bytes
        self._queue: SimpleQueue[list[Waiting] | None] = SimpleQueue()
        self._offered: list[Waiting] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting_bytes = 0
        self._crowded: Crowded | None = None
        self._thread = threading.Thread(target=self._work, name="group-commit", daemon=True)

    def start(self) -> None:
        """Start the thread that commits."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """Commit what waits and stop; to be called when nobody offers any more, from any thread."""
        self._crowded = Crowded.STOPPING
        self._hand_over()
        self._queue.put(None)
        self._thread.join()

    def look(self) -> None:
        """See whether there is still room on the disk; to be called about once a second, from any thread."""
        if self._crowded is Crowded.STOPPING:
            return
        room: Crowded | None = None
        if self._inbox.file and shutil.disk_usage(self._inbox.file.parent).free < self._least_free:
            room = Crowded.DISK_FULL
        elif self._inbox.size_bytes() > self._most_inbox:
            room = Crowded.INBOX_FULL
        self._crowded = room

    @property
    def crowded(self) -> Crowded | None:
        """Why nothing can be taken in just now; None when all is well."""
        if self._crowded is None and self._waiting_bytes > self._most_waiting:
            return Crowded.BUSY
        return self._crowded

    def offer(self, intake: Intake) -> "asyncio.Future[None]":
        """Return a future that is done when the intake is on disk; raises CrowdedError at once when full.

        The future fails with StoreError when the disk refused; nothing of the intake is kept then.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.offer_and_tell(intake, partial(_settle, done))
        return done

    def offer_and_tell(self, intake: Intake, told: Told) -> None:
        """Offer an intake without waiting: `told` is called once, later, on this loop. Raises CrowdedError at once."""
        if why := self.crowded:
            raise CrowdedError(why)
        self._waiting_bytes += len(intake.events)
        self._offered.append((intake, told))
        # Handed over once for all requests of this turn of the loop: waking a thread costs more than a request.
        if len(self._offered) == 1:
            self._loop = asyncio.get_running_loop()
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        offered, self._offered = self._offered, []
        if offered:
            self._queue.put(offered)

    def _work(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._gather()
            if not group:
                continue
            for part, failure in self._put(group):
                if self._loop and not self._loop.is_closed():
                    self._loop.call_soon_threadsafe(self._tell, part, failure)

    def _put(self, group: list[Waiting]) -> Iterator[tuple[list[Waiting], StoreError | None]]:
        """Put all of it into the inbox; yield what of it is kept, and what is not, with the reason."""
        try:
            self._inbox.put([intake for intake, _ in group])
        except StoreError as error:
            yield group, error
        except Exception as error:  # noqa: BLE001 -- whatever one intake breaks must not stop all that come after it
            if len(group) == 1:
                yield group, StoreError(f"what came cannot be kept ({error!r:.200}); please report this")
                return
            for one in group:
                yield from self._put([one])
        else:
            yield group, None

    def _gather(self) -> tuple[list[Waiting], bool]:
        """Wait for the first, then take whatever else is there; False when it is time to stop."""
        group: list[Waiting] = []
        one = self._queue.get()
        while one is not None:
            group += one
            try:
                one = self._queue.get_nowait()
            except Empty:
                return group, True
        return group, False

    def _tell(self, group: Sequence[Waiting], failure: StoreError | None) -> None:
        for intake, told in group:
            self._waiting_bytes -= len(intake.events)
            try:
                told(failure)
            except Exception as error:  # noqa: BLE001 -- whoever trips over the news must not keep it from the others
                asyncio.get_running_loop().call_exception_handler(
                    {
                        "message": "a sender could not be told what became of its events",
                        "exception": error,
                    }
                )


def _settle(done: "asyncio.Future[None]", failure: StoreError | None) -> None:
    if done.done():
        return
    if failure:
        done.set_exception(failure)
    else:
        done.set_result(None)
