"""The members of a count: a list of people or accounts, as a page, as a file, and saved as a segment."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import DefinitionError, Document, day_of, derived_id
from waypost.measure import Crowd, Level, Segment
from waypost.show import words
from waypost.show.addresses import account_address, person_address, with_query
from waypost.show.crowds import noun
from waypost.show.kept import Keeping
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
MOST_SAVED = 10_000
MOST_NAME = 80


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """One member by name; `facts` are the values of the list's own columns, and `said` the same in words."""

    nr: int
    unit: str
    name: str
    title: str | None
    role: str | None
    account_id: str | None
    account: str | None
    last_seen_at: datetime | None
    href: str = ""
    facts: tuple[object, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """What they are: their title, else their role or tier."""
        return self.title or (self.role or "–").replace("_", " ").capitalize()


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two sides of a count, with its address."""

    name: str
    count: int
    href: str
    current: bool


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A list to show: what it is, where it came from, both sides, its own columns, and where its acts are.

    `rows` has the column unit first and then one column for each of `heads`.
    """

    title: str
    sub: str
    crumbs: tuple[tuple[str, str], ...]
    sides: tuple[Side, ...]
    heads: tuple[str, ...]
    rows: pl.DataFrame
    crowd: Crowd
    segment_name: str
    base: str


def members_page(visit: Visit, listing: Listing) -> Response:
    """Draw a list of members, fifty at a time."""
    asked = visit.asked("page", "1")
    page = max(1, int(asked)) if asked.isdigit() and len(asked) < 6 else 1  # noqa: PLR2004 -- pages are not counted in millions
    first = (page - 1) * PAGE
    shown = named(visit, listing, listing.rows[first : first + PAGE])
    return visit.page(
        "members.html",
        listing=listing,
        rows=shown,
        total=listing.rows.height,
        first=first,
        page_number=page,
        noun=noun(listing.crowd, listing.rows.height),
        head="Account" if listing.crowd.unit is Level.ACCOUNTS else "Person",
        people=listing.crowd.unit is Level.PEOPLE,
        too_many=listing.rows.height > MOST_SAVED,
        most=MOST_SAVED,
        csv=with_query(f"{listing.base}/members.csv", {**visit.request.query_params, "page": None}),
        save=with_query(f"{listing.base}/segments", {**visit.request.query_params, "page": None}),
    )


def members_csv(visit: Visit, listing: Listing) -> Response:
    """Send the whole list as a file."""
    rows = named(visit, listing, listing.rows)
    head = ["id", "name", "about", "account_id", "account", "last_seen_at"]
    columns = [each.lower().replace(" ", "_").replace(",", "") for each in listing.heads]
    return csv_response(
        "members.csv",
        [*head, *columns],
        [
            [each.unit, each.name, each.about, each.account_id, each.account, each.last_seen_at, *each.facts]
            for each in rows
        ],
    )


def save_segment(visit: Visit, listing: Listing) -> Response:
    """Put the list in force as a segment of these people or accounts, and go to it.

    Raises HTTPException when it has no name, holds nobody, or holds more than a segment may list.
    """
    name = " ".join(visit.form.get("name", "").split())[:MOST_NAME]
    if not name:
        raise HTTPException(400, "give the segment a name")
    if not listing.rows.height or listing.rows.height > MOST_SAVED:
        raise HTTPException(400, f"a segment lists 1 to {MOST_SAVED:,} members; narrow the list first")
    document = segment_document(name, listing.crowd.unit, listing.rows["unit"].to_list())
    try:
        Segment.from_document(document, where=name)
    except DefinitionError as error:
        raise HTTPException(400, str(error)) from None
    visit.desk.publish([document])
    return visit.go(f"/segments/{document['key']}?act=kept")


def segment_document(name: str, unit: Level, members: Sequence[str]) -> Document:
    """Return the definition of a segment that lists its members; the same name and list give the same key."""
    slug = "".join(each if each.isascii() and each.isalnum() else "_" for each in name.lower()).strip("_")
    key = f"{slug[:40] or 'list'}_{derived_id(name, *sorted(members))[:6]}"
    return {
        "kind": "segment",
        "key": key,
        "name": name,
        "of": unit.value,
        "where": [{"ids": list(members)}],
    }


def named(visit: Visit, listing: Listing, rows: pl.DataFrame) -> list[Named]:
    """Return members with their names, in the order of `rows`."""
    unit = listing.crowd.unit
    numbered = rows.select("unit").with_row_index("nr").with_columns(pl.col("nr").cast(pl.Int32))
    asks = Keeping(visit) if rows.height <= PAGE else visit.desk.warehouse
    found = rows_of(asks.ask("show/members", {"unit": unit.value}, {"units": numbered}), Named)
    facts = rows.drop("unit").rows()
    address = account_address if unit is Level.ACCOUNTS else person_address
    return [
        msgspec.structs.replace(
            each,
            href=address(each.unit),
            facts=facts[each.nr],
            said=tuple(_said(fact, visit) for fact in facts[each.nr]),
        )
        for each in sorted(found, key=lambda one: one.nr)
    ]


def _said(fact: object, visit: Visit) -> str:
    match fact:
        case None:
            return "–"
        case datetime():
            return words.day(day_of(fact.replace(tzinfo=UTC), visit.desk.zone), visit.today)
        case date():
            return words.day(fact, visit.today)
        case int():
            return words.number(fact)
        case float():
            return words.decimal(fact)
        case _:
            return str(fact)
