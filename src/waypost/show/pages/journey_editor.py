"""The journey editor: what should be done by when, tried out on what already happened before it is published."""

import re
from collections.abc import Iterator

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import DefinitionError
from waypost.journey import Journey, Of
from waypost.show.addresses import with_query
from waypost.show.pages import journey_editor_trial as trials
from waypost.show.pages.journey_editor_checks import Checked, checked
from waypost.show.pages.journey_editor_draft import KINDS, MOST_DEEP, Draft, Row, begun, slug
from waypost.show.pages.journey_editor_gates import WAYS, choices
from waypost.show.pages.journey_editor_words import Change, Wording, changes, named_places
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Definitions, Drafts
from waypost.store import Draft as Kept

MOST_NAME = 80
TAKEN = "There is a journey of this name already. Open it, or choose another name."
RESERVED = ("new", "matter")


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """A journey being edited: the draft, what it was begun from, and what is wrong with it."""

    draft: Draft
    found: Checked
    kept: Kept | None
    published: Journey | None
    version: int
    wording: Wording

    @property
    def changes(self) -> list[Change]:
        """What the draft changes, nothing while it does not read."""
        after = self.found.journey
        if after is None:
            return []
        both = [*(self.published.milestones if self.published else ()), *after.milestones]
        return named_places(
            changes(self.published, after, self.wording), {each.key: each.name for each in both}
        )

    @property
    def is_behind(self) -> bool:
        """Whether another version was published since the draft was begun."""
        return self.kept is not None and self.kept.based_on != self.version


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One clause or group as the form shows it: its place, its problems by field, and what may be done with it."""

    place: str
    row: Row
    words: str
    parts: "list[Box]"
    may_group: bool
    usual: str
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        """The beginning of the ids of its fields."""
        return self.place.replace(".", "-")


def new(visit: Visit) -> Response:
    """Draw the beginning of a new journey."""
    return visit.page("journey_new.html", name="", of=Of.PEOPLE.value, problem="")


def begin(visit: Visit) -> Response:
    """Keep the draft of a new journey, and go on to edit it."""
    name = " ".join(visit.form.get("name", "").split())[:MOST_NAME]
    of = Of.ACCOUNTS.value if visit.form.get("of") == Of.ACCOUNTS else Of.PEOPLE.value
    key = slug(name)
    there = {each.key for each in Definitions(visit.desk.operations).newest("journey", withdrawn=True)}
    problem = "" if key else "Give it a name with letters."
    problem = TAKEN if key in there or key in RESERVED or _kept(visit, key) else problem
    if problem:
        return visit.page("journey_new.html", status=422, name=name, of=of, problem=problem)
    _keep(visit, begun(key, name, of), based_on=0)
    return visit.go(f"/journeys/{key}/edit")


def edit(visit: Visit) -> Response:
    """Draw the editor with the draft, or with the journey as published."""
    return _page(visit, editing_of(visit), at=visit.asked("at"))


def save(visit: Visit) -> Response:
    """Keep what was typed as the draft; a button changes it (`do`)."""
    before = editing_of(visit)
    draft = Draft.of_fields(before.draft.key, visit.form)
    act = visit.form.get("do", "")
    after = draft.after(act) if act else draft
    based_on = before.kept.based_on if before.kept else before.version
    if after != before.draft or before.kept is None:
        _keep(visit, after, based_on=based_on)
    at = _place_after(act, after)
    if visit.request.headers.get("hx-request"):
        return _page(visit, editing_of(visit), at=at)
    said = {"at": at or None, "act": None if act else "draft_kept"}
    return visit.go(with_query(f"/journeys/{draft.key}/edit", said))


def publish(visit: Visit) -> Response:
    """Put the draft in force from today on. What does not read, or was changed meanwhile, is not published."""
    editing = editing_of(visit)
    journey = editing.found.journey
    if journey is None or editing.kept is None:
        return _page(visit, editing, at="", status=422, problem="Nothing was published: see what is missing.")
    if visit.form.get("seen") != editing.kept.changed_at.isoformat():
        problem = f"{editing.kept.changed_by} changed the draft meanwhile. Look at it again, then publish."
        return _page(visit, editing, at="", status=409, problem=problem)
    if editing.changes:
        document = editing.draft.document(editing.wording.own_words(editing.draft))
        try:
            visit.desk.check([document])
        except DefinitionError as error:
            return _page(visit, editing, at="", status=422, problem=f"Nothing was published: {error}.")
        visit.desk.publish([document])
    Drafts(visit.desk.operations).drop("journey", journey.key)
    return visit.go(f"/journeys/{journey.key}?act=published")


def discard(visit: Visit) -> Response:
    """Forget the draft."""
    editing = editing_of(visit)
    Drafts(visit.desk.operations).drop("journey", editing.draft.key)
    return visit.go(f"/journeys/{editing.draft.key}?act=discarded" if editing.published else "/journeys")


def withdraw(visit: Visit) -> Response:
    """End the journey from today on; it must not be named by a play or segment in force."""
    key = visit.request.path_params["journey"]
    users = [
        f"the {each.kind} {each.document.get('name', each.key)}"
        for each in Definitions(visit.desk.operations).newest()
        if _names(each.document, key)
    ]
    if users:
        raise HTTPException(409, f"{', '.join(users)} names this journey; take it out there first")
    try:
        visit.desk.withdraw("journey", key)
    except DefinitionError as error:
        raise HTTPException(409, str(error)) from None
    Drafts(visit.desk.operations).drop("journey", key)
    return visit.go("/journeys?act=withdrawn")


def backtest_csv(visit: Visit) -> Response:
    """Send the back-test of the draft, month by month, as a file."""
    editing = editing_of(visit)
    if editing.found.journey is None:
        raise HTTPException(409, "the draft does not read yet; see what is missing in the editor")
    found = trials.preview(visit, editing.found.journey, editing.published)
    return csv_response(f"back-test-{editing.draft.key}.csv", trials.HEAD, trials.rows(found))


def editing_of(visit: Visit) -> Editing:
    """Return the journey that the address names as it is being edited; 404 when there is neither it nor a draft."""
    key = visit.request.path_params["journey"]
    published = visit.rules.journeys.get(key)
    kept = _kept(visit, key)
    wording = Wording(visit.rules.catalogue, visit.rules.segments)
    if kept is not None:
        draft = Draft.kept(kept.document)
    elif published is not None:
        draft = Draft.of_journey(published)
    else:
        raise HTTPException(404, "there is no journey of this key, and no draft of one")
    return Editing(
        draft=draft,
        found=checked(draft, wording),
        kept=kept,
        published=published,
        version=visit.rules.versions.get(("journey", key), 0) if published else 0,
        wording=wording,
    )


def _page(visit: Visit, editing: Editing, *, at: str, status: int = 200, problem: str = "") -> Response:
    draft, proposed = editing.draft, ""
    if visit.request.method == "GET" and visit.asked("add_feature"):
        days = visit.asked("by_day", "30")
        least = visit.asked("at_least", "1")
        draft, at = draft.with_clause(visit.asked("add_feature"), least, int(days) if days.isdigit() else 30)
        editing = msgspec.structs.replace(editing, draft=draft, found=checked(draft, editing.wording))
        proposed = at
    own_words = editing.wording.own_words(draft)
    found = editing.found
    return visit.page(
        "journey_editor.html",
        status=status,
        editing=editing,
        draft=draft,
        boxes=[
            list(_boxes(f"m{m}", stage.rows, own_words, stage.days if stage.rolling else "all"))
            for m, stage in enumerate(draft.stages)
        ],
        problems=found.problems,
        missing=_missing(draft, found.problems),
        kinds={key: name for key, name in KINDS.items() if key != "people" or draft.of == Of.ACCOUNTS},
        path=f"/journeys/{draft.key}/edit",
        at=at,
        proposed=proposed,
        preview=trials.preview(visit, found.journey, editing.published) if found.journey else None,
        changes=editing.changes,
        **_audience(visit, draft),
        problem=problem,
        spans=",".join(f"#p-{name}" for name in _fields(draft)),
        share_says=trials.share_says,
        lost_means=trials.lost_means,
        who_href=trials.who_href,
    )


def _boxes(place: str, rows: tuple[Row, ...], words: dict[str, str], usual: str) -> Iterator[Box]:
    depth = place.count(".")
    for nr, row in enumerate(rows):
        mine = f"{place}.c{nr}"
        yield Box(
            place=mine,
            row=row,
            words=words.get(mine, ""),
            parts=list(_boxes(mine, row.parts, words, usual)),
            may_group=depth + 1 < MOST_DEEP,
            usual=usual,
            is_first=nr == 0,
            is_last=nr == len(rows) - 1,
        )


def _fields(draft: Draft) -> Iterator[str]:
    """Yield the ids of all places where a problem can be said, so that they follow while somebody types."""
    yield from ("all", "name", "rank", "milestones")
    yield from (f"entry-{name}" for name in ("feature", "event", "segment"))
    yield from (f"exit-{name}" for name in ("feature", "event", "segment", "after_days"))
    for m in range(len(draft.stages)):
        yield from (f"m{m}-{name}" for name in ("name", "when", "days", "rows"))
    for place, row in draft.rows():
        said = ("word",) if row.word else ("kind", "feature", "least", "in_days", "setting", "wanted")
        yield from (f"{place.replace('.', '-')}-{name}" for name in said)


def _missing(draft: Draft, problems: dict[str, str]) -> list[tuple[str, str]]:
    """Return every problem with the id of what to go to: its field, or where the problem itself stands."""
    found = []
    for name, said in problems.items():
        field = name.replace(".", "-")
        head = re.match(r"m(\d+)\.", name)
        stage = draft.stages[int(head[1])].name if head and int(head[1]) < len(draft.stages) else ""
        whole = field.rpartition("-")[2] in ("rows", "all", "milestones")
        found.append((f"p-{field}" if whole else field, f"{stage}: {said}" if stage else said))
    return found


def _place_after(act: str, draft: Draft) -> str:
    """Return where somebody goes on after a button: the new row, the moved one, or what the removed one was in."""
    word, _, place = act.partition(":")
    if word == "milestone":
        fixed = [m for m, stage in enumerate(draft.stages) if not stage.rolling]
        return f"m{fixed[-1]}" if fixed else ""
    if word in ("up", "down"):
        head, _, last = place.rpartition(".")
        moved = int(last[1:]) + (1 if word == "down" else -1) if last[1:].isdigit() else 0
        return f"{head}.{last[:1]}{max(0, moved)}" if head else f"{last[:1]}{max(0, moved)}"
    if word == "drop":
        return place.rpartition(".")[0]
    if word in ("clause", "group"):
        places = [each for each, _ in draft.rows() if each.rpartition(".")[0] == place]
        return places[-1] if places else place
    return ""


def _kept(visit: Visit, key: str) -> Kept | None:
    found = Drafts(visit.desk.operations).get("journey", key)
    return found if found is not None and "draft" in found.document else None


def _keep(visit: Visit, draft: Draft, *, based_on: int) -> None:
    by = visit.whoever.name
    Drafts(visit.desk.operations).put(draft.to_keep(), based_on=based_on, by=by, now=visit.now)


def _audience(visit: Visit, draft: Draft) -> dict[str, object]:
    """Return what there is to choose from for whom a journey is, and how they come and go: keys and names."""
    there = visit.desk.warehouse.ask("show/segment_choices", {"today": visit.today, "most": 50}).rows()
    roles = dict.fromkeys([*(value for kind, value in there if kind == "role"), *draft.roles])
    plans = dict.fromkeys([*(value for kind, value in there if kind == "plan"), *draft.plans])
    tiers = dict.fromkeys([*(each.key for each in visit.rules.tiers.tiers), *draft.tiers])
    kept = {*draft.segments, draft.entry.segment, draft.exit.segment}
    segments = choices(visit.rules.segments, draft.of == Of.ACCOUNTS, kept)
    return {
        "roles": [(each, each.replace("_", " ").capitalize()) for each in roles],
        "tiers": [(each, visit.rules.tiers.name_of(each)) for each in tiers],
        "plans": [(each, each) for each in plans],
        "segments": list(segments.items()),
        "ways": WAYS,
    }


def _names(node: object, journey: str) -> bool:
    """Return whether a document names a journey."""
    if isinstance(node, dict):
        said = node.get("journey")
        here = said == journey or (isinstance(said, list) and journey in said)
        return here or any(_names(each, journey) for each in node.values())
    return isinstance(node, list) and any(_names(each, journey) for each in node)
