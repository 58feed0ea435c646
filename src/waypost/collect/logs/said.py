"""What a line of a log says of a request, whatever its format, and by which names formats may call it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = {}


class Said(NamedTuple):
    """The parts of a line as they were written.

    "" or "-" where a line says nothing. `more` holds what has no place here: `header.NAME` and `cookie.NAME` in small
    letters, else the name that the format uses.
    """

    address: str
    user: str
    time: str
    request: str
    status: str
    bytes: str
    referer: str
    agent: str
    host: str
    more: Mapping[str, Any] = NOTHING


#: What formats may name; method, path and query make a request together.
PLACES = Said._fields[:-1]
APART = ("method", "path", "query")
PARTS = frozenset((*PLACES, *APART))

#: Reads a line; None when it is not in the format.
Split = Callable[[str], Said | None]
#: Says in words where a line first differs from the format.
Differs = Callable[[str], str]


class Layout(NamedTuple):
    """How lines of a format are read, how one that is not of it differs, and which of those are no fault.

    `heads` tells them: lines that tell of the lines after them, or that nobody should mind. They are noise, counted
    as `counted_as`.
    """

    split: Split
    differs: Differs
    heads: Callable[[str], bool] | None = None
    counted_as: str = "heading"


def request_of(method: str, path: str, query: str) -> str:
    """Return the request that its parts make."""
    asked = query.removeprefix("?")
    return f"{method} {path}?{asked}" if asked and asked != "-" else f"{method} {path}"


def cookies_of(written: str) -> dict[str, str]:
    """Return the cookies of a header by name."""
    pairs = (each.partition("=") for each in written.split(";"))
    return {f"cookie.{name.strip().lower()}": value.strip() for name, sign, value in pairs if sign}
