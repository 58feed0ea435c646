"""The catalogue's draft: events are given a meaning, before and after are seen, and then it is published."""

import hashlib
import re
from typing import Any

import msgspec
import yaml
from starlette.responses import Response

from waypost.core import DefinitionError, Document
from waypost.measure import (
    EMPTY_CATALOGUE,
    Addition,
    Becomes,
    Catalogue,
    Group,
    Match,
    Span,
    Tally,
    tallies,
    tallies_between,
    with_addition,
)
from waypost.show.addresses import with_query
from waypost.show.catalogue_words import KIND_WORDS, differences, match_words
from waypost.show.foresights import Foresight
from waypost.show.pages.catalogue_members import names_in
from waypost.show.visit import Visit
from waypost.store import Definitions, Draft, Drafts

KEY = ("catalogue", "catalogue")
WHERE = "catalogue"
OPERATORS = (
    ("is", "is"),
    ("is_not", "is not"),
    ("one_of", "is one of (with commas)"),
    ("exists", "is there"),
    ("missing", "is not there"),
    ("at_least", "is at least"),
    ("at_most", "is at most"),
)
CONDITIONS = (1, 2, 3)
TEXTS = ("event", "path", "kind", "source", "actor")
MOST_YAML = 60_000
_REQUEST = re.compile(r"[A-Z]+ /")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature, a setting or noise means in the last 28 days, before and after."""

    name: str
    before: Tally
    after: Tally


def addition(visit: Visit) -> Response:
    """Ask what events should become; the match can be changed, and what it means is shown."""
    return _addition(visit, visit.request.query_params)


def add(visit: Visit) -> Response:
    """Put events into the draft."""
    try:
        match = _match_said(visit.form)
        becomes = visit.form.get("becomes", "")
        wanted = Addition(
            match=match,
            becomes=Becomes(becomes) if becomes in list(Becomes) else Becomes.NEW,
            feature=visit.form.get("feature", ""),
            name=visit.form.get("name", "")[:120],
            group=visit.form.get("group", Group.SECONDARY.value),
            automated_counts=visit.form.get("automated_counts") == "yes",
            setting=visit.form.get("setting", ""),
            value=visit.form.get("value", "").strip(),
        )
        document = with_addition(drafted(visit), wanted, where=WHERE)
        keep(visit, document)
    except DefinitionError as error:
        return _addition(visit, visit.form, wrong=error.problem)
    return visit.go("/catalogue/draft?act=kept")


def count(visit: Visit) -> Response:
    """Show the same form at an address of its own, with what its match means."""
    said = {name: value.strip() for name, value in visit.form.items() if name != "form_token"}
    return visit.go(with_query("/catalogue/additions", said))


def draft(visit: Visit) -> Response:
    """Draw the draft: what it changes, before and after."""
    return _draft(visit)


def write(visit: Visit) -> Response:
    """Keep a whole catalogue as the draft, as it is written in YAML."""
    text = visit.form.get("yaml", "")
    try:
        written = yaml.safe_load(text[:MOST_YAML])
        if not isinstance(written, dict):
            return _draft(visit, wrong="It must begin with `kind: catalogue` and `key: catalogue`", text=text)
        document: Document = msgspec.to_builtins(written, builtin_types=(), str_keys=True)
        keep(visit, {**document, "kind": KEY[0], "key": KEY[1]})
    except (yaml.YAMLError, RecursionError) as error:
        return _draft(visit, wrong=f"It is not valid YAML: {' '.join(str(error).split())}", text=text)
    except DefinitionError as error:
        return _draft(visit, wrong=str(error).removeprefix(f"{WHERE}: "), text=text)
    return visit.go("/catalogue/draft?act=kept")


def foreseen(visit: Visit) -> Response:
    """Draw what the draft would change for accounts and people, once it is worked out."""
    kept = Drafts(visit.desk.operations).get(*KEY)
    return visit.page("catalogue_foreseen.html", foresight=_foresight(visit, kept) if kept else None)


def publish(visit: Visit) -> Response:
    """Put the draft in force, unless another version came in between that its reader has not seen."""
    drafts = Drafts(visit.desk.operations)
    kept = drafts.get(*KEY)
    if kept is None:
        return visit.go("/catalogue")
    if visit.form.get("version") != str(_version(visit)) or visit.form.get("digest") != digest_of(
        kept.document
    ):
        return _draft(
            visit,
            wrong="Somebody changed the catalogue or this draft meanwhile; look again before publishing",
        )
    try:
        visit.desk.check([kept.document])
        visit.desk.publish([kept.document])
    except DefinitionError as error:
        return _draft(visit, wrong=str(error))
    drafts.drop(*KEY)
    return visit.go("/catalogue?act=published")


def discard(visit: Visit) -> Response:
    """Forget the draft."""
    Drafts(visit.desk.operations).drop(*KEY)
    return visit.go("/catalogue?act=discarded")


def drafted(visit: Visit) -> Document:
    """Return the draft, or else what is in force, for a draft begins as that."""
    kept = Drafts(visit.desk.operations).get(*KEY)
    if kept:
        return kept.document
    newest = Definitions(visit.desk.operations).newest(KEY[0])
    return newest[0].document if newest else EMPTY_CATALOGUE


def keep(visit: Visit, document: Document) -> None:
    """Keep a document as the draft; raises DefinitionError when it is no catalogue."""
    _catalogue(document)
    drafts = Drafts(visit.desk.operations)
    kept = drafts.get(*KEY)
    based_on = kept.based_on if kept else _version(visit)
    drafts.put(document, based_on=based_on, by=visit.whoever.email, now=visit.now)


def digest_of(document: Document) -> str:
    """Return a short digest of a document: whether it is the one that was looked at."""
    return hashlib.sha256(msgspec.json.encode(document)).hexdigest()[:16]


def _addition(visit: Visit, said: Any, wrong: str = "") -> Response:  # noqa: ANN401 -- a query or a form
    tally, means = None, ""
    if not wrong:
        try:
            match = _read({"match": [_match_said(said)]})
            tally, means = _tally(visit, match), match_words(match)
        except DefinitionError as error:
            wrong = error.problem if said.get("event") or said.get("path") else ""
    rules = _catalogue(drafted(visit))
    return visit.page(
        "catalogue_addition.html",
        status=422 if wrong and visit.form else 200,
        said={
            name: said.get(name) or ""
            for name in (*TEXTS, "name", "feature", "ignore_case", "automated_counts", "setting", "value")
        },
        conditions=[
            (nr, *(said.get(f"{part}{nr}") or "" for part in ("property", "operator", "wanted")))
            for nr in CONDITIONS
        ],
        becomes=said.get("becomes") or "new",
        group=said.get("group") or Group.SECONDARY.value,
        groups=[group.value for group in Group],
        operators=OPERATORS,
        kinds=KIND_WORDS,
        features=sorted(rules.features, key=lambda each: each.name.casefold()),
        settings=sorted(rules.settings, key=lambda each: each.name.casefold()),
        tally=tally,
        means=means,
        wrong=wrong,
        suggested=suggested(said.get("event") or said.get("path") or ""),
    )


def _draft(visit: Visit, *, wrong: str = "", text: str | None = None) -> Response:
    kept = Drafts(visit.desk.operations).get(*KEY)
    before, after = visit.rules.catalogue, _catalogue(drafted(visit))
    span = Span.up_to(visit.today)
    counted = (
        tallies_between(visit.desk.warehouse, before, after, names_in(visit, span), span) if kept else []
    )
    return visit.page(
        "catalogue_draft.html",
        status=422 if wrong else 200,
        draft=kept,
        digest=digest_of(kept.document) if kept else "",
        version=_version(visit),
        differences=differences(before, after),
        once=any(each.once != (before.feature(each.key) or each).once for each in after.features),
        changes=[Change(name=name, before=old, after=new) for name, old, new in counted],
        foresight=_foresight(visit, kept) if kept and differences(before, after) else None,
        text=text
        if text is not None
        else yaml.safe_dump(drafted(visit), sort_keys=False, allow_unicode=True, width=100),
        wrong=wrong,
    )


def _foresight(visit: Visit, kept: Draft) -> Foresight:
    key = f"{digest_of(kept.document)} {sorted(visit.rules.versions.items())} {visit.today}"
    return visit.house.foresights.of(key, lambda: visit.desk.foresee([kept.document]))


def _version(visit: Visit) -> int:
    return visit.rules.versions.get(KEY, 0)


def _catalogue(document: Document) -> Catalogue:
    return Catalogue.from_document(document, where=WHERE)


def _read(feature: Document) -> Match:
    """Return the match as a catalogue would read it; raises DefinitionError when it makes no sense."""
    return _catalogue({"features": [{"key": "new", "name": "New", **feature}]}).features[0].match[0]


def _tally(visit: Visit, match: Match) -> Tally:
    span = Span.up_to(visit.today)
    return tallies(visit.desk.warehouse, {"new": (match,)}, names_in(visit, span), span)["new"]


def _match_said(said: Any) -> Document:  # noqa: ANN401 -- a query or a form
    """Return the match that a form says, as the document holds it."""
    match: Document = {name: said[name].strip() for name in TEXTS if (said.get(name) or "").strip()}
    if said.get("ignore_case") == "yes":
        match["ignore_case"] = True
    where = [each for nr in CONDITIONS if (each := _condition_said(said, nr))]
    return {**match, "where": where} if where else match


def _condition_said(said: Any, nr: int) -> Document | None:  # noqa: ANN401 -- as above
    name, operator = (said.get(f"property{nr}") or "").strip(), said.get(f"operator{nr}") or "is"
    wanted = (said.get(f"wanted{nr}") or "").strip()
    if not name:
        return None
    if operator in ("exists", "missing"):
        return {"property": name, "exists": operator == "exists"}
    if operator == "one_of":
        return {"property": name, "one_of": [part.strip() for part in wanted.split(",") if part.strip()]}
    if operator in ("at_least", "at_most"):
        try:
            return {"property": name, operator: float(wanted)}
        except ValueError:
            raise DefinitionError(WHERE, f"{name}: {wanted!r} is no number") from None
    return {"property": name, operator if operator == "is_not" else "is": wanted}


def suggested(name: str) -> str:
    """Return a name for a new feature of these events; a request's method and ids are left out."""
    path = name.partition(" ")[2] if _REQUEST.match(name) else name
    steps = [step for step in path.split("/") if step and not step.startswith(":")][-2:]
    words = steps if "/" in path else [name]
    return " ".join(words).replace("_", " ").replace("*", "").strip().capitalize()
