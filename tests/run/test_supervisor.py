import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

PROGRAM = """
import sys
from waypost.run.supervisor import Part, Supervisor
parts = [Part(name=f"part {n}", command=["-c", code]) for n, code in enumerate(sys.argv[1:])]
sys.exit(Supervisor(parts, say=lambda line: print(line, flush=True)).run())
"""
# One write for the whole line: two parts share the pipe.
WAITING = "import os; os.write(1, b'up\\n'); time.sleep(60)"
STEADY = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); " + WAITING
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITING


class Supervised:
    """A real supervisor in a process of its own."""

    def __init__(self, *codes: str, stopped_within_s: float = 20) -> None:
        program = PROGRAM.replace(
            "sys.exit(",
            f"import waypost.run.supervisor as s; s.STOPPED_WITHIN_S = {stopped_within_s}\nsys.exit(",
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *codes], stdout=subprocess.PIPE, text=True
        )

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def parts(self) -> list[psutil.Process]:
        return sorted(psutil.Process(self.process.pid).children(), key=lambda each: each.pid)


@pytest.fixture
def started() -> Iterator[list[Supervised]]:
    all_of_them: list[Supervised] = []
    yield all_of_them
    for each in all_of_them:
        if each.process.poll() is None:
            each.process.terminate()
        each.process.wait(30)


def test_a_killed_part_is_started_again(started: list[Supervised]) -> None:
    one = Supervised(STEADY)
    started.append(one)
    assert one.line() == "up"
    one.parts()[0].kill()
    assert one.line() == "part 0 ended (killed by SIGKILL); it starts again in 0.5 s"
    assert one.line() == "up"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_all_parts_end_when_told_to_stop(started: list[Supervised], told: signal.Signals) -> None:
    one = Supervised(STEADY, STEADY)
    started.append(one)
    assert [one.line(), one.line()] == ["up", "up"]
    parts = one.parts()
    one.process.send_signal(told)
    assert one.process.wait(10) == 0
    assert not any(part.is_running() for part in parts)


def test_no_part_outlives_a_killed_supervisor(started: list[Supervised]) -> None:
    one = Supervised(STEADY)
    assert one.line() == "up"
    (part,) = one.parts()
    one.process.kill()
    one.process.wait()
    assert psutil.wait_procs([part], timeout=10)[1] == []


def test_a_part_that_does_not_end_is_killed(started: list[Supervised]) -> None:
    one = Supervised(STUBBORN, stopped_within_s=0.3)
    started.append(one)
    assert one.line() == "up"
    one.process.terminate()
    assert "did not end within 0.3 s; it is killed" in one.line()
    assert one.process.wait(10) == 0


def test_a_part_without_hope_ends_the_whole(started: list[Supervised]) -> None:
    one = Supervised(STEADY, "import sys, time; time.sleep(0.2); sys.exit(78)")
    started.append(one)
    assert one.process.wait(10) == 1


def test_pauses_grow_while_a_part_keeps_dying(started: list[Supervised]) -> None:
    one = Supervised("import sys; sys.exit(3)")
    started.append(one)
    assert one.line().endswith("ended (exit code 3); it starts again in 0.5 s")
    assert one.line().endswith("it starts again in 1 s")


def test_sockets_are_inherited(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    code = f"import os, sys; os.write({writing}, b'here'); sys.exit(78)"
    program = (
        "import sys\nfrom waypost.run.supervisor import Part, Supervisor\n"
        f"part = Part(name='a', command=['-c', {code!r}], sockets=[{writing}])\n"
        "sys.exit(Supervisor([part], say=print).run())"
    )
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", program], pass_fds=[writing], check=False)
    assert os.read(reading, 10) == b"here"
    assert time.monotonic() - began < 20
