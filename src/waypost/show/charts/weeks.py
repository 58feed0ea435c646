"""A count week by week: a line with its points, the scale written beside it; a week that is not known is a gap."""

from collections.abc import Sequence
from datetime import date

import msgspec
from markupsafe import Markup

from waypost.show import words
from waypost.show.charts.svg import Part, element

EDGE_LEFT, EDGE_RIGHT, TOP, FOOT = 44, 40, 14, 22
TICKS = 3


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """The size of the drawing, and how many weeks stand between two names below it."""

    width: int
    height: int
    every: int
    form: str


WIDE_WEEKS = Frame(width=756, height=150, every=2, form="wide-only")
NARROW_WEEKS = Frame(width=330, height=140, every=4, form="narrow-only")


def weeks_chart(days: Sequence[date], counts: Sequence[int | None], says: str, frame: Frame) -> Markup:
    """Return the line over `days` (oldest first); the scale starts at zero. `says` is its sentence for readers."""
    top = _top(max((each for each in counts if each is not None), default=0))
    room = frame.height - TOP - FOOT
    across = (frame.width - EDGE_LEFT - EDGE_RIGHT) / max(1, len(days) - 1)
    spots = [
        None if n is None else (round(EDGE_LEFT + place * across, 1), round(TOP + room * (1 - n / top), 1))
        for place, n in enumerate(counts)
    ]
    drawn: list[Part] = [element("title", says)]
    for tick in range(TICKS):
        y = round(TOP + room * tick / (TICKS - 1), 1)
        drawn.append(element("line", class_="grid", x1=EDGE_LEFT, x2=frame.width - EDGE_RIGHT, y1=y, y2=y))
        value = words.number(top * (1 - tick / (TICKS - 1)))
        drawn.append(element("text", value, x=EDGE_LEFT - 8, y=y + 4, text_anchor="end"))
    for place, day in enumerate(days):
        if (len(days) - 1 - place) % frame.every == 0:
            x = round(EDGE_LEFT + place * across, 1)
            drawn.append(element("text", words.day(day, day), x=x, y=frame.height - 4, text_anchor="middle"))
    drawn.append(element("path", class_="line", d=_path(spots)))
    drawn += [element("circle", class_="dot", cx=x, cy=y, r=2.4) for x, y in (each for each in spots if each)]
    if spots and spots[-1] and counts[-1] is not None:
        x, y = spots[-1]
        drawn.append(element("text", words.number(counts[-1]), class_="end", x=x + 8, y=y + 4))
    size = f"0 0 {frame.width} {frame.height}"
    return element(
        "svg", *drawn, class_=f"chart weeks {frame.form}", viewBox=size, role="img", aria_label=says
    )


def _top(most: int) -> int:
    """Return the end of the scale: the next number whose half is whole and that is easy to read."""
    size = 2
    while size < most:
        for step in (2, 2.5, 2):
            size = int(size * step)
            if size >= most:
                break
    return size


def _path(spots: Sequence[tuple[float, float] | None]) -> str:
    steps, pen = [], "M"
    for spot in spots:
        if spot is None:
            pen = "M"
            continue
        steps.append(f"{pen}{spot[0]:g} {spot[1]:g}")
        pen = "L"
    return "".join(steps)
