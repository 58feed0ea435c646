"""Segments: which there are, how large they are and became, what uses each, and who is in one and why."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import DefinitionError
from waypost.measure import Dated, Level, Segment, dated
from waypost.show import charts, rosters
from waypost.show.addresses import piece, unpiece
from waypost.show.charts.weeks import NARROW_WEEKS, WIDE_WEEKS, weeks_chart
from waypost.show.pages.segments_view import Why, members_of, sample_of, why_of
from waypost.show.people import Person
from waypost.show.segment_use import User, users_of
from waypost.show.segment_words import Wording
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.show.words import plural
from waypost.store import Definitions, Published

OVER_DAYS = 28
SAMPLE = 10
NOT_TOLD = "When people were last seen is kept for today alone, so past sizes cannot be told."
AS_TODAY = "Traits and names are kept without dates: past weeks are told with those of today."
ACCOUNT_COLUMNS = [
    "account",
    "name",
    "tier",
    "owner",
    "region",
    "value_a_year",
    "currency",
    "renews_on",
    "health",
    "band",
]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One segment of the list."""

    segment: Segment
    sentence: str
    href: str
    members_href: str
    size: int
    change: int | None
    users: list[User]
    version: int


def segments(visit: Visit) -> Response:
    """Draw the list of segments."""
    found = _listed(visit)
    used = sum(1 for each in found if each.users)
    return visit.page("segments.html", rows=found, used=used, days=OVER_DAYS)


def segments_csv(visit: Visit) -> Response:
    """Send the list of segments as a file."""
    rows = [
        [
            *(
                each.segment.key,
                each.segment.name,
                each.segment.of.value,
                each.size,
                each.change,
                each.sentence,
            ),
            "; ".join(f"{user.kind} {user.key}" for user in each.users),
            each.version,
        ]
        for each in _listed(visit)
    ]
    head = ["segment", "name", "of", "size", f"change_{OVER_DAYS}_days", "rule", "used_by", "version"]
    return csv_response("segments.csv", head, rows)


def segment(visit: Visit) -> Response:
    """Draw one segment: its rule in words, its size over time, who is in it, and why somebody is or is not."""
    found = segment_of(visit)
    days = rosters.weekly(visit.today)
    counts = rosters.sizes(visit, [found], days)[0]
    kept = dated(found, {each.key: each for each in visit.rules.segments})
    definitions = Definitions(visit.desk.operations)
    versions = [each for each in definitions.all("segment") if each.key == found.key]
    return visit.page(
        "segment.html",
        segment=found,
        people=found.of is Level.PEOPLE,
        sentence=Wording(visit.rules, found.of).sentence(found),
        size=counts[-1],
        chart=_chart(found, days, counts),
        weeks=list(zip(days, counts, strict=True)),
        note="" if kept is Dated.YES else AS_TODAY if kept is Dated.AS_TODAY else NOT_TOLD,
        change=_change(visit, found),
        days=OVER_DAYS,
        sample=sample_of(visit, found, most=SAMPLE),
        members_href=members_address(found),
        users=users_of(found.key, definitions.newest()),
        versions=_told(versions),
        who=visit.asked("who"),
        why=why_of(visit, found),
    )


def members_csv(visit: Visit) -> Response:
    """Send everybody in a segment as a file."""
    found = segment_of(visit)
    name = f"{found.key}.csv"
    if found.of is Level.PEOPLE:
        rows = [_person_row(each, each.account_id, each.account) for each in members_of(visit, found)]
        head = [
            "person",
            "name",
            "title",
            "role",
            "account",
            "account_name",
            "standing",
            "milestone",
            "last_seen_at",
        ]
        return csv_response(name, head, rows)
    accounts = [
        [
            *(each.account_id, each.name, each.tier, each.owner, each.region, each.value, each.currency),
            *(each.renews_on, each.score, each.band),
        ]
        for each in sample_of(visit, found, most=100_000).accounts
    ]
    return csv_response(name, ACCOUNT_COLUMNS, accounts)


def retire(visit: Visit) -> Response:
    """End a segment that nothing uses."""
    found = segment_of(visit)
    users = users_of(found.key, Definitions(visit.desk.operations).newest())
    if users:
        names = ", ".join(f"the {each.kind} {each.name}" for each in users)
        raise HTTPException(409, f"{found.name} is used by {names}; take it out there first")
    try:
        visit.desk.withdraw("segment", found.key)
    except DefinitionError as error:
        raise HTTPException(409, str(error)) from None
    return visit.go("/segments?act=retired")


def segment_of(visit: Visit) -> Segment:
    """Return the segment that the address names; 404 when none in force has the key."""
    key = unpiece(visit.request.path_params["segment"])
    found = next((each for each in visit.rules.segments if each.key == key), None)
    if found is None:
        raise HTTPException(404, "there is no segment of this address; it may have been retired")
    return found


def members_address(found: Segment) -> str:
    """Return where the members of a segment are listed."""
    return f"/{found.of.value}?segment={piece(found.key)}"


def _listed(visit: Visit) -> list[Listed]:
    rules = visit.rules
    before = visit.today - timedelta(days=OVER_DAYS)
    sized = rosters.sizes(visit, rules.segments, [before, visit.today])
    newest = Definitions(visit.desk.operations).newest()
    found = [
        Listed(
            segment=each,
            sentence=Wording(rules, each.of).sentence(each),
            href=f"/segments/{piece(each.key)}",
            members_href=members_address(each),
            size=now or 0,
            change=None if then is None or now is None else now - then,
            users=users_of(each.key, newest),
            version=rules.versions.get(("segment", each.key), 1),
        )
        for each, (then, now) in zip(rules.segments, sized, strict=True)
    ]
    return sorted(found, key=lambda each: (each.segment.of.value, each.segment.name.lower()))


def _change(visit: Visit, found: Segment) -> int | None:
    before = visit.today - timedelta(days=OVER_DAYS)
    then, now = rosters.sizes(visit, [found], [before, visit.today])[0]
    return None if then is None or now is None else now - then


def _chart(found: Segment, days: Sequence[date], counts: Sequence[int | None]) -> list[object]:
    if sum(each is not None for each in counts) < 2:  # noqa: PLR2004 -- one point makes no line
        return []
    word = ("person", "people") if found.of is Level.PEOPLE else ("account", "accounts")
    first = next(n for n in counts if n is not None)
    says = f"{found.name}: {plural(first, *word)} {len(days) - 1} weeks ago, {plural(counts[-1] or 0, *word)} today"
    return [weeks_chart(days, counts, says, frame) for frame in (WIDE_WEEKS, NARROW_WEEKS)]


def _told(versions: Sequence[Published]) -> list[dict[str, object]]:
    """Return the versions, newest first, each with its rule as it was; a withdrawn one has ended the segment."""
    return [
        {
            "version": each.version,
            "on": each.published_on,
            "withdrawn": each.withdrawn,
            "name": each.document.get("name"),
        }
        for each in reversed(versions)
    ]


def _person_row(each: Person, account_id: str, account: str) -> list[object]:
    return [
        *(each.person_id, each.name, each.title, each.role, account_id, account),
        *(each.standing, each.milestone, each.last_seen_at),
    ]


__all__ = ["Why", "charts", "members_csv", "retire", "segment", "segment_of", "segments", "segments_csv"]
