"""One name of event of a source: what its events hold, how many come, and what they mean."""

from datetime import timedelta

import polars as pl
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.measure import Group, Span, properties_seen
from waypost.show import charts, words
from waypost.show.addresses import with_query
from waypost.show.catalogue_words import KIND_WORDS
from waypost.show.kept import Keeping
from waypost.show.pages.catalogue_draft import suggested
from waypost.show.pages.source import OF_USE, meanings_of
from waypost.show.pages.sources import source_of
from waypost.show.visit import Visit

#: What so many of the newest events hold is looked at.
MOST_EVENTS = 5_000


def event(visit: Visit) -> Response:
    """Draw one name of event."""
    source, kind, name = source_of(visit).name, visit.asked("kind"), visit.asked("name")
    asked = {"source": source, "kind": kind, "name": name, "most": MOST_EVENTS}
    held = Keeping(visit).ask("show/source_properties", asked)
    if not held.height:
        raise HTTPException(404, "this source has sent no event of this kind and name")
    span = Span.up_to(visit.today)
    rules = visit.rules.catalogue
    properties = properties_seen(held.iter_rows())
    return visit.page(
        "source_event.html",
        source=source,
        kind=kind,
        kind_word=KIND_WORDS.get(kind, kind),
        name=name,
        looked_at=held.height,
        most=MOST_EVENTS,
        properties=properties,
        chart=_chart(visit, source, kind, name, span),
        means=meanings_of(visit, span).get((source, kind, name), ""),
        can_mean=kind in OF_USE,
        suggested=suggested(name),
        features=sorted(rules.features, key=lambda each: each.name.casefold()),
        settings=sorted(rules.settings, key=lambda each: each.name.casefold()),
        groups=[group.value for group in Group],
        events_href=with_query("/catalogue/events", {"source": source, "kind": kind, "name": name}),
        more_href=with_query("/catalogue/additions", {"event": name, "kind": kind}),
    )


def _chart(visit: Visit, source: str, kind: str, name: str, span: Span) -> Markup:
    frames = {"names": pl.DataFrame({"kind": [kind], "name": [name]})}
    counted = Keeping(visit).ask("show/source_name_days", {"source": source, **span.params}, frames)
    by_day = dict(counted.select("day", "n").iter_rows())
    days = [span.since + timedelta(days=nr) for nr in range((span.until - span.since).days)]
    columns = [
        charts.Bar(
            name=words.day(day, visit.today),
            value=by_day.get(day, 0),
            quiet=day == visit.today,
            named=day.weekday() == 0,
        )
        for day in days
    ]
    n = sum(by_day.values())
    return charts.bars(columns, f"{n:,} events in 28 days, by day; today is not over")
