"""Updates work on what is known (add, append, set once …); here they become plain words that say what they come to."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

#: The name of identify and group events whose acts are done; under another name an act is a trait like any.
UPDATE = "update"
#: The acts, in the order in which one word does them; plain traits of the same word are set last.
ACTS = ("$delete", "$set_once", "$add", "$append", "$union", "$remove")
#: The longest list that acts make: of more, the newest are kept.
MOST_LISTED = 500
_WHOLE_UP_TO = 2**53

Traits = dict[str, Any]
_sorted = msgspec.json.Encoder(order="sorted", decimal_format="number").encode


def plain_words(words: Iterable[tuple[bool, Traits]]) -> Iterator[Traits | None]:
    """Yield what each word comes to as a plain one, by those before it; None for one that is plain already.

    `words` are those on one person or account in the order in which they happened, and whether each is an update.
    Plain words are merge patches (RFC 7396): merged one after the other they give the traits.
    """
    held: Traits = {}
    for is_update, said in words:
        known = merged(_after_acts(held, said), _without_acts(said)) if is_update else merged(held, said)
        yield _difference(held, known) if is_update else None
        held = known


def merged(held: object, patch: object) -> Any:  # noqa: ANN401 -- JSON
    """Return JSON after a merge patch: what is null in the patch is gone."""
    if not isinstance(patch, dict):
        return patch
    kept = held if isinstance(held, dict) else {}
    said = {name: merged(kept.get(name), each) for name, each in patch.items() if each is not None}
    return {name: each for name, each in kept.items() if name not in patch} | said


def _without_acts(said: Traits) -> Traits:
    return {name: each for name, each in said.items() if name not in ACTS}


def _after_acts(held: Traits, said: Traits) -> Traits:
    known = {} if "$delete" in said else dict(held)
    for act in ACTS[1:]:
        given = said.get(act)
        for name, each in given.items() if isinstance(given, dict) else ():
            value = _after(known.get(name), act, each)
            if value is not None:
                known[name] = value
    return known


def _after(held: Any, act: str, given: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return a trait after an act. One that does not fit what is held (an addition to a text) changes nothing."""
    match act:
        case "$set_once":
            return merged(None, given) if held is None else held
        case "$add":
            return _sum(held, given)
        case _ if held is not None and not isinstance(held, list):
            return held
        case "$append":
            return _listed([*(held or ()), given])
        case "$union":
            return _union(held or [], given if isinstance(given, list) else [given])
        case _:
            return None if held is None else [each for each in held if _sorted(each) != _sorted(given)]


def _sum(held: object, given: object) -> object:
    before = 0 if held is None else held
    if not _is_number(before) or not _is_number(given):
        return held
    try:
        total = float(before) + float(given)  # type: ignore[arg-type]
    except OverflowError:
        return held
    if not math.isfinite(total):
        return held
    return int(total) if total.is_integer() and abs(total) < _WHOLE_UP_TO else total


def _union(held: list[Any], given: list[Any]) -> list[Any]:
    known = {_sorted(each): each for each in (*held, *given)}
    there = {_sorted(each) for each in held}
    return _listed([*held, *(each for key, each in known.items() if key not in there)])


def _listed(values: list[Any]) -> list[Any]:
    return values[-MOST_LISTED:]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _difference(before: Traits, after: Traits) -> Traits:
    """Return the merge patch that leads from one state to another."""
    patch: Traits = dict.fromkeys(name for name in before if name not in after)
    for name, each in after.items():
        was = before.get(name)
        if name not in before or _sorted(was) != _sorted(each):
            patch[name] = _difference(was, each) if isinstance(was, dict) and isinstance(each, dict) else each
    return patch
