"""Journey says what should be done by when, and where each person stands."""

from waypost.journey.clock import Clock
from waypost.journey.entry import SAID, Entry, Exit
from waypost.journey.plan import Audience, Clause, ClauseKind, Journey, Milestone, Of
from waypost.journey.standing import (
    ON_THE_PATH,
    REACHED,
    STANDINGS,
    STRAYS,
    Standing,
    deadlines,
    reached,
    standings,
)

__all__ = [
    "ON_THE_PATH",
    "REACHED",
    "SAID",
    "STANDINGS",
    "STRAYS",
    "Audience",
    "Clause",
    "ClauseKind",
    "Clock",
    "Entry",
    "Exit",
    "Journey",
    "Milestone",
    "Of",
    "Standing",
    "deadlines",
    "reached",
    "standings",
]
