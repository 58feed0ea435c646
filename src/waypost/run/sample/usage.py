"""From person-days to acts: how often each person did each thing, and at which instant."""

import numpy as np
import polars as pl

from waypost.run.sample import halcyon
from waypost.run.sample.activity import Activity
from waypost.run.sample.acts import ACTS, ANALYST, BY_KEY, INTEGRATOR, Act
from waypost.run.sample.calendar import DAYS, MINUTE_US, NEVER
from waypost.run.sample.chance import Bools, Floats, Ints, Rng, between
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.people import ROLES
from waypost.run.sample.world import World

SESSION_MINUTES = 75
# Accounts whose people export less from the turn on, over and above being there less.
EXPORTS_KEPT = {"champion_left": 0.55, "silent_churn": 0.7, "ticket_storm": 0.6}
API_CALLS_A_DAY = 1.7


def usage(world: World) -> pl.DataFrame:
    """Return one row per act: act, person, day, at_us, and two plain numbers to make properties of."""
    who, seen, rng = world.who, world.seen, world.rng("usage")
    tenure = seen.day - who.joined[seen.person]
    exports = _exports(world)
    parts = []
    for n, act in enumerate(ACTS):
        rate = _rates(act, world, tenure)
        if act.key == "report_exported":
            rate = rate * exports
        parts.append(_acts(n, np.repeat(np.arange(len(rate)), rng.poisson(rate)), seen))
        parts.extend(_milestones(n, act, world))
    calls = _api_calls(rng, world)
    drawn = pl.concat(parts)
    at = _instants(rng, world, drawn)
    every = pl.concat([drawn.with_columns(at_us=pl.Series(at, dtype=pl.Int64)).drop("minute"), calls])
    live = every.filter(pl.col("at_us") <= world.days.now_us)
    return live.with_columns(
        a=pl.Series(rng.integers(0, 1 << 30, len(live))), b=pl.Series(rng.lognormal(4.6, 0.9, len(live)))
    )


def _rates(act: Act, world: World, tenure: Ints) -> Floats:
    who, way, seen = world.who, world.way, world.seen
    by_role = np.array([act.rates.get(role, 0.0) for role in range(len(ROLES))])
    rate = by_role[who.roles][seen.person]
    for role, milestone in act.after.items():
        waits = (who.roles[seen.person] == role) & (tenure < way.reach[milestone - 1][seen.person])
        rate = np.where(waits, 0.0, rate)
    return rate


def _exports(world: World) -> Floats:
    days, cast, who, seen = world.days, world.cast, world.who, world.seen
    account = who.account[seen.person]
    kept = np.array([EXPORTS_KEPT.get(story, 1.0) for story in cast.stories])
    share = np.where(seen.day >= cast.turn[account], kept[account], 1.0)
    fell = (seen.day > days.day(halcyon.EXPORTS_FELL)) & (account == HALCYON)
    stopped = who.character[seen.person] == "stopped"
    share = np.where(fell, np.where(stopped, 0.0, 0.65), share)
    return np.where((account == HALCYON) & (who.roles[seen.person] != ANALYST), 0.0, share)


def _acts(act: int, rows: Ints, seen: Activity) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "act": np.full(len(rows), act),
            "person": seen.person[rows],
            "day": seen.day[rows],
            "minute": seen.minute[rows],
        }
    )


def _milestones(n: int, act: Act, world: World) -> list[pl.DataFrame]:
    """Return what milestones ask for, done on the day on which the path says so and as often as asked."""
    days, who, way = world.days, world.who, world.way
    times = {"alert_answered": 3, "loads_scanned": 6}.get(act.key, 1)
    marks = [(role, way.reach[milestone - 1]) for role, milestone in act.marks.items()]
    if act.key == "signed_in":
        marks = [(role, way.start) for role in range(len(ROLES))]
    parts = []
    for role, due in marks:
        on = who.joined + due
        does = np.flatnonzero((who.roles == role) & (on < DAYS))
        day = days.workday(on[does])
        here = (day < who.left[does]) & (world.mood[who.account[does], day] > 0)
        minute = np.full(int(here.sum()), 10 * 60)
        once = pl.DataFrame(
            {"act": np.full(len(minute), n), "person": does[here], "day": day[here], "minute": minute}
        )
        parts.extend([once] * times)
    return parts


def _instants(rng: Rng, world: World, drawn: pl.DataFrame) -> Ints:
    person, day = drawn["person"].to_numpy(), drawn["day"].to_numpy()
    within = (rng.random(len(drawn)) ** 1.5 * SESSION_MINUTES * MINUTE_US).astype(np.int64)
    starts = drawn["act"].to_numpy() == BY_KEY["signed_in"]
    within = np.where(starts, rng.integers(0, MINUTE_US, len(drawn)), within + MINUTE_US)
    return np.asarray(
        world.days.midnight_us[world.who.place[person], day] + drawn["minute"].to_numpy() * MINUTE_US + within
    )


def _api_calls(rng: Rng, world: World) -> pl.DataFrame:
    """Programs call the API on every day of the week, in the name of the person who made the key."""
    days, who, way = world.days, world.who, world.way
    person = np.flatnonzero(who.roles == INTEGRATOR)
    begins = np.minimum(who.joined + way.reach[1], NEVER)[person]
    ends = np.minimum(who.left, np.where(way.fades < NEVER, who.joined + way.fades, NEVER))[person]
    day = np.arange(DAYS)[None, :]
    runs: Bools = (day >= begins[:, None]) & (day < ends[:, None]) & (world.mood[who.account[person]] > 0)
    rows, on = np.nonzero(runs)
    times = rng.poisson(API_CALLS_A_DAY, len(rows))
    calls, on = person[rows].repeat(times), on.repeat(times)
    minute = between(rng, 0, 24 * 60 - 1, len(on))
    within = minute * MINUTE_US + rng.integers(0, MINUTE_US, len(on))
    at = days.midnight_us[who.place[calls], on] + within
    return pl.DataFrame({"act": np.full(len(on), len(ACTS)), "person": calls, "day": on, "at_us": at})
