"""Uses that several sources tell: they are counted once when a team says so, and what is not counted is listed."""

from datetime import datetime

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import DefinitionError
from waypost.measure import Feature, Span, told_once
from waypost.show.pages.catalogue_draft import WHERE, drafted, keep
from waypost.show.pages.catalogue_members import MOST_IN_A_FILE, PAGE, feature_of, names_in, page_of
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

HEAD = [
    "event_id",
    "source",
    "kind",
    "name",
    "happened_at",
    "person",
    "account",
    "actor",
    "counted_source",
    "counted_at",
]


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """An event that is not counted, and the first of those that are counted in its place."""

    event_id: str
    source: str
    kind: str
    name: str
    happened_at: datetime
    person_id: str
    person: str
    account_id: str | None
    account: str | None
    actor: str
    counted_source: str
    counted_at: datetime
    total: int


def put(visit: Visit) -> Response:
    """Put into the draft that two sources tell the same uses of a feature, or (of none) that each tells its own."""
    pair, first = [visit.form.get(name, "") for name in ("source", "other")], visit.form.get("first", "")
    sources = [first, *(each for each in pair if each != first)] if first in pair and first else []
    try:
        keep(visit, told_once(drafted(visit), visit.form.get("feature", ""), sources, where=WHERE))
    except DefinitionError as error:
        raise HTTPException(422, error.problem) from None
    return visit.go("/catalogue/draft?act=kept")


def aside(visit: Visit) -> Response:
    """List the events of a feature that are not counted, in the last 28 days."""
    feature, first = feature_of(visit), (page_of(visit) - 1) * PAGE
    rows = _rows(visit, feature, most=PAGE, skip=first)
    return visit.page(
        "catalogue_aside.html",
        feature=feature,
        rows=rows,
        total=rows[0].total if rows else 0,
        first=first,
        page_number=page_of(visit),
    )


def aside_csv(visit: Visit) -> Response:
    """Send the same as a file."""
    rows = _rows(visit, feature_of(visit), most=MOST_IN_A_FILE, skip=0)
    said = [
        [
            *(r.event_id, r.source, r.kind, r.name, r.happened_at, r.person_id, r.account_id, r.actor),
            *(r.counted_source, r.counted_at),
        ]
        for r in rows
    ]
    return csv_response("counted-once.csv", HEAD, said)


def _rows(visit: Visit, feature: Feature, *, most: int, skip: int) -> list[Aside]:
    span = Span.up_to(visit.today)
    rules = visit.rules.catalogue.usage_rules(names_in(visit, span)).filter(
        pl.col("feature") == feature.key, pl.col("once").is_not_null()
    )
    if not rules.height:
        return []
    asked = {**span.params, "most": most, "skip": skip}
    return rows_of(visit.desk.warehouse.ask("show/catalogue_aside", asked, {"rules": rules}), Aside)
