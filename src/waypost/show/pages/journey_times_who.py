"""The people (or accounts) behind a time to a milestone: who was watched, who has met it, and who has not."""

from datetime import timedelta

import polars as pl
from starlette.exceptions import HTTPException

from waypost.measure import Crowd, Level
from waypost.show import words
from waypost.show.addresses import piece, with_query
from waypost.show.members import Listing, Side
from waypost.show.pages.journey_map_asked import narrowed
from waypost.show.pages.journey_map_times import EVERYBODY, counted_from, watched
from waypost.show.visit import Visit

SIDES = (("met", "Met it"), ("not_met", "Not yet"), ("all", "Watched"))
SAID = {"met": "met {}", "not_met": "not met {}", "all": "watched until {}"}


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    asked = narrowed(visit)
    journey = asked.journey
    milestone = next((each for each in journey.fixed if each.key == visit.asked("milestone")), None)
    if milestone is None:
        raise HTTPException(404, "say which milestone of the journey: milestone")
    groups = dict(watched(visit, asked) or [])
    group = visit.asked("group", EVERYBODY)
    if group not in groups:
        raise HTTPException(404, "there is no such group now; it may be too young to compare, or too small")
    found = groups[group].filter(milestone=milestone.key)
    chosen = visit.choice("side", tuple(key for key, _ in SIDES))
    sides = {"met": found.filter("met"), "not_met": found.filter(~pl.col("met")), "all": found}
    one, many = ("person", "people") if asked.of_people else ("account", "accounts")
    here = f"/journeys/{piece(journey.key)}/times"
    query = {name: visit.asked(name) or None for name in ("segment", "month", "compare")}
    said = SAID[chosen].format(milestone.name)
    whose = "" if group == EVERYBODY else f"{group}. "
    return Listing(
        title=f"{words.plural(sides[chosen].height, one, many)} {said}",
        sub=f"{whose}{counted_from(journey).capitalize()}, by the rules in force. Whoever came twice is listed twice.",
        crumbs=(
            ("Journeys", "/journeys"),
            (journey.name, f"/journeys/{piece(journey.key)}"),
            ("Time to milestones", with_query(here, query)),
            (milestone.name, ""),
        ),
        sides=tuple(
            Side(
                name=name,
                count=sides[key].height,
                href=asked.times_href(milestone=milestone.key, group=group, side=key),
                current=key == chosen,
            )
            for key, name in SIDES
        ),
        heads=("Counted from", "Met on", "Days"),
        rows=_rows(sides[chosen]),
        crowd=Crowd(unit=Level.PEOPLE if asked.of_people else Level.ACCOUNTS),
        segment_name=f"{journey.name}, {said}",
        base=f"{here}/who",
    )


def _rows(found: pl.DataFrame) -> pl.DataFrame:
    """Return who it is, from which day on they were watched, when they met it, and after how many days."""
    met_on = pl.col("provisioned_on") + timedelta(days=1) * pl.col("days")
    return (
        found.select(
            "provisioned_on",
            "days",
            unit="person_id",
            met_on=pl.when("met").then(met_on),
        )
        .sort("days", "provisioned_on", "unit")
        .select("unit", "provisioned_on", "met_on", "days")
    )
