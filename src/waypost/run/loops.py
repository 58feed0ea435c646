"""Loops: what the workspace process does again and again beside showing pages, each in a thread of its own."""

import threading
from collections.abc import Callable
from uuid import uuid4

import structlog

from waypost.core import WaypostError

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
ENDED_WITHIN_S = 15.0
log = structlog.get_logger("loops")


class Loop:
    """Does a step again and again, `idle_s` apart, until it is ended; a failing step is logged and tried again.

    A step returns True when there is more to do at once.
    """

    def __init__(self, name: str, step: Callable[[], bool], *, idle_s: float) -> None:
        """Start the thread."""
        self.name = name
        self._step = step
        self._idle_s = idle_s
        self._woken = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Do the next step now."""
        self._woken.set()

    def end(self) -> None:
        """Let the step under way finish, and do no other."""
        self._ending = True
        self._woken.set()
        self._thread.join(ENDED_WITHIN_S)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ending:
            self._woken.clear()
            try:
                more = self._step()
            except Exception as error:  # noqa: BLE001 -- a loop that ended would fail in silence from then on
                _tell(self.name, error, pause_s)
                self._woken.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            pause_s = FIRST_PAUSE_S
            if not more and not self._ending:
                self._woken.wait(self._idle_s)


def _tell(name: str, error: Exception, pause_s: float) -> None:
    if isinstance(error, WaypostError):
        log.error("a loop could not go on", loop=name, why=str(error), tries_again_in_s=pause_s)
    else:
        fault = uuid4().hex[:8]
        log.error("a loop failed", loop=name, fault=fault, tries_again_in_s=pause_s, exc_info=error)
