"""What is wrong with a document, in plain words: where, what was meant, and what may stand there."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

#: How the kinds of a document are called where people read it.
_KINDS = {
    "array": "a list",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a date and time",
    "float": "a number",
    "int": "a whole number",
    "null": "nothing",
    "object": "a group of keys",
    "str": "text",
}
_STEP = re.compile(r"\.(\w+)|\[(?:\d+|\.\.\.)\]")
MOST_NAMED = 16


def fault_of(shape: Any, error: msgspec.ValidationError) -> tuple[str, str]:  # noqa: ANN401 -- any type will do
    """Return where a document does not fit a shape (`milestones[0].by_day`, nothing for the top), and how."""
    problem, _, path = str(error).partition(" - at `$")
    place = path.rstrip("`")
    return place.lstrip("."), _in_words(problem, lambda: list(_at(shape, place)))


def told_fault(shape: Any, error: msgspec.ValidationError) -> str:  # noqa: ANN401 -- any type will do
    """Return both as one text: `milestones[0].by_day: here stands text; it must be a whole number`."""
    return ": ".join(filter(None, fault_of(shape, error)))


def _in_words(problem: str, types: Callable[[], list[inspect.Type]]) -> str:
    for pattern, say in _TOLD:
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return say(found, types)
    return problem


_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def _unknown(found: re.Match[str], types: Callable[[], list[inspect.Type]]) -> str:
    return f"there is no {found[1]} here{meant(found[1], _names(types()))}"


def _none_of_them(found: re.Match[str], types: Callable[[], list[inspect.Type]]) -> str:
    return f"{found[1]} is none of those known{meant(found[1], _values(types()))}"


def _another_kind(found: re.Match[str], _: object) -> str:
    wanted = " or ".join(_kind(each) for each in found[1].split(" | ") if each != "null")
    return f"here stands {_kind(found[2])}; it must be {wanted}"


def _length(found: re.Match[str], _: object) -> str:
    one, several = ("character", "characters") if found[1] == "str" else ("entry", "entries")
    return f"it must have {_BOUNDS[found[2]]} {found[3]} {one if found[3] == '1' else several}"


_TOLD: tuple[tuple[str, Callable[[re.Match[str], Callable[[], list[inspect.Type]]], str]], ...] = (
    (r"Object contains unknown field `(.*)`", _unknown),
    (r"Object missing required field `(.*)`", lambda found, _: f"{found[1]} is missing"),
    (r"Invalid (?:enum )?value '?(.*?)'?", _none_of_them),
    (r"Expected `(.*)`, got `(.*)`", _another_kind),
    (
        r"Expected `(?:int|float)` (<=|>=|<|>) (.*)",
        lambda found, _: f"it must be {_BOUNDS[found[1]]} {found[2]}",
    ),
    (r"Expected `(array|str|object)` of length (<=|>=) (\d+)", _length),
    (r"Expected `str` matching regex (.*)", lambda found, _: f"it must fit the pattern {found[1]}"),
)


def meant(said: str, known: Iterable[str]) -> str:
    """Return a question for the nearest of the words that are known, else the words, to end a sentence with."""
    words = sorted(set(known))
    near = get_close_matches(said, words, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(words)}" if 0 < len(words) <= MOST_NAMED else ""


def _kind(name: str) -> str:
    return _KINDS.get(name, name)


def _at(shape: Any, place: str) -> Iterator[inspect.Type]:  # noqa: ANN401 -- any type will do
    """Yield the types that may stand at a place of a document of this shape."""
    here = [*_alternatives(inspect.type_info(shape))]
    for step in _STEP.finditer(place):
        here = [one for each in here for below in _below(each, step[1]) for one in _alternatives(below)]
    yield from here


def _below(here: inspect.Type, name: str | None) -> Iterator[inspect.Type]:
    match here:
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            yield from (each.type for each in fields if each.encode_name == name)
            if name is not None and name == tag_field:
                yield inspect.LiteralType(values=(tag,))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item) if name is None:
            yield item
        case inspect.DictType(value_type=value):
            yield value


def _alternatives(one: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(one, inspect.UnionType):
        yield from one.types
    else:
        yield one


def _names(types: Iterable[inspect.Type]) -> list[str]:
    return [each.encode_name for one in types if isinstance(one, inspect.StructType) for each in one.fields]


def _values(types: Iterable[inspect.Type]) -> list[str]:
    values: list[object] = []
    for one in types:
        if isinstance(one, inspect.EnumType):
            values += [each.value for each in one.cls]
        elif isinstance(one, inspect.LiteralType):
            values += one.values
    return [str(each) for each in values]
