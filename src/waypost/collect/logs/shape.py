"""A format as a row of pieces, compiled once to one expression; a line that does not fit is told where it differs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from waypost.collect.logs.said import (
    APART,
    NOTHING,
    PARTS,
    PLACES,
    Layout,
    Said,
    Split,
    cookies_of,
    request_of,
)
from waypost.core import ImportRefusedError

QUOTED = r'(?:[^"\\]++|\\.)*+'
_SHOWN = 24
_NO_MORE = (NOTHING,)
_Chosen = Callable[[Sequence[str]], tuple[str, ...]]


class Piece(NamedTuple):
    """A part of a line: an expression without groups of its own, what it is in words, and the part that it fills."""

    expression: str
    expected: str
    part: str | None = None

    def grouped(self, name: str) -> str:
        """Return the expression, in a group when it fills a part."""
        return f"(?P<{name}>{self.expression})" if self.part else f"(?:{self.expression})"


def literal(text: str) -> Piece:
    """Return what stands between the fields of a format."""
    return Piece(re.escape(text), repr(text))


def layout(needed: Iterable[Piece], optional: Iterable[Piece] = (), end: str = "") -> Layout:
    """Compile the pieces of a line, those that it may end without, and an expression for what may follow.

    The first of two pieces for one part counts.
    """
    pieces, others = _once(needed), [*optional]
    others = _once([*pieces, *others])[len(pieces) :]
    names = {each.part: f"g{nr}" for nr, each in enumerate([*pieces, *others]) if each.part}
    whole = "".join(each.grouped(names.get(each.part or "", "")) for each in pieces)
    if others:
        whole += f"(?:{''.join(each.grouped(names.get(each.part or '', '')) for each in others)})?"
    # A group that is always empty stands for every part that the format does not name.
    expression = re.compile(f"{whole}(?P<none>)(?:{end})")
    groups = {name: nr - 1 for name, nr in expression.groupindex.items()}
    places = itemgetter(*(groups[names.get(place, "none")] for place in PLACES))
    more = [(name, groups[group]) for name, group in names.items() if name not in PARTS]
    if not more and "request" in names:
        return Layout(_plainly(expression, places), _Differs(pieces))
    apart = itemgetter(*(groups[names.get(part, "none")] for part in APART))
    split = _with_more(expression, places, None if "request" in names else apart, more)
    return Layout(split, _Differs(pieces))


def _once(pieces: Iterable[Piece]) -> list[Piece]:
    seen = set[str]()
    found = list[Piece]()
    for each in pieces:
        found.append(each._replace(part=None) if each.part in seen else each)
        seen.update({each.part} if each.part else ())
    return found


def _plainly(expression: re.Pattern[str], places: _Chosen) -> Split:
    fullmatch, make = expression.fullmatch, tuple.__new__

    def split(line: str) -> Said | None:
        match = fullmatch(line)
        return make(Said, places(match.groups("")) + _NO_MORE) if match else None

    return split


def _with_more(
    expression: re.Pattern[str], places: _Chosen, apart: _Chosen | None, more: list[tuple[str, int]]
) -> Split:
    def split(line: str) -> Said | None:
        match = expression.fullmatch(line)
        if match is None:
            return None
        groups = match.groups("")
        further = _further({name: groups[at] for name, at in more})
        said = Said._make((*places(groups), further))
        return said._replace(request=request_of(*apart(groups))) if apart else said

    return split


def _further(said: dict[str, str]) -> Mapping[str, str]:
    cookies = said.get("header.cookie")
    return {**cookies_of(cookies), **said} if cookies else said or NOTHING


class _Differs:
    """Tries the pieces one after another, since a line that does not fit is rare and need not be read fast."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._tried = [
            re.compile("".join(f"(?:{each.expression})" for each in pieces[: n + 1]))
            for n in range(len(pieces))
        ]

    def __call__(self, line: str) -> str:
        start = at = 0
        before = Piece("", "")
        for piece, tried in zip(self._pieces, self._tried, strict=True):
            match = tried.match(line)
            if match is None and before.expression.endswith("?"):
                # What may hold anything ends where the next piece begins, and that is nowhere.
                return difference(line, start, f"{before.expected} and then {piece.expected}")
            if match is None:
                return difference(line, at, piece.expected)
            start, at, before = at, match.end(), piece
        return difference(line, at, "the end of the line")


def must_hold(written: str, pieces: Iterable[Piece]) -> None:
    """Refuse a format without the time or without the request."""
    parts = {each.part for each in pieces}
    if "time" not in parts:
        raise ImportRefusedError(f"the format {written!r} must hold the time of a request")
    if "request" not in parts and not {"method", "path"} <= parts:
        raise ImportRefusedError(f"the format {written!r} must hold the request, or its method and path")


def difference(line: str, at: int, expected: str) -> str:
    """Say where a line differs from what was expected; `at` counts from 0, what is said from 1."""
    found = repr(line[at : at + _SHOWN]) if at < len(line) else "the end of the line"
    return f"column {at + 1}: expected {expected}, found {found}"
