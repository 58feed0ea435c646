"""How somebody comes to a journey and leaves it, as the editor's form holds it and as it is said in words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from waypost.core import Document
from waypost.journey import SAID, Entry, Exit, Journey
from waypost.measure import Catalogue, Segment, unsteady
from waypost.show import words

#: The ways to come to a journey, as the form offers them.
WAYS = {
    "": "with access",
    "feature": "on first use of a feature",
    "event": "on an event",
    "segment": "on coming into a segment",
    "contract": "once a contract has begun",
}
WHICH_EVENT = f"Say kind/name, such as ticket/solved; kinds are {', '.join(SAID)}. Use is a feature."


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """An entry or exit as typed. An entry goes one `way`; an exit has none, and whatever it names may end it."""

    way: str = ""
    feature: str = ""
    event: str = ""
    segment: str = ""
    after_days: str = ""

    def entry(self) -> Document:
        """Return the entry as a document, empty when it is with access."""
        if self.way == "contract":
            return {"contract": True}
        return {self.way: getattr(self, self.way)} if self.way else {}

    def leaving(self) -> Document:
        """Return the exit as a document, empty when there is none."""
        said: Document = {
            name: each for name in ("feature", "event", "segment") if (each := getattr(self, name))
        }
        days = self.after_days
        return {**said, "after_days": int(days) if days.isdigit() else days} if days else said


def entry_gate(entry: Entry) -> Gate:
    """Return what the form holds of an entry."""
    way = next((name for name in ("feature", "event", "segment", "contract") if getattr(entry, name)), "")
    return Gate(way=way, feature=entry.feature or "", event=entry.event or "", segment=entry.segment or "")


def exit_gate(leaving: Exit) -> Gate:
    """Return what the form holds of an exit."""
    days = "" if leaving.after_days is None else str(leaving.after_days)
    named = {name: getattr(leaving, name) or "" for name in ("feature", "event", "segment")}
    return Gate(**named, after_days=days)


def read_gate(node: object) -> Gate:
    """Return the entry or exit of a form's fields."""
    said: Mapping[str, Any] = node if isinstance(node, dict) else {}
    found = {name: str(said.get(name, "")).strip()[:200] for name in Gate.__struct_fields__}
    return Gate(**{**found, "way": found["way"] if found["way"] in WAYS else ""})


def problems(entry: Gate, leaving: Gate, features: Mapping[str, str], last_day: int) -> dict[str, str]:
    """Return what is wrong with how somebody comes and goes, by the field (entry.feature, exit.after_days)."""
    found: dict[str, str] = {}
    asked = {"entry": entry.entry(), "exit": leaving.leaving()}
    for side, said in asked.items():
        feature, event = said.get("feature"), said.get("event")
        if feature is not None and feature not in features:
            found[f"{side}.feature"] = (
                "Choose a feature." if not feature else f"There is no feature “{feature}”."
            )
        if event is not None and not re.fullmatch(rf"({'|'.join(SAID)})/.+", str(event)):
            found[f"{side}.event"] = WHICH_EVENT
        if said.get("segment") == "":
            found[f"{side}.segment"] = "Choose a segment."
    days = asked["exit"].get("after_days")
    if days is not None and (not isinstance(days, int) or days <= last_day):
        found["exit.after_days"] = (
            f"Enter a whole number above {max(last_day, 0)}, the last day of a milestone."
        )
    return found


def choices(segments: tuple[Segment, ...], of_accounts: bool, kept: set[str]) -> dict[str, str]:  # noqa: FBT001
    """Return the segments on which a journey may hang, by key, and those that the draft names anyhow."""
    known = {each.key: each for each in segments}
    fit = [each for each in segments if unsteady(each, known) is None]
    fit = [each for each in fit if not (of_accounts and each.of == "people")]
    names = {each.key: each.name for each in fit}
    return names | {key: known[key].name if key in known else key for key in kept if key and key not in names}


def comes(journey: Journey, catalogue: Catalogue, segments: Mapping[str, str]) -> str:
    """Return when somebody comes to a journey: `on first use of Exports`."""
    if journey.entry.contract:
        return WAYS["contract"]
    return next(_ways(journey.entry, catalogue, segments), WAYS[""])


def goes(journey: Journey, catalogue: Catalogue, segments: Mapping[str, str]) -> str:
    """Return when somebody leaves a journey, other than with their access; empty when nothing is said."""
    ways = list(_ways(journey.exit, catalogue, segments))
    if journey.exit.after_days is not None:
        ways.append(f"after {words.plural(journey.exit.after_days, 'day', 'days')}")
    return " or ".join(ways)


def _ways(gate: Entry | Exit, catalogue: Catalogue, segments: Mapping[str, str]) -> Iterator[str]:
    features = {each.key: each.name for each in catalogue.features}
    if gate.feature is not None:
        yield f"on first use of {features.get(gate.feature, gate.feature)}"
    if gate.event is not None:
        kind, _, name = gate.event.partition("/")
        yield f"on {kind} {name.replace('_', ' ')}"
    if gate.segment is not None:
        yield f"on coming into {segments.get(gate.segment, gate.segment)}"
