"""A draft of a segment: what the builder's form says, as an address and as a document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Self
from urllib.parse import urlencode

import msgspec

from waypost.core import Document
from waypost.measure import Condition, Level, Part, Segment
from waypost.show.segment_kinds import KINDS, Choices, Field

PLACE = re.compile(r"w(\d{1,2})(?:\.(\d{1,2}))?\.([a-z_]+)")
MOST_PLACES = 40
MOST_IDS_SHOWN = 60
FLOATS = ("value_at_least", "value_below")
FIRST = {Level.ACCOUNTS: "tier", Level.PEOPLE: "standing"}
KEY = "draft"
Pairs = list[tuple[str, str]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a draft, as its form says it: fields by name, each with what was entered."""

    kind: str
    negated: bool = False
    fields: dict[str, tuple[str, ...]] = {}

    def condition(self) -> Document:
        """Return the condition as a document; what was left empty is left out, what is no number stays as it is."""
        said: Document = {"not": True} if self.negated else {}
        for field in KINDS[self.kind].fields:
            values = [each.strip() for each in self.fields.get(field.name, ()) if each.strip()]
            if field.control == "fixed":
                said[field.name] = True
            elif values:
                said[field.name] = _read(field, values)
        return said


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One group of a draft."""

    word: str = "any"
    negated: bool = False
    rows: tuple[Row, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft of a segment. `key` is that of the segment which it changes, empty for a new one."""

    of: Level = Level.PEOPLE
    match: str = "all"
    name: str = ""
    key: str = ""
    parts: tuple[Row | Box, ...] = ()

    @classmethod
    def of_segment(cls, segment: Segment, *, new: bool = False) -> Self:
        """Return the draft that says what a segment says."""
        return cls(
            of=segment.of,
            match=segment.match,
            name="" if new else segment.name,
            key="" if new else segment.key,
            parts=tuple(_part(each, "" if new else segment.key) for each in segment.where),
        )

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]], choices: Choices | None = None) -> Self:
        """Read the query of an address; a condition that has none of its fields gets what a new one begins with."""
        plain: dict[str, str] = {}
        placed: dict[int, dict[int, dict[str, list[str]]]] = {}
        for name, value in pairs:
            found = PLACE.fullmatch(name)
            if found is None:
                plain[name] = value
                continue
            place, inner = int(found[1]), -1 if found[2] is None else int(found[2])
            if max(place, inner) < MOST_PLACES:
                fields = placed.setdefault(place, {}).setdefault(inner, {})
                fields.setdefault(found[3], []).append(value)
        of = Level.ACCOUNTS if plain.get("of") == "accounts" else Level.PEOPLE
        read = (_placed(rows, of, choices) for _, rows in sorted(placed.items()))
        return cls(
            of=of,
            match="any" if plain.get("match") == "any" else "all",
            name=plain.get("name", "").strip()[:120],
            key=plain.get("key", "")[:80],
            parts=tuple(each for each in read if each is not None),
        )

    def pairs(self) -> Pairs:
        """Return the query that reads as this draft."""
        said: Pairs = [("of", self.of.value)]
        said += [("match", "any")] if self.match == "any" else []
        said += [(name, getattr(self, name)) for name in ("name", "key") if getattr(self, name)]
        for nr, part in enumerate(self.parts):
            if isinstance(part, Box):
                said.append((f"w{nr}.group", part.word))
                said += [(f"w{nr}.not", "1")] if part.negated else []
                for n, row in enumerate(part.rows):
                    said += _pairs_of(row, f"w{nr}.{n}")
            else:
                said += _pairs_of(part, f"w{nr}")
        return said

    def address(self, path: str) -> str:
        """Return the address of this draft at a page."""
        return f"{path}?{urlencode(self.pairs())}"

    def document(self, segments: Sequence[Segment] = ()) -> Document:
        """Return the document of the draft. Ids too many for an address come from the segment that it changes."""
        where: list[Document] = []
        for part in self.parts:
            if isinstance(part, Box):
                inner = [_with_ids(row.condition(), segments) for row in part.rows]
                where.append({part.word: inner, **({"not": True} if part.negated else {})})
            else:
                where.append(_with_ids(part.condition(), segments))
        said: Document = {
            "kind": "segment",
            "key": self.key or KEY,
            "name": self.name or "Draft",
            "of": self.of.value,
        }
        return {**said, **({"match": "any"} if self.match == "any" else {}), "where": where}

    def after(self, act: str) -> "Draft":
        """Return the draft after a button: `add`, `group`, `add.1` (into group 1), `drop.0`, `drop.1.2`."""
        word, *places = act.split(".")
        spots = [int(each) for each in places if each.isdigit() and int(each) < MOST_PLACES]
        parts = list(self.parts)
        fresh = Row(kind=FIRST[self.of])
        if word == "add" and not spots:
            parts.append(fresh)
        elif word == "group":
            parts.append(Box(rows=(fresh, fresh)))
        elif spots and spots[0] < len(parts):
            parts = _changed(parts, word, spots, fresh)
        return msgspec.structs.replace(self, parts=tuple(parts))

    def rows(self) -> Iterator[tuple[str, str, Row]]:
        """Yield the name of each condition's fields (`w1.0`), its path in the document, and itself."""
        for nr, part in enumerate(self.parts):
            if isinstance(part, Box):
                yield from (
                    (f"w{nr}.{n}", f"where[{nr}].{part.word}[{n}]", row) for n, row in enumerate(part.rows)
                )
            else:
                yield f"w{nr}", f"where[{nr}]", part


