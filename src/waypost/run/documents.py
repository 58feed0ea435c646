"""Definitions as files: a folder of YAML read and checked as a whole, compared, and written back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from waypost.collect import SourceRules
from waypost.core import DefinitionError, Document, fail, meant
from waypost.intervene import ContactPolicy, Play
from waypost.journey import Journey, Of
from waypost.measure import (
    ABOUT,
    Catalogue,
    Holidays,
    Level,
    Segment,
    Tiers,
    check_circles,
    measure_from,
    unsteady,
)
from waypost.score import Scorecard
from waypost.store import Definitions

Key = tuple[str, str]
MOST_BYTES = 1_000_000
# Of these a workspace has one, in a file of its own; of all others many, in a folder named for the kind.
SINGLE = ("catalogue", "tiers", "holidays", "contact_policy")
FOLDERS = {
    "journey": "journeys",
    "scorecard": "scorecards",
    "segment": "segments",
    "play": "plays",
    "source": "sources",
}


def read_folder(folder: Path) -> list[Document]:
    """Return the documents of every YAML file under a folder, checked each for itself and all together.

    Raises DefinitionError with the file and the path of the fault in it; of several files, a line for each.
    """
    files = sorted(file for ending in ("yaml", "yml") for file in folder.rglob(f"*.{ending}"))
    if not files:
        raise DefinitionError(str(folder), "there is no .yaml file in it; name a folder of definitions")
    found: dict[Key, tuple[str, Document]] = {}
    faults: list[DefinitionError] = []
    for file in files:
        where = file.relative_to(folder).as_posix()
        try:
            document = _read(file, where)
            key = (document["kind"], document["key"])
            if key in found:
                fail(where, f"{key[0]} {key[1]} is also in {found[key][0]}; keep one of them")
            found[key] = (where, document)
        except DefinitionError as fault:
            faults.append(fault)
    if faults:
        first, *others = faults
        raise DefinitionError(first.where, "\n".join([first.problem, *map(str, others)]))
    check_together(dict(found.values()))
    return [document for _where, document in found.values()]


def write_folder(folder: Path, documents: Iterable[Document]) -> list[str]:
    """Write each document into its file, as `read_folder` reads them back; return the files' names."""
    written = []
    for document in documents:
        name = file_name(document)
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
        file.write_text(text, encoding="utf-8")
        written.append(name)
    return written


def file_name(document: Document) -> str:
    """Return the name of a document's file in its folder of definitions."""
    kind, key = document["kind"], document["key"]
    return f"{kind}.yaml" if kind in SINGLE else f"{FOLDERS[kind]}/{key}.yaml"


def check_together(documents: Mapping[str, Document]) -> None:
    """Raise DefinitionError when a document names a feature, setting, journey or segment that is not there.

    Only what is defined at all is checked: journeys without a catalogue may name what they like.
    """
    known: dict[str, set[str]] = {}
    for document in documents.values():
        known.setdefault(document["kind"], set()).add(document["key"])
        if document["kind"] == "catalogue":
            known["feature"] = {each["key"] for each in document.get("features", ())}
            known["setting"] = {each["key"] for each in document.get("settings", ())}
    for where, document in documents.items():
        if document["kind"] not in {"catalogue", "tiers"}:
            for path, kind, name in _names(document):
                if kind in known and name not in known[kind]:
                    fail(where, f"{path}: there is no {kind} {name!r}{meant(name, known[kind])}")
    segments = {where: each for where, each in documents.items() if each["kind"] == "segment"}
    read = {each["key"]: Segment.from_document(each, where=where) for where, each in segments.items()}
    check_circles(read.values())
    for where, document in documents.items():
        if document["kind"] == "journey":
            _check_segments(Journey.from_document(document, where=where), read, where)


def _check_segments(journey: Journey, segments: Mapping[str, Segment], where: str) -> None:
    """Refuse segments that cannot say, from one day until another, who is on a journey."""
    for place, key in journey.segments.items():
        if key not in segments:
            continue
        if journey.of is Of.ACCOUNTS and segments[key].of is Level.PEOPLE:
            fail(where, f"{place}: {key} is a segment of people, and the journey one of accounts")
        if (asked := unsteady(segments[key], segments)) is not None:
            steady = ", ".join(name for name, about in ABOUT.items() if about.steady)
            fail(
                where, f"{place}: {asked} turns with use, verdicts or the day; a journey may hang on {steady}"
            )


