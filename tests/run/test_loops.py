import threading

import pytest
import structlog
from structlog.testing import CapturingLogger

from waypost.core import StoreError
from waypost.run import loops
from waypost.run.loops import Loop


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    kept = CapturingLogger()
    monkeypatch.setattr(loops, "log", structlog.wrap_logger(kept, processors=[]))
    return kept


MORE, NO_MORE = True, False


class Steps:
    """Counts its calls and does what it was told for each."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.done = threading.Event()
        self.n = 0

    def __call__(self) -> bool:
        self.n += 1
        answer = self.answers.pop(0) if self.answers else False
        if not self.answers:
            self.done.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_while_there_is_more_to_do_nobody_waits() -> None:
    steps = Steps(MORE, MORE, MORE, NO_MORE)
    loop = Loop("test", steps, idle_s=3600)
    assert steps.done.wait(5)
    loop.end()
    assert steps.n == 4


def test_a_nudge_ends_the_wait() -> None:
    steps = Steps(NO_MORE, NO_MORE)
    loop = Loop("test", steps, idle_s=3600)
    while steps.n < 1:
        pass
    loop.nudge()
    assert steps.done.wait(5)
    loop.end()


def test_a_failing_step_is_logged_and_tried_again(logged: CapturingLogger) -> None:
    steps = Steps(StoreError("the disk is full; make room"), ZeroDivisionError(), NO_MORE)
    loop = Loop("test", steps, idle_s=3600)
    assert steps.done.wait(5)
    loop.end()
    assert steps.n == 3
    said = [call.kwargs for call in logged.calls]
    assert said[0]["why"] == "the disk is full; make room"
    assert len(said[1]["fault"]) == 8
