"""How long it takes to reach each milestone: medians and curves, with those not there yet counted as long as seen."""

from datetime import date

import msgspec
import polars as pl
from markupsafe import Markup
from starlette.responses import Response

from waypost.journey import Journey
from waypost.measure import Point, Staying, survival
from waypost.show import charts, words
from waypost.show.charts.cohorts import Curve
from waypost.show.pages.journey_map_asked import COMPARED, Narrowed, group_name, months, narrowed
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

MOST_COMPARED, MOST_DAYS, BEYOND_DUE = 3, 180, 2
HALF = 0.5
MOST_NAME = 9
PAIR = ["person_id", "account_id"]
STAY = [*PAIR, "provisioned_on"]
HEAD = ["group", "milestone", "day", "met_share", "low", "high", "watched", "met_that_day"]
EVERYBODY = "Together"


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How one group reached one milestone: `waiting` is the curve of those not there yet."""

    group: str
    people: int
    met: int
    waiting: Staying
    due: int

    @property
    def points(self) -> tuple[Point, ...]:
        """The shares not there yet, by day."""
        return self.waiting.points

    @property
    def median(self) -> int | None:
        """The first day by which half of them had met it; None when fewer than half ever did."""
        return next((each.day for each in self.points if each.value <= HALF), None)

    @property
    def median_between(self) -> tuple[int | None, int | None]:
        """The days between which the median lies: where the band crosses one half (Brookmeyer and Crowley, 1982)."""
        low = next((each.day for each in self.points if each.low <= HALF), None)
        high = next((each.day for each in self.points if each.high <= HALF), None)
        return low, high

    @property
    def median_says(self) -> str:
        """The median with its interval in words."""
        low, high = self.median_between
        if self.median is None:
            return "Not half of them yet" if self.people else "Nobody to watch"
        return f"Day {self.median} ({low} to {high if high is not None else 'not known yet'})"

    @property
    def due_says(self) -> str:
        """The share there by the due day, with its interval, in words."""
        if not self.people:
            return "Nobody to watch"
        left = self.waiting.at(self.due + 1)
        if left.value is None or left.low is None or left.high is None:
            return "Not known yet"
        share, low, high = (words.percent(1 - each) for each in (left.value, left.high, left.low))
        return f"{share} ({low} to {high})"


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone and how each group reached it, everybody first."""

    key: str
    name: str
    due: int
    reached: list[Reached]
    wide: Markup
    narrow: Markup

    @property
    def says(self) -> str:
        """What it took everybody, as a sentence."""
        whole = self.reached[0]
        if not whole.people:
            return f"{self.name}: nobody to watch"
        if whole.median is None:
            return f"{self.name}: fewer than half have met it"
        by = "on the first day" if whole.median == 0 else f"by day {whole.median}"
        return f"{self.name}: half had met it {by}"


def times(visit: Visit) -> Response:
    """Draw the time to each milestone."""
    asked = narrowed(visit)
    stages = _stages(visit, asked)
    return visit.page(
        "journey_times.html",
        asked=asked,
        journey=asked.journey,
        stages=stages,
        counted=counted_from(asked.journey).capitalize(),
        compared=COMPARED,
        months=months(visit.today),
        csv=f"/journeys/{asked.journey.key}/times.csv?{visit.request.url.query}".rstrip("?"),
    )


def times_csv(visit: Visit) -> Response:
    """Send every step of every curve as a file."""
    rows = [
        [
            *(each.group, stage.key, point.day, 1 - point.value, 1 - point.high, 1 - point.low),
            *(point.watched, point.gone),
        ]
        for stage in _stages(visit, narrowed(visit))
        for each in stage.reached
        for point in each.points
    ]
    return csv_response("time-to-milestones.csv", HEAD, rows)


def counted_from(journey: Journey) -> str:
    """Return what days on a journey are counted from, in words."""
    return "days since coming to it" if journey.entry else "days since access"


def reached_by(found: pl.DataFrame, name: str, due: int) -> Reached:
    """Return how a group reached a milestone: `found` has days and met, one row for each of them."""
    steps = found.group_by("days").agg(met=pl.col("met").sum(), unmet=(~pl.col("met")).sum())
    counted = [(day, met, unmet) for day, met, unmet in steps.select("days", "met", "unmet").iter_rows()]
    return Reached(
        group=name,
        people=found.height,
        met=int(found["met"].sum()),
        waiting=survival(counted),
        due=due,
    )


