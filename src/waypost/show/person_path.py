"""Where one person is on a journey, milestone by milestone: when each was due and met, and what was missing."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from waypost.journey import Journey, Milestone
from waypost.learn import said_of
from waypost.show import people, words
from waypost.show.charts.road import Stop


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
    def strayed(self) -> bool:
        """Whether the person was off the path."""
        return self.standing in people.STRAYS

    @property
    def missed(self) -> list[people.Missed]:
        """The clauses that held the person back."""
        return msgspec.json.decode(self.missing or "[]", type=list[people.Missed])


class Odds(msgspec.Struct, frozen=True, kw_only=True):
    """The odds (0 to 1) of meeting a milestone in time, with their interval; None when judged by the rule, and why."""

    journey: str
    milestone: str
    due_on: date
    odds: float | None
    low: float | None
    high: float | None
    people: int
    why: str | None

    @property
    def says(self) -> str:
        """The odds in words, with their interval and whose history they come from."""
        said = said_of(self.odds, self.low, self.high, self.people)
        said = said[0].upper() + said[1:]
        return f"{said}; {self.why}" if self.odds is None and self.why else said


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """One clause of a milestone, and whether it is met now (None: nobody asked it of this person yet)."""

    says: str
    met: bool | None
    value: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone of one person, with all its days."""

    name: str
    state: str
    due_on: date | None
    met_on: date | None
    strayed_on: date | None
    says: str
    clauses: tuple[Lacking, ...]
    asks: tuple[str, ...]
    here: bool

    @property
    def mark(self) -> str:
        """The mark of how it went."""
        return {
            "met": "steady",
            "here": "steady",
            "late": "back",
            "missed": "at_risk",
            "unsure": "watch",
        }.get(self.state, "none")


def steps_of(journey: Journey, stood: Sequence[Stood], began: date | None, today: date) -> list[Step]:
    """Return the milestones of a journey for one person, from their standings on it at one account (in any order)."""
    told = sorted((each for each in stood if each.journey == journey.key), key=lambda each: each.since_on)
    places = {each.key: nr for nr, each in enumerate(journey.milestones)}
    days = (_day_0(journey, told) or began, today)
    return [_step(journey, nr, told, places, days) for nr in range(len(journey.milestones))]


def stops_of(steps: Sequence[Step], today: date) -> list[Stop]:
    """Return the same as the stops of a drawn road."""
    return [
        Stop(
            name=each.name,
            asks=each.asks,
            state=each.state,
            says=each.says,
            when=_when(each, today),
            lacks=", ".join(clause.says for clause in each.clauses if clause.met is False)
            if each.state in ("missed", "unsure", "late")
            else "",
            here=each.here,
        )
        for each in steps
    ]


def _day_0(journey: Journey, told: Sequence[Stood]) -> date | None:
    """Return the day from which the newest milestone that had a day was due: of entry, later by the days of pauses."""
    for each in reversed(told):
        milestone = journey.milestone(each.milestone)
        if each.due_on is not None and milestone is not None and milestone.by_day is not None:
            return each.due_on - timedelta(days=milestone.by_day)
    return None


def _step(
    journey: Journey, nr: int, told: Sequence[Stood], places: dict[str, int], days: tuple[date | None, date]
) -> Step:
    milestone = journey.milestones[nr]
    last = len(journey.milestones) - 1
    at = [each for each in told if _place(each, places, last) == nr and each.standing != "returned"]
    after = [each for each in told if _place(each, places, last) > nr]
    now = told[-1] if told else None
    here = now is not None and now.until_on is None and _place(now, places, last) == nr
    strayed = next((each for each in at if each.strayed), None)
    done = next((each for each in at if not each.strayed and not each.missed), None) if nr < last else None
    met_on = done.since_on if done else after[0].since_on if after else None
    state = _state(now if here else None, met_on=met_on, strayed=strayed)
    began = days[0]
    by_rule = began + timedelta(days=milestone.by_day) if began and milestone.by_day is not None else None
    due = next((each.due_on for each in reversed(at) if each.due_on), None) or by_rule
    return Step(
        name=milestone.name,
        state=state,
        due_on=due,
        met_on=met_on,
        strayed_on=strayed.since_on if strayed else None,
        says=_says(state, now if here else None, strayed),
        clauses=_clauses(milestone, now if here else strayed, met=met_on is not None),
        asks=tuple(each.says for each in milestone.clauses),
        here=here,
    )


def _place(stood: Stood, places: dict[str, int], last: int) -> int:
    """Return the number of the milestone at which a person stood; who has met them all stands at the last."""
    if stood.milestone in places:
        return places[stood.milestone]
    return 0 if stood.standing == "not_started" else last


def _state(now: Stood | None, *, met_on: date | None, strayed: Stood | None) -> str:
    if met_on is not None and now is None:
        return "late" if strayed else "met"
    if now is None:
        return "missed" if strayed else "coming"
    if now.strayed:
        return "missed"
    return "unsure" if now.standing == "at_risk" else "here"


def _says(state: str, now: Stood | None, strayed: Stood | None) -> str:
    if now is not None:
        return people.STANDING_WORDS.get(now.standing, now.standing)
    match state:
        case "met":
            return "Met in time"
        case "late":
            return "Missed, met late"
        case "missed":
            return "Missed" if strayed else "Not met"
        case _:
            return "Still to come"


def _when(step: Step, today: date) -> str:
    if step.met_on and step.state == "late" and step.strayed_on:
        return f"missed {words.day(step.strayed_on, today)}, met {words.day(step.met_on, today)}"
    if step.met_on:
        due = f", due {words.day(step.due_on, today)}" if step.due_on else ""
        return f"{words.day(step.met_on, today)}{due}"
    if step.state == "missed" and step.strayed_on:
        return f"since {words.day(step.strayed_on, today)}"
    return f"due {words.day(step.due_on, today)}" if step.due_on else "again and again"


def _clauses(milestone: Milestone, stood: Stood | None, *, met: bool) -> tuple[Lacking, ...]:
    missed = {each.clause: each for each in stood.missed} if stood else {}
    found = []
    for key, clause in milestone.keyed():
        lack = missed.get(key)
        if lack is None:
            found.append(Lacking(says=clause.says, met=True if stood or met else None, value=""))
            continue
        done = (
            f"{words.decimal(lack.value)} of {words.decimal(lack.needed)}" if lack.value is not None else ""
        )
        found.append(Lacking(says=clause.when_missed, met=False, value=done))
    return tuple(found)
