"""Logs that name their own fields, line by line: W3C extended as IIS writes it, and CloudFront's."""

from urllib.parse import unquote

from waypost.collect.logs.said import Layout, Said, cookies_of, request_of
from waypost.collect.logs.shape import difference

FIELDS = "#Fields:"
_NAMES = {
    "address": ("c-ip",),
    "user": ("cs-username",),
    "method": ("cs-method",),
    "path": ("cs-uri-stem", "cs-uri"),
    "query": ("cs-uri-query",),
    "status": ("sc-status",),
    "bytes": ("sc-bytes",),
    "referer": ("cs(Referer)",),
    "agent": ("cs(User-Agent)",),
    "host": ("x-host-header", "cs-host", "cs(Host)", "s-computername"),
    "time": ("time",),
    "date": ("date",),
}
_MOST_DECODED = 2


class NamedFields:
    """Splits lines by the newest `#Fields:` line before them, which may change inside one file."""

    def __init__(self) -> None:
        """Start at the beginning of a file, with no field named."""
        self._names: list[str] = []
        self._at: dict[str, int] = {}

    def split(self, line: str) -> Said | None:
        """Return what a line says; None for one that has other fields than those named."""
        if line.startswith("#"):
            return None
        values = _values(line)
        if not self._at or len(values) != len(self._names):
            return None
        is_cloudfront = "\t" in line
        found = {part: values[at] for part, at in self._at.items()}
        named = dict(zip(self._names, values, strict=True))
        agent = _text(found.get("agent", ""), is_cloudfront=is_cloudfront)
        cookies = cookies_of(_text(named.get("cs(Cookie)", ""), is_cloudfront=is_cloudfront))
        return Said(
            found.get("address", ""),
            found.get("user", ""),
            _time(found),
            request_of(found.get("method", "-"), found.get("path", "-"), found.get("query", "")),
            found.get("status", ""),
            found.get("bytes", ""),
            found.get("referer", ""),
            agent,
            found.get("host", ""),
            {**cookies, **named},
        )

    def named_by(self, line: str) -> bool:
        """Take a line that begins with # as what it says of the lines after it."""
        if line.startswith(FIELDS):
            self._names = line[len(FIELDS) :].split()
            self._at = {
                part: self._names.index(name)
                for part, names in _NAMES.items()
                for name in names[::-1]
                if name in self._names
            }
        return line.startswith("#")

    def differs(self, line: str) -> str:
        """Say that no line named the fields, or none that is known, or how many they are."""
        if not self._names:
            return difference(line, 0, f"a line {FIELDS} with the names of the fields before any other")
        if not self._at:
            return difference(line, 0, f"fields such as date, time, cs-method and cs-uri-stem in {FIELDS}")
        values, sign = _values(line), "\t" if "\t" in line else " "
        at = len(sign.join(values[: len(self._names)]))
        expected = "the end of the line" if len(values) > len(self._names) else self._names[len(values)]
        return difference(line, at, expected)


def w3c_layout() -> Layout:
    """Return a layout that learns its fields from the lines."""
    fields = NamedFields()
    return Layout(fields.split, fields.differs, fields.named_by)


def _values(line: str) -> list[str]:
    return line.split("\t" if "\t" in line else " ")


def _time(found: dict[str, str]) -> str:
    date, time = found.get("date", ""), found.get("time", "")
    return f"{date}T{time}+00:00" if date and time else ""


def _text(written: str, *, is_cloudfront: bool) -> str:
    """Return text with its blanks: IIS writes them as +, CloudFront as %20, and in old files as %2520."""
    if not is_cloudfront:
        return written.replace("+", " ")
    for _ in range(_MOST_DECODED):
        written = unquote(written)
    return written
