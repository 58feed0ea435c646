"""The items behind a number: any measure of anybody at any cutoff, as a page, a CSV or JSON."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from waypost.measure import (
    SCORE_MEASURES,
    AsOf,
    Level,
    MeasureLevel,
    Roster,
    Subjects,
    UsageMeasure,
    automated_features,
    usage_items,
    usage_measure,
    usage_values,
)
from waypost.show.addresses import account_address, person_address, with_query
from waypost.show.measured import ACTORS, Asked, written
from waypost.show.pages import score_items
from waypost.show.pages.measure_names import names_of
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 100
NOBODY = "nobody belongs to it on that day"
CSV_HEAD = ["item", "value", "person_id", "account_id", "feature", "happened_at", "detail"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item with its part of the value."""

    item: str
    value: float
    happened_at: datetime | None
    person_id: str | None
    account_id: str | None
    feature: str | None
    detail: str | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A number with everything that it is a sum over."""

    measure: UsageMeasure
    asked: Asked
    whose: str
    value: float | None
    why: str | None
    items: pl.DataFrame
    features: Mapping[str, str]

    @property
    def total(self) -> float:
        """The sum over all items, which is the value."""
        return float(self.items["value"].sum())

    @property
    def said(self) -> str:
        """The value in its unit."""
        return written(self.value, self.measure.unit)


def items(visit: Visit) -> Response:
    """Draw the items of one number."""
    if visit.request.path_params["measure"] in SCORE_MEASURES:
        return score_items.items(visit)
    found = _found(visit)
    page = visit.asked("page", "1")
    number = max(1, int(page)) if page.isdigit() and len(page) < 6 else 1  # noqa: PLR2004 -- no list is longer
    first = (number - 1) * PAGE
    rows = rows_of(found.items.slice(first, PAGE).select("item", *_REST), Item)
    names = _names(visit, rows)
    return visit.page(
        "measure_items.html",
        found=found,
        rows=rows,
        people=names["person"],
        accounts=names["account"],
        first=first,
        page_number=number,
        total=found.items.height,
        actors=[(each, ACTORS[each]) for each in found.measure.actors],
        home=_home(found.asked),
        shown={name for name in _REST if found.items[name].null_count() < found.items.height},
    )


def items_csv(visit: Visit) -> Response:
    """Send the items of one number as a file; the values add up to the number."""
    if visit.request.path_params["measure"] in SCORE_MEASURES:
        return score_items.items_csv(visit)
    found = _found(visit)
    rows = rows_of(found.items.select("item", *_REST), Item)
    return csv_response(
        "items.csv",
        CSV_HEAD,
        (
            [
                each.item,
                each.value,
                each.person_id,
                each.account_id,
                each.feature,
                each.happened_at,
                each.detail,
            ]
            for each in rows
        ),
    )


def items_json(visit: Visit) -> Response:
    """Send one number with its items, for programs."""
    found = _found(visit)
    rows = rows_of(found.items.select("item", *_REST), Item)
    return JSONResponse(
        {
            "measure": found.measure.key,
            **msgspec.to_builtins(found.asked),
            "unit": found.measure.unit.value,
            "value": found.value,
            "why": found.why,
            "items": msgspec.to_builtins(rows),
        }
    )


_REST = ["value", "happened_at", "person_id", "account_id", "feature", "detail"]


def _found(visit: Visit) -> Found:
    measure = usage_measure(visit.request.path_params["measure"])
    if measure is None:
        raise HTTPException(404, "there is no usage measure of this name; the list of measures has them all")
    asked = _asked(visit, measure)
    catalogue = visit.rules.catalogue
    about = (_subjects(visit, asked), [asked.cutoff], catalogue, asked.feature)
    values = usage_values(visit.desk.warehouse, [measure], *about)
    said = values.filter(pl.col("actor") == asked.actor)
    rows = usage_items(visit.desk.warehouse, measure, *about).filter(pl.col("actor") == asked.actor)
    return Found(
        measure=measure,
        asked=asked,
        whose=_whose(visit, asked),
        value=said["value"].item() if said.height else None,
        why=said["why"].item() if said.height else NOBODY,
        items=rows,
        features={
            **{each.key: each.name for each in catalogue.features},
            **{each.key: each.name for each in catalogue.settings},
        },
    )


def _asked(visit: Visit, measure: UsageMeasure) -> Asked:
    level, identity = visit.asked("level", "account"), visit.asked("id")
    if level not in measure.levels or not identity:
        levels = " or ".join(measure.levels)
        raise HTTPException(404, f"say of whom: level ({levels}) and id")
    if measure.of_feature and visit.rules.catalogue.feature(visit.asked("feature")) is None:
        raise HTTPException(404, "say which feature of the catalogue: feature")
    try:
        cutoff = min(date.fromisoformat(visit.asked("cutoff")), visit.today)
    except ValueError:
        cutoff = visit.today
    return Asked(
        level=level,
        id=identity,
        cutoff=cutoff,
        actor=visit.choice("actor", measure.actors),
        feature=visit.asked("feature") or None if measure.of_feature else None,
    )


def _subjects(visit: Visit, asked: Asked) -> Subjects:
    if asked.level == MeasureLevel.PERSON:
        return Subjects.people([asked.id])
    if asked.level == MeasureLevel.ACCOUNT:
        return Subjects.accounts([asked.id])
    rules = visit.rules
    segment = next((each for each in rules.segments if each.key == asked.id), None)
    if segment is None:
        raise HTTPException(404, "there is no segment of this key")
    as_of = AsOf(
        day=asked.cutoff,
        past=asked.cutoff < visit.today,
        automated=automated_features(rules.catalogue),
    )
    members = Roster(visit.desk.warehouse, rules.segments, as_of).members(segment)
    if segment.of is Level.PEOPLE:
        return Subjects.segment_of_people(segment.key, members["person_id"].unique().to_list())
    return Subjects.segments({segment.key: members["account_id"].to_list()})


def _whose(visit: Visit, asked: Asked) -> str:
    if asked.level == MeasureLevel.SEGMENT:
        return next((each.name for each in visit.rules.segments if each.key == asked.id), asked.id)
    kind = "person" if asked.level == MeasureLevel.PERSON else "account"
    found = names_of(visit, [asked.id] if kind == "person" else [], [asked.id] if kind == "account" else [])
    if asked.id not in found[kind]:
        raise HTTPException(404, f"there is no {kind} of this id; it may have been removed")
    return found[kind][asked.id]


def _names(visit: Visit, rows: list[Item]) -> dict[str, dict[str, str]]:
    people = sorted({each.person_id for each in rows if each.person_id})
    return names_of(visit, people, sorted({each.account_id for each in rows if each.account_id}))


def _home(asked: Asked) -> str:
    if asked.level == MeasureLevel.PERSON:
        return person_address(asked.id)
    if asked.level == MeasureLevel.ACCOUNT:
        return with_query(f"{account_address(asked.id)}/usage", {"cutoff": asked.cutoff.isoformat()})
    return with_query("/accounts", {"segment": asked.id})