def watched(visit: Visit, asked: Narrowed) -> list[tuple[str, pl.DataFrame]] | None:
    """Return the groups compared by name, everybody first, with the time of each of theirs to each milestone.

    None where nobody can try rules out. Columns: person_id (or the account of a journey of accounts), account_id,
    provisioned_on, milestone, days (until it was met, else for how long it was seen unmet) and met.
    """
    tries = visit.desk.trials
    if tries is None:
        return None
    return _grouped(visit, asked, _within(visit, asked, tries.times(asked.journey)))


def _stages(visit: Visit, asked: Narrowed) -> list[Stage]:
    named = watched(visit, asked)
    if named is None:
        return []
    return [_stage(asked, each.key, each.name, each.by_day or 0, named) for each in asked.journey.fixed]


def _within(visit: Visit, asked: Narrowed, found: pl.DataFrame) -> pl.DataFrame:
    if asked.month is not None:
        # A stay counts from the entry of its journey, which may be months after access.
        theirs = _groups(visit, asked, found, by="month").filter(name=f"{asked.month:%Y-%m}")
        found = found.join(theirs, on=STAY, how="semi")
    if asked.everybody:
        return found
    if asked.accounts.height:
        return found.join(asked.accounts, on="account_id", how="semi")
    return found.join(asked.pairs, on=PAIR, how="semi")


def _grouped(visit: Visit, asked: Narrowed, whole: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return everybody, and (when groups are compared) the largest groups, months in their order."""
    if not asked.compare:
        return [(EVERYBODY, whole)]
    joined = whole.join(_groups(visit, asked, whole, by=asked.compare), on=STAY)
    sizes = joined.drop_nulls("name").group_by("name").len().sort("len", "name", descending=[True, False])
    kept = sizes["name"].to_list()
    if asked.compare == "month":
        kept = sorted(kept, reverse=True)
        kept = [each for each in kept if _is_old_enough(each, visit.today)]
    return [
        (EVERYBODY, whole),
        *((group_name(visit, asked, key), joined.filter(name=key)) for key in kept[:MOST_COMPARED]),
    ]


def _groups(visit: Visit, asked: Narrowed, found: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """Return the name of the group that each stay is in."""
    frames = {**asked.frames, "stays": found.select(STAY).unique()}
    return visit.desk.warehouse.ask("show/journey_group_of", {"by": by}, frames).unique(STAY)


def _is_old_enough(month: str, today: date) -> bool:
    """Return whether a month is over, so that its people have been watched for a while."""
    return month < f"{today:%Y-%m}"


def _stage(asked: Narrowed, key: str, name: str, due: int, named: list[tuple[str, pl.DataFrame]]) -> Stage:
    reached = [reached_by(found.filter(milestone=key), group, due) for group, found in named]
    drawn = [each for each in reached if each.people]
    says = f"Share of {asked.journey.name} who have met {name}, by {counted_from(asked.journey)}"
    days = min(MOST_DAYS, max([BEYOND_DUE * due, *(each.median or 0 for each in drawn)], default=due))
    curves = [Curve(name=_short(each.group), steps=_steps(each, days)) for each in drawn]
    return Stage(
        key=key,
        name=name,
        due=due,
        reached=reached,
        wide=charts.staying(curves, days, says) if curves else Markup(""),
        narrow=charts.staying(curves, days, says, narrow=True) if curves else Markup(""),
    )


def _short(name: str) -> str:
    """Return a group's name as short as the end of a line needs it: `Sep 2026`."""
    month, _, year = name.partition(" ")
    if year.isdigit():
        return f"{month[:3]} {year}"
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1].rstrip()}…"


def _steps(reached: Reached, days: int) -> tuple[tuple[float, float, float, float], ...]:
    """Return the curve of those who are there, from nobody on; it is kept level to the end of what was watched."""
    steps = [(0.0, 0.0, 0.0, 0.0)]
    steps += [
        (float(each.day), 1 - each.value, 1 - each.high, 1 - each.low)
        for each in reached.points
        if each.day <= days
    ]
    _, share, low, high = steps[-1]
    until = reached.waiting.known_until
    return (*steps, (float(days if until is None else min(days, until)), share, low, high))
