"""How early and how rightly strays are sensed on the sample, by odds and by the rule, and how often it is told.

Both are judged on the same people, who began after the history that the odds were made from: see `run/sensing.py`. What
is told is counted as signals are: once when somebody comes to be at risk, and again only after a quiet week.
"""

import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from waypost.learn import Alarm, Share, alarms, rule_at_risk, sense
from waypost.run.clock import SystemClock
from waypost.run.sample_workspace import SampleWorkspace
from waypost.run.sensing import judged_days
from waypost.run.settings import Settings
from waypost.run.underway import journeys_on
from waypost.run.workspace import Workspace
from waypost.sense import QUIET_DAYS


def measure(folder: Path | None = None, *, scale: float = 1.0) -> dict[str, Any]:
    """Return the report of every journey of a workspace, of the sample where none is named."""
    if folder is not None:
        return _of(Workspace(folder, Settings(data=folder), SystemClock()))
    with tempfile.TemporaryDirectory() as name:
        workspace = Workspace(Path(name), Settings(data=Path(name)), SystemClock())
        sample = SampleWorkspace(workspace, say=lambda _line: None, scale=scale)
        sample.begin()
        sample.load()
        return _of(workspace)


def _of(workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in journeys_on(workspace.rules, today=workspace.today):
        judged = judged_days(workspace.warehouse, workspace.rules, each.rule.key, today=workspace.today)
        if judged is None:
            continue
        days, split_on = judged
        report = sense(days, split_on)
        known = days.filter(pl.col("odds").is_not_null())
        if report.odds is None:
            found[each.rule.key] = "not enough history before the split: rule used"
            continue
        found[each.rule.key] = {
            "people": report.people,
            "strayed": report.strayed,
            "odds": _said(report.odds) | _told(alarms(known)),
            "rule": _said(report.rule) | _told(known.with_columns(at_risk=rule_at_risk())),
            "brier": round(report.brier or 0, 3),
            "brier_of_saying_the_same_to_all": round(report.brier_base or 0, 3),
            "calibration": [(round(b.odds, 2), round(b.met.share or 0, 2), b.people) for b in report.bins],
        }
    workspace.close()
    return found


def _said(alarm: Alarm) -> dict[str, Any]:
    return {
        "precision": _share(alarm.precision),
        "recall": _share(alarm.recall),
        "called_3_days_ahead": _share(alarm.early),
        "lead_days": alarm.lead_days,
    }


def _share(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "nobody"
    return f"{share.share:.0%} ({share.low:.0%} to {share.high:.0%}), {share.count} of {share.of}"


def _told(days: pl.DataFrame) -> dict[str, Any]:
    """Return how many signals a day that makes, and how many people were told of more than once."""
    ordered = days.sort("spell", "on_day")
    risky = pl.col("at_risk").fill_null(value=False)
    turns = ordered.filter(risky & ~risky.shift(1, fill_value=False).over("spell"))
    told: dict[int, list[Any]] = {}
    for spell, on_day in turns.select("spell", "on_day").iter_rows():
        mine = told.setdefault(spell, [])
        if not mine or on_day > mine[-1] + timedelta(days=QUIET_DAYS):
            mine.append(on_day)
    by_day: dict[Any, int] = {}
    for on_day in (each for mine in told.values() for each in mine):
        by_day[on_day] = by_day.get(on_day, 0) + 1
    days_between = (pl.col("on_day").max() - pl.col("on_day").min()).dt.total_days()
    span: int = days.select(days_between).item() + 1
    return {
        "signals_a_day": round(sum(by_day.values()) / span, 2),
        "most_on_a_day": max(by_day.values(), default=0),
        "told_of_twice": sum(len(mine) > 1 for mine in told.values()),
        "turned_to_at_risk": turns.height,
        "days": span,
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None), indent=2))
