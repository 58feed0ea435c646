"""One person: where on the path, what they did, what we did."""

from datetime import date, datetime, timedelta

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.journey import Journey
from waypost.show import charts, people, timeline
from waypost.show.addresses import unpiece
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.store import Intervention, Interventions

HISTORY_DAYS = 90
MOST_DECIDED = 20


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """A person with one account they belong to or belonged to."""

    person_id: str
    name: str
    email: str | None
    title: str | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    account_id: str | None
    account: str | None
    role: str | None
    champion: bool
    signs_renewal: bool
    provisioned_on: date | None
    left_on: date | None


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """One standing that a person had."""

    account_id: str
    journey: str
    standing: str
    milestone: str | None
    since_on: date
    until_on: date | None
    due_on: date | None
    missing: str

    @property
    def missed(self) -> list[people.Missed]:
        """The clauses that held the person back."""
        return msgspec.json.decode(self.missing or "[]", type=list[people.Missed])


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone of the person's journey: when it is due and how it went."""

    name: str
    asks: tuple[str, ...]
    due_on: date | None
    mark: str
    says: str


def person(visit: Visit) -> Response:
    """Draw one person."""
    person_id = unpiece(visit.request.path_params["person"])
    found = rows_of(visit.desk.warehouse.ask("show/person", {"person": person_id}), Belonging)
    if not found:
        raise HTTPException(404, "there is no person of this address; they may have been erased")
    rules = visit.rules
    here = found[0]
    stood = rows_of(visit.desk.warehouse.ask("show/person_standings", {"person": person_id}), Stood)
    now = next((each for each in stood if each.until_on is None), None)
    since = visit.today - timedelta(days=HISTORY_DAYS)
    happened = (
        timeline.told_of_person(visit.desk, here.account_id, person_id, since) if here.account_id else []
    )
    decided = Interventions(visit.desk.operations).for_person(person_id, most=MOST_DECIDED)
    journey = rules.journeys.get(now.journey) if now else None
    return visit.page(
        "person.html",
        person=here,
        accounts=[each for each in found if each.account_id],
        now=now,
        standing=people.STANDING_WORDS.get(now.standing, now.standing) if now else "On no journey",
        standing_mark=people.MARKS.get(now.standing, "none") if now else "none",
        journey=journey,
        steps=_steps(journey, now, here.provisioned_on, stood) if journey and now else [],
        trail=_trail(journey, now) if journey and now else None,
        stood=stood,
        rules=rules,
        words=people.STANDING_WORDS,
        marks=people.MARKS,
        days=timeline.by_day(happened, visit.desk),
        decided=[(each, _said(each, rules)) for each in decided],
    )


def _steps(journey: Journey, now: Stood, began: date | None, stood: list[Stood]) -> list[Step]:
    place = next((nr for nr, each in enumerate(journey.milestones) if each.key == now.milestone), 0)
    found = []
    for nr, milestone in enumerate(journey.milestones):
        due = began + timedelta(days=milestone.by_day) if began and milestone.by_day is not None else None
        strayed = [
            each for each in stood if each.milestone == milestone.key and each.standing in people.STRAYS
        ]
        if nr < place:
            says, mark = ("Reached late", "steady") if strayed else ("Reached", "steady")
        elif nr == place:
            says, mark = (
                people.STANDING_WORDS.get(now.standing, now.standing),
                people.MARKS.get(now.standing, "none"),
            )
        else:
            says, mark = "Still to come", "none"
        found.append(
            Step(
                name=milestone.name,
                asks=tuple(each.says for each in milestone.clauses),
                due_on=due,
                mark=mark,
                says=says,
            )
        )
    return found


def _trail(journey: Journey, now: Stood) -> dict[str, object]:
    strayed = now.standing in people.STRAYS
    stages = [
        charts.Stage(
            key=milestone.key,
            name=milestone.name,
            asks=tuple(each.says for each in milestone.clauses),
            on=int(milestone.key == now.milestone and not strayed),
            off=int(milestone.key == now.milestone and strayed),
            why=", ".join(_missed(journey, now)) if milestone.key == now.milestone and strayed else "",
        )
        for milestone in journey.milestones
    ]
    says = f"Where this person stands on the {journey.name}"
    return {"wide": charts.wide_trail(stages, says), "narrow": charts.narrow_trail(stages, says)}


def _missed(journey: Journey, now: Stood) -> list[str]:
    clauses = dict(journey.clauses())
    return [clauses[each.clause].when_missed if each.clause in clauses else each.says for each in now.missed]


def _said(each: Intervention, rules: Rules) -> str:
    return f"{rules.play_name(each.play)}: {each.state.value.replace('_', ' ')}"
