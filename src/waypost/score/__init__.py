"""Score weighs measures into health and keeps the ledger of why it moved."""

from waypost.score.explain import LedgerRow, Reason, explain
from waypost.score.health import Known, Parts, parts, scores
from waypost.score.ledger import ledger
from waypost.score.phrases import Names, State
from waypost.score.rounding import whole_parts
from waypost.score.scorecard import Band, Bands, Fell, Input, Missing, Scorecard

__all__ = [
    "Band",
    "Bands",
    "Fell",
    "Input",
    "Known",
    "LedgerRow",
    "Missing",
    "Names",
    "Parts",
    "Reason",
    "Scorecard",
    "State",
    "explain",
    "ledger",
    "parts",
    "scores",
    "whole_parts",
]
