"""The supervisor keeps the processes of one Waypost running, and stops them all together."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

# A process ends with this code when starting it again cannot help: it has said why.
HOPELESS = 78
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
STOPPED_WITHIN_S = 20.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process to keep running; `sockets` are the file numbers that it inherits."""

    name: str
    command: Sequence[str]
    sockets: Sequence[int] = ()


@dataclass(slots=True, kw_only=True)
class _Running:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Runs parts until it is told to stop (SIGTERM, SIGINT) or one of them ends without hope."""

    parts: Sequence[Part]
    say: Callable[[str], None]
    _running: list[_Running] = field(default_factory=list)
    _stop: bool = False

    def run(self) -> int:
        """Start every part, restart what dies, and return the exit code of the whole."""
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._running = [_Running(part=part) for part in self.parts]
        code = 0
        while not self._stop and code == 0:
            for each in self._running:
                code = code or self._look_after(each)
            if not code:
                self._sleep(wake)
        self._stop_all()
        return code

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop = True

    def _look_after(self, each: _Running) -> int:
        """Start the part when it is time, or note that it ended; a code other than 0 means to give up."""
        now = time.monotonic()
        if each.process is None:
            if now >= each.start_at:
                each.process = _start(each.part)
                each.started_at = now
            return 0
        ended = each.process.poll()
        if ended is None or self._stop:
            return 0
        if ended == HOPELESS:
            return 1
        if now - each.started_at > STEADY_AFTER_S:
            each.pause_s = FIRST_PAUSE_S
        self.say(f"{each.part.name} ended ({_how(ended)}); it starts again in {each.pause_s:g} s")
        each.process = None
        each.start_at = now + each.pause_s
        each.pause_s = min(each.pause_s * 2, LONGEST_PAUSE_S)
        return 0

    def _sleep(self, wake: int) -> None:
        """Wait for a signal or for the next part that is due to start."""
        due = [each.start_at - time.monotonic() for each in self._running if each.process is None]
        if select.select([wake], [], [], max(0.0, min(due)) if due else None)[0]:
            os.read(wake, 4096)

    def _stop_all(self) -> None:
        alive = [each.process for each in self._running if each.process and each.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + STOPPED_WITHIN_S
        while any(process.poll() is None for process in alive) and time.monotonic() < deadline:
            time.sleep(0.05)
        for process in alive:
            if process.poll() is None:
                self.say(f"process {process.pid} did not end within {STOPPED_WITHIN_S:g} s; it is killed")
                process.kill()
            process.wait()


def _start(part: Part) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- our own modules with our own interpreter
        [sys.executable, *part.command],
        pass_fds=part.sockets,
        stdin=subprocess.DEVNULL,
        # Ctrl-C reaches only the supervisor, which then stops its parts in order.
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- one thread, see there
    )


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor is killed, so that nothing holds the folder.

    Runs between fork and exec of a program that has a single thread, which is what makes it safe.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
