"""Marks whose shape says what their colour says: circle, diamond, triangle, dashed circle."""

from markupsafe import Markup

from waypost.show.charts.svg import Value, element

SHAPES: dict[str, tuple[str, dict[str, Value]]] = {
    "steady": ("circle", {"cx": 6.5, "cy": 6.5, "r": 5}),
    "watch": ("path", {"d": "M6.5 0.3 12.7 6.5 6.5 12.7 0.3 6.5Z"}),
    "risk": ("path", {"d": "M0.6 1.2H12.4L6.5 12.2Z"}),
    "back": ("path", {"d": "M1.6 1.9H11.4L6.5 11Z"}),
    "paused": ("path", {"d": "M2 1H5.2V12H2Z M7.8 1H11V12H7.8Z"}),
    "none": ("circle", {"cx": 6.5, "cy": 6.5, "r": 5}),
}
WORDS = {"steady": "Steady", "watch": "Watch", "risk": "At risk", "none": "No data"}
BANDS = {"steady": "steady", "watch": "watch", "at_risk": "risk", "risk": "risk"}


def mark(band: str, *, big: bool = False) -> Markup:
    """Return the mark of a band (steady, watch, at_risk) or `back` or `paused`; anything else is the dashed circle."""
    look = band if band in ("back", "paused") else BANDS.get(band, "none")
    shape, place = SHAPES[look]
    sizes: dict[str, Value] = {"class_": f"mark {look}{' big' if big else ''}", "viewBox": "0 0 13 13"}
    return element("svg", element(shape, **place), **sizes, aria_hidden="true")


def band_class(band: str) -> str:
    """Return the class of a band's colours: steady, watch, risk or none."""
    return BANDS.get(band, "none")


def band_word(band: str) -> str:
    """Return the band in words: Steady, Watch, At risk or No data."""
    return WORDS[band_class(band)]
