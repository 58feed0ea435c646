"""nginx's log_format strings: each variable is a field; what is between them is taken as it is written."""

import re

from waypost.collect.logs.apache import CLOCK, EXPECTED, HOLDS_BLANKS, free
from waypost.collect.logs.said import Layout
from waypost.collect.logs.shape import Piece, layout, literal, must_hold

_DIRECTIVE = re.compile(r"\s*log_format\s+\S+\s+(?:escape=\w+\s+)?((?:'[^']*'|\"[^\"]*\"|\s)+);?\s*")
_STRING = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_PARTS = {
    "remote_addr": "address",
    "remote_user": "user",
    "time_local": "time",
    "time_iso8601": "time",
    "msec": "time",
    "request": "request",
    "status": "status",
    "body_bytes_sent": "bytes",
    "bytes_sent": "bytes",
    "http_referer": "referer",
    "http_user_agent": "agent",
    "host": "host",
    "http_host": "host",
    "server_name": "host",
    "request_method": "method",
    "request_uri": "path",
    "uri": "path",
    "args": "query",
    "query_string": "query",
}
_EXPRESSIONS = {
    "time_local": CLOCK,
    "time_iso8601": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
    "msec": r"\d+\.\d+",
    "status": r"\d{3}",
    "body_bytes_sent": r"\d+|-",
    "bytes_sent": r"\d+|-",
}
_PREFIXES = {"http": "header", "cookie": "cookie", "arg": "query", "sent_http": "answer"}


def nginx_layout(written: str) -> Layout:
    """Return the layout of a log_format string, or of the whole directive as a configuration holds it."""
    whole = _DIRECTIVE.fullmatch(written)
    text = "".join(a or b for a, b in _STRING.findall(whole[1])) if whole else written
    pieces = _pieces_of(text)
    must_hold(written, pieces)
    return layout(pieces)


def _pieces_of(text: str) -> list[Piece]:
    pieces, at = list[Piece](), 0
    for match in _VARIABLE.finditer(text):
        if match.start() > at:
            pieces.append(literal(text[at : match.start()]))
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        pieces.append(_field(match[1] or match[2], quoted=before == after == '"', after=after))
        at = match.end()
    return [*pieces, literal(text[at:])] if text[at:] else pieces


def _field(name: str, *, quoted: bool, after: str) -> Piece:
    part = _PARTS.get(name) or _further(name)
    if part == "user" and not quoted and after == " ":
        return Piece(".+?", EXPECTED["user"], part)
    expression = _EXPRESSIONS.get(name) or free(after, quoted=quoted, holds_blanks=part in HOLDS_BLANKS)
    if part == "address":
        expression = expression.replace("*", "+")
    return Piece(expression, EXPECTED.get(part, f"${name}"), part)


def _further(name: str) -> str:
    for prefix, word in _PREFIXES.items():
        if name.startswith(f"{prefix}_"):
            rest = name[len(prefix) + 1 :]
            return f"{word}.{rest}" if word in ("cookie", "query") else f"{word}.{rest.replace('_', '-')}"
    return name
