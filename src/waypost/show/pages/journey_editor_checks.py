"""What is wrong with the draft of a journey, field by field, in the words of the form."""

import re

import msgspec

from waypost.core import DefinitionError
from waypost.journey import Journey
from waypost.show.pages.journey_editor_draft import Draft, Row, number, whole
from waypost.show.pages.journey_editor_gates import problems as gate_problems
from waypost.show.pages.journey_editor_words import Wording

CHOOSE = "Choose a feature."
ABOVE = "Enter a number above 0."
COUNTED = ("events", "quantity")
WHOLE = "Enter a whole number of 1 or more."


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as checked: the journey when it reads, else what is wrong by the name of the field (m0.c1.least)."""

    journey: Journey | None
    problems: dict[str, str]


def checked(draft: Draft, wording: Wording) -> Checked:
    """Read a draft; everything that is wrong is said at once, each beside its field."""
    found: dict[str, str] = {}
    if not draft.name:
        found["name"] = "Give the journey a name."
    if draft.rank and not isinstance(whole(draft.rank), int):
        found["rank"] = "Enter a whole number."
    if not draft.stages:
        found["milestones"] = "A journey needs at least one milestone."
    found |= _days(draft)
    last = max(
        (int(stage.days) for stage in draft.stages if stage.days.isdigit() and not stage.rolling), default=-1
    )
    found |= gate_problems(draft.entry, draft.exit, wording.features, last)
    for m, stage in enumerate(draft.stages):
        if not stage.name:
            found[f"m{m}.name"] = "Give the milestone a name."
        if not any(not row.optional for row in stage.rows):
            found[f"m{m}.rows"] = "Say at least one thing that should be done and is not optional."
    for place, row in draft.rows():
        found |= {f"{place}.{name}": said for name, said in _clause(row, draft, wording)}
    if found:
        return Checked(journey=None, problems=found)
    document = draft.document(wording.own_words(draft))
    try:
        return Checked(journey=Journey.from_document(document, where="journey"), problems={})
    except DefinitionError as error:
        return Checked(journey=None, problems=dict([_placed(str(error), draft)]))


def _days(draft: Draft) -> dict[str, str]:
    found: dict[str, str] = {}
    last, before = -1, ""
    for m, stage in enumerate(draft.stages):
        days = whole(stage.days)
        if not isinstance(days, int) or (stage.rolling and days < 1):
            found[f"m{m}.days"] = WHOLE if stage.rolling else "Enter a day: a whole number of 0 or more."
        elif stage.rolling and m != len(draft.stages) - 1:
            found[f"m{m}.when"] = "What must hold again and again comes last: move it down."
        elif not stage.rolling and days <= last:
            found[f"m{m}.days"] = f"Must come after day {last}, when “{before}” is due."
        elif not stage.rolling:
            last, before = days, stage.name
    return found


def _clause(row: Row, draft: Draft, wording: Wording) -> list[tuple[str, str]]:
    """Return what is wrong with one clause or group, by the field."""
    if row.word:
        return [] if row.parts else [("word", "Put at least one clause into the group.")]
    if row.kind == "setting":
        return _setting(row, wording)
    found: list[tuple[str, str]] = []
    if row.kind == "people" and draft.of != "accounts":
        found.append(("kind", "People are counted in journeys of accounts only."))
    needs_feature = row.kind in COUNTED or (row.kind == "people" and row.feature)
    if needs_feature and row.feature not in wording.features:
        found.append(("feature", _unknown(row.feature, "feature") if row.feature else CHOOSE))
    return found + _numbers(row)


def _setting(row: Row, wording: Wording) -> list[tuple[str, str]]:
    found = []
    if row.setting not in wording.settings:
        found.append(("setting", _unknown(row.setting, "setting") if row.setting else "Choose a setting."))
    if not row.wanted:
        found.append(("wanted", "Enter the value that the setting should have."))
    return found


def _numbers(row: Row) -> list[tuple[str, str]]:
    found = []
    least = number(row.least) if row.kind in COUNTED else whole(row.least)
    if not isinstance(least, int | float) or least <= 0:
        found.append(("least", ABOVE if row.kind in COUNTED else WHOLE))
    days = whole(row.in_days) if row.in_days else None
    if days is not None and (not isinstance(days, int) or days < 1):
        found.append(("in_days", f"{WHOLE} Leave it empty to count since the first day."))
    elif row.kind == "active_days" and isinstance(days, int) and isinstance(least, int) and least > days:
        found.append(("least", f"There are only {days} days to be active on."))
    return found


def _unknown(key: str, what: str) -> str:
    return f"The catalogue has no {what} “{key}”. Choose another."


def _placed(refusal: str, draft: Draft) -> tuple[str, str]:
    """Return a refusal of the definition as the field it is about and its words."""
    said = refusal.partition("journey: ")[2] or refusal
    place = re.match(r"milestones\[(\d+)\](?:\.clauses\[(\d+)\])?((?:\.\d+)*):? ?", said)
    if place is None:
        return "all", f"{said[:1].upper()}{said[1:]}"
    m, c, parts = place.groups()
    words = said[place.end() :]
    words = f"{words[:1].upper()}{words[1:]}"
    if c is None or int(m) >= len(draft.stages):
        return f"m{m}.rows", words
    inner = "".join(f".c{each}" for each in re.findall(r"\d+", parts))
    return f"m{m}.c{c}{inner}.kind", words
