"""One person's use: their weeks against what was expected of them, how often, how broad, and which features."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import polars as pl
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import Subjects, UsageMeasure, usage_items, usage_measure, usage_sweep, usage_values
from waypost.show import charts, words
from waypost.show.addresses import unpiece
from waypost.show.measured import Asked, Number, number_of
from waypost.show.pages.account_usage import cutoff_of
from waypost.show.pages.person import Belonging
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

WINDOW = 28
WEEKS, WEEKS_NARROW = 26, 12
SWEPT = ("active_days_7", "active_days_28", "active_days_90", "weeks_active_12")
BROAD = ("breadth_core_28", "features_28", "depth_core_28", "uses_28")
ASKED = ("days_since_use", "features_ever", "features_adopted_28", "features_abandoned_28")
HEAD = ["week_ends_on", "active_days", "expected", "low", "high", "called"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of the person, now and a window earlier."""

    measure: UsageMeasure
    people: Number
    earlier: Number
    automated: Number


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week as it was seen and expected."""

    seen: charts.Seen
    faded: bool
    why: str | None


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One feature that the person has used."""

    key: str
    name: str
    first_at: datetime
    uses: float


def usage(visit: Visit) -> Response:
    """Draw one person's use."""
    person = _person(visit)
    cutoff = cutoff_of(visit)
    asked = Asked(level="person", id=person.person_id, cutoff=cutoff)
    lines = _lines(visit, asked)
    weeks = _weeks(visit, person, cutoff)[-WEEKS:]
    return visit.page(
        "person_usage.html",
        person=person,
        cutoff=cutoff,
        asked=asked,
        title=_title(weeks, visit.today),
        why=weeks[-1].why if weeks else None,
        wide=_chart([each.seen for each in weeks], charts.WIDE),
        narrow=_chart([each.seen for each in weeks[-WEEKS_NARROW:]], charts.NARROW),
        weeks=weeks,
        often=[lines[key] for key in (*SWEPT, "days_since_use")],
        broad=[lines[key] for key in (*BROAD, *ASKED[1:])],
        features=_features(visit, asked),
        window=WINDOW,
    )


def weeks_csv(visit: Visit) -> Response:
    """Send the weeks of the chart as a file."""
    weeks = _weeks(visit, _person(visit), cutoff_of(visit))
    rows = [
        [
            each.seen.last_on, round(each.seen.seen), each.seen.expected, each.seen.low, each.seen.high,
            "fell" if each.seen.fell else "faded" if each.faded else "rose" if each.seen.rose else None,
        ]
        for each in weeks
    ]  # fmt: skip
    return csv_response("weeks.csv", HEAD, rows)


def _person(visit: Visit) -> Belonging:
    person_id = unpiece(visit.request.path_params["person"])
    found = rows_of(visit.desk.warehouse.ask("show/person", {"person": person_id}), Belonging)
    if not found:
        raise HTTPException(404, "there is no person of this address; they may have been erased")
    return found[0]


def _weeks(visit: Visit, person: Belonging, cutoff: date) -> list[Week]:
    if person.account_id is None:
        return []
    visit.house.expectations.know(visit.rules.holidays)
    found = visit.house.expectations.of_person(visit.desk, person.person_id, person.account_id, cutoff)
    return [
        Week(
            seen=charts.Seen(
                last_on=row["last_on"],
                seen=float(row["seen"]),
                open=row["week"] == 0 and cutoff == visit.today,
                **{name: row[name] for name in ("expected", "low", "high", "fell", "rose")},
            ),
            faded=row["faded"],
            why=row["why"],
        )
        for row in found.to_dicts()
    ]


def _chart(weeks: list[charts.Seen], form: charts.Form) -> Markup:
    return charts.expected_chart(weeks, "Active days a week against what was expected", form)


def _lines(visit: Visit, asked: Asked) -> dict[str, Line]:
    subjects = Subjects.people([asked.id])
    cutoffs = [asked.cutoff, asked.cutoff - timedelta(days=WINDOW)]
    catalogue, warehouse = visit.rules.catalogue, visit.desk.warehouse
    others = [each for key in ASKED if (each := usage_measure(key))]
    values = pl.concat(
        [
            usage_sweep(warehouse, subjects, cutoffs, catalogue),
            usage_values(warehouse, others, subjects, cutoffs, catalogue),
        ]
    )
    before = msgspec.structs.replace(asked, cutoff=cutoffs[1])
    automated = msgspec.structs.replace(asked, actor="automated")
    return {
        each.key: Line(
            measure=each,
            people=number_of(values, each, asked),
            earlier=number_of(values, each, before),
            automated=number_of(values, each, automated),
        )
        for key in (*SWEPT, *BROAD, *ASKED)
        if (each := usage_measure(key))
    }


def _features(visit: Visit, asked: Asked) -> list[Feature]:
    catalogue = visit.rules.catalogue
    found = {}
    for key in ("features_ever", "uses_28"):
        measure = usage_measure(key)
        if measure is not None:
            rows = usage_items(
                visit.desk.warehouse, measure, Subjects.people([asked.id]), [asked.cutoff], catalogue
            )
            found[key] = rows.filter(pl.col("actor") == "human")
    uses = dict(found["uses_28"].select("feature", "value").rows())
    names = {each.key: each.name for each in catalogue.features}
    features = [
        Feature(key=key, name=names.get(key, key), first_at=at.replace(tzinfo=UTC), uses=uses.get(key, 0.0))
        for key, at in found["features_ever"].select("feature", "happened_at").rows()
    ]
    return sorted(features, key=lambda each: (-each.uses, each.name))


def _title(weeks: list[Week], today: date) -> str:
    if not weeks:
        return "Belongs to no account"
    newest = weeks[-1].seen
    days = words.plural(round(newest.seen), "active day", "active days")
    if newest.low is None or newest.high is None:
        return f"{days} in the 7 to {words.day(newest.last_on, today)}"
    if newest.fell or weeks[-1].faded:
        return f"Use fell: {days} in 7, {words.decimal(newest.expected)} expected"
    return f"{days} in 7; {words.number(newest.low)} to {words.number(newest.high)} were expected"
