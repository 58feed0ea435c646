"""Small upright bars: one count for each of a few places in a fixed order, with its number above and its name below."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from waypost.show import words
from waypost.show.charts.svg import Part, element, percent

HEAD, PLOT, FOOT = 18, 84, 20
#: Above so many bars, only some carry their number and name.
MOST_NAMED = 12


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: the name below it, its value (0 or more), whether it is quiet, and where its members are listed."""

    name: str
    value: float
    quiet: bool = False
    named: bool = True


def bars(columns: Sequence[Bar], says: str, *, plot: int = PLOT) -> Markup:
    """Return the bars on a scale that starts at zero. `says` is the sentence that readers hear."""
    top = max((each.value for each in columns), default=0.0) or 1.0
    share = 1 / max(1, len(columns))
    drawn: list[Part] = [element("title", says)]
    drawn.append(element("line", class_="axis", x1=0, x2="100%", y1=HEAD + plot, y2=HEAD + plot))
    for place, each in enumerate(columns):
        drawn += _bar(each, (place * share, share), plot * each.value / top, HEAD + plot)
        if each.named:
            middle = percent((place + 0.5) * share)
            drawn.append(element("text", each.name, x=middle, y=HEAD + plot + 15, text_anchor="middle"))
    return element(
        "svg", *drawn, class_="chart bars", role="img", height=HEAD + plot + FOOT, overflow="visible"
    )


def _bar(each: Bar, across: tuple[float, float], tall: float, foot: float) -> list[Part]:
    start, share = across
    if not each.value:
        return []
    look = "bar quiet" if each.quiet else "bar"
    inset = share * 0.14
    found: list[Part] = [
        element(
            "rect",
            class_=look,
            x=percent(start + inset),
            width=percent(share - 2 * inset),
            y=round(foot - max(1.5, tall), 1),
            height=round(max(1.5, tall), 1),
            rx=2,
        )
    ]
    if share >= 1 / MOST_NAMED:
        found.append(
            element(
                "text",
                words.number(each.value),
                class_="value",
                x=percent(start + share / 2),
                y=round(foot - max(1.5, tall) - 5, 1),
                text_anchor="middle",
            )
        )
    return found
