"""A whole Waypost at half load for twenty minutes, with rounds running: nothing lost, nothing growing, nothing slower.

`python -m bench.soak --minutes 20 --per-s 100` sends batches of 50 events to the collector of a running Waypost. By the
minute it tells the waits of the senders and the memory of all processes; at the end, how many events were accepted and
how many are stored.
"""

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from bench.collector import event, wrapped
from bench.door_load import load
from bench.serving import Serving, serving, write_key

CONNECTIONS = 64
EVENTS_IN_BATCH = 50
STORED_WITHIN_S = 600
MiB = 1024 * 1024


def measure(*, minutes: int = 20, per_s: float = 100) -> dict[str, Any]:
    """Return the waits and the memory of each minute, and whether all that was accepted is stored."""
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1) as loader:
        folder = Path(name) / "data"
        folder.mkdir()
        with serving(folder, sample=False) as running:
            key = write_key(folder)
            time.sleep(2)  # a collector reads its keys every second
            by_minute: list[dict[str, float]] = []
            accepted = 0
            # Each is sent once, or what is stored could not be compared with what was accepted.
            n = int(60 * per_s * 1.2)
            for minute in range(minutes):
                batches = [_batch(key, (minute * n + number) * EVENTS_IN_BATCH) for number in range(n)]
                found = loader.submit(
                    load, running.collector_port, batches, CONNECTIONS, 60.0, per_s
                ).result()
                accepted += found.answered * EVENTS_IN_BATCH
                waits = {"p50_ms": found.wait_ms(0.5), "p99_ms": found.wait_ms(0.99)}
                by_minute.append({**waits, "memory_mb": _memory_mb(running), "hung_up": found.hung_up})
                print(minute, by_minute[-1], file=sys.stderr, flush=True)
            return {"accepted": accepted, "stored": _stored(running, accepted), "by_minute": by_minute}


def _stored(running: Serving, accepted: int) -> int:
    """Wait until the rounds have taken all of it, and return how many events are stored."""
    deadline = time.monotonic() + STORED_WITHIN_S
    while True:
        found = running.look("select count(*) as n from events where source = 'segment:soak'").item()
        if found >= accepted or time.monotonic() > deadline:
            return int(found)
        time.sleep(1)


def _memory_mb(running: Serving) -> float:
    whole = psutil.Process(running.process)
    return round(sum(each.memory_info().rss for each in (whole, *whole.children(recursive=True))) / MiB)


def _batch(key: str, first: int) -> bytes:
    """Return a batch whose events are told apart from all others; its clock is not said, so it is never wrong."""
    return wrapped(key, json.dumps({"batch": [event(first + n) for n in range(EVENTS_IN_BATCH)]}).encode())


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument(
        "--per-s", type=float, default=100, help="batches of 50 a second; take half of the most"
    )
    chosen = parser.parse_args()
    print(json.dumps(measure(minutes=chosen.minutes, per_s=chosen.per_s), indent=2))


if __name__ == "__main__":
    main()
