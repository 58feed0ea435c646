"""The builder: a rule of conditions and groups, its sentence, its live count, and saving it as a version."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

import msgspec
from starlette.responses import RedirectResponse, Response

from waypost.core import DefinitionError, fail
from waypost.measure import Level, Segment, check_circles
from waypost.show.addresses import piece
from waypost.show.pages.segments import segment_of
from waypost.show.pages.segments_view import Sample, Why, sample_of, why_of
from waypost.show.rosters import roster_of
from waypost.show.segment_draft import KEY, Box, Draft, Row
from waypost.show.segment_kinds import KINDS, Choices, Field, Options
from waypost.show.segment_words import Wording
from waypost.show.visit import Visit

SAMPLE = 8
MOST_FROZEN = 10_000
NAMELESS = "Give it a name, so that others know what it is for."


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the form shows it."""

    field: Field
    name: str
    id: str
    values: tuple[str, ...]
    options: Options
    picked: str


class ShownRow(msgspec.Struct, frozen=True, kw_only=True):
    """One condition as the form shows it; `problem` says what it lacks."""

    name: str
    kind: str
    verbs: tuple[str, str]
    negated: bool
    fields: list[Shown]
    drop: str
    problem: str


class ShownBox(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the rule: a condition alone, or (with a word) a group."""

    name: str
    rows: list[ShownRow]
    word: str = ""
    negated: bool = False
    add: str = ""
    drop: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft comes to: its sentence, who fits, and why one does; or what is wrong with it."""

    sentence: str = ""
    sample: Sample | None = None
    problem: str = ""
    why: Why | None = None


def new(visit: Visit) -> Response:
    """Draw the builder with the draft of the address."""
    return _builder(visit, None)


def edit(visit: Visit) -> Response:
    """Draw the builder with a segment, or with the draft of a change to it."""
    return _builder(visit, segment_of(visit))


def save(visit: Visit) -> Response:
    """Put the draft in force as a version; `frozen` keeps those who fit today and nobody else."""
    draft = Draft.from_pairs(_fields(visit.form.get("draft", "")))
    name = visit.form.get("name", "").strip()[:120]
    draft = msgspec.structs.replace(draft, name=name)
    rules = visit.rules
    held = next((each for each in rules.segments if each.key == draft.key), None)
    try:
        if not name:
            fail("name", NAMELESS)
        key = draft.key if held else _key(name, [each.key for each in rules.segments])
        segment = _read(msgspec.structs.replace(draft, key=key), rules.segments)
        if visit.form.get("frozen"):
            segment = _frozen(visit, segment)
        check_circles([segment, *(each for each in rules.segments if each.key != key)])
    except DefinitionError as error:
        return _page(visit, held, draft, problem=str(error).partition(": ")[2] or str(error), status=422)
    visit.desk.publish([segment.document()])
    return visit.go(f"/segments/{piece(segment.key)}?act=kept")


def _builder(visit: Visit, held: Segment | None) -> Response:
    choices = Choices.of(visit, _level(visit, held), but=held.key if held else "")
    pairs = visit.request.query_params.multi_items()
    draft = Draft.from_pairs(pairs, choices)
    if held is not None and not any(name in ("of", "name") or name.startswith("w") for name, _ in pairs):
        draft = Draft.of_segment(held)
    if held is not None:
        draft = msgspec.structs.replace(draft, key=held.key, of=held.of, name=draft.name or held.name)
    act = visit.asked("do")
    if act:
        changed = _begun(draft.after(act), choices)
        if not visit.request.headers.get("hx-request"):
            return RedirectResponse(changed.address(visit.request.url.path), status_code=303)
        draft = changed
    if not draft.parts and held is None and not pairs:
        draft = _begun(draft.after("add"), choices)
    return _page(visit, held, draft, choices=choices)


def _page(
    visit: Visit,
    held: Segment | None,
    draft: Draft,
    *,
    choices: Choices | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    choices = choices or Choices.of(visit, draft.of, but=draft.key)
    path = f"/segments/{piece(held.key)}/edit" if held else "/segments/new"
    problems = _problems(draft, visit.rules.segments)
    answer = visit.page(
        "segment_builder.html",
        status=status,
        held=held,
        draft=draft,
        path=path,
        parts=list(_shown(draft, choices, problems)),
        kinds=_kinds(draft.of),
        preview=_preview(visit, draft),
        problem=problem,
        people=draft.of is Level.PEOPLE,
        query=draft.address("").removeprefix("?"),
        most_frozen=MOST_FROZEN,
        hold_address=f"/{draft.of.value}?{draft.address('').removeprefix('?')}",
    )
    if visit.request.headers.get("hx-request"):
        # The address is always that of the draft: reload it, send it, go back to it.
        answer.headers["hx-replace-url"] = draft.address(path)
    return answer


def _preview(visit: Visit, draft: Draft) -> Preview:
    try:
        segment = _read(msgspec.structs.replace(draft, key=draft.key or KEY), visit.rules.segments)
        check_circles([segment, *(each for each in visit.rules.segments if each.key != segment.key)])
    except DefinitionError as error:
        return Preview(problem=_plainly(str(error)))
    return Preview(
        sentence=Wording(visit.rules, segment.of).sentence(segment),
        sample=sample_of(visit, segment, most=SAMPLE),
        why=why_of(visit, segment),
    )


def _read(draft: Draft, segments: Iterable[Segment]) -> Segment:
    return Segment.from_document(draft.document(list(segments)), where="the rule")


def _problems(draft: Draft, segments: Iterable[Segment]) -> dict[str, str]:
    """Return what is wrong with each condition, by the name of its fields."""
    known = list(segments)
    found = {}
    for name, _, row in draft.rows():
        alone = Draft(of=draft.of, parts=(row,))
        try:
            Segment.from_document(alone.document(known), where="it")
        except DefinitionError as error:
            found[name] = _plainly(str(error))
    return found


def _plainly(problem: str) -> str:
    """Return a refusal in the words of the form."""
    if "give exactly one condition, not 0" in problem or "go together" in problem:
        return "Choose or enter something here."
    said = re.sub(r"^[^:]*: (where\[\d+\](\.\w+\[\d+\])?(: |\.))?", "", problem)
    return f"{said[:1].upper()}{said[1:]}".replace("_", " ")


def _shown(draft: Draft, choices: Choices, problems: dict[str, str]) -> Iterable[ShownBox]:
    for nr, part in enumerate(draft.parts):
        name = f"w{nr}"
        if isinstance(part, Box):
            rows = [
                _shown_row(row, f"{name}.{n}", f"drop.{nr}.{n}", choices, problems)
                for n, row in enumerate(part.rows)
            ]
            yield ShownBox(
                name=name, rows=rows, word=part.word, negated=part.negated, add=f"add.{nr}", drop=f"drop.{nr}"
            )
        else:
            yield ShownBox(name=name, rows=[_shown_row(part, name, f"drop.{nr}", choices, problems)])


def _shown_row(row: Row, name: str, drop: str, choices: Choices, problems: dict[str, str]) -> ShownRow:
    asked = KINDS[row.kind]
    fields = [
        Shown(
            field=field,
            name=f"{name}.{field.name}",
            id=f"{name}.{field.name}".replace(".", "-"),
            values=(values := row.fields.get(field.name, ())),
            options=_with_own(choices.by_field.get(field.name, ()), values),
            picked=" or ".join(choices.words_of(field.name, each) for each in values),
        )
        for field in asked.fields
    ]
    return ShownRow(
        name=name,
        kind=row.kind,
        verbs=asked.verbs,
        negated=row.negated,
        fields=fields,
        drop=drop,
        problem=problems.get(name, ""),
    )


def _with_own(options: Options, values: tuple[str, ...]) -> Options:
    """Return the options with those values that are set and not among them: what a document says is never lost."""
    known = {value for value, _ in options}
    return [*options, *((each, each) for each in values if each and each not in known)]


def _begun(draft: Draft, choices: Choices) -> Draft:
    """Return the draft with new conditions begun: each has what its kind begins with."""
    return Draft.from_pairs(draft.pairs(), choices)


def _kinds(of: Level) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of conditions under their heads, in order."""
    heads: dict[str, list[tuple[str, str]]] = {}
    for key, asked in KINDS.items():
        if of in asked.levels:
            head = "The account" if of is Level.ACCOUNTS and asked.head == "Their account" else asked.head
            heads.setdefault(head, []).append((key, asked.name))
    return list(heads.items())


def _level(visit: Visit, held: Segment | None) -> Level:
    if held is not None:
        return held.of
    return Level.ACCOUNTS if visit.asked("of") == "accounts" else Level.PEOPLE


def _frozen(visit: Visit, segment: Segment) -> Segment:
    """Return the segment of those who fit now, named one by one."""
    found = roster_of(visit.desk, visit.rules, also=[segment]).members(segment)
    column = "person_id" if segment.of is Level.PEOPLE else "account_id"
    ids = sorted(set(found[column].to_list()))
    if not ids or len(ids) > MOST_FROZEN:
        raise DefinitionError(
            "rule", f"between 1 and {MOST_FROZEN:,} can be kept one by one, and {len(ids):,} fit"
        )
    note = f"Kept on {visit.today.isoformat()}: {Wording(visit.rules, segment.of).sentence(segment)}"
    document = {
        "kind": "segment",
        "key": segment.key,
        "name": segment.name,
        "of": segment.of.value,
        "note": note,
    }
    return Segment.from_document({**document, "where": [{"ids": ids}]}, where="the rule")


def _key(name: str, taken: list[str]) -> str:
    """Return a key made of a name that no segment has yet."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50] or "segment"
    base = base if base[0].isalpha() else f"s_{base}"
    return next(
        key for n in range(1, len(taken) + 3) if (key := base if n == 1 else f"{base}_{n}") not in taken
    )


def _fields(query: str) -> list[tuple[str, str]]:

    return parse_qsl(query, max_num_fields=500)
