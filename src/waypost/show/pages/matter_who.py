"""The people behind a comparison: who used a feature so often by a day, who did not, and who of them stayed."""

from datetime import timedelta

import polars as pl
from starlette.exceptions import HTTPException

from waypost.measure import Crowd, Level
from waypost.show import words
from waypost.show.addresses import piece, with_query
from waypost.show.members import Listing, Side
from waypost.show.pages.matter import WHO, as_often, chosen, report_of
from waypost.show.visit import Visit

MOST_DIGITS = 6


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    journey, by_day = chosen(visit)
    report = report_of(visit, journey, by_day)
    tries = visit.desk.trials
    if journey is None or report is None or tries is None:
        raise HTTPException(404, "nothing was compared for this journey yet")
    feature, at_least = visit.asked("feature"), visit.asked("at_least", "1")
    if visit.rules.catalogue.feature(feature) is None:
        raise HTTPException(404, "there is no feature of this key in the catalogue: feature")
    if not (at_least.isdigit() and 0 < len(at_least) < MOST_DIGITS):
        raise HTTPException(404, "say how often, a whole number: at_least")
    found = tries.matter(journey, by_day, feature, int(at_least), report.made_on)
    others, stayed = visit.asked("side") == "others", visit.asked("stayed") == "yes"
    both = found.filter(pl.col("adopted") != others)
    shown = both.filter("stayed") if stayed else both
    name = visit.rules.catalogue.feature(feature)
    used = f"{name.name if name else feature} {as_often(int(at_least))} by day {by_day}"
    said = f"{'who had not used' if others else 'who had used'} {used}{' and stayed' if stayed else ''}"
    query = {
        "journey": journey.key,
        "by": str(by_day),
        "feature": feature,
        "at_least": at_least,
        "side": "others" if others else "users",
    }
    return Listing(
        title=f"{words.plural(shown.height, 'person', 'people')} {said}",
        sub=f"Compared on {words.day(report.made_on, visit.today)}. What was heard of those days since counts here.",
        crumbs=(
            ("Journeys", "/journeys"),
            (journey.name, f"/journeys/{piece(journey.key)}"),
            ("What matters", with_query("/journeys/matter", {"journey": journey.key, "by": str(by_day)})),
            ("People", ""),
        ),
        sides=_sides(both, query, stayed=stayed),
        heads=("Day 0", f"Day {by_day}", "Stayed"),
        rows=_rows(shown, by_day),
        crowd=Crowd(unit=Level.PEOPLE),
        segment_name=f"{journey.name}: {said.removeprefix('who ')}",
        base=WHO,
    )


def _sides(both: pl.DataFrame, query: dict[str, str], *, stayed: bool) -> tuple[Side, ...]:
    return tuple(
        Side(
            name=side,
            count=count,
            href=with_query(WHO, {**query, "stayed": key}),
            current=stayed == (key == "yes"),
        )
        for side, count, key in (
            ("All of them", both.height, None),
            ("Stayed", both.filter("stayed").height, "yes"),
        )
    )


def _rows(found: pl.DataFrame, by_day: int) -> pl.DataFrame:
    told = pl.when("stayed").then(pl.lit("Yes")).otherwise(pl.lit("No"))
    return found.sort("stayed", "provisioned_on", "person_id", descending=[True, True, False]).select(
        pl.col("person_id").alias("unit"),
        "provisioned_on",
        landmark_on=pl.col("provisioned_on") + timedelta(days=by_day),
        stayed=told,
    )
