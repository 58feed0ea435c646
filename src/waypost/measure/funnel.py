"""A funnel says, of those who did a first step in a span of days, how many did the next ones in time, and how fast.

The clock starts with everybody's first time in the span. In order, each step must come after the one before (other
things may lie between); in any order, all steps so far must have been done. A step done after the window is not done.
"""

from collections.abc import Callable, Sequence
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
    ask = _asking(warehouse, catalogue, asked)
    walked = _in_order(ask, asked) if asked.in_order else _in_any_order(ask, asked)
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


_Ask = Callable[[str, Step, dict[str, Any], dict[str, pl.DataFrame]], pl.DataFrame]


def _asking(warehouse: Warehouse, catalogue: Catalogue, asked: FunnelAsked) -> _Ask:
    base = {"since": asked.since, "today": asked.today, **asked.crowd.params()}
    frames = {**asked.crowd.frames(catalogue), "bounds": _bounds(asked)}

    def ask(name: str, step: Step, more: dict[str, Any], others: dict[str, pl.DataFrame]) -> pl.DataFrame:
        params = {**base, "kind": step.kind, "feature": step.feature, "journey": step.journey, **more}
        if name == "funnel_times":
            del params["journey"]
            others = {**others, "rules": _rules(warehouse, catalogue, others["unsure"])}
        passed = pl.DataFrame(
            list(step.passed), schema={"milestone": pl.String, "standing": pl.String}, orient="row"
        )
        return warehouse.ask(f"measure/{name}", params, {**frames, "passed": passed, **others})

    return ask


def _rules(warehouse: Warehouse, catalogue: Catalogue, unsure: pl.DataFrame) -> pl.DataFrame:
    """Return the rules of the catalogue for the days that hold these instants, in whatever zone."""
    if not catalogue.has_open_features:
        return catalogue.usage_rules()
    day = unsure["reached_at"].dt.date()
    days = pl.concat([day.dt.offset_by(by) for by in ("-1d", "0d", "1d")]).alias("day").unique()
    return catalogue.usage_rules(warehouse.ask("measure/names_on_days", frames={"days": days.to_frame()}))


def _in_order(ask: _Ask, asked: FunnelAsked) -> pl.DataFrame:
    first, *others = asked.steps
    entered = _entered(ask("funnel_first", first, {}, {}), asked)
    walked = entered.select("unit", entered_at=pl.col("reached_at"), at_1=pl.col("reached_at"))
    before = first
    for nr, step in enumerate(others, start=2):
        reached = walked.filter(pl.col(f"at_{nr - 1}").is_not_null())
        reached = reached.select("unit", reached_at=pl.col(f"at_{nr - 1}"))
        following = _following(ask, step, reached, again=step == before)
        walked = walked.join(following.rename({"next_at": f"at_{nr}"}), on="unit", how="left")
        walked = _in_time(walked, nr, asked)
        before = step
    return walked


def _following(ask: _Ask, step: Step, reached: pl.DataFrame, *, again: bool) -> pl.DataFrame:
    """Return when each did the step next; where the day does not tell, its events are asked."""
    found = ask("funnel_next", step, {"again": again}, {"reached": reached})
    unsure = found.filter("unsure").select("unit").join(reached, on="unit")
    if not unsure.height:
        return found.select("unit", "next_at")
    told = ask("funnel_times", step, {"again": again}, {"unsure": unsure})
    both = found.join(told.rename({"next_at": "told_at"}), on="unit", how="left")
    return both.select("unit", pl.min_horizontal("next_at", "told_at").alias("next_at"))


def _in_any_order(ask: _Ask, asked: FunnelAsked) -> pl.DataFrame:
    firsts = [
        ask("funnel_first", step, {}, {}).rename({"reached_at": f"at_{nr}"})
        for nr, step in enumerate(asked.steps, start=1)
    ]
    walked = firsts[0]
    for each in firsts[1:]:
        walked = walked.join(each, on="unit", how="full", coalesce=True)
    steps = [f"at_{nr}" for nr in range(1, len(firsts) + 1)]
    walked = walked.with_columns(pl.min_horizontal(steps).alias("reached_at"))
    walked = _entered(walked, asked).rename({"reached_at": "entered_at"})
    for nr in range(1, len(firsts) + 1):
        walked = _in_time(walked, nr, asked)
        if nr > 1:
            together = pl.when(pl.col(f"at_{nr - 1}").is_not_null()).then(pl.col(f"at_{nr}"))
            walked = walked.with_columns(together.alias(f"at_{nr}"))
    return walked.select("unit", "entered_at", *steps)


def _entered(first: pl.DataFrame, asked: FunnelAsked) -> pl.DataFrame:
    ends = start_of(asked.until + timedelta(days=1), asked.zone).replace(tzinfo=None)
    late = any(step.kind == "milestone" for step in asked.steps[: 1 if asked.in_order else None])
    # A milestone is passed at the very end of its day.
    inside = pl.col("reached_at") <= ends if late else pl.col("reached_at") < ends
    return first.filter(inside)


def _in_time(walked: pl.DataFrame, nr: int, asked: FunnelAsked) -> pl.DataFrame:
    limit = pl.col("entered_at") + timedelta(days=asked.window_days)
    kept = pl.when(pl.col(f"at_{nr}") <= limit).then(pl.col(f"at_{nr}"))
    return walked.with_columns(kept.alias(f"at_{nr}"))


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
