"""The form of a mapping: a select for each column, to and from the document that the mapping is."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from waypost.collect import PROPERTIES, form_of, roles_of
from waypost.core import ImportRefusedError
from waypost.show import import_words

KEPT, LEFT_OUT = "", "-"
_ROLE, _PROPERTY = "@", "."
SAMPLES = 3
_MOST_SAMPLE = 60
_TEXTS = ("event", "scale", "zone", "dates", "numbers")


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a column may be."""

    value: str
    name: str
    chosen: bool


class ColumnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the file: what stands in it, and what it may be."""

    nr: int
    name: str
    samples: list[str]
    roles: list[Choice]
    properties: list[Choice]
    left_out: bool


def rows_of_form(
    columns: Sequence[str], rows: Sequence[Mapping[str, str | None]], document: Mapping[str, Any]
) -> list[ColumnRow]:
    """Return the columns as the form shows them, with what the mapping says of each."""
    becomes = document["becomes"]
    said = _said(document)
    return [
        ColumnRow(
            nr=nr,
            name=column,
            samples=[cell[:_MOST_SAMPLE] for row in rows if (cell := row.get(column))][:SAMPLES],
            roles=[
                Choice(
                    value=_ROLE + each,
                    name=import_words.role(each, becomes),
                    chosen=said.get(column) == _ROLE + each,
                )
                for each in roles_of(becomes)
            ],
            properties=[
                Choice(
                    value=_PROPERTY + each,
                    name=import_words.property_of(each, becomes),
                    chosen=said.get(column, KEPT) == _PROPERTY + each
                    or (column == each and column not in said),
                )
                for each in PROPERTIES.get(becomes, {})
            ],
            left_out=said.get(column) == LEFT_OUT,
        )
        for nr, column in enumerate(columns)
    ]


def document_of_form(form: Mapping[str, str], columns: Sequence[str]) -> dict[str, Any]:
    """Return the mapping that a form says. Raises ImportRefusedError when two columns are to be the same."""
    becomes = form.get("becomes", "")
    if becomes not in import_words.BECOMES:
        raise ImportRefusedError("say what the rows become")
    told: dict[str, Any] = {"becomes": becomes, "names": {}, "leave_out": []}
    for nr, column in enumerate(columns):
        value = form.get(f"column_{nr}", KEPT)
        if value == LEFT_OUT:
            told["leave_out"].append(column)
        elif value == f"{_ROLE}key":
            told.setdefault("key", []).append(column)
        elif value.startswith(_ROLE) and value[1:] in roles_of(becomes):
            place = "quantity" if value == f"{_ROLE}score" else value[1:]
            if place in told:
                named = import_words.role(value[1:], becomes)
                raise ImportRefusedError(f"two columns are to be “{named}”: {told[place]} and {column}")
            told[place] = column
        elif value.startswith(_PROPERTY) and value[1:] != column:
            told["names"][column] = value[1:]
    told |= {name: text for name in _TEXTS if (text := form.get(name, "").strip())}
    if becomes not in ("events", "answers") or told.get("event_column"):
        told.pop("event", None)
    if becomes != "answers" or "scale" in [*told["names"].values(), *_kept(told, columns)]:
        told.pop("scale", None)
    return {name: value for name, value in told.items() if value}


def left_unsaid(document: Mapping[str, Any]) -> str:
    """Return what a mapping must still say, in the words of the form; nothing when it says enough."""
    becomes = document["becomes"]
    form = form_of(becomes)
    # Without these a row of such is known by other columns.
    known = {*document, "key", "cursor"} if becomes in _KNOWN_OTHERWISE else {*document}
    if missing := form.missing(known):
        return f"choose the column that is {' and the one that is '.join(_called(each, becomes) for each in missing)}"
    if form.lacks_either(known):
        return f"choose the column that is {' or '.join(_called(each, becomes) for each in form.either)}"
    return ""


_KNOWN_OTHERWISE = ("events", "answers", "contracts")


def _called(name: str, becomes: str) -> str:
    role = "score" if (name, becomes) == ("quantity", "answers") else name
    return f"“{import_words.role(role, becomes)}”"


def _kept(told: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    return [column for column in columns if column not in told["names"] and column not in told["leave_out"]]


def _said(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the value of the select of each column of which a mapping says something."""
    said = {column: _PROPERTY + name for column, name in document.get("names", {}).items()}
    said |= dict.fromkeys(document.get("leave_out", []), LEFT_OUT)
    said |= dict.fromkeys(document.get("key", []), f"{_ROLE}key")
    for role in roles_of(document["becomes"]):
        column = document.get("quantity" if role == "score" else role)
        if isinstance(column, str):
            said[column] = _ROLE + role
    return said
