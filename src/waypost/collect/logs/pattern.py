"""Lines that an operator's own pattern reads: a regular expression whose groups are named as parts."""

import re

from waypost.collect.logs.said import APART, PARTS, PLACES, Layout, Said, request_of
from waypost.core import ImportRefusedError


def pattern_layout(written: str) -> Layout:
    """Return the layout of a pattern that fits whole lines. Groups of other names than parts are kept beside."""
    try:
        pattern = re.compile(written)
    except re.error as error:
        raise ImportRefusedError(f"the pattern is no regular expression: {error}") from None
    names = pattern.groupindex.keys()
    if "time" not in names or not ("request" in names or {"method", "path"} <= names):
        raise ImportRefusedError(
            "the pattern needs the groups (?P<time>…) and (?P<request>…), or method and path in its place; "
            f"it may have {', '.join(sorted(PARTS))} and others"
        )

    def split(line: str) -> Said | None:
        match = pattern.fullmatch(line)
        if match is None:
            return None
        found = match.groupdict("")
        request = found.get("request") or request_of(*(found.get(part, "") for part in APART))
        more = {name: value for name, value in found.items() if name not in PARTS}
        said = {**found, "request": request}
        return Said._make((*(said.get(place, "") for place in PLACES), more))

    return Layout(split, lambda line: f"column 1: expected what the pattern fits, found {line[:24]!r}")
