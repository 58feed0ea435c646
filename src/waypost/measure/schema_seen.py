"""What the events of one name hold: their properties, of which types, how often, since when."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

#: A sender that makes names up must not fill a page.
MOST_PROPERTIES = 300
EMPTY = "empty"
_TYPES = {str: "text", bool: "yes or no", int: "number", float: "number", list: "list", dict: "object"}


class TypeSeen(msgspec.Struct, kw_only=True):
    """One type of a property: in how many events, and from when to when."""

    type: str
    n: int
    first_at: datetime
    last_at: datetime


class PropertySeen(msgspec.Struct, kw_only=True):
    """One property: in how many events it stands, from when to when, and its types, the newest first.

    Where it stands without a value its type is `empty`, which is no change of type.
    """

    name: str
    n: int
    events: int
    first_at: datetime
    last_at: datetime
    types: list[TypeSeen]

    @property
    def share(self) -> float:
        """The share of events that have it, 0 to 1."""
        return self.n / self.events

    @property
    def change(self) -> tuple[TypeSeen, TypeSeen] | None:
        """The type that it had and the one that it has since; None when its types overlap, or it has one."""
        said = [each for each in self.types if each.type != EMPTY]
        if len(said) < 2 or said[1].last_at >= said[0].first_at:  # noqa: PLR2004 -- a change has two sides
            return None
        return said[1], said[0]

    @property
    def is_mixed(self) -> bool:
        """Whether it comes in several types at the same time."""
        return sum(each.type != EMPTY for each in self.types) > 1 and self.change is None


def properties_seen(events: Iterable[tuple[datetime, str]]) -> list[PropertySeen]:
    """Return every property of some events (when each happened, and its properties as JSON), the commonest first."""
    read = msgspec.json.Decoder(dict[str, object]).decode
    found: dict[str, dict[str, TypeSeen]] = {}
    count = 0
    for at, properties in events:
        count += 1
        for name, value in read(properties).items():
            types = found.get(name)
            if types is None:
                if len(found) >= MOST_PROPERTIES:
                    continue
                types = found[name] = {}
            type_ = _TYPES.get(type(value), EMPTY)
            seen = types.get(type_)
            if seen is None:
                types[type_] = TypeSeen(type=type_, n=1, first_at=at, last_at=at)
                continue
            seen.n += 1
            seen.first_at, seen.last_at = min(seen.first_at, at), max(seen.last_at, at)
    seen_of = [_property(name, [*types.values()], count) for name, types in found.items()]
    return sorted(seen_of, key=lambda each: (-each.n, each.name))


def _property(name: str, types: list[TypeSeen], events: int) -> PropertySeen:
    return PropertySeen(
        name=name,
        n=sum(each.n for each in types),
        events=events,
        first_at=min(each.first_at for each in types),
        last_at=max(each.last_at for each in types),
        types=sorted(types, key=lambda each: (each.last_at, each.type), reverse=True),
    )
