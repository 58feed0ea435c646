"""Measures: what each number means and the SQL behind it; its items are in `measure_items`."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import (
    SCORE_MEASURES,
    USAGE_MEASURES,
    Dimension,
    MeasureLevel,
    UsageMeasure,
    usage_measure,
)
from waypost.show.measured import ACTORS
from waypost.show.rules import Rules
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import question

HEADS = {
    Dimension.FREQUENCY: "How often it is used",
    Dimension.FEATURES: "Which features are used",
    Dimension.VOLUME: "How much is done",
    Dimension.CONFIGURATION: "How it is set up",
    Dimension.SEATS: "Which seats are filled",
}
CSV_HEAD = ["key", "name", "dimension", "levels", "unit", "window", "meaning", "value", "unknown", "question"]


class ScoreMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of measure that scorecards use, with the inputs made of it."""

    key: str
    meaning: str
    unknown: str
    question: str
    inputs: list[tuple[str, str, str]]


def measures(visit: Visit) -> Response:
    """Draw the list of all measures."""
    level = visit.asked("level")
    chosen = _of_level(level)
    return visit.page(
        "measures.html",
        groups=[(HEADS[each], [one for one in chosen if one.dimension is each]) for each in Dimension],
        scored=_scored(visit.rules) if level in ("", MeasureLevel.ACCOUNT) else [],
        level=level if level in list(MeasureLevel) else "",
        levels=list(MeasureLevel),
        total=len(chosen),
    )


def measures_csv(visit: Visit) -> Response:
    """Send the definitions as a file."""
    rows = [
        [
            each.key, each.name, each.dimension.value, " ".join(each.levels), each.unit.value, each.window,
            each.meaning, each.formula, each.unknown, each.question,
        ]
        for each in _of_level(visit.asked("level"))
    ]  # fmt: skip
    return csv_response("measures.csv", CSV_HEAD, rows)


def measure(visit: Visit) -> Response:
    """Draw the definition of one measure."""
    key = visit.request.path_params["measure"]
    found = usage_measure(key)
    if found is not None:
        return visit.page(
            "measure.html",
            measure=found,
            sql=question(found.question),
            actors=[ACTORS[each] for each in found.actors],
            parameters=_parameters(found),
            features=visit.rules.catalogue.features if found.of_feature else (),
            siblings=[each for each in USAGE_MEASURES if each.question == found.question and each != found],
        )
    scored = next((each for each in _scored(visit.rules) if each.key == key), None)
    if scored is None:
        raise HTTPException(404, "there is no measure of this name; the list of measures has them all")
    return visit.page("measure_scored.html", measure=scored, sql=question(scored.question))


def _of_level(level: str) -> Sequence[UsageMeasure]:
    return [each for each in USAGE_MEASURES if not level or level in each.levels]


def _parameters(found: UsageMeasure) -> list[tuple[str, Any]]:
    """Return what the question is asked with, as the SQL names it."""
    return [(name, value) for name, value in found.params().items() if value is not None]


def _scored(rules: Rules) -> list[ScoreMeasure]:
    used: dict[str, list[tuple[str, str, str]]] = {}
    for key, card in rules.scorecards.items():
        for each in card.inputs:
            used.setdefault(str(each.measure.get("kind")), []).append(
                (card.name, each.name, f"{key}.{each.key}")
            )
    return [
        ScoreMeasure(
            key=name,
            meaning=(kind.__doc__ or "").strip(),
            unknown=kind.unknown,
            question=kind.question,
            inputs=used.get(name, []),
        )
        for name, kind in SCORE_MEASURES.items()
    ]
