"""One way to write SVG: escaped attributes, escaped text, coloured by class and never by a style attribute."""

from markupsafe import Markup, escape

Part = Markup | str
Value = str | float


def element(name: str, *inside: Part, **attributes: Value) -> Markup:
    """Return one SVG element; `class_` and `text_anchor` stand for `class` and `text-anchor`.

    Plain strings inside are text and are escaped; Markup is taken as it is.
    """
    spread = "".join(f' {_named(key)}="{escape(_plain(value))}"' for key, value in attributes.items())
    content = Markup("").join(inside)
    return Markup(f"<{name}{spread}>{content}</{name}>")  # noqa: S704 -- attributes and text are escaped above


def percent(share: float) -> str:
    """Return a share of the drawing's width as SVG writes it: 0.4725 is `47.25%`."""
    return f"{_plain(round(share * 100, 2))}%"


def _named(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _plain(value: Value) -> str:
    if isinstance(value, float):
        return f"{round(value, 2):g}" if abs(value) < 100_000 else f"{value:.0f}"  # noqa: PLR2004 -- the limit of %g
    return str(value)
