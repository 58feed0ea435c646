"""Retention drawn: how long cohorts stay, as steps with their intervals."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Self

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import Part, element

HEIGHT, LEFT, RIGHT, TOP, FOOT = 250, 38, 86, 12, 30
WIDE, NARROW = 1156, 356
STEPS_OF_RAMP, LEAST_SPAN = 8, 0.4
#: At most so many lines: all together, and those chosen to compare.
LOOKS = ("all", "one", "two", "three")
STEPS = (1, 2, 5, 7, 14, 30, 60, 90, 180, 365)
MOST_TICKS = 14
#: Labels at the ends of lines keep this far apart.
APART = 15


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One line: its name, and its steps as (day, share, low, high), beginning with day 0."""

    name: str
    steps: tuple[tuple[float, float, float, float], ...]


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Where the drawing lies, and how its days and shares are placed."""

    width: int
    days: float

    def across(self, day: float) -> float:
        return LEFT + (self.width - LEFT - RIGHT) * day / self.days

    def down(self, share: float) -> float:
        return TOP + (HEIGHT - TOP - FOOT) * (1 - share)


class Ramp(msgspec.Struct, frozen=True, kw_only=True):
    """The shares, 0 to 1, between which the one ramp of eight steps runs."""

    low: float
    high: float

    @classmethod
    def over(cls, shares: Iterable[float]) -> Self:
        """Return the ramp for a whole grid: in whole tens of percents, and never over less than forty of them."""
        known = list(shares) or [0.0, 1.0]
        low, high = math.floor(min(known) * 10) / 10, math.ceil(max(known) * 10) / 10
        high = min(1.0, max(high, low + LEAST_SPAN))
        return cls(low=max(0.0, min(low, high - LEAST_SPAN)), high=high)

    def step(self, share: float) -> int:
        """Return the step for a share: 0 to 7."""
        return max(
            0, min(STEPS_OF_RAMP - 1, int(STEPS_OF_RAMP * (share - self.low) / (self.high - self.low) + 1e-9))
        )


def staying(curves: Sequence[Curve], days: int, says: str, *, narrow: bool = False) -> Markup:
    """Return the share that stays by days since the start; the first line is everybody, the others are compared."""
    frame = _Frame(width=NARROW if narrow else WIDE, days=max(days, 1))
    return element(
        "svg",
        element("title", says),
        *_grid(frame),
        *(_band(curve, look, frame) for curve, look in zip(curves, LOOKS, strict=False)),
        *(_line(curve, look, frame) for curve, look in zip(curves, LOOKS, strict=False)),
        *_names(curves, frame),
        class_=f"chart staying {'narrow-only' if narrow else 'wide-only'}",
        viewBox=f"0 0 {frame.width} {HEIGHT}",
        role="img",
    )


def _grid(frame: _Frame) -> list[Part]:
    found: list[Part] = []
    for percent in (0, 25, 50, 75, 100):
        y = frame.down(percent / 100)
        found.append(element("line", class_="grid", x1=LEFT, x2=frame.width - RIGHT, y1=y, y2=y))
        found.append(element("text", f"{percent}%", x=LEFT - 6, y=y + 4, text_anchor="end"))
    most = MOST_TICKS if frame.width == WIDE else MOST_TICKS // 2
    step = next((each for each in STEPS if frame.days / each <= most), STEPS[-1])
    for nr in range(int(frame.days // step) + 1):
        x = frame.across(nr * step)
        said = "day 0" if nr == 0 else str(nr * step)
        found.append(element("text", said, x=x, y=HEIGHT - 10, text_anchor="middle"))
    return found


def _line(curve: Curve, look: str, frame: _Frame) -> Markup:
    return element("path", class_=f"line {look}", d=_steps([(d, s) for d, s, _, _ in curve.steps], frame))


def _band(curve: Curve, look: str, frame: _Frame) -> Markup:
    upper = _corners([(day, high) for day, _, _, high in curve.steps], frame)
    lower = _corners([(day, low) for day, _, low, _ in curve.steps], frame)
    spots = [*upper, *reversed(lower)]
    return element(
        "path", class_=f"band {look}", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots) + "Z"
    )


def _corners(steps: Sequence[tuple[float, float]], frame: _Frame) -> list[tuple[float, float]]:
    """Return the corners of a step line, which keeps its height until the next step."""
    found = [(frame.across(steps[0][0]), frame.down(steps[0][1]))]
    for (_, before), (day, after) in pairwise(steps):
        found += [(frame.across(day), frame.down(before)), (frame.across(day), frame.down(after))]
    return found


def _steps(steps: Sequence[tuple[float, float]], frame: _Frame) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _corners(steps, frame))


def _names(curves: Sequence[Curve], frame: _Frame) -> list[Part]:
    ends = [(frame.down(curve.steps[-1][1]), look, curve) for curve, look in zip(curves, LOOKS, strict=False)]
    placed: list[Part] = []
    above = 0.0
    for y, look, curve in sorted(ends, key=lambda each: each[0]):
        above = max(y, above + APART)
        said = f"{curve.name} {round(100 * curve.steps[-1][1])}%"
        x = frame.width - RIGHT + 8
        placed.append(element("text", said, class_=f"name {look}", x=x, y=above + 4))
        end = frame.across(curve.steps[-1][0])
        placed.append(element("path", class_=f"lead {look}", d=f"M{end:.1f} {y:.1f}L{x - 3:.1f} {above:.1f}"))
    return placed
