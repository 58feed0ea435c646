"""A lesson is worked out by another process, which may be killed: nothing of it is left, and it is asked for again."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil
import pytest

from tests.tale import ANALYST, CATALOGUE, FIRST, TIERS, Tale
from waypost.core import WaypostError
from waypost.run import learner as learning
from waypost.run import learning_process
from waypost.run.clock import SetClock
from waypost.run.learner import Learner, forget_lessons
from waypost.run.learning import learn_now, learns
from waypost.run.lesson import Lesson
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import intake_of

NOON = datetime(FIRST.year, FIRST.month, FIRST.day + 3, 12, tzinfo=UTC)
WITHIN_S = 60.0
ASKING = """
import sys
from pathlib import Path
from waypost.run.clock import SystemClock
from waypost.run.learner import Learner
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
Learner(Workspace(Path(sys.argv[1]), Settings(), SystemClock())).lesson()
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(tmp_path, Settings(data=tmp_path), SetClock(NOON))
    opened.publish([CATALOGUE, TIERS, ANALYST])
    joined = Tale().an_event("membership", "joined", role="analyst")
    opened.inbox.put([intake_of("product", [joined], NOON)])
    opened.round()
    yield opened
    opened.close()


def _left(workspace: Workspace) -> list[Path]:
    assert workspace.folder is not None
    return list(workspace.folder.glob(f"{learning.PREFIX}*"))


def _odds(workspace: Workspace) -> int:
    return int(workspace.warehouse.look("select count(*) from odds").item())


def _process(of: int | None = None) -> psutil.Process:
    """Return the process that works a lesson out (for us, unless said), once there is one."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        for child in psutil.Process(of).children():
            if any("learning_process" in word for word in child.cmdline()):
                return child
        time.sleep(0.01)
    raise TimeoutError


def _meanwhile(asked: Callable[[], Lesson | None]) -> tuple[threading.Thread, list[object]]:
    found: list[object] = []

    def ask() -> None:
        try:
            found.append(asked())
        except WaypostError as error:
            found.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, found


def test_another_process_works_it_out_and_nothing_of_it_is_left(workspace: Workspace) -> None:
    learnt = learn_now(workspace)
    assert (learnt.milestones, learnt.by_rule, learnt.underway) == (2, 2, 1)
    assert (_odds(workspace), _left(workspace)) == (1, [])


def test_it_steps_back_from_everything_else_on_the_machine(workspace: Workspace) -> None:
    thread, _ = _meanwhile(Learner(workspace).lesson)
    process, deadline = _process(), time.monotonic() + WITHIN_S
    while process.nice() == psutil.Process().nice() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.nice() > psutil.Process().nice()
    thread.join(WITHIN_S)


def test_killed_half_way_it_leaves_nothing_and_the_next_time_it_is_done(workspace: Workspace) -> None:
    learner = Learner(workspace)
    thread, found = _meanwhile(learner.lesson)
    _process().kill()
    thread.join(WITHIN_S)
    assert found == ["learning was killed by SIGKILL; it begins again"]
    assert (_odds(workspace), _left(workspace)) == (0, [])
    learns(workspace, learner.lesson, lambda: None)()
    assert (_odds(workspace), _left(workspace)) == (1, [])


def test_ended_on_purpose_it_gives_nothing_and_is_no_fault(workspace: Workspace) -> None:
    learner = Learner(workspace)
    thread, found = _meanwhile(learner.lesson)
    process = _process()
    learner.end()
    thread.join(WITHIN_S)
    assert (found, _left(workspace), process.is_running()) == ([None], [], False)
    assert learner.lesson() is None
    assert learns(workspace, learner.lesson, lambda: None)() is False
    assert _odds(workspace) == 0


def test_a_lesson_that_takes_too_long_is_ended(workspace: Workspace) -> None:
    with pytest.raises(WaypostError, match=r"took more than 0\.01 s and was ended"):
        Learner(workspace, most_s=0.01).lesson()
    assert _left(workspace) == []


def test_a_fault_is_told_in_its_last_words(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "ask_for", lambda folder, *_args, **_asked: (folder / "asked.json").touch())
    with pytest.raises(WaypostError, match=r"exit code 1; it begins again: .*truncated"):
        Learner(workspace).lesson()


def test_what_an_earlier_process_left_is_forgotten(workspace: Workspace) -> None:
    assert workspace.folder is not None
    left = workspace.folder / f"{learning.PREFIX}abc"
    left.mkdir()
    (left / "usage_daily.parquet").touch()
    forget_lessons(workspace.folder)
    assert _left(workspace) == []


def test_rounds_go_on_while_history_is_handed_over(workspace: Workspace) -> None:
    with workspace.warehouse.reading() as reader:
        rows = reader.batches_of("memberships")
        left = msgspec.structs.replace(Tale().an_event("membership", "left", on=2), event_id="left")
        workspace.inbox.put([intake_of("product", [left], NOON)])
        assert workspace.round().people == 1
        [batch] = list(rows)
    assert batch.column("left_on").to_pylist() == [None], "what is read is the state from when it began"


def test_who_asked_is_killed_and_the_process_ends_with_them(tmp_path: Path) -> None:
    asking = subprocess.Popen([sys.executable, "-c", ASKING, str(tmp_path)])
    process = _process(asking.pid)
    asking.kill()
    asking.wait(WITHIN_S)
    process.wait(WITHIN_S)
    assert list(tmp_path.glob(f"{learning.PREFIX}*")) != [], "it was cut short"
    forget_lessons(tmp_path)
    assert list(tmp_path.glob(f"{learning.PREFIX}*")) == []


def test_a_process_whose_parent_is_gone_does_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        learning_process.main(["--folder", str(tmp_path), "--parent", "1"])
