"""A source's own page: what comes in right now, which events it sends, and who of it nobody knows."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.measure import Span, meanings, seen_events
from waypost.show import charts, source_words
from waypost.show.addresses import source_address, with_query
from waypost.show.catalogue_words import KIND_WORDS
from waypost.show.kept import Keeping
from waypost.show.pages.catalogue_members import page_of
from waypost.show.pages.sources import Row, quarantined, rows_of_sources, source_of
from waypost.show.rows import rows_of
from waypost.show.visit import Visit
from waypost.store import Followed, SourceChanges, SourcePauses

MOST_LIVE, MOST_NAMES, MOST_REFUSED, MOST_STRANGERS = 12, 50, 5, 50
MOST_FACTS = 100
#: The kinds that can be use, which the catalogue gives a meaning.
OF_USE = ("track", "page", "screen", "log", "row")


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it came in."""

    arrival: int
    kind: str
    name: str
    happened_at: datetime
    received_at: datetime
    actor: str
    properties: str
    person_id: str | None
    person: str | None
    anonymous_id: str | None
    account_id: str | None
    account: str | None

    @property
    def facts(self) -> str:
        """What it holds, short enough for a row."""
        return "" if self.properties in ("", "{}") else self.properties[:MOST_FACTS]


class NameRow(msgspec.Struct, frozen=True, kw_only=True):
    """One name of event of the source, with what it means."""

    kind: str
    name: str
    n: int
    n_ever: int
    first_at: datetime
    last_at: datetime
    total: int
    days: list[int] = []
    means: str = ""

    @property
    def kind_word(self) -> str:
        """The kind as people say it."""
        return KIND_WORDS.get(self.kind, self.kind)

    @property
    def can_mean(self) -> bool:
        """Whether the catalogue can give it a meaning."""
        return self.kind in OF_USE

    @property
    def line(self) -> Markup:
        """Its volume per day as a small line."""
        return charts.sparkline(
            self.days, f"Events a day over {len(self.days)} days, {sum(self.days):,} in all"
        )

    def href(self, source: str) -> str:
        """Where what it holds is, and where it is given a meaning."""
        return with_query(f"{source_address(source)}/events", {"kind": self.kind, "name": self.name})


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """A device without a person, or a person at no account."""

    id: str
    name: str | None
    n: int
    first_at: datetime
    last_at: datetime
    total: int


def page(visit: Visit) -> Response:
    """Draw one source."""
    row = _row(visit)
    names = _names(visit, row.name)
    first = (page_of(visit) - 1) * MOST_NAMES
    asked = visit.desk.sources.all() if visit.desk.sources else []
    query = next((each for each in asked if each.name == row.name), None)
    return visit.page(
        "source.html",
        row=row,
        words_of=source_words,
        names=names,
        total=names[0].total if names else 0,
        first=first,
        page_number=page_of(visit),
        followed=next(
            (each for each in Followed(visit.desk.operations).all() if each.source == row.name), None
        ),
        query=query,
        next_at=query.next_at(visit.now, visit.desk.zone) if query else None,
        changes=SourceChanges(visit.desk.operations).of(row.name),
        pauses=SourcePauses(visit.desk.operations).of(row.name),
        quarantined=quarantined(visit, row.name, MOST_REFUSED),
        **_live(visit, row.name),
    )


def live(visit: Visit) -> Response:
    """Draw only the newest events, for the page to ask again and again."""
    return visit.page("source_live.html", **_live(visit, source_of(visit).name))


def unmatched(visit: Visit) -> Response:
    """List the devices of a source without a person, or its people without an account."""
    row = _row(visit)
    who = visit.choice("who", ("devices", "people"))
    first = (page_of(visit) - 1) * MOST_STRANGERS
    asked = {
        **Span.up_to(visit.today).params,
        "source": row.name,
        "people": who == "people",
        "most": MOST_STRANGERS,
        "skip": first,
    }
    found = rows_of(visit.desk.warehouse.ask("show/source_unmatched_members", asked), Stranger)
    return visit.page(
        "source_unmatched.html",
        row=row,
        who=who,
        strangers=found,
        total=found[0].total if found else 0,
        first=first,
        page_number=page_of(visit),
    )


def _row(visit: Visit) -> Row:
    name = source_of(visit).name
    return next(row for row in rows_of_sources(visit) if row.name == name)


def _live(visit: Visit, source: str) -> dict[str, Any]:
    asked = {"source": source, "most": MOST_LIVE}
    return {
        "source": source,
        "live": rows_of(visit.desk.warehouse.ask("show/source_live", asked), Live),
        "paused": visit.asked("live") == "paused",
        "kinds": KIND_WORDS,
        "home": source_address(source),
    }


def _names(visit: Visit, source: str) -> list[NameRow]:
    """Return a page of the source's names of events, with their volume per day and what they mean."""
    span = Span.up_to(visit.today)
    asks = Keeping(visit)
    skip = (page_of(visit) - 1) * MOST_NAMES
    asked = {"source": source, "since": span.since, "most": MOST_NAMES, "skip": skip}
    found = asks.ask("show/source_names", asked)
    frames = {"names": found.select("kind", "name")}
    counted = asks.ask("show/source_name_days", {"source": source, **span.params}, frames)
    by_day = {(kind, name, day): n for kind, name, day, n in counted.iter_rows()}
    # The last day is not over: a line that ends in it would always fall.
    days = [span.since + timedelta(days=nr) for nr in range((span.until - span.since).days - 1)]
    means = meanings_of(visit, span)
    return [
        msgspec.structs.replace(
            each,
            days=[by_day.get((each.kind, each.name, day), 0) for day in days],
            means=means.get((source, each.kind, each.name), ""),
        )
        for each in rows_of(found, NameRow)
    ]


def meanings_of(visit: Visit, span: Span) -> dict[tuple[str, str, str], str]:
    """Return what each source, kind and name of the span's events means, in words."""
    catalogue = visit.rules.catalogue
    seen = seen_events(Keeping(visit), catalogue, span)
    said = {each.key: each.name for each in catalogue.features}
    said |= {each.key: each.name for each in catalogue.settings}
    return {
        signature: ", ".join(sorted(said.get(key, "Noise") for key in keys))
        for signature, keys in meanings(seen, catalogue).items()
    }
