"""Changes of a catalogue as a document: what a page adds becomes part of the same YAML that files hold."""

import re
from copy import deepcopy
from enum import StrEnum

import msgspec

from waypost.core import Document, fail

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


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """Events, as a match in the words of the document, and what they become.

    A new feature has a name and a group; one that is there already is named by its key.
    """

    match: Document
    becomes: Becomes
    feature: str = ""
    name: str = ""
    group: str = "secondary"
    automated_counts: bool = False


def with_addition(document: Document, addition: Addition, *, where: str) -> Document:
    """Return the catalogue with these events in it.

    Raises DefinitionError when there is no such feature, or already one of the new name.
    """
    changed = deepcopy(document)
    features = changed.setdefault("features", [])
    if addition.becomes is Becomes.NOISE:
        changed.setdefault("noise", []).append(addition.match)
    elif addition.becomes is Becomes.EXISTING:
        feature = next((each for each in features if each["key"] == addition.feature), None)
        if feature is None:
            fail(where, f"there is no feature {addition.feature!r}; choose one of the list")
        feature["match"] = [*feature["match"], addition.match]
    else:
        if not addition.name.strip():
            fail(where, "give the new feature a name, such as Reports exported")
        if any(each["name"].casefold() == addition.name.strip().casefold() for each in features):
            fail(
                where, f"there is a feature named {addition.name.strip()} already; add the events to that one"
            )
        features.append(
            {
                "key": key_of(addition.name, {each["key"] for each in features}),
                "name": addition.name.strip(),
                "group": addition.group,
                **({"automated_counts": True} if addition.automated_counts else {}),
                "match": [addition.match],
            }
        )
    return changed


def key_of(name: str, taken: set[str]) -> str:
    """Return a key for a name that no other feature has: `Reports exported` is `reports_exported`."""
    plain = _NO_KEY.sub("_", name.lower()).strip("_") or "feature"
    key, nr = plain, 2
    while key in taken:
        key, nr = f"{plain}_{nr}", nr + 1
    return key
