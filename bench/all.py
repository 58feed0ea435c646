"""Every measurement, one after the other; the numbers are printed and kept as JSON in bench/results."""

import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import (
    cohorts,
    collector,
    door,
    families,
    latency,
    learning,
    logs,
    odds,
    pages,
    pages_at_scale,
    queries,
    replay,
    scale,
    sensing,
    taking,
)

PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "cohorts": cohorts.measure,
    "collector": collector.measure,
    "door": door.measure,
    "families": families.measure,
    "latency": latency.measure,
    "learning": learning.measure,
    "logs": logs.measure,
    "odds": odds.measure,
    "pages": pages.measure,
    "pages_at_scale": pages_at_scale.measure,
    "queries": queries.measure,
    "replay": replay.measure,
    "scale": scale.measure,
    "sensing": sensing.measure,
    "taking": taking.measure,
}


def main() -> None:
    """Measure everything that an issue sets a target for."""
    now = datetime.now(UTC)
    found: dict[str, object] = {
        "measured_at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    for name, part in PARTS.items():
        found[name] = part()
        print(name, json.dumps(found[name]), flush=True)
    results = Path(__file__).with_name("results")
    results.mkdir(exist_ok=True)
    (results / f"{now:%Y-%m-%dT%H%M%S}.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
