"""A day ends: windows move on and deadlines pass, though nothing new was heard of anybody.

Every account has a score for the new day. Of people only those are judged again whose standing can be another: which
they are is worked out from the days on which they got access and used something, and from the rules in force.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from waypost.core import days_between
from waypost.journey import Journey, Of, deadlines
from waypost.run.rulebook import Rulebook
from waypost.run.touched import Touched
from waypost.store import Writer, every_account, everybody

ONE_DAY = timedelta(days=1)


def day_ended(writer: Writer, stated_on: date, rules: Rulebook, *, today: date) -> Touched:
    """Return every account from the day after `stated_on` on, and the people who can stand elsewhere today."""
    passed = days_between(stated_on + ONE_DAY, today)
    accounts = every_account(writer)
    begins = dict.fromkeys(accounts, passed[0])
    return Touched(people=_turning(writer, passed, rules), begins=begins, told=accounts, described=accounts)


def _turning(writer: Writer, passed: list[date], rules: Rulebook) -> frozenset[str]:
    journeys = [each.rule for each in rules.journeys if each.rule.of is Of.PEOPLE]
    gated = [each for each in journeys if each.entry or each.exit]
    # A gate opens and closes on days of each one's own, from which deadlines are counted: its audience is judged.
    if _rules_turn(passed, rules) or not all(each.audience.roles for each in gated):
        return everybody(writer).people
    ages = {age for journey in journeys for age in deadlines(journey)}
    begun = {day - timedelta(days=age) for day in passed for age in ages}
    leaving = {
        (day - timedelta(days=window), feature)
        for day in passed
        for journey in journeys
        for window, feature in _windows(journey)
    }
    frames = {
        "begun": pl.DataFrame({"day": sorted(begun)}, schema={"day": pl.Date}),
        "leaving": pl.DataFrame(
            sorted(leaving, key=str), schema={"day": pl.Date, "feature": pl.String}, orient="row"
        ),
        "gated": pl.DataFrame(
            {"role": sorted({role for each in gated for role in each.audience.roles})},
            schema={"role": pl.String},
        ),
    }
    asked = {"after": passed[0] - ONE_DAY, "today": passed[-1]}
    return frozenset(writer.ask("standings/turning", asked, frames)["person_id"].to_list())


def _rules_turn(passed: list[date], rules: Rulebook) -> bool:
    return any(day in passed for each in rules.journeys for day in (each.from_on, each.until_on))


def _windows(journey: Journey) -> Iterator[tuple[int, str | None]]:
    """Yield the length of every window of a journey, and the feature whose use is counted in it (None: any)."""
    for _, leaf, window in journey.leaves():
        if window is not None:
            yield window, leaf.feature
