"""A funnel says, of those who did a first step in a span of days, how many did the next ones in time, and how fast.

The clock starts with everybody's first time in the span. In order, each step must come after the one before (other
things may lie between); in any order, all steps so far must have been done. A step done after the window is not done.
"""

from datetime import timedelta
from itertools import pairwise

import msgspec
import numpy as np
import polars as pl

from waypost.core import start_of
from waypost.measure.catalogue import Catalogue
from waypost.measure.funnel_asked import FunnelAsked
from waypost.measure.funnel_marks import Marks
from waypost.measure.shares import Share, share
from waypost.measure.trails import NEVER, Keys, Trails, Truths
from waypost.store import Warehouse

MOST_STEPS = 6
_MICROSECONDS_A_DAY = 86_400 * 10**6


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
    names = [f"at_{nr}" for nr in range(1, len(asked.steps) + 1)]
    schema = {"unit": pl.String(), **dict.fromkeys(["entered_at", *names], pl.Datetime("us"))}
    marks = Marks(warehouse, catalogue, asked)
    walked = []
    for trails in marks.trails() if asked.steps else ():
        entered, reached, unsure = _walk(trails, asked)
        known = trails
        if unsure.any():
            known = marks.knowing(trails, trails.units.filter(pl.Series(unsure)))
            entered, reached, _ = _walk(known, asked)
        marks.keep(known)
        walked.append(_told(known, entered, dict(zip(names, reached, strict=True))))
    if len(walked) == 1:
        return walked[0]
    return pl.concat([pl.DataFrame(schema=schema), *walked]).sort("entered_at", "unit")


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


def _walk(trails: Trails, asked: FunnelAsked) -> tuple[Keys, list[Keys], Truths]:
    """Return when each unit entered and did each step, and whether only the events can tell."""
    if not asked.in_order:
        entered, reached = _in_any_order(trails, asked)
        return entered, reached, np.zeros(len(entered), dtype=bool)
    entered = _in_span(trails, trails.next(0, trails.bases)[0], asked)
    reached, unsure = [entered], np.zeros(len(entered), dtype=bool)
    for nr, (before, step) in enumerate(pairwise(asked.steps), start=1):
        found, unclear = trails.next(nr, reached[-1], later=step == before)
        reached.append(_in_time(found, entered, asked))
        unsure |= unclear
    return entered, reached, unsure


def _in_any_order(trails: Trails, asked: FunnelAsked) -> tuple[Keys, list[Keys]]:
    firsts = [trails.next(nr, trails.bases)[0] for nr in range(len(asked.steps))]
    entered = _in_span(trails, np.minimum.reduce(firsts), asked)
    reached = [_in_time(firsts[0], entered, asked)]
    for each in firsts[1:]:
        reached.append(np.where(reached[-1] == NEVER, NEVER, _in_time(each, entered, asked)))
    return entered, reached


def _in_span(trails: Trails, entered: Keys, asked: FunnelAsked) -> Keys:
    """Return when each entered, NEVER if that was after the span.

    A milestone is passed at the very end of its day, so that still counts.
    """
    until = trails.at(start_of(asked.until + timedelta(days=1), asked.zone).replace(tzinfo=None))
    entries = asked.steps[: 1 if asked.in_order else None]
    ends_count = any(step.kind == "milestone" for step in entries)
    return np.where(entered - trails.bases < until + int(ends_count), entered, NEVER)


def _in_time(found: Keys, entered: Keys, asked: FunnelAsked) -> Keys:
    in_time = (entered != NEVER) & (found - entered <= asked.window_days * _MICROSECONDS_A_DAY)
    return np.where(in_time, found, NEVER)


def _told(trails: Trails, entered: Keys, reached: dict[str, Keys]) -> pl.DataFrame:
    """Return who entered, by the time of it and their names, and when they did each step."""
    instants = {name: trails.instants(keys) for name, keys in {"entered_at": entered, **reached}.items()}
    rows = np.argsort(np.where(entered == NEVER, NEVER, entered - trails.bases), kind="stable")
    return pl.DataFrame({"unit": trails.units, **instants})[rows[: np.count_nonzero(entered != NEVER)]]


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
