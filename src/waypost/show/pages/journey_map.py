"""The journey map: where exactly everybody stands on one path, since when, and what brings strays back."""

from datetime import date, timedelta

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.intervene import Play, Signal
from waypost.journey import Journey
from waypost.learn import Share, share_of_sums
from waypost.show import charts, people, words
from waypost.show.addresses import piece, with_query
from waypost.show.kept import kept
from waypost.show.pages.journey_editor_gates import comes, goes
from waypost.show.pages.journey_editor_words import Wording
from waypost.show.pages.journey_map_asked import (
    COMPARED,
    Narrowed,
    group_href,
    group_name,
    months,
    narrowed,
)
from waypost.show.pages.odds import judged_by
from waypost.show.results import Result
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Definitions

FULL_WIDTH = 1156
REACHED_DAYS = 30
MOST_GROUPS = 24
HEAD = ["milestone", "standing", "missed_first", "people", "median_days", "since_on", "reached_30_days"]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many stand so at one milestone and miss the same clause first."""

    milestone: str
    standing: str
    clause: str
    people: int
    median_days: float
    since_on: date
    reached: int

    @property
    def strays(self) -> bool:
        """Whether these people are off the path."""
        return self.standing in people.STRAYS


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A play that answers strays of a milestone, with its result so far."""

    name: str
    href: str
    result: Result


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """Strays of one milestone who missed one clause first, and what answers them."""

    milestone: str
    name: str
    says: str
    people: int
    share: float
    median_days: float
    since_on: date
    reached: int
    href: str
    plays: list[Attached]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One group of those compared: how many, and which share is on the path."""

    name: str
    people: int
    share: Share
    bar: Markup
    on_href: str
    off_href: str


def journey_map(visit: Visit) -> Response:
    """Draw one journey: the trail of its people, strays by reason, and the groups that are compared."""
    asked = narrowed(visit)
    counts = _counts(visit, asked)
    lost = _lost(visit, asked, counts)
    stages = _stages(asked, counts, lost)
    total = sum(each.people for each in counts)
    strays = sum(each.people for each in counts if each.strays)
    one, many = ("person stands", "people stand") if asked.of_people else ("account stands", "accounts stand")
    says = f"Where {words.plural(total, one, many)} on the {asked.journey.name}"
    per = charts.people_per_mark(stages)
    what = "person" if asked.of_people else "account"
    return visit.page(
        "journey.html",
        asked=asked,
        journey=asked.journey,
        version=visit.rules.versions.get(("journey", asked.journey.key), 1),
        versions=_versions(visit, asked.journey.key),
        audience=audience_of(visit, asked.journey),
        total=total,
        strays=strays,
        title=says,
        wide=charts.wide_trail(stages, says, FULL_WIDTH) if total else Markup(""),
        narrow=charts.narrow_trail(stages, says) if total else Markup(""),
        judged=judged_by(visit, asked.journey),
        caption=f"One mark is one {what}."
        if per == 1
        else f"One mark stands for {per} {what}s.".replace("persons", "people"),
        stages=stages,
        lost=lost,
        groups=_groups(visit, asked),
        axis=charts.span_axis((0.0, 1.0), words.percent),
        compared=COMPARED,
        months=months(visit.today),
        wording=Wording(visit.rules.catalogue),
        times=with_query(
            f"/journeys/{piece(asked.journey.key)}/times",
            {name: visit.asked(name) for name in ("segment", "month", "compare")},
        ),
    )


def journey_map_csv(visit: Visit) -> Response:
    """Send where everybody stands as a file."""
    asked = narrowed(visit)
    rows = [
        [
            *(each.milestone, each.standing, each.clause, each.people, each.median_days),
            *(each.since_on, each.reached),
        ]
        for each in _counts(visit, asked)
    ]
    return csv_response(f"journey-{asked.journey.key}.csv", HEAD, rows)


def audience_of(visit: Visit, journey: Journey) -> str:
    """Return whom a journey is for, in words."""
    asked, names = journey.audience, {each.key: each.name for each in visit.rules.segments}
    tiers = [visit.rules.tiers.name_of(tier) for tier in asked.tiers]
    plans = [f"plan {plan}" for plan in asked.plans]
    segments = [f"in {names.get(key, key)}" for key in asked.segments]
    said = ", ".join([*(each.replace("_", " ") for each in [*asked.roles, *tiers]), *plans, *segments])
    usual = "everybody" if journey.of == "people" else "all accounts"
    entered = f", entered {comes(journey, visit.rules.catalogue, names)}" if journey.entry else ""
    left = f", left {goes(journey, visit.rules.catalogue, names)}" if journey.exit else ""
    return f"{said or usual}{entered}{left}"


def at(journey: Journey, milestone: str, standing: str) -> str:
    """Return the milestone at which somebody stands; who has met all stands at the last."""
    if journey.milestone(milestone):
        return milestone
    return journey.milestones[0].key if standing == "not_started" else journey.milestones[-1].key


def _counts(visit: Visit, asked: Narrowed) -> list[Count]:
    told = {
        "journey": asked.journey.key,
        "today": visit.today,
        "everybody": asked.everybody,
        "since": asked.month,
        "until": asked.until,
        "reached_since": visit.today - timedelta(days=REACHED_DAYS),
    }
    ask = visit.desk.warehouse.ask
    counted = kept(visit, ("map", *asked.key), lambda: ask("show/journey_map", told, narrowed(visit).frames))
    found = rows_of(counted, Count)
    return [
        msgspec.structs.replace(each, milestone=at(asked.journey, each.milestone, each.standing))
        for each in found
    ]


def _stages(asked: Narrowed, counts: list[Count], lost: list[Lost]) -> list[charts.Stage]:
    found = []
    for milestone in asked.journey.milestones:
        here = [each for each in counts if each.milestone == milestone.key]
        off = sum(each.people for each in here if each.strays)
        worst = next((each for each in lost if each.milestone == milestone.key), None)
        reached = sum(each.reached for each in here if each.strays)
        done = f"{words.number(reached)} reached in {REACHED_DAYS} days" if reached else "Nobody reached yet"
        found.append(
            charts.Stage(
                key=milestone.key,
                name=milestone.name,
                asks=tuple(clause.says for clause in milestone.clauses),
                on=sum(each.people for each in here if not each.strays),
                off=off,
                unsure=sum(each.people for each in here if each.standing == "at_risk"),
                back=reached,
                why=worst.says if worst else "",
                done=done if off else "",
                href=(asked.people_href if asked.of_people else asked.who_href)(milestone=milestone.key),
            )
        )
    return found


def _lost(visit: Visit, asked: Narrowed, counts: list[Count]) -> list[Lost]:
    """Return strays by milestone and the clause that they missed first, most first."""
    strays = [each for each in counts if each.strays]
    whole = sum(each.people for each in strays)
    found: dict[tuple[str, str], list[Count]] = {}
    for each in strays:
        found.setdefault((each.milestone, each.clause), []).append(each)
    return [
        _reason(visit, asked, place, mine, whole)
        for place, mine in sorted(found.items(), key=lambda item: -sum(each.people for each in item[1]))
    ]


def _reason(visit: Visit, asked: Narrowed, place: tuple[str, str], mine: list[Count], whole: int) -> Lost:
    milestone, clause = asked.journey.milestone(place[0]), asked.journey.clause(place[1])
    count = sum(each.people for each in mine)
    return Lost(
        milestone=place[0],
        name=milestone.name if milestone else place[0],
        says=clause.when_missed if clause else place[1] or "Not said",
        people=count,
        share=count / whole,
        median_days=mine[0].median_days,
        since_on=min(each.since_on for each in mine),
        reached=sum(each.reached for each in mine),
        href=asked.who_href(milestone=place[0], clause=place[1] or None, standing="strays"),
        plays=[_attached(visit, play) for play in _plays(visit, asked, place[0], mine)],
    )


def _plays(visit: Visit, asked: Narrowed, milestone: str, mine: list[Count]) -> list[Play]:
    """Return the plays that wait for straying from this milestone, or for lapsing where somebody has lapsed."""
    wanted = {Signal(each.standing) for each in mine if each.standing in set(Signal)}
    return [
        play
        for play in visit.rules.plays.values()
        if play.when.signal in wanted
        and play.when.journey in (None, asked.journey.key)
        and play.when.milestone in (None, milestone)
    ]


def _attached(visit: Visit, play: Play) -> Attached:
    result = visit.house.results.of(visit.desk, play)
    return Attached(name=play.name, href=f"/interventions/{piece(play.key)}", result=result)


def _groups(visit: Visit, asked: Narrowed) -> list[Group]:
    """Return the groups that are compared, the largest first (months in their order)."""
    if not asked.compare:
        return []
    told = {"journey": asked.journey.key, "today": visit.today, "by": asked.compare}
    ask = visit.desk.warehouse.ask
    sums = kept(
        visit, ("groups", *asked.key), lambda: ask("show/journey_groups", told, narrowed(visit).frames)
    )
    found = []
    for (name,), mine in sums.partition_by("name", as_dict=True).items():
        on = mine.select("account_id", n="people").with_columns(hits=mine["people"] - mine["strays"])
        share = share_of_sums(on)
        found.append((str(name), share))
    if asked.compare == "month":
        found = sorted(found, reverse=True)[:MOST_GROUPS]
    else:
        found = sorted(found, key=lambda each: (-each[1].of, each[0]))[:MOST_GROUPS]
    return [
        Group(
            name=group_name(visit, asked, key),
            people=share.of,
            share=share,
            bar=_bar(share),
            on_href=group_href(asked, key, "on_path"),
            off_href=group_href(asked, key, "strays"),
        )
        for key, share in found
    ]


def _bar(share: Share) -> Markup:
    if share.share is None or share.low is None or share.high is None:
        return Markup("")
    says = f"{words.percent(share.share)}, {words.percent(share.low)} to {words.percent(share.high)}"
    return charts.span_cell((share.low, share.share, share.high), (0.0, 1.0), says=says)


def _versions(visit: Visit, key: str) -> list[tuple[int, date | None, bool]]:
    """Return the versions of a journey, newest first: number, day (None: from ever), whether it ended the journey."""
    every = Definitions(visit.desk.operations).all()
    opening = min((each.published_on for each in every), default=visit.today)
    found = [each for each in every if each.kind == "journey" and each.key == key]
    return [
        (each.version, None if each.published_on == opening else each.published_on, each.withdrawn)
        for each in reversed(found)
    ]
