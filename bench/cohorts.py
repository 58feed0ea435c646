"""A funnel and a grid of retention over the same million events, beside retentioneering, as ratios of one run.

retentioneering (Apache-2.0) is installed into an environment of its own, which goes with the run; where it cannot be
installed the bench says so and measures Waypost alone. Both sides have taken the events in before the clock starts: a
Waypost round has rolled them up by day, retentioneering has sorted and numbered them; how long that takes is told too,
and so is the first funnel after something was committed, which has to read and number what the next ones walk.
What can be compared must agree: the counts of every step, and those of every cell of the grid.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import polars as pl

from waypost.measure import (
    Catalogue,
    Crowd,
    FunnelAsked,
    Grain,
    RetentionAsked,
    Start,
    Step,
    curves,
    funnel_results,
    restate_usage,
    retention,
    started,
    walk,
)
from waypost.store import Warehouse

EVENTS, PEOPLE, IN_ACCOUNT, DAYS, RUNS = 1_000_000, 20_000, 30, 84, 5
T = TypeVar("T")
FIRST = date(2026, 1, 5)  # a Monday
FEATURES = ("sign_in", "open", "search", "export", "share", "comment", "invite", "schedule", "report", "help")
STEPS = ("sign_in", "search", "export", "share")
PEER = Path(__file__).with_name("cohorts_peer.py")
INSTALL_S, ANSWER_S = 600, 900


def measure() -> dict[str, object]:
    """Return the median times of both (s), what they agree on, and the ratios (how many times Waypost is faster)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        events = _events()
        events.select("person_id", "name", "happened_at").write_parquet(folder / "events.parquet")
        found, funnel, grid = _ours(folder, events)
        peer = _peer(folder)
    if isinstance(peer, str):
        return {**found, "retentioneering": peer}
    return {
        **found,
        **{f"retentioneering_{key}": value for key, value in peer.items() if key not in ("funnel", "grid")},
        "funnel_agrees": peer["funnel"] == funnel,
        "grid_agrees": peer["grid"] == grid,
        "funnel_ratio": round(float(str(peer["funnel_s"])) / float(str(found["funnel_s"])), 1),
        "grid_ratio": round(float(str(peer["grid_s"])) / float(str(found["grid_s"])), 1),
    }


def _events() -> pl.DataFrame:
    """Return the events of a made-up product: people begin in any of twelve weeks, and half of them fade away."""
    chance = random.Random(1)  # noqa: S311 -- the same events on every run
    weights = [30, 20, 14, 10, 6, 6, 4, 4, 3, 3]
    people = range(PEOPLE)
    began = [chance.randrange(DAYS) for _ in people]
    stays = [chance.randrange(1, DAYS) if chance.random() < 0.5 else DAYS for _ in people]
    who = chance.choices(people, k=EVENTS)
    name = chance.choices(FEATURES, weights, k=EVENTS)
    rows = []
    for nr, (person, feature) in enumerate(zip(who, name, strict=True)):
        last = min(DAYS, began[person] + stays[person])
        day = chance.randrange(began[person], max(last, began[person] + 1))
        # No two events at one instant: then there is one order only.
        at = (day * 86_400 + chance.randrange(86_400)) * 1_000_000 + nr % 1_000_000
        rows.append((f"e{nr}", f"p{person}", f"a{person // IN_ACCOUNT}", feature, at))
    frame = pl.DataFrame(rows, schema=["event_id", "person_id", "account_id", "name", "at"], orient="row")
    start = pl.lit(datetime(FIRST.year, FIRST.month, FIRST.day)).cast(pl.Datetime("us"))  # noqa: DTZ001 -- UTC, as tables hold it
    return frame.with_columns((start + pl.duration(microseconds="at")).alias("happened_at")).sort(
        "happened_at"
    )


