"""Odds: who is unlikely to meet their next milestone in time, and what that is known from."""

from datetime import date

import msgspec
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.journey import Journey, Of
from waypost.learn import ENTER_BELOW, LEAVE_ABOVE, RULE_USED, OddsModel, in_percent, interval
from waypost.show import charts, words
from waypost.show.kept import Keeping
from waypost.show.people import Person
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
MOST_KEPT = 100_000
WHO = {"at_risk": True}
HEAD = [
    "person",
    "name",
    "account",
    "milestone",
    "due_on",
    "odds",
    "low",
    "high",
    "people_before",
    "at_risk",
    "why",
]


class Underway(Person, frozen=True, kw_only=True):
    """One person, or account, underway to a milestone; `why` says what history lacks where the rule of thumb judges."""

    account_id: str
    account: str
    at_risk: bool
    why: str | None
    total: int

    @property
    def said(self) -> str:
        """The odds in words."""
        return words.percent(None) if self.odds is None else in_percent(self.odds)

    @property
    def between(self) -> str:
        """Their interval in words."""
        return "" if self.low is None or self.high is None else interval(self.low, self.high)

    @property
    def bar(self) -> Markup:
        """The odds on a scale from none to certain, with the line below which one is at risk."""
        if self.odds is None or self.low is None or self.high is None:
            return Markup("")
        says = f"{self.said}, {self.between}"
        tone = "watch" if self.at_risk else ""
        return charts.span_cell(
            (self.low, self.odds, self.high), (0.0, 1.0), says=says, tone=tone, at=ENTER_BELOW
        )


class Rests(msgspec.Struct, frozen=True, kw_only=True):
    """What the odds at one milestone rest on."""

    milestone: str
    name: str
    underway: int
    at_risk: int
    model: OddsModel | None


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many are underway to one milestone."""

    milestone: str
    people: int
    at_risk: int


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it is stored."""

    milestone: str
    version: int
    fitted_on: date
    model: str


def odds(visit: Visit) -> Response:
    """Draw who is underway on a journey, least likely first."""
    journey = journey_of(visit)
    page = max(1, int(visit.asked("page", "1"))) if visit.asked("page", "1").isdigit() else 1
    rows = _rows(visit, journey, most=PAGE, skip=(page - 1) * PAGE)
    rests, fitted_on = _rests(visit, journey)
    return visit.page(
        "odds.html",
        journey=journey,
        of_people=journey.of is Of.PEOPLE,
        rows=rows,
        total=rows[0].total if rows else 0,
        first=(page - 1) * PAGE,
        page_number=page,
        rests=rests,
        fitted_on=fitted_on,
        underway=sum(each.underway for each in rests),
        at_risk=sum(each.at_risk for each in rests),
        who=visit.asked("who") if visit.asked("who") in WHO else "",
        milestone=journey.milestone(visit.asked("milestone")),
        enter=ENTER_BELOW,
        leave=LEAVE_ABOVE,
    )


def odds_csv(visit: Visit) -> Response:
    """Send everybody of the list as a file."""
    journey = journey_of(visit)
    rows = [
        [
            each.person_id,
            each.name,
            each.account_id,
            each.milestone,
            each.due_on,
            each.odds,
            each.low,
            each.high,
            each.people,
            each.at_risk,
            each.why,
        ]
        for each in _rows(visit, journey, most=MOST_KEPT, skip=0)
    ]
    return csv_response(f"odds-{journey.key}.csv", HEAD, rows)


def journey_of(visit: Visit) -> Journey:
    """Return the journey that the address names; 404 when there is none."""
    found = visit.rules.journeys.get(visit.request.path_params["journey"])
    if found is None:
        raise HTTPException(404, "there is no journey of this key; it may have been withdrawn")
    return found


def _rows(visit: Visit, journey: Journey, *, most: int, skip: int) -> list[Underway]:
    asked = {
        "journey": journey.key,
        "milestone": visit.asked("milestone") or None,
        "at_risk": WHO.get(visit.asked("who")),
        "today": visit.today,
        "most": most,
        "skip": skip,
    }
    return rows_of(Keeping(visit).ask("show/odds", asked), Underway)


def judged_by(visit: Visit, journey: Journey) -> str:
    """Return by what people are called at risk, milestone by milestone; empty for a journey without days."""
    models = _models(_stored(visit, journey))
    by_odds = [each.name for each in journey.fixed if each.key in models and models[each.key].hazard]
    by_rule = [each.name for each in journey.fixed if each.name not in by_odds]
    said = [f"by the odds of this morning ({', '.join(by_odds)})"] if by_odds else []
    said += [f"{RULE_USED} ({', '.join(by_rule)})"] if by_rule else []
    return f"At risk {'; '.join(said)}." if said else ""


def _stored(visit: Visit, journey: Journey) -> list[Stored]:
    return rows_of(visit.desk.warehouse.ask("show/odds_models", {"journey": journey.key}), Stored)


def _models(stored: list[Stored]) -> dict[str, OddsModel]:
    return {each.milestone: msgspec.json.decode(each.model, type=OddsModel) for each in stored}


def _rests(visit: Visit, journey: Journey) -> tuple[list[Rests], date | None]:
    told = {"journey": journey.key, "today": visit.today}
    counts = {each.milestone: each for each in rows_of(Keeping(visit).ask("show/odds_counts", told), Count)}
    stored = _stored(visit, journey)
    models = _models(stored)
    rests = [
        Rests(
            milestone=each.key,
            name=each.name,
            underway=counts[each.key].people if each.key in counts else 0,
            at_risk=counts[each.key].at_risk if each.key in counts else 0,
            model=models.get(each.key),
        )
        for each in journey.fixed
    ]
    return rests, max((each.fitted_on for each in stored), default=None)
