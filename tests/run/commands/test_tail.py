import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.run.conftest import Type

LINE = (
    '10.0.0.1 - ada [01/Jun/2026:10:{minute:02}:{second:02} +0000] "POST /p/{what}/export HTTP/1.1" 200 12 "-" '
    '"Mozilla/5.0"\n'
)
WAYPOST = str(Path(sys.executable).with_name("waypost"))
TOLD = "select count(*) as n, count(distinct event_id) as ids from events where kind = 'log'"


class Server:
    """Writes a log as fast as a busy server, and rotates it in every way there is, until it is told to stop."""

    def __init__(self, log: Path, seed: int) -> None:
        self.log = log
        self.written = 0
        self._firsts = set[int]()
        self._chance = random.Random(seed)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()

    def lines(self) -> list[str]:
        return [self._line(number) for number in range(self.written)]

    def _line(self, number: int) -> str:
        # Three of five are alike, and a second has three hundred. Files that begin alike to the second are one file.
        of_second = number // 300
        what = 7 if number % 5 < 3 and number not in self._firsts else number
        return LINE.format(minute=of_second // 60 % 60, second=of_second % 60, what=what)

    def _write(self) -> None:
        rotations: list[Callable[[int], None]] = [self._rename, self._copy, self._pack]
        turn = 0
        while not self._ending.is_set():
            for _ in range(self._chance.randrange(1, 8)):
                fresh = "".join(self._line(self.written + nr) for nr in range(self._chance.randrange(1, 60)))
                with self.log.open("a") as file:
                    # A line may lie there without its end for a moment.
                    at = self._chance.randrange(len(fresh))
                    file.write(fresh[:at])
                    file.flush()
                    file.write(fresh[at:])
                self.written += fresh.count("\n")
                time.sleep(0.004)
            turn += 1
            self._firsts.add(self.written)
            rotations[turn % 3](turn)

    def _rename(self, turn: int) -> None:
        self.log.rename(self.log.with_name(f"access.log.{turn}"))

    def _copy(self, turn: int) -> None:
        shutil.copyfile(self.log, self.log.with_name(f"access.log-{turn}"))
        os.truncate(self.log, 0)

    def _pack(self, turn: int) -> None:
        moved = self.log.rename(self.log.with_name(f"access.log.{turn}"))
        with gzip.open(moved.with_name(f"{moved.name}.gz"), "wb") as packed:
            packed.write(moved.read_bytes())
        moved.unlink()


@pytest.mark.parametrize(("means", "kills"), [("access.log", 3), ("access.log*", 2)])
def test_killed_again_and_again_while_a_log_is_written_and_rotated_it_stores_each_line_once(
    type_in: Type, data: Path, means: str, kills: int
) -> None:
    (data.parent / "logs").mkdir()
    log = data.parent / "logs" / "access.log"
    log.touch()
    words = ["tail", f"logs/{means}", "--source", "web", "--format", "apache-combined"]
    assert type_in(*words, "--once").out == "web: 0 events taken in from 0 lines\n"
    server = Server(log, seed=len(means))
    chance = random.Random(7)
    try:
        for _ in range(kills):
            process = subprocess.Popen([WAYPOST, *words], cwd=data.parent)
            time.sleep(0.9 + chance.random() * 0.5)
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
    finally:
        server.end()
    said = type_in(*words, "--once")
    assert said.code == 0, said.err
    type_in("round")
    n, ids = type_in("sql", TOLD).lines[1].split("\t")
    assert (int(n), int(ids)) == (server.written, server.written)
    # One import of all that was written finds every line's event there already.
    (data.parent / "whole.log").write_text("".join(server.lines()))
    taken = type_in("import", "whole.log", "--source", "web", "--format", "apache-combined")
    assert (
        taken.out
        == f"whole.log: {server.written} events taken in from {server.written} lines of apache-combined\n"
    )
    assert type_in("round").out.startswith(f"{server.written} events taken in, 0 of them new")