def _ours(folder: Path, events: pl.DataFrame) -> tuple[dict[str, object], list[int], dict[str, int]]:
    catalogue = Catalogue.from_document(
        {
            "kind": "catalogue",
            "key": "catalogue",
            "features": [{"key": each, "name": each, "match": [{"event": each}]} for each in FEATURES],
        },
        where="bench",
    )
    warehouse = Warehouse(folder / "warehouse.duckdb")
    rolled_s = _take_in(warehouse, events, catalogue)
    asked, funnel = _retention(), _funnel()
    began = time.perf_counter()
    walk(warehouse, catalogue, funnel)
    funnel_first_s = time.perf_counter() - began
    funnel_s, walked = _timed(lambda: walk(warehouse, catalogue, funnel))
    grid_s, grid = _timed(
        lambda: retention(warehouse, catalogue, asked, started(warehouse, catalogue, asked))
    )
    curve_s, _ = _timed(lambda: curves(warehouse, catalogue, asked, started(warehouse, catalogue, asked)))
    warehouse.close()
    found: dict[str, object] = {
        "events": events.height,
        "people": events["person_id"].n_unique(),
        "rolled_up_s": round(rolled_s, 2),
        "funnel_first_s": round(funnel_first_s, 4),
        "funnel_s": round(funnel_s, 4),
        "grid_s": round(grid_s, 4),
        "curve_s": round(curve_s, 4),
    }
    cells = {
        f"{row.first}+{cell.period}": cell.share.count
        for row in grid.cohorts
        for cell in row.cells
        if cell.share.count
    }
    return found, [each.of_all.count for each in funnel_results(funnel, walked)], cells


def _take_in(warehouse: Warehouse, events: pl.DataFrame, catalogue: Catalogue) -> float:
    """Store the events and roll them up by day, as rounds do; return how long the roll-up took (s)."""
    stored = events.with_row_index("nr").select(
        "nr", "event_id", pl.lit("bench").alias("source"), pl.lit("track").alias("kind"), "name", "happened_at",
        pl.col("happened_at").alias("received_at"), pl.col("happened_at").dt.date().alias("happened_on"), "person_id",
        pl.lit(None, dtype=pl.String).alias("anonymous_id"), "account_id", pl.lit("human").alias("actor"),
        pl.lit(None, dtype=pl.Float64).alias("quantity"), pl.lit("{}").alias("properties"),
        pl.lit("{}").alias("context"),
    )  # fmt: skip
    with warehouse.writing() as writer:
        nothing = stored.select("source", "event_id").clear()
        writer.run("facts/append", {"before": 0, "covered": 0}, {"fresh": stored, "sent_before": nothing})
        began = time.perf_counter()
        pairs = stored.select("person_id", pl.col("happened_on").alias("day")).unique()
        restate_usage(writer, pairs, catalogue)
        took = time.perf_counter() - began
    warehouse.checkpoint()
    return took


def _funnel() -> FunnelAsked:
    last = FIRST + timedelta(days=DAYS)
    return FunnelAsked(
        steps=tuple(Step(kind="feature", feature=each) for each in STEPS),
        window_days=365,
        since=FIRST,
        until=last,
        now=datetime(last.year, last.month, last.day, tzinfo=UTC),
        today=last,
    )


def _retention() -> RetentionAsked:
    last = FIRST + timedelta(days=DAYS - 1)
    return RetentionAsked(
        start=Start.FIRST_USE, grain=Grain.WEEK, crowd=Crowd(), last_cohort=last, cohorts=12, today=last
    )


def _peer(folder: Path) -> dict[str, object] | str:
    """Return what retentioneering answers and how fast; why not, when it could not be installed or did not answer."""
    place = folder / "environment"
    python = place / "bin" / "python"
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", str(place)], check=True, capture_output=True, timeout=INSTALL_S
        )
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "retentioneering>=5",
            "pyarrow",
        ]
        subprocess.run(install, check=True, capture_output=True, timeout=INSTALL_S)
    except (OSError, subprocess.SubprocessError) as error:
        return f"could not be installed ({type(error).__name__}); Waypost is measured alone"
    # It sends home what is used unless told not to.
    quiet = {"RETENTIONEERING_NO_TRACK": "1", "HOME": str(folder), "PATH": str(python.parent)}
    asked = [str(python), str(PEER), str(folder / "events.parquet"), FIRST.isoformat(), str(RUNS), *STEPS]
    try:
        done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=ANSWER_S, env=quiet)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or ""
        return (
            f"gave no answer ({type(error).__name__}: {str(said).strip()[-200:]}); Waypost is measured alone"
        )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    """Return the median time (s) of a few goes after a first one, and the answer."""
    answer, times = act(), []
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = act()
        times.append(time.perf_counter() - began)
    return statistics.median(times), answer


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
