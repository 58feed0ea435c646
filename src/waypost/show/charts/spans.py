"""Estimates row by row on one scale: each a band with a dot, so that a column of a table is a chart."""

import math
from collections.abc import Callable, Iterable

from markupsafe import Markup

from waypost.show.charts.svg import element, percent

HEIGHT, MIDDLE = 24, 12
EDGE = 0.03
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
MOST_TICKS = 5

Scale = tuple[float, float]


def scale_of(values: Iterable[float]) -> Scale:
    """Return whole steps that hold all of these values and zero."""
    known = [*values, 0.0]
    step = _step(max(known) - min(known))
    return math.floor(min(known) / step + 1e-9) * step, math.ceil(max(known) / step - 1e-9) * step or step


def span_cell(
    span: tuple[float, float, float], scale: Scale, *, says: str, tone: str = "", at: float = 0.0
) -> Markup:
    """Return the interval (low, point, high) on a scale; `at` is where a line stands to compare with.

    `tone` is the class that colours it ("up", "down", "watch"); grey without one.
    """
    low, point, high = (min(max(each, scale[0]), scale[1]) for each in span)
    line = _place(at, scale)
    wide = percent((1 - 2 * EDGE) * (high - low) / (scale[1] - scale[0]))
    return element(
        "svg",
        element("title", says),
        element("line", class_="zero", x1=line, x2=line, y1=0, y2=HEIGHT),
        element("rect", class_="range", x=_place(low, scale), y=MIDDLE - 4, width=wide, height=8, rx=4),
        element("circle", class_="point", cx=_place(point, scale), cy=MIDDLE, r=4.5),
        class_=f"chart span {tone}".strip(),
        role="img",
    )


def span_axis(scale: Scale, written: Callable[[float], str]) -> Markup:
    """Return the ticks of a scale, for the head of the column."""
    step = _step(scale[1] - scale[0])
    first, last = math.ceil(scale[0] / step - 1e-9), math.floor(scale[1] / step + 1e-9)
    ticks = [step * nr for nr in range(first, last + 1)]
    return element(
        "svg",
        *(
            element("text", written(tick), x=_place(tick, scale), y=11, text_anchor="middle")
            for tick in ticks
        ),
        class_="chart span axis",
        aria_hidden="true",
    )


def _place(value: float, scale: Scale) -> str:
    return percent(EDGE + (1 - 2 * EDGE) * (value - scale[0]) / (scale[1] - scale[0]))


def _step(span: float) -> float:
    return next((each for each in STEPS if span / each <= MOST_TICKS - 1), 1.0)
