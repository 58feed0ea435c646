"""Seen against expected, week by week: a bar from zero for what was seen, a band behind it for what was expected."""

import math
from collections.abc import Sequence
from datetime import date

import msgspec
from markupsafe import Markup

from waypost.show import words
from waypost.show.charts.history import Form
from waypost.show.charts.svg import Part, element, percent

HEAD, PLOT, FOOT = 12, 132, 22
GRIDS = 4


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One week: its last day, what was seen, and the band (None while there is no history to expect from).

    `low` and `high` are the band's ends, `expected` its middle; `fell` says that the drop is called.
    """

    last_on: date
    seen: float
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    fell: bool = False
    rose: bool = False
    open: bool = False


def expected_chart(weeks: Sequence[Seen], says: str, form: Form) -> Markup:
    """Return the chart of `weeks` (oldest first). A week that is not over (`open`) is drawn empty."""
    step, top = _scale([max(each.seen, each.high or 0.0) for each in weeks])
    drawn: list[Part] = [element("title", says)]
    for tick in range(0, round(top) + 1, step):
        row = _y(tick, top)
        drawn.append(element("line", class_="grid", x1=0, x2="100%", y1=row, y2=row))
        drawn.append(element("text", words.number(tick), x=-8, y=row + 4, text_anchor="end"))
    share = 1 / max(1, len(weeks))
    for place, each in enumerate(weeks):
        drawn += _week(each, place * share, share, top)
    drawn += _dates(weeks, form)
    height = HEAD + PLOT + FOOT
    return element(
        "svg", *drawn, class_=f"chart expected {form.name}", role="img", height=height, overflow="visible"
    )


def _week(each: Seen, start: float, share: float, top: float) -> list[Part]:
    found: list[Part] = []
    if each.low is not None and each.high is not None:
        high, low = _y(each.high, top), _y(each.low, top)
        whole = {"x": percent(start + share * 0.04), "width": percent(share * 0.92)}
        found.append(element("rect", class_="band", y=high, height=max(1.0, round(low - high, 1)), **whole))
    row, foot = _y(each.seen, top), _y(0, top)
    look = "seen fell" if each.fell else "seen rose" if each.rose else "seen"
    if each.seen:
        found.append(
            element(
                "rect",
                class_=f"{look} open" if each.open else look,
                x=percent(start + share * 0.26),
                width=percent(share * 0.48),
                y=row,
                height=round(foot - row, 1),
                rx=1.5,
            )
        )
    if each.expected is not None:
        middle = _y(each.expected, top)
        ends = {"x1": percent(start + share * 0.04), "x2": percent(start + share * 0.96)}
        found.append(element("line", class_="middle", y1=middle, y2=middle, **ends))
    if each.fell or each.rose:
        found.append(_post(percent(start + share / 2), row - 7, up=each.rose))
    return found


def _post(x: str, y: float, *, up: bool) -> Markup:
    shape = "M-5 4H5L0 -4Z" if up else "M-5 -4H5L0 4Z"
    return element(
        "svg",
        element("path", d=shape, class_="up" if up else "down"),
        class_="call",
        x=x,
        y=round(y, 1),
        overflow="visible",
    )


def _dates(weeks: Sequence[Seen], form: Form) -> list[Part]:
    every = max(1, math.ceil(len(weeks) / form.dates))
    last = len(weeks) - 1
    return [
        element(
            "text",
            f"{each.last_on.day} {each.last_on:%b}",
            x=percent((place + 0.5) / len(weeks)),
            y=HEAD + PLOT + 17,
            text_anchor="middle",
        )
        for place, each in enumerate(weeks)
        if (last - place) % every == 0
    ]


def _scale(values: Sequence[float]) -> tuple[int, float]:
    """Return the step between grid lines and the top of the scale: a whole number of steps."""
    most = max([*values, 1.0])
    rough = most / GRIDS
    power = 10 ** max(0, math.floor(math.log10(max(rough, 1))))
    step = next(int(s * power) for s in (1, 2, 5, 10) if s * power >= rough)
    return step, float(math.ceil(most / step) * step)


def _y(value: float, top: float) -> float:
    return round(HEAD + PLOT * (1 - value / top), 1)
