"""What history taught at the cast's company: odds of those underway, how strays are sensed, what goes with staying."""

from datetime import date, timedelta
from typing import Any

import msgspec
import polars as pl

from tests.learn import simulated, simulated_staying
from waypost.learn import Matters, OddsModel, Sensing, fit_odds, matters, mornings, odds_of, sense
from waypost.store import Warehouse

LITTLE = "40 people at 6 accounts have had their time, 30 met it; odds need more"


def keep(warehouse: Warehouse, today: date) -> None:
    """Store it, and let a few of the cast be underway to their first milestone."""
    history = simulated.known(mornings(simulated.company(700), most_people=700, per_person=4))
    model = fit_odds(history)
    cursor = warehouse._root.cursor()
    underway = (
        'update standings set missing = \'[{"clause": "first_7.0", "says": "Connect a carrier"}]\', due_on = ?'
        " where milestone = 'first_7' and standing in ('on_path', 'at_risk') and until_on is null"
        " and person_id in ('cleo', 'h0', 'h1', 'h2', 'h3')"
    )
    cursor.execute(underway, [today + timedelta(days=3)])
    called = "milestone = 'first_7' and until_on is null and person_id = 'h3'"
    cursor.execute(f"update standings set standing = 'at_risk' where {called}")  # noqa: S608 -- our own words
    for table, rows in _rows(today, model, history).items():
        cursor.register("fresh", pl.DataFrame(rows, infer_schema_length=None))
        cursor.execute(f"insert into {table} by name select * from fresh")  # noqa: S608 -- our own names
    cursor.close()


def _rows(today: date, model: OddsModel, history: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    place = {"journey": "analyst", "version": 1, "milestone": "first_7"}
    said: list[tuple[str, str, tuple[float, float, float] | None, bool]] = [
        ("cleo", "beta", (0.08, 0.17, 0.31), True),
        ("h0", "halcyon", (0.36, 0.47, 0.59), False),
        ("h1", "halcyon", (0.71, 0.83, 0.9), False),
        ("h2", "halcyon", None, False),
        ("h3", "halcyon", (0.0, 0.002, 0.004), True),
    ]
    due = {"on_day": today, "due_on": today + timedelta(days=3), "people": model.people}
    odds = [
        {"person_id": person, "account_id": account, **place, **due, **_interval(span), "at_risk": at_risk}
        for person, account, span, at_risk in said
    ]
    few = OddsModel(people=40, accounts=6, met=30, why=LITTLE)
    fitted = [
        {
            **place,
            "milestone": key,
            "fitted_on": today,
            "people": each.people,
            "accounts": each.accounts,
            "met": each.met,
        }
        | {"model": msgspec.json.encode(each).decode()}
        for key, each in (("first_7", model), ("first_30", few))
    ]
    report = {"journey": "analyst", "version": 1, "made_on": today}
    return {
        "odds": odds,
        "odds_models": fitted,
        "sensing": [{**report, "report": msgspec.json.encode(_sensing(model, history)).decode()}],
        "matters": [
            {
                "journey": "analyst",
                "by_day": 30,
                "made_on": today,
                "report": msgspec.json.encode(_matters()).decode(),
            }
        ],
    }


def _interval(span: tuple[float, float, float] | None) -> dict[str, object]:
    if span is None:
        return {"odds": None, "low": None, "high": None, "why": LITTLE}
    return {"odds": span[1], "low": span[0], "high": span[2], "why": None}


def _sensing(model: OddsModel, history: pl.DataFrame) -> Sensing:
    days = history.hstack(odds_of(model, history)).with_columns(milestone=pl.lit("first_7"))
    return sense(days, date(2026, 9, 10))


def _matters() -> Matters:
    people, reached, active = simulated_staying.company(1_200)
    named = pl.col("feature").replace(
        {"driver_a": "reports_shared", "driver_b": "scheduled_reports", "decoy_a": "reports_exported"}
    )
    return matters(people, reached.with_columns(feature=named), active, by_day=30)
