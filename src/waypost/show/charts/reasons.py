"""Reasons as a waterfall in table cells: every bar starts where the one before ended, and links say so."""

import math

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import element, percent

BAR, TOTAL_WIDTH, TOTAL_HEIGHT = 21, 5, 19


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The scale of one waterfall: from the least to the greatest running total, with a little air."""

    low: float
    high: float
    step: int

    @property
    def ticks(self) -> list[int]:
        """The scores that the column head names."""
        return list(range(math.ceil(self.low / self.step) * self.step, math.floor(self.high) + 1, self.step))

    def x(self, score: float) -> str:
        """Return where a score stands, as a percentage of the cell's width."""
        return percent((score - self.low) / (self.high - self.low))


def run_of(totals: list[float]) -> Run:
    """Return the scale for the running totals of one list of reasons."""
    low, high = min(totals), max(totals)
    step = 5 if high - low < 9 else 10 if high - low <= 40 else 20  # noqa: PLR2004 -- three to five ticks
    first = math.floor(low / step) * step
    last = max(high, first + 2.4 * step)
    air = (last - first) * 0.07
    return Run(low=first - air, high=last + 2 * air, step=step)


def head_cell(run: Run) -> Markup:
    """Return the head of the bar column: the scale's numbers."""
    numbers = (element("text", str(tick), x=run.x(tick), y="58%", text_anchor="middle") for tick in run.ticks)
    return element("svg", *numbers, class_="chart fall", aria_hidden="true")


def total_cell(run: Run, score: float, *, first: bool) -> Markup:
    """Return the tick of a total, with the link to its neighbour below (the first) or above (the last)."""
    link = {"y1": "50%", "y2": "100%"} if first else {"y1": "0%", "y2": "50%"}
    tick = element(
        "svg",
        element(
            "rect",
            class_="start" if first else "now",
            x=-TOTAL_WIDTH / 2,
            y=-TOTAL_HEIGHT / 2,
            width=TOTAL_WIDTH,
            height=TOTAL_HEIGHT,
            rx=1.5,
        ),
        x=run.x(score),
        y="50%",
        overflow="visible",
    )
    at = run.x(score)
    return _cell(run, element("line", class_="link", x1=at, x2=at, **link), tick)


def reason_cell(run: Run, before: float, after: float) -> Markup:
    """Return one reason's bar from `before` to `after`, linked to the rows above and below."""
    left, right = min(before, after), max(before, after)
    wide = percent((right - left) / (run.high - run.low))
    bar = element(
        "svg",
        element(
            "rect",
            class_=f"bar {'up' if after >= before else 'down'}",
            y=-BAR / 2,
            width=wide,
            height=BAR,
            rx=2,
        ),
        x=run.x(left),
        y="50%",
        overflow="visible",
    )
    above = element("line", class_="link", x1=run.x(before), x2=run.x(before), y1="0%", y2="50%")
    below = element("line", class_="link", x1=run.x(after), x2=run.x(after), y1="50%", y2="100%")
    return _cell(run, above, below, bar)


def _cell(run: Run, *inside: Markup) -> Markup:
    grid = (element("line", class_="grid", x1=run.x(t), x2=run.x(t), y1="0%", y2="100%") for t in run.ticks)
    return element("svg", *grid, *inside, class_="fall", aria_hidden="true")
