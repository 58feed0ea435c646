"""An estimate with its interval: a band with a dot, grey until it leaves zero."""

import math
from collections.abc import Callable

from markupsafe import Markup

from waypost.show.charts.svg import element, percent

STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
MOST_TICKS = 5


def interval_bar(
    low: float, point: float, high: float, *, written: Callable[[float], str], says: str
) -> Markup:
    """Return the interval from `low` to `high` around `point`, on a scale that holds zero.

    It takes the up or down colour only when the whole interval lies on one side of zero.
    """
    first, last, step = _scale(min(low, 0), max(high, 0))
    span = last - first

    def place(value: float) -> str:
        return percent(0.03 + 0.94 * (value - first) / span)

    ticks = [first + step * n for n in range(round(span / step) + 1)]
    wide = percent(0.94 * (high - low) / span)
    side = " up" if low > 0 else " down" if high < 0 else ""
    return element(
        "svg",
        element("title", says),
        element("line", class_="zero", x1=place(0), x2=place(0), y1=0, y2=24),
        element("rect", class_="range", x=place(low), y=8, width=wide, height=9, rx=4.5),
        element("circle", class_="point", cx=place(point), cy=12.5, r=5),
        *(element("text", written(tick), x=place(tick), y=40, text_anchor="middle") for tick in ticks),
        class_=f"chart interval{side}",
        role="img",
    )


def _scale(low: float, high: float) -> tuple[float, float, float]:
    span = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(span) - 1)
    step = next((s * power for s in STEPS if span / (s * power) <= MOST_TICKS - 1), span)
    return math.floor(low / step) * step, math.ceil(high / step + 1e-9) * step, step
