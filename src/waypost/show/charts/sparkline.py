"""A sparkline: the last values of one thing on its own scale; a gap in data is a gap in the line."""

from collections.abc import Sequence

from markupsafe import Markup

from waypost.show.charts.svg import element

WIDTH, HEIGHT, EDGE = 62, 22, 3


def sparkline(values: Sequence[float | None], says: str) -> Markup:
    """Return a 62 by 22 line over `values` (oldest first); None leaves a gap. `says` is its text for readers."""
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    low, high = min(known), max(known)
    across = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    spots = [
        None
        if value is None
        else (
            round(EDGE + place * across, 1),
            round(
                HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((value - low) / (high - low) if high > low else 0.5), 1
            ),
        )
        for place, value in enumerate(values)
    ]
    end = next(spot for spot in reversed(spots) if spot)
    return element(
        "svg",
        element("title", says),
        element("path", d=_path(spots)),
        element("circle", cx=end[0], cy=end[1], r=2.2),
        class_="spark",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )


def _path(spots: Sequence[tuple[float, float] | None]) -> str:
    steps, pen = [], "M"
    for spot in spots:
        if spot is None:
            pen = "M"
            continue
        steps.append(f"{pen}{spot[0]:g} {spot[1]:g}")
        pen = "L"
    return "".join(steps)
