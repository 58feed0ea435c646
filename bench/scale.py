"""Exactness and speed at scale: what a replay, rounds and a nightly sweep cost over a million stored events and more.

`python -m bench.scale --events 1e6 1e7 1e8` measures each size in a process of its own, so that the peak of its memory
is told apart. Everything is a ratio within one run: the replay to one plain grouping of the same events, the sweep to
one grouped scan of daily use, and growth and rounds to the smallest size of the run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.scale_world import World, write

PARTS = ("replay", "rounds", "sweep", "exact")
Found = dict[str, Any]


def measure(*, events: int = 1_000_000) -> Found:
    """Return what one size costs; `make bench` takes a million events."""
    with tempfile.TemporaryDirectory() as name:
        return _apart(World(events=events), Path(name), PARTS)


def main() -> None:
    """Measure the sizes asked for, print them, and keep them in bench/results."""
    asked = _arguments()
    found: list[Found] = []
    for events in sorted(asked.events):
        with tempfile.TemporaryDirectory() as name:
            folder = asked.folder / str(events) if asked.folder else Path(name)
            one = _apart(World(events=events, most_people=asked.people), folder, asked.parts)
        found.append(one | _beside(found[0], one) if found else one)
        print(json.dumps(found[-1], indent=2), flush=True)
    results = Path(__file__).with_name("results")
    results.mkdir(exist_ok=True)
    (results / f"scale-{time.strftime('%Y-%m-%dT%H%M%S')}.json").write_text(
        json.dumps(found, indent=2) + "\n"
    )


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--events", nargs="+", type=lambda text: int(float(text)), default=[1_000_000])
    reader.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    reader.add_argument(
        "--people", type=lambda text: int(float(text)), default=1_000_000, help="at most so many"
    )
    reader.add_argument(
        "--folder", type=Path, help="keep the worlds here, and measure those that are here again"
    )
    return reader.parse_args()


def _apart(world: World, folder: Path, parts: Sequence[str]) -> Found:
    """Make the world if it is not there, and measure it in a process whose memory is nobody else's."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    if not (folder / "warehouse.duckdb").exists():
        write(world, folder / "warehouse.duckdb")
    written_s = time.perf_counter() - began
    command = [sys.executable, "-m", "bench.scale_measured", str(folder), *parts]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: Found = json.loads(answer.stdout.splitlines()[-1])
    return {"asked_events": world.events, "written_s": round(written_s, 1), **measured}


def _beside(smallest: Found, one: Found) -> Found:
    """Put a size beside the smallest one: growth of 1 is linear, a round over more should cost no more."""
    beside: Found = {}
    if "replay_s" in one:
        times = one["events"] / smallest["events"]
        for name in ("replay", "replay_cpu", "scan", "scan_cpu"):
            beside[f"{name}_growth_to_linear"] = round(one[f"{name}_s"] / smallest[f"{name}_s"] / times, 2)
    if "round_p95_s" in one:
        beside["round_to_smallest"] = round(one["round_p95_s"] / smallest["round_p95_s"], 2)
    return beside


if __name__ == "__main__":
    main()
