"""From the inbox into the events: what a stored event costs while few are stored, and once many are.

`python -m bench.taking --events 1e6` fills an inbox with batches as the collector stores them and takes them in, with
deduplication as in a round, until so many are stored; then it tells the cost of the last tenth to that of the first.
"""

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bench.collector import event
from waypost.collect import READERS
from waypost.run.round import take_in
from waypost.store import Inbox, Intake, Warehouse

EVENTS_IN_BATCH = 50
BATCHES_AT_ONCE = 1_000
FORM = "segment"
MiB = 1024 * 1024


def measure(*, events: int = 1_000_000) -> dict[str, Any]:
    """Return events a second and the processor's time for each, of the first and of the last tenth."""
    process = psutil.Process()
    costs: list[tuple[float, float, int]] = []
    sizes: list[int] = []
    stored = 0
    with tempfile.TemporaryDirectory() as name:
        inbox = Inbox(Path(name) / "inbox.db", READERS)
        warehouse = Warehouse(Path(name) / "warehouse.duckdb")
        try:
            while stored < events:
                _fill(inbox, stored)
                began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
                taken = 0
                while (more := take_in(inbox, warehouse, zone="UTC"))[0]:
                    taken += more[0]
                costs.append((time.perf_counter() - began, sum(process.cpu_times()[:2]) - cpu, taken))
                sizes.append(process.memory_info().rss)
                stored += taken
        finally:
            warehouse.close()
            inbox.close()
    tenth = max(1, len(costs) // 10)
    # The first batch makes the tables warm.
    first, last = costs[1 : 1 + tenth], costs[-tenth:]
    return {
        "events": stored,
        "events_per_s": round(sum(n for *_, n in costs) / sum(s for s, *_ in costs)),
        "cpu_us_per_event": round(_cpu_us(costs), 2),
        "last_tenth_to_first_by_cpu": round(_cpu_us(last) / _cpu_us(first), 3),
        "memory_mb_first": round(sizes[min(1, len(sizes) - 1)] / MiB),
        "memory_mb_most": round(max(sizes) / MiB),
    }


def _cpu_us(costs: list[tuple[float, float, int]]) -> float:
    return 1e6 * sum(cpu for _, cpu, _ in costs) / sum(n for *_, n in costs)


def _fill(inbox: Inbox, first: int) -> None:
    """Put batches into the inbox as the collector does, each event of which is new."""
    now = datetime.now(UTC)
    intakes = []
    for number in range(BATCHES_AT_ONCE):
        start = first + number * EVENTS_IN_BATCH
        batch = [event(start + n) for n in range(EVENTS_IN_BATCH)]
        body = msgspec.json.encode({"batch": batch, "sentAt": now})
        intakes.append(Intake(source="bench", received_at=now, form=FORM, events=body, n=EVENTS_IN_BATCH))
    inbox.put(intakes)


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=lambda text: int(float(text)), default=1_000_000)
    print(json.dumps(measure(events=parser.parse_args().events)))


if __name__ == "__main__":
    main()
