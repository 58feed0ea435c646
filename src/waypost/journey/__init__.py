"""Journey says what should be done by when, and where each person stands."""

from waypost.journey.plan import Audience, Clause, ClauseKind, Journey, Milestone, clause_key, window_of
from waypost.journey.standing import ON_THE_PATH, STRAYS, Standing, reached, standings

__all__ = [
    "ON_THE_PATH",
    "STRAYS",
    "Audience",
    "Clause",
    "ClauseKind",
    "Journey",
    "Milestone",
    "Standing",
    "clause_key",
    "reached",
    "standings",
    "window_of",
]
