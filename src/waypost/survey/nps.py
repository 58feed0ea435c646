"""The net promoter score of a set of answers, with its interval and the number behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

PROMOTER = 9
DETRACTOR = 6
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Nps:
    """A score from -100 to 100 with its 95 % interval; `value` is None when nobody answered, and `why` says so."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str | None = None


def tally(scores: Sequence[float]) -> Nps:
    """Return the NPS of answers from 0 to 10.

    The interval is Rocks's adjusted Wald (2016): three quarters of an answer is added to promoters and to
    detractors, three answers to the count, which keeps its promise from about ten answers on. With fewer it is widened
    to hold the score itself.
    """
    n = len(scores)
    if n == 0:
        return Nps(n=0, why="nobody has answered yet")
    promoters = sum(score >= PROMOTER for score in scores)
    detractors = sum(score <= DETRACTOR for score in scores)
    shown = (promoters - detractors) / n
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    spread = Z95 * sqrt((p + d - (p - d) ** 2) / (n + 3))
    low, high = min(max(p - d - spread, -1.0), shown), max(min(p - d + spread, 1.0), shown)
    return Nps(n=n, value=100 * shown, low=100 * low, high=100 * high)