def check_published(definitions: Definitions, documents: Iterable[Document]) -> None:
    """Raise DefinitionError when these documents, beside all others in force, leave a name with nothing behind it."""
    every = {(each.kind, each.key): each.document for each in definitions.newest()}
    every |= {(each["kind"], each["key"]): each for each in documents}
    check_together({file_name(each): each for each in every.values()})


def differences(before: Document | None, after: Document | None) -> list[str]:
    """Return one line for each leaf that differs, such as `milestones[0].by_day: 7 → 10`."""
    if before is None or after is None:
        return []
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return [
        f"{path}: {_shown(old.get(path, NOTHING))} → {_shown(new.get(path, NOTHING))}"
        for path in dict.fromkeys([*old, *new])
        if old.get(path, NOTHING) != new.get(path, NOTHING)
    ]


NOTHING = object()


def _catalogue(document: Document, where: str) -> None:
    Catalogue.from_document(document, where=where)


def _scorecard(document: Document, where: str) -> None:
    card = Scorecard.from_document(document, where=where)
    for nr, each in enumerate(card.inputs):
        measure_from(each.measure, where=f"{where}: inputs[{nr}].measure")


CHECKS: dict[str, Callable[[Document, str], object]] = {
    "catalogue": _catalogue,
    "tiers": lambda document, where: Tiers.from_document(document, where=where),
    "holidays": lambda document, where: Holidays.from_document(document, where=where),
    "segment": lambda document, where: Segment.from_document(document, where=where),
    "journey": lambda document, where: Journey.from_document(document, where=where),
    "scorecard": _scorecard,
    "play": lambda document, where: Play.from_document(document, where=where),
    "source": lambda document, where: SourceRules.from_document(document, where=where),
    "contact_policy": lambda document, where: ContactPolicy.from_document(document, where=where),
}


def _read(file: Path, where: str) -> Document:
    if file.stat().st_size > MOST_BYTES:
        raise DefinitionError(where, f"it is over {MOST_BYTES // 1000} KB; a definition is a page or two")
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DefinitionError(where, f"it is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(written, dict):
        raise DefinitionError(where, "it must begin with `kind:` and `key:`")
    kind, key = written.get("kind"), written.get("key")
    if kind not in CHECKS:
        raise DefinitionError(where, f"kind: {kind!r} is none{meant(str(kind), CHECKS)}")
    if not isinstance(key, str) or not key.replace("_", "").replace("-", "").isalnum():
        raise DefinitionError(where, "key: give it a name of letters, digits, _ and -")
    if kind in SINGLE and key != kind:
        raise DefinitionError(where, f"key: a workspace has one {kind}, so its key is {kind}")
    document: Document = msgspec.to_builtins(written, builtin_types=(), str_keys=True)
    CHECKS[kind](document, where)
    return document


def _names(node: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the path, kind and name of everything that a document names by its key."""
    if isinstance(node, dict):
        for key, value in node.items():
            place = f"{path}.{key}" if path else str(key)
            if key in {"feature", "setting", "journey", "segment"} and isinstance(value, str):
                yield place, key, value
            elif key in {"segments", "segment"} and isinstance(value, list):
                yield from ((f"{place}[{nr}]", "segment", str(name)) for nr, name in enumerate(value))
            else:
                yield from _names(value, place)
    elif isinstance(node, list):
        for nr, value in enumerate(node):
            yield from _names(value, f"{path}[{nr}]")


def _leaves(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list) and node:
        for place, value in _items(node):
            yield from _leaves(value, f"{path}[{place}]")
    else:
        yield path, node


def _items(nodes: Sequence[Any]) -> Iterator[tuple[object, object]]:
    """Name the items of a list by their keys where they have any, so that one put in between moves no other."""
    keyed = all(isinstance(node, dict) and "key" in node for node in nodes)
    yield from ((node["key"] if keyed else nr, node) for nr, node in enumerate(nodes))


def _shown(value: object) -> str:
    if value is NOTHING:
        return "nothing"
    return str(value) if isinstance(value, str | int | float | bool | date | datetime) else repr(value)
