"""The people (or accounts) behind a count of the journey map: a list, a file, a segment."""

import polars as pl

from waypost.measure import Crowd, Level
from waypost.show import words
from waypost.show.addresses import piece, with_query
from waypost.show.kept import Keeping, kept
from waypost.show.members import Listing, Side
from waypost.show.pages.journey_map_asked import Narrowed, narrowed
from waypost.show.visit import Visit

SIDES = (("strays", "Strayed"), ("on_path", "On the path"))


def listing(visit: Visit) -> Listing:
    """Return the members behind the count that the address names."""
    asked = narrowed(visit)
    journey = asked.journey
    here = f"/journeys/{piece(journey.key)}"
    milestone = journey.milestone(visit.asked("milestone"))
    clause = journey.clause(visit.asked("clause")) if visit.asked("clause") else None
    strayed = visit.asked("standing", "strays") != "on_path" or clause is not None
    sides = {key: _rows(visit, asked, strayed=key == "strays") for key, _ in SIDES}
    rows = sides["strays" if strayed else "on_path"]
    crowd = Crowd(unit=Level.PEOPLE if asked.of_people else Level.ACCOUNTS)
    one, many = ("person", "people") if asked.of_people else ("account", "accounts")
    place = milestone.name if milestone else journey.name
    said = f"{'strayed at' if strayed else 'on the path at'} {place}"
    query = {name: visit.asked(name) for name in ("milestone", "segment", "month", "compare")}
    return Listing(
        title=f"{words.plural(rows.height, one, many)} {said}",
        sub=f"Who missed first: {clause.when_missed.lower()}."
        if clause
        else f"On the {journey.name}, today.",
        crumbs=(("Journeys", "/journeys"), (journey.name, here), (place, "")),
        sides=()
        if clause
        else tuple(
            Side(
                name=name,
                count=sides[key].height,
                href=with_query(f"{here}/who", {**query, "standing": key}),
                current=strayed == (key == "strays"),
            )
            for key, name in SIDES
        ),
        heads=("Since", "Missed first") if strayed else ("Since", "Still to do first"),
        rows=rows,
        crowd=crowd,
        segment_name=f"{journey.name}, {said}" + (f", {clause.when_missed.lower()}" if clause else ""),
        base=f"{here}/who",
    )


def _rows(visit: Visit, asked: Narrowed, *, strayed: bool) -> pl.DataFrame:
    told = {
        "journey": asked.journey.key,
        "today": visit.today,
        "everybody": asked.everybody,
        "since": asked.month,
        "until": asked.until,
        "strayed": strayed,
        "clause": visit.asked("clause") or None,
    }
    same = (asked.key, visit.asked("milestone"), strayed, told["clause"])

    def answer() -> pl.DataFrame:
        now = narrowed(visit)
        frames = {**now.frames, "milestones": _shown_as(visit, now)}
        return visit.desk.warehouse.ask("show/journey_who", told, frames)

    return kept(visit, ("who", *same), answer)


def _shown_as(visit: Visit, asked: Narrowed) -> pl.DataFrame:
    """Return which milestones, with which standing, the map shows at the one asked for (at any, when none is)."""
    journey = asked.journey
    own = [each.key for each in journey.milestones]
    wanted = journey.milestone(visit.asked("milestone"))
    rows: list[tuple[str, str | None]] = [(key, None) for key in own if wanted is None or key == wanted.key]
    counted = Keeping(visit).ask("show/journeys", {"today": visit.today, "since": visit.today})
    gone = counted.filter(pl.col("journey") == journey.key, ~pl.col("milestone").is_in(own))
    for milestone, standing in gone.select("milestone", "standing").unique().iter_rows():
        shown = own[0] if standing == "not_started" else own[-1]
        if wanted is None or shown == wanted.key:
            rows.append((milestone, standing))
    return pl.DataFrame(rows, schema={"milestone": pl.String, "standing": pl.String}, orient="row")
