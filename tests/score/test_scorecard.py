from typing import Any

import pytest

from tests.score.cards import card, document
from waypost.core import DefinitionError
from waypost.score import Band, Bands, Missing, Scorecard


def test_what_is_not_said_has_a_usual_value() -> None:
    read = Scorecard.from_document(document("seats", "exports"), where="health.yaml")
    assert (read.bands, read.hysteresis_points, read.fell.points, read.fell.in_days) == (Bands(), 2, 10, 14)
    assert read.inputs[0].missing is Missing.LEAVE_OUT
    assert read.input("exports") is read.inputs[1]
    assert read.input("weather") is None


def test_a_band_begins_at_its_edge() -> None:
    bands = Bands(steady=70, watch=50)
    assert [bands.of(score) for score in (70, 69.9, 50, 49.9, None)] == [
        Band.STEADY, Band.WATCH, Band.WATCH, Band.AT_RISK, Band.NO_DATA,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"inputs": []}, "health.yaml: inputs: a scorecard needs at least one input"),
        ({"bands": {"steady": 50, "watch": 50}}, "health.yaml: bands: watch must begin below steady"),
        ({"bands": {"stedy": 50}}, "health.yaml: bands: there is no stedy here; did you mean steady?"),
        ({"name": 7}, "health.yaml: name: here stands a whole number; it must be text"),
    ],
)
def test_a_scorecard_that_makes_no_sense_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Scorecard.from_document(document(**changes), where="health.yaml")
    assert str(refused.value) == complaint


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        ({"key": "a"}, "key: 'a' stands twice; give each its own key"),
        ({"weight": 0}, "weight: must be above 0"),
        ({"curve": [[0, 1]]}, "curve: give two or more [value, share] points with rising values"),
        ({"curve": [[1, 0], [1, 1]]}, "curve: give two or more [value, share] points with rising values"),
        ({"curve": [[0, 0], [1, 1.1]]}, "curve: a share runs from 0 to 1"),
    ],
)
def test_an_input_that_makes_no_sense_is_refused(second: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        card({"key": "a"}, {"key": "b", **second})
    assert str(refused.value) == f"health.yaml: inputs[1]: {complaint}"
