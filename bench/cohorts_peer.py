"""The other side of `cohorts.py`, run where retentioneering is installed: its answers and times as one line of JSON.

retentioneering 5 has a funnel, and no grid of cohorts. What it has for coming back is the daily states of every path,
from which a grid is a few lines of pandas; both together are timed, once.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]
from retentioneering import Eventstream  # type: ignore[import-not-found,import-untyped,unused-ignore]


def main() -> None:
    """Read the events, ask both questions, print what came out."""
    file, first, runs, *steps = sys.argv[1:]
    frame = pd.read_parquet(file).rename(
        columns={"person_id": "user_id", "name": "event", "happened_at": "timestamp"}
    )
    began = time.perf_counter()
    stream = Eventstream(frame)
    found: dict[str, Any] = {"load_s": round(time.perf_counter() - began, 2)}
    took, funnel = _timed(lambda: stream.funnel_data(steps=steps), int(runs))
    found["funnel_s"], found["funnel"] = round(took, 4), [each["unique_paths"] for each in funnel["steps"]]
    began = time.perf_counter()
    states = stream.to_daily_states(max_dormant_days=0)
    found["states_s"] = round(time.perf_counter() - began, 2)
    began = time.perf_counter()
    found["grid"] = _grid(states.to_dataframe(), date.fromisoformat(first))
    found["pandas_s"] = round(time.perf_counter() - began, 3)
    found["grid_s"] = round(found["states_s"] + found["pandas_s"], 3)
    print(json.dumps(found))


def _grid(states: pd.DataFrame, first: date) -> dict[str, int]:
    """Return how many came back, by cohort and weeks since: from the days on which a path was active."""
    active = states[~states["event"].astype(str).isin(["at_risk_wau", "at_risk_mau", "dormant"])]
    week = (pd.to_datetime(active["timestamp"]).dt.normalize() - pd.Timestamp(first)).dt.days // 7
    weeks = pd.DataFrame({"user_id": active["user_id"], "week": week}).drop_duplicates()
    cohort = weeks.groupby("user_id")["week"].transform("min")
    counts = weeks.assign(cohort=cohort, period=weeks["week"] - cohort).groupby(["cohort", "period"]).size()
    return {
        f"{first + timedelta(weeks=int(begun))}+{int(period)}": int(n)
        for (begun, period), n in counts.items()
    }


def _timed(act: Callable[[], Any], runs: int) -> tuple[float, Any]:
    answer, times = act(), []
    for _ in range(runs):
        began = time.perf_counter()
        answer = act()
        times.append(time.perf_counter() - began)
    return statistics.median(times), answer


if __name__ == "__main__":
    main()
