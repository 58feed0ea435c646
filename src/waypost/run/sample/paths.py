"""The path of each person: when they start, reach each milestone, fade and come back; and what past plays did."""

from dataclasses import dataclass

import numpy as np

from waypost.run.sample.accounts import Accounts
from waypost.run.sample.calendar import DAYS, NEVER, Calendar
from waypost.run.sample.chance import Bools, Floats, Ints, Rng, between, stream
from waypost.run.sample.people import ROLES, People

# Active days in a usual week, by role.
DAYS_A_WEEK = {
    "analyst": 2.7,
    "admin": 1.9,
    "manager": 2.6,
    "clerk": 3.0,
    "integrator": 0.8,
    "executive": 0.6,
}
# Another tool ran the plays from here to here (days ago), with a fifth of the accounts held out in each.
HISTORY = (168, 9)
HELD_OUT = 0.2
# Chance to return within two weeks of straying, held out and treated; chance to set a schedule within three weeks.
COMES_BACK = (0.15, 0.36)
SETS_SCHEDULE = (0.16, 0.34)
LAPSED_RESUMES = (0.20, 0.34)
STRAYS_ON = 8
# Share of those who strayed at day 30 who come late, and of everybody who misses day 60 without having strayed before.
COMES_LATE, MISSES_60 = 0.3, 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Days since provisioning (NEVER when it does not come to that); `reach` has one row per milestone.

    `held_out` says for each play whether the person's account is held out of it.
    """

    start: Ints
    reach: Ints
    fades: Ints
    fades_to: Floats
    resumes: Ints
    level: Floats
    lapsed: Ints
    held_out: dict[str, Bools]


def paths(seed: int, days: Calendar, cast: Accounts, who: People) -> Paths:
    """Return how each person goes along the path."""
    rng = stream(seed, "paths")
    size = len(who)
    held_out = {
        play: (rng.random(len(cast)) < HELD_OUT)[who.account]
        for play in ("first_week_back", "share_a_report", "set_a_schedule", "lapsed_call")
    }
    is_ = {name: np.asarray(who.character == name) for name in set(who.character)}
    none = np.zeros(size, dtype=bool)
    strays, never = is_.get("strays_first_week", none), is_.get("never_came", none)
    automated, at_30 = is_.get("automated_only", none), is_.get("strays_at_30", none)
    lapses = is_.get("lapses", none)

    start = np.minimum(rng.geometric(0.5, size) - 1, 4)
    first = np.minimum(start + rng.geometric(0.5, size) - 1, 4)
    second = between(rng, 7, 25, size)
    third = _third(rng, days, who, held_out["set_a_schedule"], second)

    back = _back(rng, days, who, held_out["first_week_back"])
    start = np.where(never, back, start)
    first = np.where(strays | never, back, first)
    second = np.where(
        strays | never,
        np.where(back < NEVER, np.maximum(back + between(rng, 4, 14, size), second), NEVER),
        second,
    )
    third = np.where(
        strays | never,
        np.where(back < NEVER, np.maximum(back + between(rng, 14, 40, size), third), NEVER),
        third,
    )

    late = between(rng, 33, 95, size)
    comes_late = rng.random(size) < COMES_LATE
    second = np.where(at_30, np.where(comes_late, late, NEVER), second)
    third = np.where(at_30, np.where(comes_late, late + 20, NEVER), third)
    third = np.where(automated, first + between(rng, 1, 12, size), third)

    tenure = DAYS - who.joined
    fades = np.where(at_30, between(rng, 8, 16, size), NEVER)
    fades = np.where(lapses, 66 + (rng.random(size) * np.maximum(1, tenure - 80)).astype(int), fades)
    fades = np.where(automated, third + 9, fades)
    lapsed = np.where(lapses, fades + 22, NEVER)
    resumes = np.where(at_30 & comes_late, late, NEVER)
    treated = ~held_out["lapsed_call"]
    again = rng.random(size) < np.where(treated, LAPSED_RESUMES[1], LAPSED_RESUMES[0])
    resumes = np.where(lapses & again, lapsed + between(rng, 2, 18, size), resumes)
    return Paths(
        start=start, reach=np.stack([first, second, third]), fades=fades,
        fades_to=np.where(automated, 0.02, np.where(lapses, 0.10, 0.07)), resumes=resumes,
        level=_level(rng, who, is_.get("power", none), is_.get("sporadic", none)), lapsed=lapsed, held_out=held_out,
    )  # fmt: skip


def _third(rng: Rng, days: Calendar, who: People, held_out: Bools, second: Ints) -> Ints:
    """Within 60 days for most; sooner where the play about schedules wrote to them."""
    size = len(who)
    third = 30 + (rng.random(size) ** 1.6 * 29).astype(np.int64)
    third = np.where(rng.random(size) < MISSES_60, between(rng, 62, 120, size), third)
    written = in_history(days, who.joined + second) & ~held_out
    chance = np.where(written, SETS_SCHEDULE[1], SETS_SCHEDULE[0])
    soon = second + between(rng, 2, 20, size)
    return np.where(rng.random(size) < chance, soon, np.maximum(third, second + 22))


def _back(rng: Rng, days: Calendar, who: People, held_out: Bools) -> Ints:
    """When somebody who strayed in the first week returns: within two weeks, or much later, or never."""
    size = len(who)
    treated = in_history(days, who.joined + STRAYS_ON) & ~held_out
    chance = np.where(treated, COMES_BACK[1], COMES_BACK[0])
    soon = STRAYS_ON + 1 + np.minimum(rng.geometric(0.22, size), 12)
    later = STRAYS_ON + between(rng, 18, 80, size)
    draw = rng.random(size)
    return np.where(draw < chance, soon, np.where(draw < chance + 0.16, later, NEVER))


def in_history(days: Calendar, when: Ints) -> Bools:
    """Return which day numbers fall into the time in which the earlier tool ran the plays."""
    return (when >= days.day(HISTORY[0])) & (when <= days.day(HISTORY[1]))


def _level(rng: Rng, who: People, power: Bools, sporadic: Bools) -> Floats:
    usual = np.array([DAYS_A_WEEK[role] for role in ROLES])[who.roles]
    own = np.exp(rng.normal(0, 0.18, len(who)))
    return usual * own * np.where(power, 1.4, 1.0) * np.where(sporadic, 0.33, 1.0)
