"""Bars of a funnel: the share that got so far, with its interval; and a whole that is parted."""

from collections.abc import Sequence

from markupsafe import Markup

from waypost.show.charts.svg import element, percent

WHOLE = 0.985


def step_bar(share: float, low: float, high: float, says: str) -> Markup:
    """Return the bar of one step: the share of all who entered, and a line from `low` to `high`."""
    return element(
        "svg",
        element("title", says),
        element("rect", class_="lost", width="100%", height=18, rx=2),
        element("rect", class_="here", width=percent(share), height=18, rx=2),
        element("line", class_="range", x1=percent(low * WHOLE), x2=percent(high * WHOLE), y1=9, y2=9),
        class_="funnel-bar",
        role="img",
    )


def parted_bar(parts: Sequence[tuple[str, int]], says: str) -> Markup:
    """Return a bar of parts, each with its class and its count, that fill it together; empty without any."""
    whole = sum(count for _, count in parts)
    if not whole:
        return Markup("")
    drawn, before = [], 0
    for look, count in parts:
        if count:
            place = percent(before / whole)
            drawn.append(element("rect", class_=look, x=place, width=percent(count / whole), height=18))
        before += count
    return element("svg", element("title", says), *drawn, class_="ends", role="img")
