"""Sources in words: how each is, what is expected of it and how that is known, and what came in the last hour."""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from waypost.core import day_of
from waypost.measure import By, Rate, Rhythm, State, least_weeks
from waypost.show import words
from waypost.show.freshness import Source

STATES = {
    State.NEW: "New",
    State.UP: "Up",
    State.LATE: "Late",
    State.DOWN: "Down",
    State.PAUSED: "Paused",
}
#: The mark beside each word: its shape says the same as its colour.
MARKS = {
    State.NEW: "none",
    State.UP: "steady",
    State.LATE: "watch",
    State.DOWN: "risk",
    State.PAUSED: "paused",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_DAYS, ALL_HOURS = 7, 168


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """By when something is expected, and how that is known."""

    says: str
    how: str


def expected(source: Source, zone: str) -> Expected:
    """Return what is expected next of a source, in words."""
    if source.due is None or source.last_at is None:
        return Expected(says="Nothing came yet", how="Its rhythm is learned from what it sends")
    says = _by(source.due.expected_at, zone)
    if source.state is State.PAUSED:
        says = "Nobody waits"
    elif source.state is State.LATE:
        says = f"{says}; down after {_by(source.due.down_at, zone)}"
    return Expected(says=says, how=how(source.rhythm))


def how(rhythm: Rhythm) -> str:
    """Return what a rhythm was made of: `by its own rhythm: events in 45 hours of the week, in 8 weeks`."""
    often = f"in at least {least_weeks(rhythm.weeks)} of {rhythm.weeks} weeks"
    match rhythm.by:
        case By.HOURS if len(rhythm.slots) == ALL_HOURS:
            return f"By its rhythm: every hour of the week, {often}"
        case By.HOURS:
            return f"By its rhythm: {words.plural(len(rhythm.slots), 'hour', 'hours')} of the week, {often}"
        case By.DAYS if len(rhythm.slots) == ALL_DAYS:
            return f"By its rhythm: every day, {often}"
        case By.DAYS:
            return f"By its rhythm: {', '.join(DAYS[day] for day in sorted(rhythm.slots))}, {often}"
        case By.SILENCE:
            days = rhythm.silence.total_seconds() / 86_400 if rhythm.silence else None
            return f"It comes irregularly: its longest silence in {rhythm.weeks} weeks was {words.span(days)}"
        case By.NOTHING:
            known = f"{rhythm.known_days} of 28 days"
            return f"Not enough history ({known}): late after 26 hours of silence"
        case _ as never:
            assert_never(never)


def usual(rate: Rate, zone: str) -> str:
    """Return what is usual in the hour of a rate: `usually 380 to 450 on Thu 09:00, in 8 weeks`."""
    between = f"{rate.low:,} to {rate.high:,}" if rate.low != rate.high else f"{rate.low:,}"
    when = f"{DAYS[day_of(rate.hour, zone).weekday()]} {words.clock(rate.hour, zone)}"
    said = "fewer than usual" if rate.is_low else "more than usual" if rate.is_high else "as usual"
    return f"{said[:1].upper()}{said[1:]}: {between} on {when} in {rate.weeks} weeks"


def _by(at: datetime, zone: str) -> str:
    clock, day = words.clock(at, zone), day_of(at, zone)
    if clock == "00:00":
        return f"the end of {words.weekday(day - timedelta(days=1))}"
    return f"{clock}, {words.weekday(day)}"
