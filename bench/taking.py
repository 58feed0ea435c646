"""From the inbox into the events: how fast, what an event costs once many are stored, and what memory that takes.

`python -m bench.taking --events 1e6` fills an inbox with batches as the collector stores them and takes them in as a
round does, with deduplication, until so many are stored. The cost of the last events is told to that of the first, or
(above 10 million) to that of those around the first 5 million; `own_memory` leaves out pages of files, which the system
takes back when it needs them.
"""

import argparse
import json
import re
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bench.collector import event
from waypost.collect import READERS
from waypost.run.taking import take_all
from waypost.store import Inbox, Intake, Warehouse

EVENTS_IN_BATCH = 50
BATCHES_AT_ONCE = 10_000
FORM = "segment"
MiB = 1024 * 1024
FIRST, AROUND = 5_000_000, 1_000_000
#: Messages repeat themselves after so many, but for their id and one number.
_DIFFERENT = 40 * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What it took to take in `n` events, once `stored` were stored; memory in bytes."""

    stored: int
    n: int
    wall_s: float
    cpu_s: float
    memory: int
    own_memory: int


def measure(*, events: int = 1_000_000) -> dict[str, Any]:
    """Return events a second, the cost of an event with many stored to that with few, and memory."""
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as name:
        inbox = Inbox(Path(name) / "inbox.db", READERS)
        warehouse = Warehouse(Path(name) / "warehouse.duckdb")
        try:
            while (stored := sum(each.n for each in steps)) < events:
                _fill(inbox, stored)
                steps.append(_step(inbox, warehouse, stored))
        finally:
            warehouse.close()
            inbox.close()
    return _told(steps)


def _step(inbox: Inbox, warehouse: Warehouse, stored: int) -> Step:
    process = psutil.Process()
    began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    with warehouse.in_small_steps():
        n = sum(appended for _, appended in take_all(inbox, warehouse, zone="UTC"))
    memory = process.memory_info()
    return Step(
        stored=stored + n,
        n=n,
        wall_s=time.perf_counter() - began,
        cpu_s=sum(process.cpu_times()[:2]) - cpu,
        memory=memory.rss,
        own_memory=memory.rss - memory.shared,
    )


def _told(steps: list[Step]) -> dict[str, Any]:
    tenth = max(1, len(steps) // 10)
    last, first = steps[-tenth:], steps[:tenth]
    if steps[-1].stored > 2 * FIRST:
        first = [each for each in steps if abs(each.stored - FIRST) <= AROUND]
    taken = sum(each.n for each in steps)
    return {
        "events": taken,
        "events_per_s": round(taken / sum(each.wall_s for each in steps)),
        "cpu_us_per_event": round(1e6 * sum(each.cpu_s for each in steps) / taken, 2),
        "first_stored": first[-1].stored,
        "last_to_first_by_cpu": round(_cpu_us(last) / _cpu_us(first), 3),
        "last_to_first_by_wall": round(_wall_us(last) / _wall_us(first), 3),
        "memory_mb": _memory([each.memory for each in steps]),
        "own_memory_mb": _memory([each.own_memory for each in steps]),
    }


def _memory(sizes: list[int]) -> dict[str, int]:
    half = len(sizes) // 2
    return {
        "first": round(sizes[0] / MiB),
        "most_in_first_half": round(max(sizes[: half or 1]) / MiB),
        "most": round(max(sizes) / MiB),
    }


def _cpu_us(steps: list[Step]) -> float:
    return 1e6 * sum(each.cpu_s for each in steps) / sum(each.n for each in steps)


def _wall_us(steps: list[Step]) -> float:
    return 1e6 * sum(each.wall_s for each in steps) / sum(each.n for each in steps)


def _fill(inbox: Inbox, first: int) -> None:
    """Put batches into the inbox as the collector does, each event of which is new."""
    now, messages = datetime.now(UTC), _messages()
    around = msgspec.json.encode({"batch": [], "sentAt": now}).split(b"[]")
    intakes = []
    for start in range(first, first + BATCHES_AT_ONCE * EVENTS_IN_BATCH, EVENTS_IN_BATCH):
        batch = b",".join(
            messages[number % _DIFFERENT] % (number, 1_200 + number)
            for number in range(start, start + EVENTS_IN_BATCH)
        )
        body = batch.join([around[0] + b"[", b"]" + around[1]])
        intakes.append(Intake(source="bench", received_at=now, form=FORM, events=body, n=EVENTS_IN_BATCH))
    inbox.put(intakes)


def _messages() -> list[bytes]:
    """Return messages as a server SDK sends them, each with places for two numbers."""
    written = (msgspec.json.encode(event(number)) for number in range(_DIFFERENT))
    return [
        re.sub(rb'"rows":[0-9]+', b'"rows":%d', re.sub(rb"-[0-9]{12}\b", b"-%012d", each)) for each in written
    ]


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=lambda text: int(float(text)), default=1_000_000)
    print(json.dumps(measure(events=parser.parse_args().events)))


if __name__ == "__main__":
    main()
