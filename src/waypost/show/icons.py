"""Icons: our own line drawings on a 24 by 24 grid, coloured by the text around them."""

from functools import cache
from importlib.resources import files

from markupsafe import Markup

DRAWINGS = files("waypost.show") / "drawings"


@cache
def icon(name: str) -> Markup:
    """Return the drawing `name` as an inline SVG that readers pass over."""
    drawn = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    return Markup("".join(line.strip() for line in drawn.splitlines()))  # noqa: S704 -- our own drawings
