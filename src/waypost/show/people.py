"""People of an account as pages show them: where each stands, and the trail that they make together."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from waypost.journey import Journey
from waypost.learn import said_of
from waypost.show import charts, words
from waypost.show.rules import Rules

STRAYS = ("strayed", "lapsed")
STANDING_WORDS = {
    "not_started": "Not seen yet",
    "on_path": "On path",
    "at_risk": "At risk of straying",
    "strayed": "Strayed",
    "returned": "Returned",
    "sustained": "On path",
    "lapsed": "Lapsed",
}
MARKS = {
    "not_started": "none",
    "on_path": "steady",
    "at_risk": "watch",
    "strayed": "at_risk",
    "returned": "steady",
    "sustained": "steady",
    "lapsed": "at_risk",
}


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A clause that a person missed."""

    clause: str = ""
    says: str = ""
    value: float | None = None
    needed: float | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person of an account with one standing (None when on no journey)."""

    person_id: str
    name: str
    title: str | None
    role: str | None
    champion: bool
    signs_renewal: bool
    journey: str | None
    standing: str | None
    milestone: str | None
    since_on: date | None
    due_on: date | None
    missing: str | None
    last_seen_at: datetime | None
    odds: float | None = None
    low: float | None = None
    high: float | None = None
    people: int | None = None

    @property
    def risk(self) -> str:
        """By what this person stands at risk: the odds with interval and count, or the rule; empty for all others."""
        if self.standing != "at_risk":
            return ""
        said = said_of(self.odds, self.low, self.high, self.people)
        return said[0].upper() + said[1:]

    @property
    def strayed(self) -> bool:
        """Whether this person is off the path."""
        return self.standing in STRAYS

    @property
    def mark(self) -> str:
        """The mark of the standing."""
        return MARKS.get(self.standing or "", "none")

    @property
    def missed(self) -> list[Missed]:
        """The clauses that hold this person back."""
        return msgspec.json.decode(self.missing or "[]", type=list[Missed])

    def about(self) -> str:
        """Return what this person is at the account: title or role, and whether they sign."""
        said = [self.title or (self.role or "").replace("_", " ").capitalize() or "Person"]
        said += ["champion"] if self.champion else []
        said += ["signs renewal"] if self.signs_renewal else []
        return ", ".join(said)

    def stands(self, today: date) -> str:
        """Return the standing in words: `Strayed 12 days`, `On path`."""
        said = STANDING_WORDS.get(self.standing or "", "On no journey")
        if self.strayed and self.since_on:
            return f"{said} {words.plural(max(1, (today - self.since_on).days), 'day', 'days')}"
        return said


def stages(
    journey: Journey, people: Sequence[Person], coming_back: Collection[str], done: dict[str, str], href: str
) -> list[charts.Stage]:
    """Return the trail's stages of a journey for these people; `done` says per milestone what was done."""
    found = []
    for milestone in journey.milestones:
        here = [
            each for each in people if each.journey == journey.key and _at(journey, each) == milestone.key
        ]
        strays = [each for each in here if each.strayed]
        found.append(
            charts.Stage(
                key=milestone.key,
                name=milestone.name,
                asks=tuple(clause.says for clause in milestone.clauses),
                on=len(here) - len(strays),
                off=len(strays),
                unsure=sum(each.standing == "at_risk" for each in here),
                back=sum(each.person_id in coming_back for each in strays),
                why=why_strayed(journey, strays),
                done=done.get(milestone.key, "Nothing sent yet") if strays else "",
                href=f"{href}&journey={journey.key}&milestone={milestone.key}",
            )
        )
    return found


def why_strayed(journey: Journey, strays: Sequence[Person]) -> str:
    """Return the clause that most of these strays missed, in its words for those who missed it."""
    counted = Counter(each.missed[0].clause for each in strays if each.missed)
    if not counted:
        return ""
    key = min(counted, key=lambda clause: (-counted[clause], clause))
    clause = journey.clause(key)
    return clause.when_missed if clause else key


def _at(journey: Journey, person: Person) -> str:
    """Return the milestone at which a person stands; who has met all stands at the last."""
    if person.milestone and journey.milestone(person.milestone):
        return person.milestone
    return journey.milestones[0].key if person.standing == "not_started" else journey.milestones[-1].key


def journeys_of(rules: Rules, people: Sequence[Person]) -> list[tuple[Journey, int]]:
    """Return the journeys on which these people are with how many are on each, the busiest first."""
    counted = Counter(each.journey for each in people if each.journey in rules.journeys)
    return [
        (rules.journeys[key], n)
        for key, n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        if key
    ]
