"""A funnel says, of those who did a first step in a span of days, how many did the next ones in time, and how fast.

The clock starts with everybody's first time in the span. In order, each step must come after the one before (other
things may lie between); in any order, all steps so far must have been done. A step done after the window is not done.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import polars as pl

from waypost.core import days_between, start_of
from waypost.measure.catalogue import Catalogue
from waypost.measure.crowd import Crowd
from waypost.measure.shares import Share, share
from waypost.store import Warehouse

MOST_STEPS = 6
_BOUNDS: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "starts_at": pl.Datetime("us"),
    "ends_at": pl.Datetime("us"),
}


_AGAIN = ("again_second", "again_third", "again_fourth", "again_fifth", "again_sixth")
_COUNTED = {"nr": pl.Int32, "feature": pl.String, "automated_counts": pl.Boolean}
_KINDS = {"nr": pl.Int32, "kind": pl.String, "journey": pl.String}
_PASSED = {"nr": pl.Int32, "milestone": pl.String, "standing": pl.String}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: any use, the use of a feature, access granted, or a milestone passed.

    `passed` says which standings tell that the milestone was passed: pairs of milestone and standing (None: any).
    """

    kind: str
    feature: str | None = None
    journey: str | None = None
    passed: tuple[tuple[str, str | None], ...] = ()


class FunnelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a funnel is asked. The first step must lie between `since` and `until` (both days included)."""

    steps: tuple[Step, ...]
    in_order: bool = True
    window_days: int = 30
    since: date
    until: date
    now: datetime
    today: date
    zone: str = "UTC"
    crowd: Crowd = Crowd()

    @property
    def now_utc(self) -> datetime:
        """The instant as the tables hold it: UTC, without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """How many did a step, as a share of those who entered and of those who did the step before.

    Times are in days, from the step before; None for the first step and when nobody did it. `waiting` did not do the
    step and still have time.
    """

    of_all: Share
    of_before: Share
    waiting: int
    median_days: float | None
    low_quartile_days: float | None
    high_quartile_days: float | None


