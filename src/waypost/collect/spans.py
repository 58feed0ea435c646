"""Cuts JSON by its brackets alone, for bodies in which one part is broken and the others are not."""

import re

# Strings first, since they may hold anything; a string without end takes all that is left.
_MARKS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_MEMBER = re.compile(rb'\s*"([^"\\]*)"\s*:\s*(.*?)\s*', re.DOTALL)
_CLOSING = {b"{"[0]: b"}"[0], b"["[0]: b"]"[0]}
_COMMA = b","[0]
_QUOTE = b'"'[0]


def parts(text: bytes, opening: bytes) -> list[bytes] | None:
    """Return what lies between the commas of one object or array; None when its brackets are not sound."""
    text = text.strip()
    if not text.startswith(opening):
        return None
    found: list[bytes] = []
    expected: list[int] = []
    start = 1
    for mark in _MARKS.finditer(text):
        sign, at = text[mark.start()], mark.start()
        if sign == _QUOTE:
            continue
        if not expected and at:
            return None
        if sign in _CLOSING:
            expected.append(_CLOSING[sign])
        elif sign == _COMMA:
            if len(expected) == 1:
                found.append(text[start:at].strip())
                start = at + 1
        elif expected.pop() != sign:
            return None
    if expected or text[-1] != _CLOSING[opening[0]]:
        return None
    last = text[start:-1].strip()
    return [*found, last] if last or found else []


def members(text: bytes) -> dict[str, bytes] | None:
    """Return the values of an object by name, each as it was written; None when its brackets are not sound."""
    pieces = parts(text, b"{")
    if pieces is None:
        return None
    found = [match for piece in pieces if (match := _MEMBER.fullmatch(piece))]
    return {match[1].decode(errors="replace"): match[2] for match in found}


def is_deeper(text: bytes, most: int) -> bool:
    """Tell whether more brackets than `most` are open at once."""
    # Most texts have no room for that many, or do not hold so many, which spares us the walk.
    if len(text) < 2 * most or text.count(b"{") + text.count(b"[") <= most:
        return False
    return _depth(text) > most


def _depth(text: bytes) -> int:
    """Return how many brackets are open at once at most."""
    now = most = 0
    for mark in _MARKS.finditer(text):
        sign = text[mark.start()]
        if sign in _CLOSING:
            now += 1
            most = max(most, now)
        elif sign not in (_QUOTE, _COMMA):
            now -= 1
    return most
