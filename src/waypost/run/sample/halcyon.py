"""Halcyon Freight: the one account whose last month is written by hand, person by person."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from waypost.run.sample.calendar import DAYS, NEVER, Calendar
from waypost.run.sample.chance import Ints, Rng, drawn

# Halcyon stands first among the accounts.
HALCYON = 0
LIVE, LEAVERS = 2, 9
EXPORTS_FELL = 14
SCHEDULED = 11
CHAMPION_LEFT = 9
TICKETS_OPENED = 8
TRAINED = 6
CALLED = 3
# Some clerks and managers drift away from here on, and have lapsed three weeks later.
DRIFTED, DRIFTING = 36, 18
ANSWERED, ANSWERED_BEFORE = 1, 185
# Still open, and who opened them; then the days (ago) on which earlier ones were opened.
TICKETS = (
    ("HF-2291", "Ana", "Carrier sync stopped"),
    ("HF-2304", "Tom", "Labels missing from the depot board"),
)
EARLIER_TICKETS = (200, 171, 140, 96, 61, 44)
# NPS answers of colleagues.
CONTENT = (9, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A person with a name of their own in the story; days count back from today."""

    given: str
    family: str
    title: str
    role: int
    character: str
    joined_ago: int
    left_ago: int | None = None
    champion: bool = False
    signs_renewal: bool = False


ANALYST, ADMIN, MANAGER, CLERK, INTEGRATOR, EXECUTIVE = range(6)
CAST = (
    Part(given="Ana", family="Sousa", title="Depot manager", role=MANAGER, character="power", joined_ago=262),
    Part(
        given="Tom",
        family="Ebert",
        title="Operations lead",
        role=MANAGER,
        character="follows",
        joined_ago=264,
        signs_renewal=True,
    ),
    Part(given="Leila", family="Haddad", title="Analyst", role=ANALYST, character="stopped", joined_ago=64),
    Part(given="Jonas", family="Weber", title="Analyst", role=ANALYST, character="stopped", joined_ago=248),
    Part(
        given="Piotr", family="Zając", title="Depot clerk", role=CLERK, character="never_came", joined_ago=6
    ),
)
CHAMPION = Part(
    given="Priya",
    family="Raman",
    title="Lead analyst",
    role=ANALYST,
    character="power",
    joined_ago=266,
    left_ago=CHAMPION_LEFT,
    champion=True,
)
# Of those here today: 14 analysts, 8 of whom stop exporting.
COUNTS = ((ANALYST, 14), (ADMIN, 9), (MANAGER, 40), (INTEGRATOR, 6), (EXECUTIVE, 12), (CLERK, 133))
STOPPING = 8
# What the others are like, whatever the people elsewhere were drawn to be.
CHARACTERS = {
    "follows": 0.56, "power": 0.07, "sporadic": 0.13, "lapses": 0.08, "strays_first_week": 0.07, "never_came": 0.04,
    "strays_at_30": 0.05,
}  # fmt: skip
# How many of those here today joined in the last week, in the weeks before, and in the month before that.
RECENT = ((0, 6, 16), (8, 29, 31), (31, 59, 45))


def seat(rng: Rng, drafted: dict[str, Any], here: Ints, days: Calendar) -> None:
    """Give Halcyon its roles, its dates of joining, and the people whom its story names."""
    stay, go = here[:-LEAVERS], here[-LEAVERS:]
    roles = np.concatenate([np.full(count, role) for role, count in COUNTS])
    drafted["roles"][stay] = roles
    drafted["champion"][here] = False
    drafted["signs_renewal"][here] = False
    drafted["character"][here] = drawn(rng, CHARACTERS, len(here))
    joined = np.minimum(rng.exponential(26, len(stay)), 170).astype(np.int64) + 3
    newcomers = rng.permutation(np.arange(20, len(stay)))
    at = 0
    for low, high, count in RECENT:
        joined[newcomers[at : at + count]] = days.day(0) - rng.integers(low, high + 1, count)
        at += count
    drafted["joined"][stay] = days.workday(joined)
    analysts = stay[drafted["roles"][stay] == ANALYST]
    drafted["character"][analysts] = np.where(np.arange(len(analysts)) < STOPPING, "stopped", "follows")
    drafted["joined"][analysts] = np.minimum(drafted["joined"][analysts], days.day(210))
    settled = stay[
        np.isin(drafted["roles"][stay], (CLERK, MANAGER)) & (drafted["joined"][stay] < days.day(110))
    ]
    drafted["character"][settled[:DRIFTING]] = "drifts"
    drafted["left"][stay] = NEVER
    drafted["joined"][go] = rng.integers(3, 40, len(go))
    drafted["left"][go] = rng.integers(90, DAYS - 30, len(go))
    _cast(drafted, stay, go, days)


def _cast(drafted: dict[str, Any], stay: Ints, go: Ints, days: Calendar) -> None:
    free = {role: list(stay[drafted["roles"][stay] == role]) for role, _ in COUNTS}
    seats = [free[part.role].pop(0) for part in CAST]
    for person, part in [*zip(seats, CAST, strict=True), (go[0], CHAMPION)]:
        drafted["given"][person], drafted["family"][person] = part.given, part.family
        drafted["titles"][person], drafted["roles"][person] = part.title, part.role
        drafted["character"][person], drafted["in_story"][person] = part.character, True
        drafted["joined"][person] = days.day(part.joined_ago)
        drafted["left"][person] = NEVER if part.left_ago is None else days.day(part.left_ago)
        drafted["champion"][person], drafted["signs_renewal"][person] = part.champion, part.signs_renewal
