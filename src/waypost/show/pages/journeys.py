"""Journeys: which there are, how many are on their path at each milestone, and what changed."""

from datetime import date, timedelta

import msgspec
from starlette.responses import Response

from waypost.journey import Journey, Of
from waypost.show import people
from waypost.show.addresses import piece, with_query
from waypost.show.kept import Keeping
from waypost.show.pages.journey_map import at, audience_of
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Definitions, Drafts
from waypost.store import Draft as Kept

PERIOD_DAYS = 28
HEAD = ["journey", "name", "version", "milestone", "on_path", "strayed", "share_on_path", "points_28_days"]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many have one standing at one milestone, now and at the start of the period."""

    journey: str
    milestone: str
    standing: str
    people: int
    people_before: int

    @property
    def strays(self) -> bool:
        """Whether these are off the path."""
        return self.standing in people.STRAYS


class StageShare(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone (or the whole journey): how many stand there, and which share of them is on the path."""

    key: str
    name: str
    on: int
    off: int
    share: float | None
    change: int | None
    href: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """One journey as the list shows it; `ruled_on` is the day of a change of rules within the period."""

    journey: Journey
    version: int
    audience: str
    one: str
    many: str
    whole: StageShare
    stages: list[StageShare]
    draft: Kept | None
    ruled_on: date | None

    @property
    def people(self) -> int:
        """How many are on it."""
        return self.whole.on + self.whole.off

    @property
    def worst(self) -> StageShare | None:
        """The milestone with most strays."""
        return max(self.stages, key=lambda each: each.off) if self.whole.off else None


def journeys(visit: Visit) -> Response:
    """Draw every journey with its shares, and the drafts of new ones."""
    found = _overviews(visit)
    there = {each.journey.key for each in found}
    fresh = [each for each in Drafts(visit.desk.operations).all("journey") if each.key not in there]
    return visit.page(
        "journeys.html",
        journeys=found,
        fresh=[(each, str(each.document.get("draft", {}).get("name", each.key))) for each in fresh],
        days=PERIOD_DAYS,
        people=sum(each.people for each in found if each.journey.of is Of.PEOPLE),
        strays=sum(each.whole.off for each in found if each.journey.of is Of.PEOPLE),
    )


def journeys_csv(visit: Visit) -> Response:
    """Send every stage of every journey as a file."""
    rows = [
        [
            *(each.journey.key, each.journey.name, each.version, stage.key),
            *(stage.on, stage.off, stage.share, stage.change),
        ]
        for each in _overviews(visit)
        for stage in each.stages
    ]
    return csv_response("journeys.csv", HEAD, rows)


def _overviews(visit: Visit) -> list[Overview]:
    rules = visit.rules
    since = visit.today - timedelta(days=PERIOD_DAYS)
    counted = Keeping(visit).ask("show/journeys", {"today": visit.today, "since": since})
    counts = rows_of(counted, Count)
    drafts = {each.key: each for each in Drafts(visit.desk.operations).all("journey")}
    ruled = _ruled_on(visit, since)
    return [
        _overview(
            visit,
            journey,
            [each for each in counts if each.journey == key],
            draft=drafts.get(key),
            ruled_on=ruled.get(key),
        )
        for key, journey in rules.journeys.items()
    ]


def _overview(
    visit: Visit, journey: Journey, mine: list[Count], *, draft: Kept | None, ruled_on: date | None
) -> Overview:
    of_people = journey.of is Of.PEOPLE
    comparable = ruled_on is None
    listed = "/people" if of_people else f"/journeys/{piece(journey.key)}/who"
    about = {"journey": journey.key} if of_people else {}
    stages = [
        _share(
            (milestone.key, milestone.name),
            [each for each in mine if at(journey, each.milestone, each.standing) == milestone.key],
            with_query(listed, {**about, "milestone": milestone.key}),
            comparable=comparable,
        )
        for milestone in journey.milestones
    ]
    # The list of a journey of accounts has no other filter of its own, so it begins with the whole journey.
    href = with_query(listed, about or {"milestone": "all"})
    return Overview(
        journey=journey,
        version=visit.rules.versions.get(("journey", journey.key), 1),
        audience=audience_of(visit, journey),
        one="person" if of_people else "account",
        many="people" if of_people else "accounts",
        whole=_share(("", "All"), mine, href, comparable=comparable),
        stages=stages,
        draft=draft,
        ruled_on=ruled_on,
    )


def _share(named: tuple[str, str], here: list[Count], href: str, *, comparable: bool) -> StageShare:
    """Return a stage. A change of rules is never shown as a change in customers: then no change is told."""
    on, off = (sum(each.people for each in here if each.strays == side) for side in (False, True))
    before_on, before_off = (
        sum(each.people_before for each in here if each.strays == side) for side in (False, True)
    )
    share = on / (on + off) if on + off else None
    before = before_on / (before_on + before_off) if before_on + before_off and comparable else None
    return StageShare(
        key=named[0],
        name=named[1],
        on=on,
        off=off,
        share=share,
        change=round(100 * (share - before)) if share is not None and before is not None else None,
        href=href,
    )


def _ruled_on(visit: Visit, since: date) -> dict[str, date]:
    """Return the journeys whose rules were changed after a day, and when; a workspace's first rules hold from ever."""
    every = Definitions(visit.desk.operations).all()
    opening = min((each.published_on for each in every), default=visit.today)
    return {
        each.key: each.published_on
        for each in every
        if each.kind == "journey" and each.published_on > max(since, opening)
    }
