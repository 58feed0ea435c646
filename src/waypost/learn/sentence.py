"""A result in one or two plain sentences."""

from dataclasses import dataclass

from waypost.learn.effect import LEAST_ACCOUNTS, LEAST_PEOPLE, Effect

_WEEKS_TOLD = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The words of one play: whom it chose ("strays"), what was done ("written to"), the goal ("came back")."""

    subjects: str = "people"
    treated: str = "contacted"
    reached: str = "reached the goal"
    within_days: int


def sentence(found: Effect, telling: Telling) -> str:
    """Return what was found, as a member would say it; never a difference without its interval and counts."""
    if found.difference is None or found.low is None or found.high is None:
        return _not_enough(found, telling)
    treated, held_out = found.treated, found.held_out
    chosen = (
        f"Of {treated.people} {telling.subjects} {telling.treated}"
        if treated.contacted == treated.people
        else f"Of {treated.people} {telling.subjects} to be {telling.treated} ({treated.contacted} were)"
    )
    counts = (
        f"{chosen}, {treated.reached} {telling.reached} within {_days(telling.within_days)}; "
        f"of {held_out.people} held out, {held_out.reached}."
    )
    low, high = _points(found.low), _points(found.high)
    return f"{counts} Difference {_points(found.difference)} points ({low} to {high}).{_doubt(found)}"


def _not_enough(found: Effect, telling: Telling) -> str:
    treated, held_out = found.treated, found.held_out
    if treated.people + held_out.people + treated.waiting + held_out.waiting == 0:
        return "Nobody has been chosen yet."
    if held_out.people + held_out.waiting == 0:
        return (
            f"Nothing to compare with: none of the {telling.subjects} chosen so far belongs to an account "
            "that is held out."
        )
    return (
        f"Not enough yet: {treated.people} {telling.subjects} {telling.treated} and {held_out.people} held out "
        f"have had their {_days(telling.within_days)}{_open(treated.waiting + held_out.waiting)}. A comparison "
        f"needs {LEAST_PEOPLE} people at {LEAST_ACCOUNTS} accounts in each group, some who {telling.reached} and "
        f"some who did not{_when(found.weeks_left)}.{_doubt(found)}"
    )


def _open(waiting: int) -> str:
    return f", {waiting} more have not" if waiting else ""


def _when(weeks_left: int | None) -> str:
    if weeks_left is None or weeks_left > _WEEKS_TOLD:
        return ""
    return f": about {weeks_left} more {'week' if weeks_left == 1 else 'weeks'} at this rate"


def _doubt(found: Effect) -> str:
    if not found.suspect:
        return ""
    return " But the groups are not as they were drawn; find out why before you trust this."


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _points(share: float) -> str:
    points = round(share * 100)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"