def _changed(parts: list[Row | Box], word: str, spots: list[int], fresh: Row) -> list[Row | Box]:
    place, part = spots[0], parts[spots[0]]
    if word == "add" and isinstance(part, Box):
        parts[place] = msgspec.structs.replace(part, rows=(*part.rows, fresh))
    elif word == "drop" and len(spots) > 1 and isinstance(part, Box):
        rows = tuple(row for n, row in enumerate(part.rows) if n != spots[1])
        parts[place : place + 1] = [msgspec.structs.replace(part, rows=rows)] if rows else []
    elif word == "drop":
        del parts[place]
    return parts


def _placed(rows: dict[int, dict[str, list[str]]], of: Level, choices: Choices | None) -> Row | Box | None:
    head = rows.get(-1, {})
    if "group" not in head:
        return _row(head, of, choices)
    inner = [row for n in sorted(rows) if n >= 0 if (row := _row(rows[n], of, choices)) is not None]
    if not inner:
        return None
    word = "all" if head["group"][-1] == "all" else "any"
    return Box(word=word, negated=head.get("not", [""])[-1] == "1", rows=tuple(inner))


def _row(fields: dict[str, list[str]], of: Level, choices: Choices | None) -> Row | None:
    kind = fields.get("kind", [""])[-1]
    if kind not in KINDS or of not in KINDS[kind].levels:
        return None
    own = KINDS[kind].fields
    said = {field.name: tuple(fields[field.name]) for field in own if field.name in fields}
    # `was` is the kind that the form showed: where it is the same, what is empty was emptied.
    if not said and choices is not None and fields.get("was", [""])[-1] != kind:
        said = {field.name: choices.first(field) for field in own}
    return Row(kind=kind, negated=fields.get("not", [""])[-1] == "1", fields=said)


def _pairs_of(row: Row, place: str) -> Pairs:
    said = [(f"{place}.kind", row.kind)]
    said += [(f"{place}.not", "1")] if row.negated else []
    return said + [
        (f"{place}.{name}", value) for name, values in row.fields.items() for value in values if value
    ]


def _part(part: Part, key: str) -> Row | Box:
    if part.word:
        return Box(
            word=part.word, negated=part.negated, rows=tuple(_row_of(each, key) for each in part.members)
        )
    return _row_of(part, key)


def _row_of(condition: Condition, key: str) -> Row:
    """Return the row that says what a condition says; many ids are named by the segment that holds them."""
    # A condition with an end and no beginning is asked for in the row that has both.
    kind = "provisioned_from" if condition.main == "provisioned_until" else condition.main
    said = msgspec.to_builtins(condition)
    fields = {}
    for field in KINDS[kind].fields:
        value = said.get(field.name)
        several = value if isinstance(value, list | tuple) else () if value is None else (value,)
        if several:
            fields[field.name] = tuple(_text(each) for each in several)
    ids = fields.get("ids", ())
    if key and len(ids) > MOST_IDS_SHOWN:
        fields["ids"] = (f"={key}",)
    # The form asks whether somebody is a champion; that somebody is none is its other verb.
    other = condition.champion is False or condition.signs_renewal is False
    return Row(kind=kind, negated=condition.negated != other, fields=fields)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read(field: Field, values: list[str]) -> object:
    match field.control:
        case "many":
            return values[0] if len(values) == 1 else values
        case "number":
            return _number(values[-1], whole=field.name not in FLOATS)
        case "lines":
            return [each.strip() for text in values for each in re.split(r"[\n,;]", text) if each.strip()]
        case _:
            return values[-1]


def _number(text: str, *, whole: bool) -> object:
    """Return the number that was entered; anything else as it stands, which the document then refuses by name."""
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return text


def _with_ids(condition: Document, segments: Sequence[Segment]) -> Document:
    said = condition.get("ids")
    if not (isinstance(said, list) and len(said) == 1 and said[0].startswith("=")):
        return condition
    found = next((each for each in segments if each.key == said[0][1:]), None)
    ids = [one for _, each in (found.conditions() if found else ()) for one in each.ids or ()]
    return {**condition, "ids": ids}
