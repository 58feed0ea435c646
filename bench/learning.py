"""What learning costs the rounds beside it: with nothing to learn, in a thread of theirs, and in a process of its own.

A workspace with the sample does one small round after another. A round beside learning is compared with the same round
without, in one run; the middle of each is told, and the tenth that took longest.
"""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil

from waypost.core import Event, Kind
from waypost.run.clock import SystemClock
from waypost.run.learner import Learner
from waypost.run.lesson import lesson
from waypost.run.sample_workspace import SampleWorkspace
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import intake_of

LEAST_ROUNDS = 20
EVENTS = 20


def measure(*, scale: float = 1.0) -> dict[str, float]:
    """Return how long rounds took (s) each way, and the core seconds of this process while a lesson was had."""
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace(Path(name), Settings(data=Path(name)), SystemClock())
        sample = SampleWorkspace(workspace, say=lambda _line: None, scale=scale)
        sample.begin()
        sample.load()
        people = workspace.warehouse.look("select person_id, account_id from memberships limit 500").rows()
        told: dict[str, float] = {}
        for way, learn in (
            ("alone", lambda: time.sleep(10)),
            ("beside_a_thread", lambda: lesson(workspace.warehouse, workspace.rules, today=workspace.today)),
            ("beside_a_process", Learner(workspace).lesson),
        ):
            told |= {f"{what}_{way}": value for what, value in _rounds(workspace, people, learn).items()}
        workspace.close()
        return told


def _rounds(
    workspace: Workspace, people: list[tuple[str, str]], learn: Callable[[], object]
) -> dict[str, float]:
    learning = threading.Thread(target=learn)
    began, took = psutil.Process().cpu_times(), list[float]()
    learning.start()
    since = time.monotonic()
    while learning.is_alive() or len(took) < LEAST_ROUNDS:
        workspace.inbox.put([intake_of("bench", list(_events(people)), datetime.now(UTC))])
        at = time.perf_counter()
        workspace.round()
        took.append(time.perf_counter() - at)
        if not learning.is_alive() and len(took) >= LEAST_ROUNDS:
            break
    lasted, ended = time.monotonic() - since, psutil.Process().cpu_times()
    return {
        "round_p50_s": round(statistics.median(took), 3),
        "round_p90_s": round(statistics.quantiles(took, n=10)[-1], 3),
        "rounds": len(took),
        "lasted_s": round(lasted, 1),
        "core_s": round(ended.user + ended.system - began.user - began.system, 1),
    }


def _events(people: list[tuple[str, str]]) -> list[Event]:
    now = datetime.now(UTC)
    return [
        Event(
            event_id=f"bench-{time.monotonic_ns()}-{nr}", source="bench", kind=Kind.TRACK, name="Report Exported",
            happened_at=now, received_at=now, person_id=person, account_id=account, properties=msgspec.Raw(b"{}"),
        )
        for nr, (person, account) in enumerate(people[:EVENTS])
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure()))
