"""Segments that hang on what was said alone (tier, role, value, traits), and so hold from one day until another."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from waypost.measure.segments import Segment
from waypost.measure.segments_conditions import Condition, Level
from waypost.measure.segments_rule import OF_ACCOUNT, account_rule, person_rule

NO_DAY = date.min


def made_of(segments: Mapping[str, Segment], keys: Iterable[str]) -> frozenset[str]:
    """Return these keys and those of every segment that theirs are made of, however deep."""
    found: set[str] = set()
    todo = list(keys)
    while todo:
        key = todo.pop()
        if key not in found:
            found.add(key)
            todo += segments[key].refers_to if key in segments else ()
    return frozenset(found)


def unsteady(segment: Segment, segments: Mapping[str, Segment]) -> str | None:
    """Return the first condition that hangs on use, a verdict or the day itself (`at_risk: where[0].band`), if any."""
    for key in sorted(made_of(segments, [segment.key]), key=lambda each: (each != segment.key, each)):
        for path, condition in segments[key].conditions() if key in segments else ():
            if not condition.about.steady:
                return f"{key}: {path}.{condition.main}"
    return None


def trait_path(trait: str) -> str:
    """Return the JSON path of a trait as the engine reads it; each step between dots is quoted."""
    steps = (step.replace("\\", "\\\\").replace('"', '\\"') for step in trait.split("."))
    return "$" + "".join(f'."{step}"' for step in steps)


def held(segment: Segment, segments: Mapping[str, Segment]) -> pl.Expr:
    """Return whether somebody is in a steady segment, over columns of people at their accounts, or of accounts alone.

    The columns are those of an answer to `standings/stretches`. A segment that is not there holds nobody.
    """
    return _rule(segment, segments, (segment.key,)).fill_null(value=False)


def _rule(segment: Segment, segments: Mapping[str, Segment], inside: tuple[str, ...]) -> pl.Expr:
    fits = {path: _fits(each, segment.of, segments, inside) for path, each in segment.conditions()}
    return segment.rule(fits)


def _fits(
    condition: Condition, level: Level, segments: Mapping[str, Segment], inside: tuple[str, ...]
) -> pl.Expr:
    if condition.main in OF_ACCOUNT:
        # Nothing here turns with the day alone.
        return account_rule(condition, today=NO_DAY)
    if condition.main == "ids":
        key = "person_id" if level is Level.PEOPLE else "account_id"
        return pl.col(key).is_in(list(condition.ids or ()))
    if condition.main != "segment":
        return person_rule(condition, today=NO_DAY)
    return pl.any_horizontal([_within(key, level, segments, inside) for key in condition.segments])


def _within(key: str, level: Level, segments: Mapping[str, Segment], inside: tuple[str, ...]) -> pl.Expr:
    other = segments.get(key)
    if other is None or key in inside or (level is Level.ACCOUNTS and other.of is Level.PEOPLE):
        return pl.lit(None, dtype=pl.Boolean)
    return _rule(other, segments, (*inside, key)).fill_null(value=False)
