"""Journeys: how many are on their path, and where exactly they stray."""

from datetime import timedelta

import msgspec
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.journey import Journey
from waypost.show import charts, people, words
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.show.visit import Visit

PERIOD_DAYS = 30
FULL_WIDTH = 1156


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many people have one standing at one milestone, now and a month ago."""

    journey: str
    milestone: str
    standing: str
    people: int
    people_before: int

    @property
    def strays(self) -> bool:
        """Whether these people are off the path."""
        return self.standing in people.STRAYS


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """Strays of one milestone who first missed one clause."""

    milestone: str
    clause: str
    people: int
    median_days: float | None


class StageShare(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone: how many stand there, and which share of them is on the path."""

    key: str
    name: str
    on: int
    off: int
    share: float | None
    change: int | None
    href: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """One journey as the list shows it."""

    journey: Journey
    version: int
    audience: str
    people: int
    share: float | None
    stages: list[StageShare]


def journeys(visit: Visit) -> Response:
    """Draw every journey with its shares."""
    rules = visit.rules
    counts = _counts(visit)
    found = [_overview(rules, journey, counts) for journey in rules.journeys.values()]
    return visit.page("journeys.html", journeys=found, days=PERIOD_DAYS)


def journey(visit: Visit) -> Response:
    """Draw one journey: the trail of all its people, and the strays by what they missed."""
    rules = visit.rules
    chosen = rules.journeys.get(visit.request.path_params["journey"])
    if chosen is None:
        raise HTTPException(404, "there is no journey of this key; it may have been withdrawn")
    counts = [each for each in _counts(visit) if each.journey == chosen.key]
    asked = {"journey": chosen.key, "today": visit.today}
    lost = rows_of(visit.desk.warehouse.ask("show/strays_by_clause", asked), Lost)
    stages = _stages(chosen, counts, lost)
    total = sum(stage.on + stage.off for stage in stages)
    says = f"Where {words.plural(total, 'person stands', 'people stand')} on the {chosen.name}"
    per = charts.people_per_mark(stages)
    return visit.page(
        "journey.html",
        overview=_overview(rules, chosen, counts),
        title=says,
        wide=charts.wide_trail(stages, says, FULL_WIDTH) if total else Markup(""),
        narrow=charts.narrow_trail(stages, says) if total else Markup(""),
        caption="One mark is one person." if per == 1 else f"One mark stands for {per} people.",
        stages=stages,
        lost=[(each, *_words(chosen, each)) for each in lost],
        days=PERIOD_DAYS,
    )


def _counts(visit: Visit) -> list[Count]:
    asked = {"today": visit.today, "since": visit.today - timedelta(days=PERIOD_DAYS)}
    return rows_of(visit.desk.warehouse.ask("show/journeys", asked), Count)


def _overview(rules: Rules, journey: Journey, counts: list[Count]) -> Overview:
    mine = [each for each in counts if each.journey == journey.key]
    total = sum(each.people for each in mine)
    on = sum(each.people for each in mine if not each.strays)
    audience = [*journey.audience.roles, *(rules.tiers.name_of(tier) for tier in journey.audience.tiers)]
    return Overview(
        journey=journey,
        version=rules.versions.get(("journey", journey.key), 1),
        audience=", ".join(each.replace("_", " ") for each in audience) or "everybody",
        people=total,
        share=on / total if total else None,
        stages=[_share(journey, milestone.key, mine) for milestone in journey.milestones],
    )


def _share(journey: Journey, key: str, counts: list[Count]) -> StageShare:
    here = [each for each in counts if _milestone(journey, each) == key]
    on, off = (sum(each.people for each in here if each.strays == side) for side in (False, True))
    before_on, before_off = (
        sum(each.people_before for each in here if each.strays == side) for side in (False, True)
    )
    share = on / (on + off) if on + off else None
    before = before_on / (before_on + before_off) if before_on + before_off else None
    milestone = journey.milestone(key)
    return StageShare(
        key=key,
        name=milestone.name if milestone else key,
        on=on,
        off=off,
        share=share,
        change=round(100 * (share - before)) if share is not None and before is not None else None,
        href=f"/people?journey={journey.key}&milestone={key}",
    )


def _milestone(journey: Journey, each: Count) -> str:
    if journey.milestone(each.milestone):
        return each.milestone
    return journey.milestones[0].key if each.standing == "not_started" else journey.milestones[-1].key


def _stages(journey: Journey, counts: list[Count], lost: list[Lost]) -> list[charts.Stage]:
    found = []
    for milestone in journey.milestones:
        here = [each for each in counts if _milestone(journey, each) == milestone.key]
        first = next((each for each in lost if each.milestone == milestone.key and each.clause), None)
        off = sum(each.people for each in here if each.strays)
        found.append(
            charts.Stage(
                key=milestone.key,
                name=milestone.name,
                asks=tuple(clause.says for clause in milestone.clauses),
                on=sum(each.people for each in here if not each.strays),
                off=off,
                unsure=sum(each.people for each in here if each.standing == "at_risk"),
                why=_words(journey, first)[1] if first else "",
                done=f"{words.percent(first.people / off)} of its strays" if first and off else "",
                href=f"/people?journey={journey.key}&milestone={milestone.key}",
            )
        )
    return found


def _words(journey: Journey, each: Lost) -> tuple[str, str]:
    """Return the milestone and the missed clause in words."""
    milestone, clause = journey.milestone(each.milestone), journey.clause(each.clause)
    said = clause.when_missed if clause else each.clause or "Not said"
    return (milestone.name if milestone else each.milestone), said
