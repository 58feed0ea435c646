"""A replay of everything derived from the sample, as a ratio to one plain scan of the same events.

The scan counts events by day, account, person and name, in the same DuckDB file and the same process.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.serving import serving
from waypost.run.clock import SystemClock
from waypost.run.settings import Settings, WorkspaceSettings
from waypost.run.workspace import Workspace

SCAN = """
    select count(*) from (
      select happened_on, account_id, person_id, name, count(*) as n from events group by all
    )
"""


def measure(*, rounds: int = 3) -> dict[str, float]:
    """Return the median time of both (s) and their ratio, taken in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        with serving(folder):
            pass
        workspace = Workspace(folder, Settings(workspace=WorkspaceSettings()), SystemClock())
        times: dict[str, list[float]] = {"scan": [], "replay": []}
        for _ in range(rounds):
            times["scan"].append(_timed(lambda: workspace.warehouse.look(SCAN)))
            times["replay"].append(_timed(workspace.replay))
        events = workspace.warehouse.look("select count(*) as n from events").item()
        workspace.close()
    scan, replay = statistics.median(times["scan"]), statistics.median(times["replay"])
    return {
        "events": events,
        "scan_s": round(scan, 3),
        "replay_s": round(replay, 3),
        "ratio": round(replay / scan, 1),
    }


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure()))
