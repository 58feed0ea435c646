"""Sensing: how early and how rightly the odds would have called strays, per journey, judged on a split of time."""

from datetime import date

import msgspec
import polars as pl

from waypost.learn import Sensing, Tried, fit_odds, is_over, mornings, odds_of, sense, spells_on, split_day
from waypost.run.odds import MOST_PEOPLE, PER_PERSON, Place
from waypost.run.rulebook import Rulebook
from waypost.run.underway import Asks, journeys_on, looked_at, spells_of
from waypost.store import Writer

#: So many of the people who began after the split are judged, the latest, each on every morning.
MOST_JUDGED = 2_000
EVERY_MORNING = 400
#: Reports by key and version of the journey.
Reports = dict[tuple[str, int], Sensing]


def sensing_reports(asks: Asks, rules: Rulebook, *, today: date) -> Reports:
    """Judge every journey in force whose time is over for anybody."""
    judged = {
        (each.rule.key, each.version): sensing_of(asks, rules, each.rule.key, today=today)
        for each in journeys_on(rules, today=today)
    }
    return {place: report for place, report in judged.items() if report is not None}


def outdone(reports: Reports) -> dict[Place, Tried]:
    """Return the milestones at which the odds were no better than the rule of thumb, which is used there."""
    return {
        (*place, tried.milestone): tried
        for place, report in reports.items()
        for tried in report.tried
        if tried.outdone
    }


def sensing_state(reports: Reports, *, today: date) -> pl.DataFrame:
    """Return reports as the table `sensing` holds them."""
    rows = [(*place, today, msgspec.json.encode(report).decode()) for place, report in reports.items()]
    schema = {"journey": pl.String, "version": pl.Int64, "made_on": pl.Date, "report": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def keep_sensing(writer: Writer, reports: pl.DataFrame) -> None:
    """Store reports in place of those stored."""
    writer.run("learn/sensing_clear")
    writer.run("learn/sensing_keep", frames={"fresh": reports})


def sensing_of(asks: Asks, rules: Rulebook, journey: str, *, today: date) -> Sensing | None:
    """Return the report of one journey; None before anybody's time is over."""
    judged = judged_days(asks, rules, journey, today=today)
    return sense(*judged) if judged else None


def judged_days(
    asks: Asks, rules: Rulebook, journey: str, *, today: date
) -> tuple[pl.DataFrame, date] | None:
    """Return every morning of those who began after the split, with odds by models of what was known on it.

    With it comes the day of the split; None before anybody's time is over.
    """
    spells = spells_of(asks, rules, today=today, only=journey)
    split_on = split_day(spells.frame)
    if split_on is None:
        return None
    before = spells_on(spells.frame, split_on)
    looks = mornings(before, most_people=MOST_PEOPLE, per_person=PER_PERSON)
    history = looked_at(asks, rules, looks, spells)
    after = spells.frame.filter((pl.col("began_on") >= split_on) & is_over())
    looks = mornings(after, most_people=MOST_JUDGED, per_person=EVERY_MORNING)
    days = looked_at(asks, rules, looks, spells)
    models = {shape: fit_odds(each) for (shape,), each in history.partition_by("shape", as_dict=True).items()}
    nothing = fit_odds(history.clear())
    judged = [
        each.hstack(odds_of(models.get(shape, nothing), each))
        for (shape,), each in days.partition_by("shape", as_dict=True).items()
    ]
    return (pl.concat(judged), split_on) if judged else None