def walk(warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> pl.DataFrame:
    """Return when everybody who entered did each step: unit, entered_at, at_1, at_2 and so on (null: not in time).

    A step counts only with all steps before it.
    """
    if not asked.steps:
        return pl.DataFrame(schema={"unit": pl.String, "entered_at": pl.Datetime("us")})
    walked = (_in_order if asked.in_order else _in_any_order)(warehouse, catalogue, asked)
    return walked.sort("entered_at", "unit")


def funnel_results(asked: FunnelAsked, walked: pl.DataFrame) -> list[StepResult]:
    """Return the counts of every step from what `walk` returned, or from a part of its rows."""
    entered, before = walked.height, walked.height
    open_still = walked["entered_at"] + timedelta(days=asked.window_days) > asked.now_utc
    found = []
    for nr in range(1, len(asked.steps) + 1):
        done = walked[f"at_{nr}"]
        here = done.drop_nulls().len()
        waiting = (done.is_null() & open_still).sum()
        low, middle, high = _quartiles(walked, nr, in_order=asked.in_order)
        found.append(
            StepResult(
                of_all=share(here, entered),
                of_before=share(here, before),
                waiting=int(waiting),
                median_days=middle,
                low_quartile_days=low,
                high_quartile_days=high,
            )
        )
        before = here
    return found


def funnel_traits(warehouse: Warehouse, asked: FunnelAsked, walked: pl.DataFrame) -> pl.DataFrame:
    """Return what is known of everybody who entered: unit, tier, region, role, month."""
    params = {"unit": asked.crowd.unit.value}
    return warehouse.ask("measure/funnel_traits", params, {"units": walked.select("unit")})


def _in_order(warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> pl.DataFrame:
    params, frames = _asked_of_store(catalogue, asked)
    pairs = zip(asked.steps, asked.steps[1:], strict=False)
    repeats = dict.fromkeys(_AGAIN, False)
    repeats |= {name: step == before for name, (before, step) in zip(_AGAIN, pairs, strict=False)}
    limits = {"window_days": asked.window_days}
    found = warehouse.ask("measure/funnel_walk", {**params, **_span(asked), **limits, **repeats}, frames)
    kept = [f"at_{nr}" for nr in range(1, len(asked.steps) + 1)]
    walked = found.select("unit", "unsure", *kept).with_columns(entered_at=pl.col("at_1"))
    unsure = walked.filter("unsure").select("unit", "entered_at")
    if unsure.height:
        rules = {"rules": _rules(warehouse, catalogue, unsure, asked), "unsure": unsure}
        times = warehouse.ask("measure/funnel_times", {**params, **limits}, {**frames, **rules})
        walked = pl.concat(
            [walked.filter(~pl.col("unsure")).drop("unsure"), _by_times(asked, unsure, times)], how="diagonal"
        )
    for nr in range(2, len(kept) + 1):
        walked = _in_time(walked, nr, asked)
    return walked.select("unit", "entered_at", *kept)


def _by_times(asked: FunnelAsked, unsure: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Return when each did each step, from all the times at which they did it."""
    walked = unsure.with_columns(at_1=pl.col("entered_at"))
    for nr, (before, step) in enumerate(zip(asked.steps, asked.steps[1:], strict=False), start=2):
        reached, at = pl.col(f"at_{nr - 1}"), pl.col("reached_at")
        after = times.filter(pl.col("nr") == nr).join(walked, on="unit")
        after = after.filter(at > reached if step == before else at >= reached)
        first = after.group_by("unit").agg(at.min().alias(f"at_{nr}"))
        walked = walked.join(first, on="unit", how="left")
    return walked


def _in_any_order(warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> pl.DataFrame:
    params, frames = _asked_of_store(catalogue, asked)
    walked = warehouse.ask("measure/funnel_any", {**params, **_span(asked)}, frames)
    steps = [f"at_{nr}" for nr in range(1, len(asked.steps) + 1)]
    for nr in range(1, len(steps) + 1):
        walked = _in_time(walked, nr, asked)
    return walked.select("unit", "entered_at", *steps)


def _asked_of_store(
    catalogue: Catalogue, asked: FunnelAsked
) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """Return the parameters and frames that all questions of a funnel read."""
    params = {"since": asked.since, "today": asked.today, **asked.crowd.params()}
    crowd = asked.crowd.frames(catalogue)
    automated = dict(crowd.pop("features").iter_rows())
    counted, kinds, passed = [], [], []
    for nr, step in enumerate(asked.steps, start=1):
        if step.kind in ("any", "feature"):
            features = [step.feature] if step.kind == "feature" else list(automated)
            counted += [(nr, key, automated[key]) for key in features if key in automated]
        else:
            kinds.append((nr, step.kind, step.journey))
            passed += [(nr, *each) for each in step.passed]
    frames = {
        **crowd,
        "counted": pl.DataFrame(counted, schema=_COUNTED, orient="row"),
        "kinds": pl.DataFrame(kinds, schema=_KINDS, orient="row"),
        "passed": pl.DataFrame(passed, schema=_PASSED, orient="row"),
        "bounds": _bounds(asked),
    }
    return params, frames


def _span(asked: FunnelAsked) -> dict[str, Any]:
    """Return the end of the span; a milestone is passed at the very end of its day, so that still counts."""
    until_at = start_of(asked.until + timedelta(days=1), asked.zone).replace(tzinfo=None)
    entries = asked.steps[: 1 if asked.in_order else None]
    return {"until_at": until_at, "ends_of_days": any(step.kind == "milestone" for step in entries)}


def _rules(
    warehouse: Warehouse, catalogue: Catalogue, unsure: pl.DataFrame, asked: FunnelAsked
) -> pl.DataFrame:
    """Return the rules of the catalogue for the days on which those whose days do not tell may have done a step."""
    if not catalogue.has_open_features:
        return catalogue.usage_rules()
    first = unsure["entered_at"].dt.date().min()
    days = (
        days_between(max(asked.since, first - timedelta(days=1)), asked.today)
        if isinstance(first, date)
        else []
    )
    frames = {"days": pl.DataFrame({"day": days}, schema={"day": pl.Date})}
    return catalogue.usage_rules(warehouse.ask("measure/names_on_days", frames=frames))


def _in_time(walked: pl.DataFrame, nr: int, asked: FunnelAsked) -> pl.DataFrame:
    limit = pl.col("entered_at") + timedelta(days=asked.window_days)
    done = pl.col(f"at_{nr}") <= limit
    if nr > 1:
        done &= pl.col(f"at_{nr - 1}").is_not_null()
    return walked.with_columns(pl.when(done).then(pl.col(f"at_{nr}")).alias(f"at_{nr}"))


def _quartiles(
    walked: pl.DataFrame, nr: int, *, in_order: bool
) -> tuple[float | None, float | None, float | None]:
    """Return the quartiles of the time from the step before, or from the entry when steps come in any order."""
    before = "entered_at" if nr == 1 or not in_order else f"at_{nr - 1}"
    if nr == 1 and in_order:
        return None, None, None
    took = (walked[f"at_{nr}"] - walked[before]).drop_nulls().dt.total_microseconds() / 86_400e6
    if not took.len():
        return None, None, None
    low, middle, high = (took.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
    return low, middle, high


def _bounds(asked: FunnelAsked) -> pl.DataFrame:
    """Return the instants (UTC) at which each day from `since` to today begins and ends."""
    days = days_between(asked.since, asked.today + timedelta(days=1))
    starts = [start_of(day, asked.zone).replace(tzinfo=None) for day in days]
    rows: Sequence[tuple[date, datetime, datetime]] = list(zip(days, starts, starts[1:], strict=False))
    return pl.DataFrame(rows, schema=_BOUNDS, orient="row")
