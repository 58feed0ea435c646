"""Templates for the requests of logs: a few that explain most of what people asked for, put into the draft at once."""

from collections.abc import Mapping

import msgspec
import polars as pl
from starlette.responses import Response

from waypost.core import DefinitionError, Document, Kind
from waypost.measure import (
    Addition,
    Becomes,
    Catalogue,
    Coverage,
    Match,
    RequestTemplate,
    Span,
    Tally,
    request_coverage,
    request_match,
    seen_events,
    tallies,
    with_addition,
)
from waypost.show.addresses import with_query
from waypost.show.kept import Keeping
from waypost.show.pages.catalogue_draft import KEY, WHERE, drafted, keep, suggested
from waypost.show.visit import Visit
from waypost.store import Drafts

ADDRESS = "/catalogue/requests"
NOTHING_CHOSEN = "choose at least one template"
#: What a template may become here; all else is a match of its own, on the page that adds events.
CHOICES = ((Becomes.NEW, "A feature"), (Becomes.NOISE, "Noise"))
_MOST_NAME = 120


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed template with what its form says of it."""

    nr: int
    template: RequestTemplate
    tally: Tally
    taken: bool
    name: str
    becomes: str
    events: list[tuple[str, str]]
    more_href: str


def requests(visit: Visit) -> Response:
    """Draw how many of people's requests the catalogue explains, and the templates that would explain the others."""
    return _page(visit)


def take(visit: Visit) -> Response:
    """Put the chosen templates into the catalogue's draft, all or none."""
    document = drafted(visit)
    chosen = [nr for nr in range(len(visit.form)) if visit.form.get(f"take{nr}") == "yes"]
    if not chosen:
        return _page(visit, wrong=NOTHING_CHOSEN)
    try:
        for nr in chosen:
            document = with_addition(document, _addition(visit.form, nr, document), where=WHERE)
        keep(visit, document)
    except DefinitionError as error:
        return _page(visit, wrong=error.problem)
    return visit.go("/catalogue/draft?act=kept")


def _addition(form: Mapping[str, str], nr: int, document: Document) -> Addition:
    name = form.get(f"name{nr}", "").strip()[:_MOST_NAME]
    match = request_match(form.get(f"written{nr}", ""))
    if form.get("source"):
        match["source"] = form["source"]
    if form.get(f"becomes{nr}") == Becomes.NOISE.value:
        return Addition(match=match, becomes=Becomes.NOISE)
    # A name that a feature has already is another way to use that feature.
    same = next((each["key"] for each in document["features"] if _same(each["name"], name)), None)
    if same is not None:
        return Addition(match=match, becomes=Becomes.EXISTING, feature=same)
    return Addition(match=match, becomes=Becomes.NEW, name=name)


def _page(visit: Visit, *, wrong: str = "") -> Response:
    rules = Catalogue.from_document(drafted(visit), where=WHERE)
    span = Span.up_to(visit.today)
    seen = seen_events(Keeping(visit), rules, span)
    sources = seen.filter(pl.col("kind") == Kind.LOG.value)["source"].unique().sort().to_list()
    asked = visit.form.get("source") or visit.asked("source")
    source = asked if asked in sources else ""
    found = request_coverage(Keeping(visit), seen, span, source or None)
    return visit.page(
        "catalogue_requests.html",
        status=422 if wrong else 200,
        found=found,
        rows=_rows(visit, found, rules, seen, span),
        source=source,
        sources=[
            ("", "All logs", ADDRESS),
            *((each, each, with_query(ADDRESS, {"source": each})) for each in sources),
        ],
        choices=CHOICES,
        draft=Drafts(visit.desk.operations).get(*KEY),
        wrong=wrong,
    )


def _rows(visit: Visit, found: Coverage, rules: Catalogue, seen: pl.DataFrame, span: Span) -> list[Row]:
    meant = {
        str(nr): (msgspec.convert(request_match(each.written), Match),)
        for nr, each in enumerate(found.templates)
    }
    counted = tallies(Keeping(visit), meant, seen.select("kind", "name"), span)
    taken = [each.name for each in rules.features]
    rows = list[Row]()
    for nr, each in enumerate(found.templates):
        # After a fault what was typed stands there again, as long as the templates are the same.
        typed = visit.form if visit.form.get(f"written{nr}") == each.written else {}
        name = _unlike(suggested(each.written) or "Start page", each.written, taken)
        taken.append(name)
        rows.append(
            Row(
                nr=nr,
                template=each,
                tally=counted[str(nr)],
                taken=typed.get(f"take{nr}") == "yes" if visit.form else True,
                name=typed.get(f"name{nr}", name),
                becomes=typed.get(f"becomes{nr}", Becomes.NEW.value),
                events=[
                    (name, with_query("/catalogue/events", {"kind": Kind.LOG.value, "name": name}))
                    for name in each.names
                ],
                more_href=with_query("/catalogue/additions", request_match(each.written)),
            )
        )
    return rows


def _unlike(name: str, written: str, taken: list[str]) -> str:
    """Return a name that no other feature has, with the method or a number behind it when it must."""
    method = written.partition(" ")[0]
    tries = (name, f"{name} ({method})", *(f"{name} ({method} {nr})" for nr in range(2, len(taken) + 3)))
    return next(each for each in tries if not any(_same(each, other) for other in taken))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
