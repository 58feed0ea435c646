"""Measures one world, in this very process: `python -m bench.scale_measured FOLDER replay rounds sweep exact`.

`replay` derives everything anew; `rounds` takes in a thousand fresh events at a time; `sweep` is the first round of a
new day; `exact` compares what rounds and sweep left with a replay, table by table and row by row.
"""

import json
import math
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.replay import SCAN
from bench.scale_fresh import COPIES, Fresh
from bench.scale_world import NOW, definitions
from waypost.run.clock import SetClock
from waypost.run.round import RoundReport
from waypost.run.settings import Settings, WorkspaceSettings
from waypost.run.workspace import Workspace
from waypost.store import Writer, intake_of

MEMORY_MB = 3000
ROUNDS, WARM_UP = 24, 2
SLOWEST = 12
SWEPT = """
    select count(*) from (
      select account_id, person_id, feature, actor, sum(cast(n as double)) as n, sum(quantity) as quantity,
        count(*) as days, max(last_at) as last_at
      from usage_daily group by all
    )
"""
#: What a replay must leave as the rounds left it, row for row; sums to the sixth digit, for they have no order.
DERIVED = {
    "identities": "*",
    "people": "*",
    "accounts": "*",
    "memberships": "*",
    "settings": "*",
    "answers": "*",
    "tickets": "*",
    "contracts": "*",
    "usage_daily": "day, account_id, person_id, feature, actor, n, round(quantity, 6) as quantity, first_at, last_at",
    "standings": "*",
    "scores": "account_id, on_day, scorecard, version, round(score, 6) as score, band, withheld",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What each named statement took by the clock and of the processors, and how often it was run."""

    clock_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    times: Counter[str] = field(default_factory=Counter)


def measured(folder: Path, parts: list[str]) -> Iterator[dict[str, Any]]:
    """Yield what is known of a world after each of the parts, so that who stops early has the first of them."""
    clock = SetClock(NOW)
    workspace = Workspace(folder, Settings(memory_mb=MEMORY_MB, workspace=WorkspaceSettings()), clock)
    workspace.publish(definitions())
    found = _sizes(workspace)
    if "replay" in parts:
        found |= _replay(workspace)
    else:
        workspace.round()
    yield found | _stated(workspace)
    if "rounds" in parts:
        found |= _rounds(workspace, clock)
        yield found
    if "sweep" in parts:
        found |= _sweep(workspace, clock)
        yield found
    if "exact" in parts:
        found |= _exact(workspace)
    found |= _stated(workspace)
    workspace.close()
    yield found | {"peak_memory_mb": _peak_mb(), "load": _load()}


def _replay(workspace: Workspace) -> dict[str, Any]:
    """Time one replay of everything, between plain scans of the same events.

    On a machine with other things to do the processor's time tells more than the clock's, so both are told.
    """

    def scan() -> object:
        return workspace.warehouse.look(SCAN, within_s=3600)

    scan()
    scans = [_timed(scan)]
    with by_statement() as spent:
        replay = _timed(workspace.replay)
    peak = _peak_mb()
    scans.append(_timed(scan))
    plain = Took(*(statistics.mean(each) for each in zip(*scans, strict=True)))
    return {
        "scan_s": round(plain.clock_s, 2),
        "replay_s": round(replay.clock_s, 2),
        "replay_to_scan": round(replay.clock_s / plain.clock_s, 2),
        "scan_cpu_s": round(plain.cpu_s, 2),
        "replay_cpu_s": round(replay.cpu_s, 2),
        "replay_to_scan_cpu": round(replay.cpu_s / plain.cpu_s, 2),
        "replay_peak_memory_mb": peak,
        "replay_statements_s": _slowest(spent.clock_s, replay.clock_s),
    }


def _rounds(workspace: Workspace, clock: SetClock) -> dict[str, Any]:
    """Time rounds of a thousand fresh events, ten of which had come before."""
    fresh = Fresh(workspace.warehouse)
    for _ in range(WARM_UP):
        _round(workspace, clock, fresh)
    with by_statement() as spent:
        waits = [_round(workspace, clock, fresh) for _ in range(ROUNDS)]
    clock_s, cpu_s = (sorted(each) for each in zip(*waits, strict=True))
    p95 = math.ceil(ROUNDS * 0.95) - 1
    return {
        "round_p50_s": round(statistics.median(clock_s), 3),
        "round_p95_s": round(clock_s[p95], 3),
        "round_p95_cpu_s": round(cpu_s[p95], 3),
        "round_statements": round(sum(spent.times.values()) / ROUNDS, 1),
        "round_statements_s": _slowest(_each(spent.clock_s), statistics.mean(clock_s)),
        "round_statements_cpu_s": _slowest(_each(spent.cpu_s), statistics.mean(cpu_s)),
    }


def _round(workspace: Workspace, clock: SetClock, fresh: Fresh) -> "Took":
    """Time one round; everything that came for the first time must have been appended, and nothing else."""
    clock.at += timedelta(seconds=5)
    events = fresh.events(clock.at)
    workspace.inbox.put([intake_of("bench", events, clock.at)])
    reports: list[RoundReport] = []
    took = _timed(lambda: reports.append(workspace.round()))
    if reports[0].appended != len(events) - COPIES or reports[0].whole:
        raise RuntimeError(f"a round of {len(events)} events came to {reports[0]}")
    return took


def _sweep(workspace: Workspace, clock: SetClock) -> dict[str, Any]:
    """Time the first round of a new day, which states everybody, beside one grouped scan of daily use."""

    def scan() -> object:
        return workspace.warehouse.look(SWEPT, within_s=3600)

    scans = [_timed(scan) for _ in range(3)]
    plain = Took(*(statistics.median(each) for each in zip(*scans, strict=True)))
    clock.at += timedelta(days=1)
    with by_statement() as spent:
        sweep = _timed(workspace.round)
    return {
        "swept_scan_s": round(plain.clock_s, 2),
        "sweep_s": round(sweep.clock_s, 2),
        "sweep_to_scan": round(sweep.clock_s / plain.clock_s, 2),
        "sweep_cpu_s": round(sweep.cpu_s, 2),
        "sweep_to_scan_cpu": round(sweep.cpu_s / plain.cpu_s, 2),
        "sweep_statements_s": _slowest(spent.clock_s, sweep.clock_s),
    }


def _exact(workspace: Workspace) -> dict[str, Any]:
    """Return the tables in which what rounds left differs from a replay; there should be none."""
    live = _prints(workspace)
    workspace.replay()
    replayed = _prints(workspace)
    return {"tables_that_differ": sorted(name for name in live if live[name] != replayed[name])}


def _sizes(workspace: Workspace) -> dict[str, Any]:
    counts = "count(*) as events, count(distinct person_id) as people, count(distinct account_id) as accounts"
    return _look(workspace, f"select {counts} from events")[0]  # noqa: S608 -- ours


def _stated(workspace: Workspace) -> dict[str, Any]:
    names = ("usage_daily", "standings", "scores", "ledger")
    counts = ", ".join(f"(select count(*) from {name}) as {name}" for name in names)  # noqa: S608 -- ours
    return _look(workspace, f"select {counts}")[0]


def _prints(workspace: Workspace) -> dict[str, object]:
    """Return two numbers per derived table that tell it from any other, in whatever order its rows are."""
    counts = "count(*) as n, sum(cast(hash(t) % 1000000007 as double)) as rows_sum"
    return {
        name: _look(workspace, f"select {counts} from (select {what} from {name}) t")  # noqa: S608 -- ours
        for name, what in DERIVED.items()
    }


def _look(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    return workspace.warehouse.look(sql, within_s=3600).to_dicts()


@contextmanager
def by_statement() -> Iterator[Spent]:
    """Add up what each named statement takes while the block lasts."""
    spent = Spent()
    kept = (Writer.ask, Writer.run)

    def timed(act: Callable[..., Any]) -> Callable[..., Any]:
        def do(self: Writer, name: str, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
            clock, cpu = time.perf_counter(), time.process_time()
            try:
                return act(self, name, *rest, **named)
            finally:
                spent.clock_s[name] += time.perf_counter() - clock
                spent.cpu_s[name] += time.process_time() - cpu
                spent.times[name] += 1

        return do

    Writer.ask, Writer.run = timed(kept[0]), timed(kept[1])  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        Writer.ask, Writer.run = kept  # type: ignore[method-assign]


def _each(spent: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds / ROUNDS for name, seconds in spent.items()}


def _slowest(spent: Mapping[str, float], total: float) -> dict[str, float]:
    """Return the statements that took longest, and what was spent outside all of them."""
    first = sorted(spent.items(), key=lambda each: -each[1])[:SLOWEST]
    told = {name: round(seconds, 3) for name, seconds in first}
    return {**told, "outside the engine": round(total - sum(spent.values()), 3)}


class Took(NamedTuple):
    """What something took by the clock, and of the processors."""

    clock_s: float
    cpu_s: float


def _timed(act: Callable[[], object]) -> Took:
    clock, cpu = time.perf_counter(), time.process_time()
    act()
    return Took(time.perf_counter() - clock, time.process_time() - cpu)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _load() -> float:
    return round(float(Path("/proc/loadavg").read_text().split()[0]), 1)


if __name__ == "__main__":
    for so_far in measured(Path(sys.argv[1]), sys.argv[2:]):
        print(json.dumps(so_far), flush=True)
