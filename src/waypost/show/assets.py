"""Static files, read once at the start; their address holds the hash of all of them, so it may be kept for ever."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

STYLES = (
    "tokens.css",
    "shell.css",
    "parts.css",
    "account.css",
    "pages.css",
    "people.css",
    "cohorts.css",
    "usage.css",
    "odds.css",
    "journeys.css",
    "sources.css",
)
SCRIPTS = ("waypost.js",)
AS_THEY_ARE = (
    "htmx.min.js",
    "overpass-latin.woff2",
    "overpass-latin-ext.woff2",
    "LICENSE-htmx",
    "LICENSE-overpass",
    "waypost.svg",
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files by name, and the digest that their address holds."""

    digest: str
    by_name: dict[str, Asset]

    def address(self, name: str) -> str:
        """Return where a file is; raises KeyError for one that is not shipped."""
        return f"/static/{self.digest}/{name}" if name in self.by_name else _missing(name)


def read_assets() -> Assets:
    """Read every static file; the style sheets become one."""
    folder = files("waypost.show") / "static"
    sheet = b"\n".join((folder / name).read_bytes() for name in STYLES)
    found = {"waypost.css": Asset(sheet, TYPES[".css"])}
    for name in (*SCRIPTS, *AS_THEY_ARE):
        ending = name[name.rfind(".") :] if "." in name else ""
        found[name] = Asset((folder / name).read_bytes(), TYPES.get(ending, "text/plain"))
    whole = hashlib.sha256()
    for name, asset in sorted(found.items()):
        whole.update(name.encode() + b"\0" + asset.content)
    return Assets(whole.hexdigest()[:12], found)


def _missing(name: str) -> str:
    raise KeyError(f"no static file is named {name!r}")
