"""A segment is a named group of accounts or of people, by a rule: conditions, and groups of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import msgspec
import polars as pl

from waypost.core import Document, fail, reading
from waypost.measure.segments_conditions import Condition, Level, Part, check_condition, given
from waypost.measure.segments_rule import together, turned

MOST_CONDITIONS, MOST_IDS = 40, 10_000


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A named group of accounts or (`of: people`) of people at their accounts; without conditions, all of them.

    `match: all` asks for every part of `where`, `match: any` for one of them. A part is a condition, or a group of
    conditions (`all`, `any`), each of which `not: true` turns round. What is unknown never fits, turned round or not.
    """

    key: str
    name: str
    kind: str = "segment"
    of: Level = Level.ACCOUNTS
    match: str = "all"
    where: tuple[Part, ...] = ()
    note: str | None = None

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a segment; raises DefinitionError with the path of the fault."""
        _check_parts(document, where)
        segment = reading(cls, document, where=where)
        if segment.match not in ("all", "any"):
            fail(where, f"match: all or any, not {segment.match!r}")
        for nr, part in enumerate(segment.where):
            if part.word and given(part):
                fail(
                    where, f"where[{nr}]: a group says `{part.word}` and `not`; put {given(part)[0]} into it"
                )
        for path, condition in segment.conditions():
            check_condition(condition, segment.of, f"{where}: {path}")
            if condition.segment and segment.key in condition.segments:
                fail(where, f"{path}.segment: a segment cannot be made of itself")
        if sum(1 for _ in segment.conditions()) > MOST_CONDITIONS:
            fail(
                where,
                f"where: at most {MOST_CONDITIONS} conditions; make a part of them a segment of its own",
            )
        return segment

    def document(self) -> Document:
        """Return the document that reads as this segment, with what is usual left out."""
        said: Document = {"kind": self.kind, **msgspec.to_builtins(self)}
        head = ("kind", "key", "name", "of", "note", "match", "where")
        return {name: said[name] for name in head if name in said}

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Yield every condition with its path in the document, in order: `where[0]`, `where[1].any[0]`."""
        for nr, part in enumerate(self.where):
            if part.word:
                yield from ((f"where[{nr}].{part.word}[{n}]", each) for n, each in enumerate(part.members))
            else:
                yield f"where[{nr}]", part

    @property
    def refers_to(self) -> frozenset[str]:
        """The keys of the segments that this one is made of."""
        return frozenset(key for _, each in self.conditions() for key in each.segments)

    def rule(self, fits: Mapping[str, pl.Expr]) -> pl.Expr:
        """Return who belongs, from an expression for each condition by its path; unknown is null."""
        return together([self.part(nr, fits) for nr in range(len(self.where))], self.match)

    def part(self, nr: int, fits: Mapping[str, pl.Expr]) -> pl.Expr:
        """Return whom part `nr` of the rule fits."""
        part, place = self.where[nr], f"where[{nr}]"
        if not part.word:
            return turned(fits[place], part.negated)
        inner = [
            turned(fits[f"{place}.{part.word}[{n}]"], each.negated) for n, each in enumerate(part.members)
        ]
        return turned(together(inner, part.word), part.negated)


def check_circles(segments: Iterable[Segment]) -> None:
    """Raise DefinitionError when segments are made of each other in a circle, and nobody could say who is in."""
    refers = {each.key: sorted(each.refers_to) for each in segments}
    sound: set[str] = set()
    for key in refers:
        _walk(key, refers, sound, ())


def _walk(key: str, refers: Mapping[str, list[str]], sound: set[str], path: tuple[str, ...]) -> None:
    if key in path:
        circle = " of ".join((*path[path.index(key) :], key))
        fail(f"segment {key}", f"segments are made of each other in a circle: {circle}")
    if key not in sound:
        for other in refers.get(key, ()):
            _walk(other, refers, sound, (*path, key))
        sound.add(key)


def _check_parts(document: Document, where: str) -> None:
    """Refuse a group within a group by name: the shapes alone would only say what was not expected."""
    parts = document.get("where")
    for nr, part in enumerate(parts if isinstance(parts, list) else ()):
        for word in ("any", "all") if isinstance(part, dict) else ():
            inner = part.get(word)
            if word in part and (not isinstance(inner, list) or not inner):
                fail(where, f"where[{nr}].{word}: list at least one condition")
            for n, each in enumerate(inner or ()):
                if isinstance(each, dict) and ("any" in each or "all" in each):
                    fail(where, f"where[{nr}].{word}[{n}]: a group holds conditions and no further group")
        if isinstance(part, dict) and "any" in part and "all" in part:
            fail(where, f"where[{nr}]: a group is either `any` or `all`")
