"""The learner has a lesson worked out in a process of its own, so that rounds and pages need not wait for it.

What the lesson takes is copied for it, and what it gives comes back as files. The process is ended with whoever asked;
a lesson cut short leaves nothing behind, and is asked for again.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from waypost.core import WaypostError
from waypost.run.lesson import Lesson, ask_for, work_out
from waypost.run.workspace import Workspace

PREFIX = ".learning-"
SAID = "said.txt"
MOST_S = 3600.0
#: One thread for each of the engines beneath.
ENGINES = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
Work = Callable[[Path], None]


class Learner:
    """Has lessons worked out, one process at a time."""

    def __init__(self, workspace: Workspace, *, most_s: float = MOST_S) -> None:
        """Learn from the history of one workspace; no lesson may take longer than `most_s`."""
        self._workspace = workspace
        self._most_s = most_s
        self._one = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def lesson(self) -> Lesson | None:
        """Return the lesson of this morning; None once learning was ended. Raises WaypostError when it fails."""
        with self._one:
            try:
                return None if self._ended else lesson_by(self._workspace, self._run)
            except WaypostError:
                if self._ended:
                    return None
                raise

    def end(self) -> None:
        """End a lesson under way; whoever waits for it is told so, and none is begun any more."""
        self._ended = True
        process = self._process
        if process is not None:
            process.kill()

    def _run(self, folder: Path) -> None:
        command = [sys.executable, "-m", "waypost.run.learning_process", "--folder", str(folder)]
        alone = {**os.environ, **dict.fromkeys(ENGINES, "1")}
        with (folder / SAID).open("wb") as said:
            process = self._process = subprocess.Popen(  # noqa: S603 -- our own module with our own interpreter
                [*command, "--parent", str(os.getpid())],
                env=alone,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        try:
            if self._ended:
                process.kill()
            code = process.wait(self._most_s)
        except subprocess.TimeoutExpired:
            raise WaypostError(f"learning took more than {self._most_s:g} s and was ended") from None
        finally:
            process.kill()
            process.wait()
            self._process = None
        if code:
            raise WaypostError(f"learning {_how(code)}; it begins again{_last_words(folder / SAID)}")


def forget_lessons(folder: Path) -> None:
    """Remove what lessons cut short have left in a data folder: copies of what is in the warehouse."""
    for left in folder.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def lesson_by(workspace: Workspace, work: Work = work_out) -> Lesson:
    """Return the lesson of this morning, worked out by `work` in a folder of its own, of which nothing is left."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=workspace.folder) as made:
        folder = Path(made)
        memory_mb = workspace.settings.memory_mb
        ask_for(folder, workspace.warehouse, workspace.rules, today=workspace.today, memory_mb=memory_mb)
        work(folder)
        return Lesson.read(folder)


def _how(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _last_words(file: Path) -> str:
    said = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f": {said[-1]}" if said else ""
