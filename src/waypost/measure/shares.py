"""Shares and curves with their intervals: Wilson's for a share, Greenwood's on the log-log scale for a curve."""

import math
from collections.abc import Iterable

import msgspec

#: The normal quantile of a two-sided 95 % interval.
Z = 1.959963984540054


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A share of 0 to 1 with its 95 % interval and its count; without cases there is none."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a curve: the share that stays beyond this day, its 95 % interval, and how many were watched."""

    day: int
    value: float
    low: float
    high: float
    watched: int
    gone: int


class Staying(msgspec.Struct, frozen=True, kw_only=True):
    """A curve of who stays, with how many were watched at its beginning; without steps nobody was gone.

    `left` is after which days fewer were watched, and how many from then on. Beyond the last of them, when anybody was
    still there then, nothing is known.
    """

    watched: int
    points: tuple[Point, ...]
    left: tuple[tuple[int, int], ...]

    def watched_on(self, day: int) -> int:
        """Return how many were still there and watched on a day."""
        return next((n for after, n in reversed(self.left) if after < day), self.watched)

    @property
    def known_until(self) -> int | None:
        """The last day of which anything is known; None: everybody is gone, and that holds for ever."""
        if self.points and self.points[-1].value <= 0:
            return None
        return self.left[-1][0] if self.left else 0

    def at(self, day: int) -> Share:
        """Return the share still there when a day begins; while nobody is gone, by Wilson of those still watched.

        There is none when nobody was watched until then.
        """
        until = self.known_until
        if until is not None and day - 1 > until:
            return share(0, 0)
        before = [each for each in self.points if each.day < day]
        if not before:
            watched = self.watched_on(day - 1)
            return share(watched, watched)
        last, of = before[-1], self.watched
        return Share(count=round(last.value * of), of=of, value=last.value, low=last.low, high=last.high)


def share(count: int, of: int) -> Share:
    """Return `count` of `of` with Wilson's score interval, which holds its 95 % at small counts too.

    Wilson 1927; it treats the cases as independent of each other.
    """
    if of <= 0:
        return Share(count=count, of=of, value=None, low=None, high=None)
    p, spread = count / of, Z * Z / of
    middle = (p + spread / 2) / (1 + spread)
    half = Z * math.sqrt(p * (1 - p) / of + spread / (4 * of)) / (1 + spread)
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return Share(count=count, of=of, value=p, low=low, high=high)


def survival(days: Iterable[tuple[int, int, int]]) -> Staying:
    """Return the Kaplan-Meier curve of (day, gone, no longer watched), with an interval at each step.

    Whoever is no longer watched after a day was still watched on it. The interval is Greenwood's variance on the
    log-log scale (Kalbfleisch and Prentice), which stays between 0 and 1.
    """
    ordered = sorted(days)
    watched = everybody = sum(gone + ended for _, gone, ended in ordered)
    value, variance, points, left = 1.0, 0.0, [], []
    for day, gone, ended in ordered:
        if gone:
            value *= 1 - gone / watched
            variance += gone / (watched * (watched - gone)) if watched > gone else 0.0
            low, high = _log_log(value, variance)
            points.append(Point(day=day, value=value, low=low, high=high, watched=watched, gone=gone))
        watched -= gone + ended
        left.append((day, watched))
    return Staying(watched=everybody, points=tuple(points), left=tuple(left))


def _log_log(value: float, variance: float) -> tuple[float, float]:
    if value <= 0:
        return 0.0, 0.0
    inner = math.log(value)
    reach = Z * math.sqrt(variance) / abs(inner)
    return value ** math.exp(reach), value ** math.exp(-reach)
