"""Where everybody stands, worked out slowly and plainly for one small world: day by day, from the definitions alone.

It shares no code with the engine. A world is one account, a few people, and what was told of them. People may act under
an anonymous id of their own before (and after) they are identified, and under a former id that is merged into theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tests.tale import CATALOGUE, FIRST
from waypost.core import Event

Milestone = dict[str, Any]
Clause = dict[str, Any]
EARLIEST = -40
COUNTED_BY_JOBS = {each["key"] for each in CATALOGUE["features"] if each.get("automated_counts")}


def cached(asked: Callable[..., Any]) -> Callable[..., Any]:
    """Return a question that is worked out once for each clause and day."""
    answers: dict[tuple[Any, ...], Any] = {}

    def answer(clause: Clause, *more: int) -> Any:  # noqa: ANN401 -- as asked
        key = (id(clause), *more)
        if key not in answers:
            answers[key] = asked(clause, *more)
        return answers[key]

    return answer


@dataclass(frozen=True)
class Fact:
    """One event, read: what, when (the workspace's day), by whom."""

    day: int
    kind: str
    name: str
    person: str | None
    said: dict[str, Any]


class World:
    """One account and everything told of it."""

    def __init__(
        self, events: Iterable[Event], *, account: str, zone: str, today: int, erased: Iterable[str] = ()
    ) -> None:
        ordered = sorted(events, key=lambda event: (event.happened_at, event.event_id))
        known = {each.anonymous_id: each.person_id for each in reversed(ordered) if each.kind == "identify"}
        former = {
            msgspec.json.decode(each.properties)["previousId"]: each.person_id
            for each in ordered
            if each.kind == "alias"
        }
        here = ZoneInfo(zone)
        self.today = today
        facts = [
            Fact(
                day=(each.happened_at.astimezone(here).date() - FIRST).days,
                kind=each.kind.value,
                name=each.name,
                person=_now(each.person_id or known.get(each.anonymous_id), former),
                said=msgspec.json.decode(each.properties),
            )
            for each in ordered
            if each.account_id in (None, account)
        ]
        self.facts = [fact for fact in facts if fact.person is None or fact.person not in erased]

    def uses(self, person: str | None) -> list[tuple[int, str, str, float]]:
        """Return the uses that count: day, feature, person, quantity; of one person, or of anybody (None)."""
        found = []
        for fact in self.facts:
            for feature in CATALOGUE["features"]:
                for match in feature["match"]:
                    named = fact.kind == "track" and fact.name == match["event"] and fact.person is not None
                    by_job = match.get("actor") == "automated" and feature["key"] not in COUNTED_BY_JOBS
                    if named and not by_job and person in (None, fact.person) and fact.day <= self.today:
                        rows = fact.said.get("rows") if feature.get("quantity") else None
                        found.append((fact.day, feature["key"], str(fact.person), float(rows or 0)))
        return found

    def setting(self, day: int) -> str | None:
        """Return the value of the one setting at the end of a day."""
        told = [fact.said["to"] for fact in self.facts if fact.name == "set" and fact.day <= day]
        return told[-1] if told else None

    def plan(self, day: int) -> str | None:
        """Return the plan of the account at the end of a day."""
        told = [fact.said["plan"] for fact in self.facts if fact.kind == "group" and fact.day <= day]
        return told[-1] if told else None

    def solved(self, person: str) -> list[int]:
        """Return the days on which a ticket of a person, or of nobody at the account, was solved."""
        return [f.day for f in self.facts if f.name == "solved" and f.person in (None, person)]

    def belongs(self, person: str, day: int) -> tuple[str | None, int] | None:
        """Return role and day 0 of a person at the end of a day; None for who does not belong."""
        state: tuple[str | None, int] | None = None
        role: str | None = None
        spoken = False
        for fact in self.facts:
            if fact.person != person or fact.day > day or fact.kind in ("identify", "alias", "learnt"):
                continue
            if fact.kind == "membership":
                spoken = True
                role = fact.said.get("role", role)
                day_0 = state[1] if state else fact.day
                state = None if fact.name == "left" else (role, day_0)
            elif state is None and not spoken:
                state = (role, fact.day)
        return state

    def paused(self, person: str | None) -> set[int]:
        """Return the days on which the clock of a person (None: of the account) stood still."""
        days: set[int] = set()
        used = [use[0] for use in self.uses(person)] if person else []
        for whose in {None, person}:
            told = [fact for fact in self.facts if fact.kind == "pause" and fact.person == whose]
            for fact, following in zip(told, [*told[1:], None], strict=False):
                ends = [self.today + 1] + ([following.day] if following else [])
                if fact.said.get("until"):
                    ends.append((date.fromisoformat(fact.said["until"]) - FIRST).days)
                if fact.name == "began":
                    away = range(fact.day, min(ends))
                    back = min((day for day in used if day in away), default=min(ends))
                    days.update(range(fact.day, back))
        return days


def _now(person: str | None, former: dict[str, str | None]) -> str | None:
    return former.get(person, person) if person is not None else None


class Path:
    """One person (or, of nobody, the account) on one journey since one day 0."""

    def __init__(
        self, world: World, person: str | None, journey: dict[str, Any], day_0: int, version: int = 1
    ) -> None:
        away = world.paused(person)
        #: The days on which the clock ran; the place of a day in it is its clock day.
        self.running = [day for day in range(EARLIEST, world.today + 1) if day not in away]
        self.world, self.plan, self.version, self.person = world, journey, version, person
        self.day_0, self.began_on = self._clock(day_0), day_0
        self.uses = [(self._clock(use[0]), *use[1:]) for use in world.uses(person) if use[0] >= day_0]
        self.fixed = [each for each in journey["milestones"] if "by_day" in each]
        self.last = [each for each in journey["milestones"] if "rolling_days" in each]
        # Remembered, for the same is asked for many days; this says nothing that asking again would not.
        self._holds, self._met_on = cached(self._asks_holds), cached(self._asks_met_on)

    def standing(self, day: int, joined_on: int) -> tuple[str, str]:
        """Return standing and milestone at the end of a day; on a paused day, those of the day before the pause."""
        ran = [each for each in self.running if joined_on <= each <= day]
        clock = self.running.index(ran[-1]) if ran else self._clock(joined_on)
        return self._stands(min(clock, len(self.running) - 1) if ran else clock)

    def _clock(self, day: int) -> int:
        return len([each for each in self.running if each < day])

    def _asks_holds(self, clause: Clause, clock: int, window: int | None = None) -> bool:
        if "setting" in clause:
            on = self.running[clock] if clock < len(self.running) else self.world.today
            return bool(self.world.setting(on) == clause["is"])
        window = clause.get("in_days", window)
        since = clock - window + 1 if window else self.day_0
        uses = [use for use in self.uses if since <= use[0] <= clock]
        if "active_days" in clause:
            return len({use[0] for use in uses}) >= int(clause["active_days"])
        mine = [use for use in uses if clause.get("feature") in (None, use[1])]
        if "people" in clause:
            return len({use[2] for use in mine}) >= int(clause["people"])
        if "at_least" in clause:
            return len(mine) >= int(clause["at_least"])
        return sum(use[3] for use in mine) >= float(clause["quantity_at_least"]) - 1e-9

    def _asks_met_on(self, clause: Clause, clock: int) -> int | None:
        """Return the clock day on which a clause of a fixed milestone was met, seen from a clock day."""
        parts = [self._met_on(part, clock) for part in clause.get("any_of") or clause.get("all_of") or []]
        if "any_of" in clause:
            return min((part for part in parts if part is not None), default=None)
        if "all_of" in clause:
            return None if None in parts else max(part for part in parts if part is not None)
        if "setting" in clause:
            held = [self._holds(clause, d) for d in range(clock + 1)]
            return None if not held[-1] else max((d for d, it in enumerate(held) if not it), default=-1) + 1
        return next((d for d in range(self.day_0, clock + 1) if self._holds(clause, d)), None)

    def _needed(self, milestone: Milestone) -> list[Clause]:
        return [each for each in milestone["clauses"] if not each.get("optional")]

    def _met(self, milestone: Milestone, clock: int) -> list[int | None]:
        return [self._met_on(clause, clock) for clause in self._needed(milestone)]

    def _stands(self, clock: int) -> tuple[str, str]:
        age = clock - self.day_0
        met = {each["key"]: self._met(each, clock) for each in self.fixed}
        for each in self.fixed:
            if age > each["by_day"] and None in met[each["key"]]:
                return "strayed", each["key"]
        began = any(use[0] <= clock for use in self.uses)
        before, late = 0, False
        for each in self.fixed:
            days = met[each["key"]]
            if age <= each["by_day"]:
                quarter = max(1, round((each["by_day"] - before) / 4))
                unmet = days.count(None)
                unlikely = self._called(each, clock)
                if unlikely is None:
                    unlikely = age > each["by_day"] - quarter and unmet / len(days) >= 0.5
                if unlikely and unmet:
                    return "at_risk", each["key"]
                if not began:
                    return "not_started", each["key"]
                return ("returned" if late and unmet else "on_path"), each["key"]
            late = any(day is not None and day - self.day_0 > each["by_day"] for day in days)
            before = each["by_day"]
        return self._lasting(clock, late=late)

    def _called(self, milestone: Milestone, clock: int) -> bool | None:
        """Return whether odds call this path at risk; None where the rule of thumb judges."""
        said = [
            fact
            for fact in self.world.facts
            if fact.kind == "learnt" and fact.said["journey"] == self.plan["key"]
            if fact.said["milestone"] == milestone["key"] and self._clock(fact.day) <= clock
        ]
        mine = [fact for fact in said if fact.name.startswith("by_")]
        judges = [fact.name for fact in mine if fact.said["version"] == self.version]
        mine = [fact for fact in said if fact.name.endswith("at_risk") and fact.person == self.person]
        calls = [fact.name for fact in mine if fact.day >= self.began_on]
        return calls[-1:] == ["at_risk"] if judges[-1:] == ["by_odds"] else None

    def _lasting(self, clock: int, *, late: bool) -> tuple[str, str]:
        end = max(each["by_day"] for each in self.fixed)
        if not self.last:
            return ("returned" if late else "sustained"), self.plan["milestones"][-1]["key"]
        final = self.last[0]

        def sustains(on: int) -> bool:
            done = all(None not in self._met(each, on) for each in self.fixed)
            held = all(self._holds(c, on, final["rolling_days"]) for c in self._needed(final))
            return done and held and on - self.day_0 > end

        if sustains(clock):
            return "sustained", final["key"]
        if any(sustains(on) for on in range(self.day_0, clock)):
            return "lapsed", final["key"]
        if clock - self.day_0 <= end + final["rolling_days"]:
            return ("returned" if late else "on_path"), final["key"]
        return "strayed", final["key"]
