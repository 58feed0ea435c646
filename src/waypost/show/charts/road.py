"""The road of one person: the milestones with their days, what was met above the road and what was missed below."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import Part, element

WIDE_WIDTH, NARROW_WIDTH = 756, 330
ROAD, TOP = 17, 92
LETTER = 5.85


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone of one person.

    `state` is met, late (met after its day), missed, unsure (at risk), here (on the way to it) or coming. `asks` is
    what should be done, `when` its day in words, `says` how it went, and `lacks` what was missed.
    """

    name: str
    asks: tuple[str, ...]
    state: str
    when: str
    says: str
    lacks: str = ""
    here: bool = False


def wide_road(stops: Sequence[Stop], says: str) -> Markup:
    """Return the road from left to right, as wide as the panel it stands in."""
    each = (WIDE_WIDTH - 24) / max(1, len(stops))
    end = WIDE_WIDTH - 12
    path = f"M0 {TOP}H{end - 13}L{end} {TOP + ROAD / 2:g}L{end - 13} {TOP + ROAD}H0Z"
    drawn: list[Part] = [element("title", says), element("path", class_="road", d=path)]
    for place, stop in enumerate(stops):
        left = 8 + place * each
        drawn += _sign(stop, left, 0)
        drawn.append(element("line", class_="pole", x1=left, x2=left, y1=0, y2=TOP + ROAD))
        drawn += [
            element("text", _fit(ask, each), class_="note", x=left + 9, y=37 + 15.5 * n)
            for n, ask in enumerate(stop.asks[:2])
        ]
        below = stop.state in ("missed", "late")
        middle = TOP + ROAD + 15 if below else TOP - 9
        drawn += _mark(stop, left + 15, middle)
        foot = TOP + ROAD + (34 if below else 20)
        drawn += _told(stop, left + 9, foot, each)
    height = TOP + ROAD + 82
    return _svg(drawn, "wide-only", WIDE_WIDTH, height, says)


def narrow_road(stops: Sequence[Stop], says: str) -> Markup:
    """Return the road from top to bottom, for 330 px."""
    tall = 104
    height = tall * len(stops)
    drawn: list[Part] = [
        element("title", says),
        element("rect", class_="road", x=6, y=0, width=13, height=height - 14, rx=1),
        element("line", class_="pole", x1=12.5, x2=12.5, y1=2, y2=height - 28),
    ]
    for place, stop in enumerate(stops):
        top = place * tall
        drawn += _sign(stop, 12.5, top)
        drawn += _mark(stop, 34, top + 38)
        drawn.append(element("text", _fit(stop.says, 280), class_=_look(stop), x=48, y=top + 42))
        drawn.append(element("text", stop.when, class_="when", x=48, y=top + 59))
        drawn.append(
            element("text", _fit(stop.lacks or " · ".join(stop.asks), 280), class_="note", x=48, y=top + 76)
        )
    return _svg(drawn, "narrow-only", NARROW_WIDTH, height, says)


def _svg(inside: Sequence[Part], form: str, width: int, height: int, says: str) -> Markup:
    size = f"0 0 {width} {height}"
    return element("svg", *inside, class_=f"chart road-one {form}", viewBox=size, role="img", aria_label=says)


def _sign(stop: Stop, left: float, top: float) -> list[Part]:
    wide = round(len(stop.name) * 6.6 + 20, 1)
    return [
        element("path", class_="sign", d=f"M{left - 1:g} {top:g}h{wide:g}l7 10.500l-7 10.500h-{wide:g}Z"),
        element("text", stop.name, class_="sign-name", x=left + 9, y=top + 15),
    ]


def _mark(stop: Stop, x: float, y: float) -> list[Part]:
    """Return the mark of a stop: a circle when met, a triangle when missed, a diamond when unsure, dashes to come."""
    down = f"M{x - 6:g} {y - 5:g}h12l-6 10.500Z"
    match stop.state:
        case "missed" | "late":
            drawn: list[Part] = [element("path", class_=stop.state, d=down)]
        case "unsure":
            drawn = [
                element(
                    "path", class_="unsure", d=f"M{x:g} {y - 6.5:g}l6.500 6.500l-6.500 6.500l-6.500 -6.500Z"
                )
            ]
        case "met":
            drawn = [element("circle", class_="met", cx=x, cy=y, r=5.5)]
        case "here":
            drawn = [element("circle", class_="met", cx=x, cy=y, r=4)]
        case _:
            drawn = [element("circle", class_="coming", cx=x, cy=y, r=5)]
    if stop.here:
        drawn.append(element("circle", class_="here", cx=x, cy=y, r=10))
    return drawn


def _told(stop: Stop, x: float, y: float, room: float) -> list[Part]:
    said: list[Part] = [element("text", _fit(stop.says, room), class_=_look(stop), x=x, y=y)]
    said.append(element("text", _fit(stop.when, room), class_="when", x=x, y=y + 17))
    if stop.lacks:
        said.append(element("text", _fit(stop.lacks, room), class_="note", x=x, y=y + 34))
    return said


def _look(stop: Stop) -> str:
    return {"met": "says on", "here": "says on", "missed": "says off"}.get(stop.state, "says")


def _fit(text: str, width: float) -> str:
    room = int((width - 14) / LETTER)
    return text if len(text) <= room else text[: room - 1].rstrip(" ,.") + "…"
