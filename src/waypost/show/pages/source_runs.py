"""The runs of a query source: what each brought, how long it took, what went wrong, and when it is asked next."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import StoreError
from waypost.show.addresses import source_address
from waypost.show.pages.catalogue_members import page_of
from waypost.show.pages.sources import source_of
from waypost.show.visit import Visit
from waypost.store import QuerySource, Sources

RUNS = 50
#: What an asking says that lost too much, so that a page can offer to believe it.
LOSS = "--accept-loss"


def runs(visit: Visit) -> Response:
    """Draw the runs, the newest first."""
    name = source_of(visit).name
    found = query_of(visit, name)
    kept = sources_of(visit).runs
    first = (page_of(visit) - 1) * RUNS
    rows = kept.of(name, most=RUNS, skip=first)
    return visit.page(
        "source_runs.html",
        source=name,
        home=source_address(name),
        query=found,
        next_at=found.next_at(visit.now, visit.desk.zone),
        runs=rows,
        total=kept.count(name),
        first=first,
        page_number=page_of(visit),
        lost=bool(found.problem and LOSS in found.problem),
    )


def ask(visit: Visit) -> Response:
    """Have a source asked now, for the member who wants it."""
    name = source_of(visit).name
    found, kept = query_of(visit, name), sources_of(visit)
    accept_loss = visit.form.get("accept_loss") == "yes"
    kept.want(found.name, by=visit.whoever.email, accept_loss=accept_loss)
    act = "asked for a run that accepts the loss" if accept_loss else "asked for a run"
    kept.changes.note(name, act, by=visit.whoever.email, now=visit.now)
    visit.desk.ask_sources()
    return visit.go(f"{source_address(name)}/runs?act=wanted")


def query_of(visit: Visit, name: str) -> QuerySource:
    """Return the query of a source; 404 when it has none."""
    try:
        return sources_of(visit).get(name)
    except StoreError as error:
        raise HTTPException(404, "nobody is asked for this source") from error


def sources_of(visit: Visit) -> Sources:
    """Return the query sources; 404 where run hands in none."""
    if visit.desk.sources is None:
        raise HTTPException(404, "query sources are not served here")
    return visit.desk.sources
