"""Who is active on which day: one number between 0 and 1 per person and day, and one draw against it."""

from dataclasses import dataclass

import numpy as np

from waypost.run.sample.calendar import DAYS, NEVER, Calendar
from waypost.run.sample.chance import Floats, Ints, Rng, stream
from waypost.run.sample.paths import Paths
from waypost.run.sample.people import People

# Weekday shares add up to five, so a rate of n days a week is n / 5 on a usual weekday.
WEEKDAYS = 5.0
MOST_LIKELY = 0.96
BEFORE_FIRST = 0.18
MORNINGS, AFTERNOONS = 0.62, 0.33


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The person-days: who, when, and the minute of the local day at which the session began."""

    person: Ints
    day: Ints
    minute: Ints
    first: Ints


def activity(seed: int, days: Calendar, who: People, way: Paths, mood: Floats) -> Activity:
    """Return every person-day with some use; milestones are met on days that are always among them."""
    rng = stream(seed, "activity")
    tenure = np.arange(DAYS)[None, :] - who.joined[:, None]
    chance = _chance(days, who, way, mood, tenure)
    active = rng.random(chance.shape, dtype=np.float32) < chance
    for due in (way.start, *way.reach, way.resumes):
        on = who.joined + due
        fits = np.flatnonzero(on < DAYS)
        active[fits, days.workday(on[fits])] = True
    active &= (tenure >= 0) & (np.arange(DAYS)[None, :] < who.left[:, None]) & (mood[who.account] > 0)
    person, day = (side.astype(np.int64) for side in np.nonzero(active))
    first = np.full(len(who), NEVER, dtype=np.int64)
    first[person[::-1]] = day[::-1]
    return Activity(person=person, day=day, minute=_minutes(rng, len(person)), first=first)


def _chance(days: Calendar, who: People, way: Paths, mood: Floats, tenure: Ints) -> Floats:
    t = tenure.astype(np.int16)
    started = t >= way.start[:, None]
    settled = t >= np.minimum(way.reach[0], NEVER)[:, None]
    faded = np.clip((t - way.fades[:, None]) / np.float32(9), 0, 1)
    kept = 1 - faded * (1 - way.fades_to[:, None]).astype(np.float32)
    kept = np.where(t >= way.resumes[:, None], 1, kept)
    base = (way.level / WEEKDAYS).astype(np.float32)[:, None]
    rhythm = days.rhythm[who.place].astype(np.float32)
    rate = (
        base
        * rhythm
        * mood[who.account].astype(np.float32)
        * kept
        * started
        * np.where(settled, 1, BEFORE_FIRST)
    )
    return np.asarray(np.minimum(rate, MOST_LIKELY))


def _minutes(rng: Rng, size: int) -> Ints:
    """Most begin in the morning, some after lunch, a few at night."""
    morning = rng.normal(9 * 60 + 10, 65, size)
    afternoon = rng.normal(13 * 60 + 50, 80, size)
    night = rng.uniform(18 * 60, 22 * 60, size)
    draw = rng.random(size)
    begun = np.where(draw < MORNINGS, morning, np.where(draw < MORNINGS + AFTERNOONS, afternoon, night))
    return np.clip(begun, 5 * 60, 22 * 60).astype(np.int64)
