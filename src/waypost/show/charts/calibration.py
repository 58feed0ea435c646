"""The calibration curve: what was said against what came, with the line on which both are the same."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import element, percent

TOP, PLOT = 8, 220
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Calibrated(msgspec.Struct, frozen=True, kw_only=True):
    """One point: the mean of what was said, the share that came, and its interval (0 to 1)."""

    said: float
    came: float
    low: float
    high: float
    name: str


def calibration(points: Sequence[Calibrated], says: str) -> Markup:
    """Return the curve; `says` is the sentence that readers hear."""
    drawn = []
    for tick in TICKS:
        row = _row(tick)
        drawn.append(element("line", class_="grid", x1=0, x2="100%", y1=row, y2=row))
        drawn.append(element("text", f"{tick:.0%}", x=-8, y=row + 4, text_anchor="end"))
        side = "start" if tick == 0 else "end" if tick == 1 else "middle"
        drawn.append(element("text", f"{tick:.0%}", x=percent(tick), y=TOP + PLOT + 20, text_anchor=side))
    drawn.append(element("line", class_="same", x1="0%", x2="100%", y1=_row(0), y2=_row(1)))
    for point in points:
        x = percent(point.said)
        drawn.append(element("line", class_="range", x1=x, x2=x, y1=_row(point.low), y2=_row(point.high)))
        drawn.append(
            element("circle", element("title", point.name), class_="point", cx=x, cy=_row(point.came), r=4.5)
        )
    return element("svg", element("title", says), *drawn, class_="chart calibration", role="img")


def _row(share: float) -> float:
    return round(TOP + PLOT * (1 - share), 1)
