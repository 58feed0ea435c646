"""The draft of a journey: what the editor's form holds, as typed, so that nothing is lost that does not read yet."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeVar

import msgspec

from waypost.core import Document
from waypost.journey import Clause, Journey, Milestone, Of
from waypost.show.pages.journey_editor_gates import Gate, entry_gate, exit_gate, read_gate

MOST_MILESTONES, MOST_CLAUSES, MOST_DEEP = 12, 12, 3
KINDS = {
    "events": "Uses a feature",
    "quantity": "Reaches a quantity",
    "active_days": "Is active on days",
    "setting": "Has a setting",
    "people": "Has people who use it",
}
Fields = Mapping[str, str]
T = TypeVar("T")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One clause as typed; with a word ("any" or "all") it is a group of the clauses in `parts`."""

    kind: str = "events"
    feature: str = ""
    least: str = ""
    in_days: str = ""
    setting: str = ""
    wanted: str = ""
    says: str = ""
    missed: str = ""
    optional: bool = False
    word: str = ""
    parts: "tuple[Row, ...]" = ()

    def document(self, words: str) -> Document:
        """Return the clause as a document; `words` stand where it says nothing itself."""
        said: Document = {"says": self.says or words}
        if self.missed:
            said["missed"] = self.missed
        if self.optional:
            said["optional"] = True
        if self.word:
            return {**said, f"{self.word}_of": [part.document("") for part in self.parts]}
        return {**said, **self._counts()}

    def _counts(self) -> Document:
        within = {"in_days": whole(self.in_days)} if self.in_days else {}
        match self.kind:
            case "quantity":
                return {"feature": self.feature, "quantity_at_least": number(self.least), **within}
            case "active_days":
                return {"active_days": whole(self.least), **within}
            case "people":
                about = {"feature": self.feature} if self.feature else {}
                return {**about, "people": whole(self.least), **within}
            case "setting":
                return {"setting": self.setting, "is": self.wanted}
            case _:
                return {"feature": self.feature, "at_least": number(self.least), **within}


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone as typed; `days` after provisioning, or (rolling) those in which it must hold again and again."""

    key: str = ""
    name: str = ""
    rolling: bool = False
    days: str = ""
    rows: tuple[Row, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as typed."""

    key: str
    name: str = ""
    of: str = Of.PEOPLE.value
    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    entry: Gate = Gate()
    exit: Gate = Gate()
    rank: str = "100"
    stages: tuple[Stage, ...] = ()

    @classmethod
    def of_journey(cls, journey: Journey) -> Self:
        """Return the draft that says what a journey says."""
        return cls(
            key=journey.key,
            name=journey.name,
            of=journey.of.value,
            roles=journey.audience.roles,
            tiers=journey.audience.tiers,
            plans=journey.audience.plans,
            segments=journey.audience.segments,
            entry=entry_gate(journey.entry),
            exit=exit_gate(journey.exit),
            rank=str(journey.rank),
            stages=tuple(_stage(each) for each in journey.milestones),
        )

    @classmethod
    def of_fields(cls, key: str, fields: Fields) -> Self:
        """Return the draft of a form: m0.name, m0.c1.feature, m0.c1.c0.feature of a part of a group."""
        tree = _tree(fields)
        return cls(
            key=key,
            name=_text(tree, "name"),
            of=Of.ACCOUNTS.value if _text(tree, "of") == Of.ACCOUNTS else Of.PEOPLE.value,
            roles=_checked(tree.get("role", {})),
            tiers=_checked(tree.get("tier", {})),
            plans=_checked(tree.get("plan", {})),
            segments=_checked(tree.get("segment", {})),
            entry=read_gate(tree.get("entry")),
            exit=read_gate(tree.get("exit")),
            rank=_text(tree, "rank"),
            stages=tuple(_read_stage(each) for each in _numbered(tree, "m")[:MOST_MILESTONES]),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        """Return the draft that `to_keep` wrote."""
        return msgspec.convert(document["draft"], cls)

    def to_keep(self) -> Document:
        """Return the draft as the drafts of definitions are kept."""
        return {"kind": "journey", "key": self.key, "draft": msgspec.to_builtins(self)}

    def document(self, words: Mapping[str, str]) -> Document:
        """Return the definition; `words` are those of clauses that say nothing themselves, by their place (m0.c1)."""
        said: Document = {"kind": "journey", "key": self.key, "name": self.name}
        if self.of == Of.ACCOUNTS:
            said["of"] = self.of
        named = {"roles": self.roles, "tiers": self.tiers, "plans": self.plans, "segments": self.segments}
        audience = {name: list(each) for name, each in named.items() if each}
        parts = {"audience": audience, "entry": self.entry.entry(), "exit": self.exit.leaving()}
        said |= {name: each for name, each in parts.items() if each}
        if self.rank.strip() not in ("", "100"):
            said["rank"] = whole(self.rank)
        keys = self.milestone_keys()
        said["milestones"] = [
            {
                "key": keys[m],
                "name": stage.name,
                "rolling_days" if stage.rolling else "by_day": whole(stage.days),
                "clauses": [_worded(row, f"m{m}.c{c}", words) for c, row in enumerate(stage.rows)],
            }
            for m, stage in enumerate(self.stages)
        ]
        return said

    def milestone_keys(self) -> list[str]:
        """Return the key of every milestone: its own, or one made of its name that no other has."""
        keys: list[str] = []
        taken = {stage.key for stage in self.stages if stage.key}
        for stage in self.stages:
            base = slug(stage.name) or "milestone"
            fresh = [base, *(f"{base}_{n}" for n in range(2, MOST_MILESTONES + 2))]
            key = stage.key or next(each for each in fresh if each not in taken)
            taken.add(key)
            keys.append(key)
        return keys

    def rows(self) -> list[tuple[str, Row]]:
        """Return every clause and group with its place (m0.c1, m0.c1.c0), in order."""
        return [
            found
            for m, stage in enumerate(self.stages)
            for c, row in enumerate(stage.rows)
            for found in _within(f"m{m}.c{c}", row)
        ]

    def after(self, act: str) -> Self:
        """Return the draft after a button: `milestone`, `clause:m0`, `group:m0.c1`, `drop:m0.c1`, `up:m0`."""
        word, _, place = act.partition(":")
        spots = [int(each[1:]) for each in place.split(".") if re.fullmatch(r"[mc]\d{1,2}", each)]
        if word == "milestone" and len(self.stages) < MOST_MILESTONES:
            return msgspec.structs.replace(self, stages=_with_milestone(self.stages))
        if not spots:
            return self
        if len(spots) == 1 and word in ("drop", "up", "down"):
            return msgspec.structs.replace(self, stages=_moved(self.stages, word, spots[0]))
        stages = list(self.stages)
        if spots[0] < len(stages):
            stage = stages[spots[0]]
            rows = _rows_after(stage.rows, word, spots[1:], depth=0)
            stages[spots[0]] = msgspec.structs.replace(stage, rows=rows)
        return msgspec.structs.replace(self, stages=tuple(stages))

    def with_clause(self, feature: str, at_least: str, by_day: int) -> tuple[Self, str]:
        """Return the draft with one more clause, at the milestone of that day or the first after it, and its place.

        Without such a milestone the clause goes to the last with a day; without any, to a milestone of its own.
        """
        row = Row(feature=feature, least=at_least)
        fixed = [
            (int(stage.days), m)
            for m, stage in enumerate(self.stages)
            if stage.days.isdigit() and not stage.rolling
        ]
        if not fixed:
            own = Stage(name=f"First {by_day} days", days=str(by_day), rows=(row,))
            return msgspec.structs.replace(self, stages=(own, *self.stages)), "m0.c0"
        place = next((m for day, m in fixed if day >= by_day), fixed[-1][1])
        stages = list(self.stages)
        rows = (*stages[place].rows, row)
        stages[place] = msgspec.structs.replace(stages[place], rows=rows)
        return msgspec.structs.replace(self, stages=tuple(stages)), f"m{place}.c{len(rows) - 1}"


def begun(key: str, name: str, of: str) -> Draft:
    """Return the draft of a new journey: the four milestones of a usual path, with a clause to fill in each."""
    usual = ((False, "7", "First 7 days"), (False, "30", "First 30 days"), (False, "60", "First 60 days"))
    stages = [Stage(name=said, days=days, rows=(Row(least="1"),)) for _, days, said in usual]
    habit = Stage(name="Sustained", rolling=True, days="28", rows=(Row(kind="active_days", least="4"),))
    return Draft(key=key, name=name, of=of, stages=(*stages, habit))


def slug(name: str) -> str:
    """Return a key made of a name: small letters, digits and _."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50]


def whole(text: str) -> object:
    """Return the whole number that was typed; anything else as it stands, which the journey then refuses by name."""
    cleaned = text.strip()
    return int(cleaned) if re.fullmatch(r"\d{1,9}", cleaned) else cleaned


def number(text: str) -> object:
    """Return the number that was typed; anything else as it stands."""
    cleaned = text.strip().replace(",", ".")
    if re.fullmatch(r"\d{1,12}", cleaned):
        return int(cleaned)
    return float(cleaned) if re.fullmatch(r"\d{1,12}\.\d{1,6}", cleaned) else cleaned


def _worded(row: Row, place: str, words: Mapping[str, str]) -> Document:
    said = row.document(words.get(place, ""))
    if row.word:
        parts = [_worded(part, f"{place}.c{nr}", words) for nr, part in enumerate(row.parts)]
        said[f"{row.word}_of"] = parts
    return said


def _stage(milestone: Milestone) -> Stage:
    rolling = milestone.rolling_days is not None
    return Stage(
        key=milestone.key,
        name=milestone.name,
        rolling=rolling,
        days=str(milestone.rolling_days if rolling else milestone.by_day),
        rows=tuple(_row(each) for each in milestone.clauses),
    )


def _row(clause: Clause) -> Row:
    own = Row(says=clause.says, missed=clause.missed or "", optional=clause.optional)
    if clause.parts:
        word = "any" if clause.any_of else "all"
        return msgspec.structs.replace(own, word=word, parts=tuple(_row(each) for each in clause.parts))
    return msgspec.structs.replace(
        own,
        kind=clause.kind.value,
        feature=clause.feature or "",
        least="" if clause.setting is not None else f"{clause.threshold:.12g}",
        in_days=str(clause.in_days or ""),
        setting=clause.setting or "",
        wanted=clause.wanted or "",
    )


def _within(place: str, row: Row) -> list[tuple[str, Row]]:
    inner = [found for nr, part in enumerate(row.parts) for found in _within(f"{place}.c{nr}", part)]
    return [(place, row), *inner]


def _tree(fields: Fields) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        *path, last = name.split(".")
        node = tree
        for step in path[: MOST_DEEP + 2]:
            inner = node.setdefault(step, {})
            node = inner if isinstance(inner, dict) else {}
        node[last] = value
    return tree


def _numbered(node: Mapping[str, Any], letter: str) -> list[dict[str, Any]]:
    found = [name for name in node if re.fullmatch(rf"{letter}\d{{1,2}}", name)]
    return [
        node[name] for name in sorted(found, key=lambda each: int(each[1:])) if isinstance(node[name], dict)
    ]


def _text(node: Mapping[str, Any], name: str, most: int = 200) -> str:
    value = node.get(name, "")
    return " ".join(value.split())[:most] if isinstance(value, str) else ""


def _checked(node: object) -> tuple[str, ...]:
    return tuple(str(name) for name, on in node.items() if on) if isinstance(node, dict) else ()


def _read_stage(node: dict[str, Any]) -> Stage:
    return Stage(
        key=_text(node, "key"),
        name=_text(node, "name"),
        rolling=_text(node, "when") == "rolling",
        days=_text(node, "days"),
        rows=tuple(_read_row(each, MOST_DEEP) for each in _numbered(node, "c")[:MOST_CLAUSES]),
    )


def _read_row(node: dict[str, Any], depth: int) -> Row:
    kind, word = _text(node, "kind"), _text(node, "word")
    inner = _numbered(node, "c")[:MOST_CLAUSES] if depth else []
    return Row(
        kind=kind if kind in KINDS else "events",
        **{name: _text(node, name) for name in ("feature", "least", "in_days", "setting", "wanted", "says")},
        missed=_text(node, "missed"),
        optional=bool(_text(node, "optional")),
        word=word if word in ("any", "all") else "",
        parts=tuple(_read_row(each, depth - 1) for each in inner),
    )


def _with_milestone(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    fixed = [stage for stage in stages if not stage.rolling]
    last = fixed[-1].days if fixed else ""
    days = str(int(last) + 30) if last.isdigit() else "7"
    fresh = Stage(name=f"First {days} days", days=days, rows=(Row(least="1"),))
    # The rolling milestone stays the last.
    return (*fixed, fresh, *(stage for stage in stages if stage.rolling))


def _rows_after(rows: tuple[Row, ...], word: str, spots: Sequence[int], depth: int) -> tuple[Row, ...]:
    """Return the rows of a milestone or a group after a button at a place within them."""
    found = list(rows)
    if not spots:
        if len(found) >= MOST_CLAUSES:
            return rows
        if word == "clause":
            return (*rows, Row(least="1"))
        fresh = Row(word="any", parts=(Row(least="1"), Row(least="1")))
        return (*rows, fresh) if word == "group" and depth < MOST_DEEP else rows
    if spots[0] >= len(found):
        return rows
    row = found[spots[0]]
    if len(spots) > 1 or word in ("clause", "group"):
        inner = _rows_after(row.parts, word, spots[1:], depth + 1)
        # A group of which the last clause was taken out goes with it.
        found[spots[0] : spots[0] + 1] = [msgspec.structs.replace(row, parts=inner)] if inner else []
        return tuple(found)
    return _moved(rows, word, spots[0])


def _moved(items: tuple[T, ...], word: str, at: int) -> tuple[T, ...]:
    found = list(items)
    if at >= len(found):
        return items
    if word == "drop":
        del found[at]
    other = at - 1 if word == "up" else at + 1
    if word in ("up", "down") and 0 <= other < len(found):
        found[at], found[other] = found[other], found[at]
    return tuple(found)
