"""The items behind a scorecard's measure of one account: what counts, and of how much."""

from datetime import date
from typing import cast

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import SCORE_MEASURES, known_from, measure_from
from waypost.measure import items as items_of
from waypost.show import words
from waypost.show.pages.measure_names import names_of
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Scope, Writer

HEAD = ["side", "item", "value", "from_on", "until_on", "person_id", "detail"]
SIDES = {"n": "Counts", "d": "Of"}
MOST = 200


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item as it counts on the day; `side` is n for what counts and d for what it is a share of."""

    side: str
    item: str
    part: float
    from_on: date
    until_on: date | None
    person_id: str | None
    detail: str | None


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """One input of a scorecard for one account on one day; `value` is None for the reason in `why`."""

    kind: str
    name: str
    card: str
    account_id: str
    account: str
    cutoff: date
    numerator: float
    denominator: float
    value: float | None
    why: str | None
    items: list[Item]


def items(visit: Visit) -> Response:
    """Draw the items of one input of a scorecard."""
    found = _found(visit)
    people = sorted({each.person_id for each in found.items if each.person_id})
    return visit.page(
        "score_items.html",
        found=found,
        rows=found.items[:MOST],
        people=names_of(visit, people, [])["person"],
        sides=SIDES,
        said=words.decimal(found.value) if found.denominator == 1 else words.percent(found.value),
        csv=visit.here().replace("/items", "/items.csv", 1),
    )


def items_csv(visit: Visit) -> Response:
    """Send the items of one input as a file."""
    rows = [
        [each.side, each.item, each.part, each.from_on, each.until_on, each.person_id, each.detail]
        for each in _found(visit).items
    ]
    return csv_response("items.csv", HEAD, rows)


def _found(visit: Visit) -> Weighed:
    kind = visit.request.path_params["measure"]
    name, card, document = _input(visit, kind)
    account = visit.asked("id")
    named = names_of(visit, [], [account])["account"]
    if account not in named:
        raise HTTPException(404, "there is no account of this id; say which: id")
    measure = measure_from(document, where=name)
    cutoff = _cutoff(visit)
    rows = items_of(
        # The warehouse answers as a writer does, and nothing is written.
        cast("Writer", visit.desk.warehouse),
        {name: measure},
        Scope(accounts=frozenset((account,))),
        visit.rules.catalogue,
        days=(cutoff, cutoff),
    )
    listed = _counting(rows, cutoff)
    numerator = sum(each.part for each in listed if each.side == "n")
    denominator = sum(each.part for each in listed if each.side == "d")
    least = known_from(measure) * measure.scale
    known = denominator >= least and denominator > 0
    return Weighed(
        kind=kind,
        name=name,
        card=card,
        account_id=account,
        account=named[account],
        cutoff=cutoff,
        numerator=numerator,
        denominator=denominator,
        value=numerator / denominator if known else None,
        why=None if known else measure.unknown,
        items=listed,
    )


def _input(visit: Visit, kind: str) -> tuple[str, str, dict[str, object]]:
    """Return name, scorecard and definition of the input that the address asks for; the first of its kind else."""
    if kind not in SCORE_MEASURES:
        raise HTTPException(404, "there is no measure of this name; the list of measures has them all")
    asked = visit.asked("input")
    for key, card in visit.rules.scorecards.items():
        for each in card.inputs:
            if each.measure.get("kind") == kind and asked in ("", f"{key}.{each.key}"):
                return each.name, card.name, each.measure
    raise HTTPException(404, "no scorecard in force weighs this; say which: input=scorecard.input")


def _counting(rows: pl.DataFrame, cutoff: date) -> list[Item]:
    """Return the items that count on the day, with what is left of those that fade."""
    age = (pl.lit(cutoff) - pl.col("from_on")).dt.total_days()
    left = (
        pl.when(pl.col("half_life_days").is_null())
        .then(1.0)
        .otherwise(2.0 ** (-age / pl.col("half_life_days")))
    )
    here = (pl.col("from_on") <= cutoff) & (pl.col("until_on").is_null() | (pl.col("until_on") > cutoff))
    counting = rows.filter(here).with_columns((pl.col("value") * left).alias("part"))
    ordered = counting.sort("side", "from_on", "item", descending=[True, True, False])
    return rows_of(ordered.select("side", "item", "part", "from_on", "until_on", "person_id", "detail"), Item)


def _cutoff(visit: Visit) -> date:
    try:
        return min(date.fromisoformat(visit.asked("cutoff")), visit.today)
    except ValueError:
        return visit.today
