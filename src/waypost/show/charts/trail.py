"""The trail: a journey as a path with signposts; one mark per person, above the path when on it, below when strayed."""

import math
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from waypost.show.charts.svg import Value, element

MOST_MARKS = 300
PITCH, DOT = 9.9, 3.5
WIDE_WIDTH, NARROW_WIDTH = 756, 330
ROAD = 17


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone with the people who stand at it.

    `asks` are its clauses in words, `why` the clause that most strays missed, `done` what was done about it.
    `on` counts people on the path, `unsure` those of them at risk of straying, `off` the strays, `back` those
    strays whom an intervention is bringing back.
    """

    key: str
    name: str
    asks: tuple[str, ...]
    on: int
    off: int
    unsure: int = 0
    back: int = 0
    why: str = ""
    done: str = ""
    href: str = ""


def people_per_mark(stages: Sequence[Stage]) -> int:
    """Return how many people one mark stands for: 1 up to 300 people, then as few as keeps 300 marks."""
    return max(1, math.ceil(sum(stage.on + stage.off for stage in stages) / MOST_MARKS))


def wide_trail(stages: Sequence[Stage], says: str, width: int = WIDE_WIDTH) -> Markup:
    """Return the trail from left to right, as wide as the panel it stands in."""
    per = people_per_mark(stages)
    widths = _widths(stages, per, width)
    rows = max((_rows(stage.on, wide, per) for stage, wide in zip(stages, widths, strict=True)), default=1)
    road = 62 + max(44, 24 + rows * PITCH + 6)
    drawn: list[Markup] = [_road(road, width)]
    deepest, left = 0.0, 8.0
    for stage, wide in zip(stages, widths, strict=True):
        drawn += _wide_stage(stage, left, wide, road, per)
        deepest = max(deepest, _rows(stage.off, wide, per) * PITCH)
        left += wide
    height = round(road + ROAD + 18 + deepest + 58)
    return _svg(drawn, says, "wide-only", width, height)


def narrow_trail(stages: Sequence[Stage], says: str) -> Markup:
    """Return the trail from top to bottom, for 330 px."""
    per = people_per_mark(stages)
    drawn: list[Markup] = []
    top = 0.0
    for stage in stages:
        inside, top = _narrow_stage(stage, top, per)
        drawn += inside
    path = [
        element("rect", class_="road", x=6, y=0, width=13, height=round(top - 8, 1), rx=1),
        element("line", class_="pole", x1=12.5, x2=12.5, y1=2, y2=round(top - 22, 1)),
    ]
    return _svg(path + drawn, says, "narrow-only", NARROW_WIDTH, round(top))


def _svg(inside: Sequence[Markup], says: str, form: str, width: int, height: int) -> Markup:
    return element(
        "svg",
        element("title", says),
        *inside,
        class_=f"chart trail {form}",
        viewBox=f"0 0 {width} {height}",
        role="group",
        aria_label=says,
    )


def _widths(stages: Sequence[Stage], per: int, width: int) -> list[float]:
    """Share the width by how many people stand at each stage, so that no stage grows a tower."""
    room = width - 8 - 14
    least = min(152.0, room / max(1, len(stages)))
    pulls = [max(stage.on, stage.off * 2) / per + 1 for stage in stages]
    spare = room - least * len(stages)
    whole = sum(pulls)
    return [least + spare * pull / whole for pull in pulls]


def _a_row(width: float) -> int:
    return max(6, int((width - 14) // PITCH))


def _rows(people: int, width: float, per: int) -> int:
    return math.ceil(math.ceil(people / per) / _a_row(width))


def _road(top: float, width: int) -> Markup:
    end, half = width - 12, ROAD / 2
    return element(
        "path", class_="road", d=f"M0 {top:g}H{end - 13}L{end} {top + half:g}L{end - 13} {top + ROAD:g}H0Z"
    )


def _wide_stage(stage: Stage, left: float, width: float, road: float, per: int) -> list[Markup]:
    text = left + 9
    a_row = _a_row(width)
    rows = _rows(stage.on, width, per)
    drawn = [
        element("line", class_="pole", x1=left, x2=left, y1=0, y2=road + ROAD),
        *_sign(stage.name, left - 1, 0),
        *(
            element("text", line, class_="note", x=text, y=37 + 15.5 * n)
            for n, line in enumerate(_asks(stage.asks, width))
        ),
        _tally(stage.on, "on path", "on", text, road - rows * PITCH - 11, stage),
        *_dots(stage, per, text + DOT, road - 8, a_row),
    ]
    if not stage.off:
        return drawn
    under = road + ROAD + 17
    foot = under + (_rows(stage.off, width, per) - 1) * PITCH
    drawn += [
        element("path", class_="fork", d=f"M{left:g} {road + ROAD:g}c0 9 2 15 8.500 16.500"),
        *_strays(stage, per, text + DOT, under, a_row),
        _tally(stage.off, "strayed", "off", text, foot + 20, stage),
        element("text", _fit(stage.why, width), class_="why", x=text, y=foot + 37),
        element("text", _fit(stage.done, width), class_="note", x=text, y=foot + 53),
    ]
    return drawn


def _narrow_stage(stage: Stage, top: float, per: int) -> tuple[list[Markup], float]:
    text, a_row = 24.0, 29
    after_sign = text + _sign_width(stage.name) + 8
    asks = stage.asks or ("",)
    rows = max(1, math.ceil(math.ceil(stage.on / per) / a_row))
    drawn = [
        *_sign(stage.name, 12, top),
        element("text", _fit(asks[0], NARROW_WIDTH - after_sign), class_="note", x=after_sign, y=top + 15),
        _tally(stage.on, "on path", "on", text, top + 42, stage),
    ]
    if len(asks) > 1:
        drawn.append(
            element("text", _fit(asks[1], 150), class_="note", x=NARROW_WIDTH, y=top + 42, text_anchor="end")
        )
    foot = top + 56 + (rows - 1) * PITCH
    drawn += _dots(stage, per, text + DOT, foot, a_row)
    if not stage.off:
        return drawn, foot + 30
    under = foot + 17
    # Counts of three and more digits push what is said beside them to the end.
    beside = 72 + 10 * max(0, len(f"{stage.off:,}") - 2)
    last = under + (math.ceil(math.ceil(stage.off / per) / a_row) - 1) * PITCH
    drawn += [
        element("path", class_="fork", d=f"M12.500 {under - 15:g}c0 8 2 13 8.500 14.500"),
        *_strays(stage, per, text + DOT, under, a_row),
        _tally(stage.off, "strayed", "off", text, last + 20, stage),
        element("text", _fit(stage.why, 302 - beside), class_="why", x=text + beside, y=last + 20),
        element("text", _fit(stage.done, 302 - beside), class_="note", x=text + beside, y=last + 36),
    ]
    return drawn, last + 62


def _sign_width(name: str) -> float:
    return round(len(name) * 6.6 + 20, 1)


def _sign(name: str, left: float, top: float) -> list[Markup]:
    wide = _sign_width(name)
    return [
        element("path", class_="sign", d=f"M{left:g} {top:g}h{wide:g}l7 10.500l-7 10.500h-{wide:g}Z"),
        element("text", name, class_="sign-name", x=left + 10, y=top + 15),
    ]


def _tally(count: int, word: str, side: str, x: float, y: float, stage: Stage) -> Markup:
    if not count:
        return Markup("")
    text = element("text", element("tspan", f"{count:,}"), f" {word}", class_=f"tally {side}", x=x, y=y)
    if not stage.href:
        return text
    group = "strays" if side == "off" else "on_path"
    return element(
        "a", text, href=f"{stage.href}&standing={group}", aria_label=f"{stage.name}: {count} {word}"
    )


def _dots(stage: Stage, per: int, x: float, y: float, a_row: int) -> list[Markup]:
    marks, unsure = math.ceil(stage.on / per), math.ceil(stage.unsure / per)
    drawn = []
    for n in range(marks):
        cx, cy = round(x + n % a_row * PITCH, 1), round(y - n // a_row * PITCH, 1)
        if n >= marks - unsure:
            drawn.append(element("path", class_="dot unsure", d=f"M{cx:g} {cy - 4:g}l4 4l-4 4l-4 -4Z"))
        else:
            drawn.append(element("circle", class_="dot on", cx=cx, cy=cy, r=DOT))
    return drawn


def _strays(stage: Stage, per: int, x: float, y: float, a_row: int) -> list[Markup]:
    back = math.ceil(stage.back / per)
    drawn = []
    for n in range(math.ceil(stage.off / per)):
        cx, cy = round(x + n % a_row * PITCH, 1), round(y + n // a_row * PITCH, 1)
        look: Value = "dot back" if n < back else "dot off"
        drawn.append(element("path", class_=look, d=f"M{cx - 3.8:g} {cy - 3.4:g}h7.600l-3.800 6.800Z"))
    return drawn


def _asks(asks: Sequence[str], width: float) -> list[str]:
    return [_fit(ask, width) for ask in asks[:2]]


def _fit(text: str, width: float) -> str:
    """Return the text cut at what `width` px hold of it, with an ellipsis when it was cut."""
    room = int((width - 12) / 5.75)
    return text if len(text) <= room else text[: room - 1].rstrip(" ,.") + "…"
