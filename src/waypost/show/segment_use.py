"""What a segment is used by: every definition in force that names it."""

from collections.abc import Iterator, Sequence

import msgspec

from waypost.show.addresses import piece
from waypost.store import Published

KINDS = {
    "play": "play",
    "journey": "journey",
    "scorecard": "scorecard",
    "segment": "segment",
    "survey": "survey",
}
PLACES = {"play": "/interventions/", "journey": "/journeys/", "segment": "/segments/"}


class User(msgspec.Struct, frozen=True, kw_only=True):
    """One definition that names a segment: what it is, its name, and its page (empty when it has none)."""

    kind: str
    key: str
    name: str
    href: str


def users_of(key: str, newest: Sequence[Published]) -> list[User]:
    """Return the definitions in force that name a segment, by kind and name."""
    found = [
        User(
            kind=each.kind,
            key=each.key,
            name=str(each.document.get("name", each.key)),
            href=f"{PLACES[each.kind]}{piece(each.key)}" if each.kind in PLACES else "",
        )
        for each in newest
        if each.kind in KINDS and not each.withdrawn and key in _named(each.document)
    ]
    return sorted(found, key=lambda each: (each.kind, each.name))


def _named(node: object) -> Iterator[str]:
    """Yield the keys of segments that a document names anywhere in it."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("segment", "segments"):
                yield from ([value] if isinstance(value, str) else (str(each) for each in value or ()))
            else:
                yield from _named(value)
    elif isinstance(node, list):
        for each in node:
            yield from _named(each)
