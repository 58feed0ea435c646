import threading
import time

from waypost.core import StoreError
from waypost.show.foresights import BROKE, Foresight, Foresights


def settled(foresights: Foresights, key: str) -> Foresight:
    for _ in range(500):
        found = foresights.of(key, list)
        if found.ready:
            return found
        time.sleep(0.01)
    raise AssertionError


def test_a_foresight_is_worked_out_once_and_kept() -> None:
    foresights, asked = Foresights(), []

    def work() -> list[str]:
        asked.append(1)
        return ["something"]

    assert not foresights.of("a", work).ready
    assert settled(foresights, "a").lines == ("something",)
    assert foresights.of("a", work).lines == ("something",)
    assert asked == [1]


def test_one_is_worked_out_at_a_time() -> None:
    foresights, gate, running = Foresights(), threading.Event(), []

    def work() -> list[str]:
        running.append(1)
        gate.wait(5)
        return []

    foresights.of("a", work)
    foresights.of("b", work)
    time.sleep(0.1)
    assert len(running) == 1
    gate.set()
    assert settled(foresights, "b").ready
    assert len(running) == 2


def test_a_foresight_that_fails_says_so() -> None:
    def refuse() -> list[str]:
        raise StoreError("the folder is gone")

    def break_down() -> list[str]:
        return [str(1 / 0)]

    foresights = Foresights()
    foresights.of("a", refuse)
    assert settled(foresights, "a").wrong == "the folder is gone"
    foresights.of("b", break_down)
    assert settled(foresights, "b").wrong == BROKE
