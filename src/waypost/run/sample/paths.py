"""The path of each person: when they start, reach each milestone, fade and come back; and what past plays did."""

from dataclasses import dataclass

import numpy as np

from waypost.run.sample import halcyon
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
PLAYS = ("first_week_back", "tips_after_a_month", "set_a_schedule", "lapsed_call")
# Chance to return within two weeks of straying, held out and treated; chance to set a schedule within three weeks.
COMES_BACK = (0.14, 0.40)
SETS_SCHEDULE = (0.16, 0.34)
LAPSED_RESUMES = (0.20, 0.34)
STRAYS_ON = 8
# Two days a week over four weeks are no longer met about so many days after somebody begins to fade.
LAPSED_AFTER = 22
RETURNS_MUCH_LATER = 0.16
SLOWEST = 0.88
# Share of those who strayed at day 30 who come late, and of everybody who misses day 60 without having strayed before.
COMES_LATE, MISSES_60 = 0.45, 0.06


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
    held_out = {play: _held_out(rng, len(cast))[who.account] for play in PLAYS}
    start, reach = _milestones(rng, days, who, held_out)
    fades, lapsed = _fading(rng, days, who, reach[2])
    to = np.where(who.like("automated_only"), 0.02, np.where(who.like("lapses"), 0.10, 0.07))
    resumes = np.where(who.like("strays_at_30"), reach[1], _again(rng, lapsed, held_out["lapsed_call"]))
    return Paths(
        start=start, reach=reach, fades=fades, fades_to=to, resumes=resumes, level=_level(rng, who),
        lapsed=lapsed, held_out=held_out,
    )  # fmt: skip


def in_history(days: Calendar, when: Ints) -> Bools:
    """Return which day numbers fall into the time in which the earlier tool ran the plays."""
    return (when >= days.day(HISTORY[0])) & (when <= days.day(HISTORY[1]))


def _held_out(rng: Rng, size: int) -> Bools:
    return np.asarray(rng.permutation(size) < round(size * HELD_OUT))


def _milestones(rng: Rng, days: Calendar, who: People, held_out: dict[str, Bools]) -> tuple[Ints, Ints]:
    """Return the day of the first use, and of the three milestones; strays reach theirs when they are back."""
    size = len(who)
    start = np.minimum(rng.geometric(0.5, size) - 1, 4)
    first = np.minimum(start + rng.geometric(0.5, size) - 1, 4)
    second = between(rng, 7, 25, size)
    third = _third(rng, days, who, held_out["set_a_schedule"], second)

    back = _back(rng, days, who, held_out["first_week_back"])
    never = who.like("never_came")
    strays = never | who.like("strays_first_week")
    start = np.where(never, back, start)
    first = np.where(strays, back, first)
    second = np.where(strays, _after(back, between(rng, 4, 14, size), second), second)
    third = np.where(strays, _after(back, between(rng, 14, 40, size), third), third)

    late = np.where(rng.random(size) < COMES_LATE, between(rng, 33, 78, size), NEVER)
    at_30 = who.like("strays_at_30")
    second = np.where(at_30, late, second)
    third = np.where(at_30, _after(late, np.full(size, 20), late), third)
    third = np.where(who.like("automated_only"), first + between(rng, 1, 12, size), third)
    return start, np.stack([first, second, third])


def _after(begin: Ints, wait: Ints, usual: Ints) -> Ints:
    return np.where(begin < NEVER, np.maximum(begin + wait, usual), NEVER)


def _fading(rng: Rng, days: Calendar, who: People, third: Ints) -> tuple[Ints, Ints]:
    """Return from which day each fades, and on which day it has lapsed for all to see."""
    size, tenure = len(who), DAYS - who.joined
    fades = np.where(who.like("strays_at_30"), between(rng, 8, 16, size), NEVER)
    lapses = 66 + (rng.random(size) * np.maximum(1, tenure - 80)).astype(np.int64)
    fades = np.where(who.like("lapses"), lapses, fades)
    # Whoever has set the job goes home; the job goes on.
    fades = np.where(who.like("automated_only"), third + 9, fades)
    fades = np.where(who.like("drifts"), days.day(halcyon.DRIFTED) - who.joined, fades)
    return fades, np.where(who.like("lapses"), fades + LAPSED_AFTER, NEVER)


def _again(rng: Rng, lapsed: Ints, held_out: Bools) -> Ints:
    """Return when those who lapsed resume, oftener when they were called."""
    chance = np.where(held_out, LAPSED_RESUMES[0], LAPSED_RESUMES[1])
    resumes = (lapsed < NEVER) & (rng.random(len(lapsed)) < chance)
    return np.where(resumes, lapsed + between(rng, 2, 18, len(lapsed)), NEVER)


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
    return np.where(draw < chance, soon, np.where(draw < chance + RETURNS_MUCH_LATER, later, NEVER))


def _level(rng: Rng, who: People) -> Floats:
    usual = np.array([DAYS_A_WEEK[role] for role in ROLES])[who.roles]
    own = np.maximum(np.exp(rng.normal(0, 0.18, len(who))), SLOWEST)
    eager = np.where(who.like("power"), 1.4, np.where(who.like("sporadic"), 0.22, 1.0))
    return usual * own * eager
