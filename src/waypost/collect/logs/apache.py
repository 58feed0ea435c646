"""Apache's LogFormat strings: each directive is a field; what is between them is taken as it is written."""

import re
from datetime import UTC, datetime

from waypost.collect.logs.said import Layout
from waypost.collect.logs.shape import QUOTED, Piece, layout, literal, must_hold
from waypost.collect.logs.times import read_time
from waypost.core import ImportRefusedError

COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'
COMMON = '%h %l %u %t "%r" %>s %b'
_NICKNAMED = re.compile(r'\s*LogFormat\s+"((?:[^"\\]|\\.)*)"(?:\s+\S+)?\s*')
_DIRECTIVE = re.compile(r"%(?:[!,\d]*[<>]?)(?:\{([^}]*)\})?(\^?[a-zA-Z]{1,2}|%)")
CLOCK = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
_ANY_TIME = datetime(2026, 6, 1, 10, tzinfo=UTC)
_PARTS = {
    "h": "address",
    "a": "address",
    "u": "user",
    "r": "request",
    "s": "status",
    "b": "bytes",
    "B": "bytes",
    "O": "bytes",
    "v": "host",
    "V": "host",
    "m": "method",
    "U": "path",
    "q": "query",
}
_HEADERS = {"referer": "referer", "user-agent": "agent", "host": "host"}
_WORDS = {"C": "cookie", "i": "header", "o": "answer", "e": "env", "n": "note"}
#: Parts that may hold blanks where nothing is around them.
HOLDS_BLANKS = ("request", "agent", "referer")
_EXPRESSIONS = {"status": r"\d{3}", "bytes": r"\d+|-", "query": r"(?:\?\S*)?"}
EXPECTED = {
    "address": "an address",
    "user": "a user or -",
    "time": "a time such as [01/Jun/2026:10:00:00 +0000]",
    "request": "a request",
    "status": "a status of three digits",
    "bytes": "a number of bytes or -",
}


def apache_combined() -> Layout:
    """Return the combined format, which lines of the common one and lines with more at their end fit as well."""
    needed, agents = pieces_of(COMMON), pieces_of(COMBINED)
    return layout(needed, agents[len(needed) :], r"(?: .*)?")


def apache_layout(written: str) -> Layout:
    """Return the layout of a LogFormat string, or of the whole directive as a configuration holds it."""
    whole = _NICKNAMED.fullmatch(written)
    text = (whole[1] if whole else written).replace('\\"', '"').replace("\\t", "\t")
    pieces = pieces_of(text)
    if [each.part for each in pieces].count("time") > 1:
        raise ImportRefusedError(f"the format {written!r} must hold the time in one piece, such as %t")
    must_hold(written, pieces)
    return layout(pieces)


def pieces_of(text: str) -> list[Piece]:
    """Return the pieces of a LogFormat string."""
    pieces, at = list[Piece](), 0
    text = text.replace("%t", "[%{}t]")
    for match in _DIRECTIVE.finditer(text):
        if match.start() > at:
            pieces.append(literal(text[at : match.start()]))
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        pieces.append(_field(match[1], match[2], quoted=before == after == '"', after=after))
        at = match.end()
    return [*pieces, literal(text[at:])] if text[at:] else pieces


def free(after: str, *, quoted: bool, holds_blanks: bool = False) -> str:
    """Return the expression of a field that may hold anything but what ends it."""
    if quoted:
        return QUOTED
    match after:
        case "":
            return ".*"
        case " " if not holds_blanks:
            return r"\S*"
        case " ":
            return ".*?"
        case "%" | "$":
            return r"\S*?"
        case _:
            return f"[^{re.escape(after)}]*"


def _field(argument: str | None, letter: str, *, quoted: bool, after: str) -> Piece:
    if letter == "%":
        return literal("%")
    if letter == "t":
        return _time(argument)
    part = _part(argument, letter)
    if part == "user" and not quoted and after == " ":
        # A user may hold blanks, and the next piece says where it ends.
        return Piece(".+?", EXPECTED["user"], part)
    expression = _EXPRESSIONS.get(part or "") or free(after, quoted=quoted, holds_blanks=part in HOLDS_BLANKS)
    if part == "address":
        expression = expression.replace("*", "+")
    return Piece(expression, EXPECTED.get(part or "") or f"%{letter}", part)


def _part(argument: str | None, letter: str) -> str | None:
    if argument and letter == "i" and argument.lower() in _HEADERS:
        return _HEADERS[argument.lower()]
    if argument and letter in _WORDS:
        return f"{_WORDS[letter]}.{argument.lower()}"
    return _PARTS.get(letter)


def _time(argument: str | None) -> Piece:
    written = (argument or "").removeprefix("begin:").removeprefix("end:")
    if not written:
        return Piece(CLOCK, EXPECTED["time"], "time")
    if written in ("sec", "msec", "usec", "%s"):
        return Piece(r"\d+", "a time in digits", "time")
    if read_time(_ANY_TIME.strftime(written), None) is None:
        raise ImportRefusedError(
            f"times as %{{{written}}}t cannot be read; log %t, %{{msec}}t or ISO 8601 (%{{%Y-%m-%dT%H:%M:%S%z}}t)"
        )
    expression = re.sub(r"%[a-zA-Z]", lambda _: r"\S+?", re.escape(written).replace(r"\%", "%"))
    return Piece(expression, f"a time as {written}", "time")
