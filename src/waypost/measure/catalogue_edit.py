"""Changes of a catalogue as a document: what a page adds becomes part of the same YAML that files hold."""

import re
from collections.abc import Sequence
from copy import deepcopy
from enum import StrEnum

import msgspec

from waypost.core import Document, fail

_SUCH_AS = {"feature": "Reports exported", "setting": "Scheduled reports"}
_NO_KEY = re.compile(r"[^a-z0-9]+")
EMPTY_CATALOGUE: Document = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [],
    "settings": [],
    "noise": [],
}


class Becomes(StrEnum):
    """What events become."""

    NEW = "new"
    EXISTING = "existing"
    NOISE = "noise"
    SETTING = "setting"


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """Events, as a match in the words of the document, and what they become.

    A new feature has a name and a group; one that is there already is named by its key. A setting is named by its
    key, or is a new one with a name; `value` is the property that holds its value.
    """

    match: Document
    becomes: Becomes
    feature: str = ""
    name: str = ""
    group: str = "secondary"
    automated_counts: bool = False
    setting: str = ""
    value: str = ""


def with_addition(document: Document, addition: Addition, *, where: str) -> Document:
    """Return the catalogue with these events in it.

    Raises DefinitionError when there is no such feature or setting, or already one of the new name.
    """
    changed = deepcopy(document)
    features = changed.setdefault("features", [])
    if addition.becomes is Becomes.NOISE:
        changed.setdefault("noise", []).append(addition.match)
    elif addition.becomes is Becomes.EXISTING:
        _extend(features, addition.feature, addition.match, "feature", where)
    elif addition.becomes is Becomes.SETTING:
        if not addition.value:
            fail(where, "say which property holds the value of the setting")
        match = {**addition.match, "value": addition.value}
        settings = changed.setdefault("settings", [])
        if addition.setting:
            _extend(settings, addition.setting, match, "setting", where)
        else:
            settings.append(_named(settings, addition.name, "setting", where) | {"match": [match]})
    else:
        features.append(
            {
                **_named(features, addition.name, "feature", where),
                "group": addition.group,
                **({"automated_counts": True} if addition.automated_counts else {}),
                "match": [addition.match],
            }
        )
    return changed


def told_once(document: Document, feature: str, sources: Sequence[str], *, where: str) -> Document:
    """Return the catalogue with a feature of which these sources tell the same uses; of none, each tells its own.

    Sources that the feature names already keep their place after the first of `sources`. Raises DefinitionError when
    there is no such feature.
    """
    changed = deepcopy(document)
    found = next((each for each in changed.get("features", []) if each["key"] == feature), None)
    if found is None:
        fail(where, f"there is no feature {feature!r}; choose one of the list")
    known = found.pop("once", [])
    if sources:
        found["once"] = list(dict.fromkeys([sources[0], *known, *sources]))
    return changed


def key_of(name: str, taken: set[str]) -> str:
    """Return a key for a name that no other feature has: `Reports exported` is `reports_exported`."""
    plain = _NO_KEY.sub("_", name.lower()).strip("_") or "feature"
    key, nr = plain, 2
    while key in taken:
        key, nr = f"{plain}_{nr}", nr + 1
    return key


def _extend(things: list[Document], key: str, match: Document, what: str, where: str) -> None:
    found = next((each for each in things if each["key"] == key), None)
    if found is None:
        fail(where, f"there is no {what} {key!r}; choose one of the list")
    found["match"] = [*found["match"], match]


def _named(things: list[Document], name: str, what: str, where: str) -> Document:
    name = name.strip()
    if not name:
        fail(where, f"give the new {what} a name, such as {_SUCH_AS[what]}")
    if any(each["name"].casefold() == name.casefold() for each in things):
        fail(where, f"there is a {what} named {name} already; add the events to that one")
    return {"key": key_of(name, {each["key"] for each in things}), "name": name}
