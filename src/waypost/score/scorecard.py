"""A scorecard weighs measures into one number from 0 to 100."""

from enum import StrEnum
from typing import Self

import msgspec

from waypost.core import Document, fail, reading


class Band(StrEnum):
    """The three bands of health, and the missing one."""

    STEADY = "steady"
    WATCH = "watch"
    AT_RISK = "at_risk"
    NO_DATA = "no_data"


class Missing(StrEnum):
    """What an unknown input does to the score."""

    WITHHOLD = "withhold"
    LEAVE_OUT = "leave_out"


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One input: a measure, a curve from its value to a share of the weight (0 to 1), and the weight.

    The curve is a list of [value, share] points with rising values; between them it is straight, outside flat.
    `missing` says what happens while the measure is unknown: the score is withheld, or the input is left out and the
    others carry its weight.
    """

    key: str
    name: str
    family: str
    measure: Document
    weight: float
    curve: tuple[tuple[float, float], ...]
    missing: Missing = Missing.LEAVE_OUT


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The lowest score of each band; below `watch` is at risk."""

    steady: float = 70.0
    watch: float = 50.0

    def of(self, score: float | None) -> Band:
        """Return the band of a score; no score is no data."""
        if score is None:
            return Band.NO_DATA
        return Band.STEADY if score >= self.steady else Band.WATCH if score >= self.watch else Band.AT_RISK


class Fell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of a fall within how many days is worth a signal."""

    points: float = 10.0
    in_days: int = 14


class Scorecard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How health is made. `hysteresis_points` is how far past a band's edge a score must be to be told of."""

    key: str
    name: str
    inputs: tuple[Input, ...]
    kind: str = "scorecard"
    bands: Bands = Bands()
    hysteresis_points: float = 2.0
    fell: Fell = Fell()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a scorecard; raises DefinitionError with the path of the fault."""
        card = reading(cls, document, where=where)
        if not card.inputs:
            fail(where, "inputs: a scorecard needs at least one input")
        if card.bands.watch >= card.bands.steady:
            fail(where, "bands: watch must begin below steady")
        keys = [each.key for each in card.inputs]
        for nr, each in enumerate(card.inputs):
            _check(each, keys[:nr], f"{where}: inputs[{nr}]")
        return card

    def input(self, key: str) -> Input | None:
        """Return the input with this key, or None."""
        return next((each for each in self.inputs if each.key == key), None)


def _check(each: Input, earlier: list[str], where: str) -> None:
    if each.key in earlier:
        fail(where, f"key: {each.key!r} stands twice; give each its own key")
    if each.weight <= 0:
        fail(where, "weight: must be above 0")
    values = [value for value, _ in each.curve]
    if len(values) < 2 or values != sorted(set(values)):  # noqa: PLR2004 -- a line needs two points
        fail(where, "curve: give two or more [value, share] points with rising values")
    if any(not 0 <= share <= 1 for _, share in each.curve):
        fail(where, "curve: a share runs from 0 to 1")
