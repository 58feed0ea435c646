"""What the engine should say, worked out slowly and plainly from the definitions: day by day, person by person.

It is written from the definitions and the glossary, and shares no code with the engine. It knows worlds in which every
event says who did what where and nobody is merged, so that it stays obvious.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import msgspec

from tests.laws.worlds import ANALYSTS, EVERYBODY, HEALTH, day_of_event
from tests.tale import CATALOGUE
from waypost.core import Document, Event

Key = tuple[str, str]


@dataclass
class Fact:
    """One event, read."""

    day: int
    kind: str
    name: str
    person: str | None
    account: str
    said: dict[str, Any]
    nr: int
    minute: datetime
    source: str


@dataclass
class Oracle:
    """Everything told until now, in the order in which it happened."""

    facts: list[Fact] = field(default_factory=list)
    catalogue: Document = field(default_factory=lambda: CATALOGUE)

    @classmethod
    def of(cls, events: Iterable[Event], catalogue: Document = CATALOGUE) -> "Oracle":
        ordered = sorted(events, key=lambda event: (event.happened_at, event.event_id))
        return cls(
            [
                Fact(
                    day=day_of_event(each), kind=each.kind.value, name=each.name, person=each.person_id,
                    account=str(each.account_id), said=msgspec.json.decode(each.properties), nr=nr,
                    minute=each.happened_at.replace(second=0, microsecond=0), source=each.source,
                )
                for nr, each in enumerate(ordered)
            ],
            catalogue,
        )  # fmt: skip

    # Usage

    @cached_property
    def uses(self) -> list[tuple[int, str, str, str, str, float]]:
        """Every use: day, account, person, feature, actor, rows."""
        found = []
        for fact in self.facts:
            for feature in self.catalogue["features"]:
                for match in feature["match"]:
                    if (
                        fact.person
                        and self.means(fact, feature, match)
                        and not self.is_put_aside(fact, feature)
                    ):
                        rows = fact.said.get("rows") if feature.get("quantity") else None
                        quantity = float(rows) if isinstance(rows, int) else 0.0
                        actor = match.get("actor", "human")
                        found.append((fact.day, fact.account, fact.person, feature["key"], actor, quantity))
        return found

    def means(self, fact: Fact, feature: Document, match: Document) -> bool:
        """Return whether an event of a person is a use of a feature by a match of it."""
        return (
            match in feature["match"]
            and fact.kind == "track"
            and fact.name == match["event"]
            and bool(fact.person)
        )

    def is_put_aside(self, fact: Fact, feature: Document) -> bool:
        """Return whether a source that counts before its own told of the same person, feature and minute."""
        order = feature.get("once", [])
        if fact.source not in order:
            return False
        before = order[: order.index(fact.source)]
        return any(
            other.source in before and (other.person, other.minute) == (fact.person, fact.minute)
            for other in self.facts
            if any(self.means(other, feature, match) for match in feature["match"])
        )

    def counted(self, account: str, person: str | None = None) -> list[tuple[int, str, str, float]]:
        """Return the uses that count, at an account (by a person): day, person, feature, rows."""
        automated = {each["key"] for each in CATALOGUE["features"] if each.get("automated_counts")}
        return [
            (day, who, feature, rows)
            for day, where, who, feature, actor, rows in self.uses
            if where == account and person in (None, who) and (actor == "human" or feature in automated)
        ]

    def usage_daily(self) -> dict[tuple[int, str, str, str, str], int]:
        daily: dict[tuple[int, str, str, str, str], int] = {}
        for use in self.uses:
            daily[use[:5]] = daily.get(use[:5], 0) + 1
        return daily

    # Belonging

    def belongs(self, person: str, account: str, day: int) -> dict[str, Any] | None:
        """Return role, champion and day 0 of a person who belongs to an account at the end of a day."""
        state: dict[str, Any] | None = None
        spoken = False
        kept: dict[str, Any] = {"role": None, "champion": False}
        for fact in self.facts:
            if (fact.person, fact.account) != (person, account) or fact.day > day:
                continue
            if fact.kind == "membership":
                spoken = True
                if isinstance(fact.said.get("role"), str):
                    kept["role"] = fact.said["role"]
                if isinstance(fact.said.get("champion"), bool):
                    kept["champion"] = fact.said["champion"]
                day_0 = state["day_0"] if state else fact.day
                state = None if fact.name == "left" else {"day_0": day_0, **kept}
            elif state is None and not spoken:
                state = {"day_0": fact.day, **kept}
        return state

    def settings(self, account: str, day: int) -> str | None:
        """Return the value of the one setting of an account at the end of a day."""
        value = None
        for fact in self.facts:
            if fact.name == "set" and fact.account == account and fact.day <= day:
                value = fact.said["to"]
        return value

    # Standing

    def journey_of(self, role: str | None) -> dict[str, Any]:
        return ANALYSTS if role == "analyst" else EVERYBODY

    def holds(self, clause: dict[str, Any], who: Key, day: int, since: int, window: int | None) -> bool:
        """Return whether a clause holds at the end of a day, of somebody whose day 0 is `since`."""
        person, account = who
        if "setting" in clause:
            return bool(self.settings(account, day) == clause["is"])
        first = max(since, day - window + 1) if window else since
        uses = [use for use in self.counted(account, person) if first <= use[0] <= day]
        if "active_days" in clause:
            return bool(len({use[0] for use in uses}) >= clause["active_days"])
        mine = [use for use in uses if use[2] == clause["feature"]]
        if "at_least" in clause:
            return bool(len(mine) >= clause["at_least"])
        return bool(sum(use[3] for use in mine) >= clause["quantity_at_least"] - 1e-9)

    def met_on(self, clause: dict[str, Any], who: Key, day: int, since: int) -> int | None:
        """Return the day on which a clause was met, seen from a day: the first ever, for a setting the latest."""
        begins = min(since, 0)
        held = [self.holds(clause, who, d, since, clause.get("in_days")) for d in range(begins, day + 1)]
        if "setting" in clause:
            if not held[-1]:
                return None
            last = max((d for d, it in enumerate(held) if not it), default=-1)
            return begins + last + 1
        return begins + held.index(True) if True in held else None

    def standing(self, person: str, account: str, day: int) -> tuple[str, str, str] | None:
        """Return journey, standing and milestone at the end of a day; None for who belongs nowhere."""
        belongs = self.belongs(person, account, day)
        if belongs is None:
            return None
        plan = self.journey_of(belongs["role"])
        standing, milestone = self._stands(plan, (person, account), day, belongs["day_0"])
        return plan["key"], standing, milestone

    def _stands(self, plan: dict[str, Any], who: Key, day: int, day_0: int) -> tuple[str, str]:
        age = day - day_0
        fixed = [each for each in plan["milestones"] if "by_day" in each]
        met = {m["key"]: [self.met_on(c, who, day, day_0) for c in m["clauses"]] for m in fixed}
        for m in fixed:
            if age > m["by_day"] and None in met[m["key"]]:
                return "strayed", m["key"]
        began = any(day_0 <= use[0] <= day for use in self.counted(who[1], who[0]))
        before, late = 0, False
        for m in fixed:
            days = met[m["key"]]
            if age <= m["by_day"]:
                quarter = max(1, round((m["by_day"] - before) / 4))
                unmet = days.count(None)
                if age > m["by_day"] - quarter and unmet and unmet / len(days) >= 0.5:
                    return "at_risk", m["key"]
                if not began:
                    return "not_started", m["key"]
                return ("returned" if late and unmet else "on_path"), m["key"]
            late = any(met_on is not None and met_on - day_0 > m["by_day"] for met_on in days)
            before = m["by_day"]
        return self._lasting(plan, who, day, day_0, late=late)

    def _lasting(
        self, plan: dict[str, Any], who: Key, day: int, day_0: int, *, late: bool
    ) -> tuple[str, str]:
        final = plan["milestones"][-1]
        if "rolling_days" not in final:
            return ("returned" if late else "sustained"), final["key"]
        last = max(each["by_day"] for each in plan["milestones"][:-1])

        def sustains(on: int) -> bool:
            done = all(
                self.met_on(c, who, on, day_0) is not None
                for m in plan["milestones"][:-1]
                for c in m["clauses"]
            )
            held = all(self.holds(c, who, on, day_0, final["rolling_days"]) for c in final["clauses"])
            return done and held and on - day_0 > last

        if sustains(day):
            return "sustained", final["key"]
        if any(sustains(on) for on in range(day_0, day)):
            return "lapsed", final["key"]
        if day - day_0 <= last + final["rolling_days"]:
            return ("returned" if late else "on_path"), final["key"]
        return "strayed", final["key"]

    # Health

    def score(self, account: str, day: int, people: Iterable[str]) -> float | None:
        """Return the score of an account at the end of a day, None when it has none."""
        if self._silent(day):
            return None
        whole = points = 0.0
        for each in HEALTH["inputs"]:
            value = self._value(each["measure"], account, day, people)
            if value is not None:
                whole += each["weight"]
                points += each["weight"] * _on_curve(each["curve"], value)
        return 100 * points / whole if whole else None

    def _silent(self, day: int) -> bool:
        used = [use[0] for use in self.uses if use[0] <= day]
        return bool(used) and day - max(used) > 3

    def _value(self, measure: dict[str, Any], account: str, day: int, people: Iterable[str]) -> float | None:
        uses = [use for use in self.counted(account) if use[0] <= day]
        match measure["kind"]:
            case "seat_use":
                seats = self._seats(account, day)
                active = {use[1] for use in uses if use[0] > day - measure["within_days"]}
                return len(active) / seats if seats else None
            case "feature_trend":
                return _trend(measure, [day - use[0] for use in uses if use[2] == measure["feature"]])
            case "breadth":
                core = {
                    each["key"] for each in CATALOGUE["features"] if each.get("group") == measure["group"]
                }
                ever = any(use[0] <= day and use[1] == account for use in self.uses)
                lately = {use[2] for use in uses if use[0] > day - measure["within_days"]}
                return len(core & lately) / len(core) if ever else None
            case "setting_coverage":
                value = self.settings(account, day)
                return None if value is None else float(value == "on")
            case _:
                return self._about_people(measure, account, day, people)

    def _ever_began(self, person: str, account: str, day: int) -> bool:
        """Return whether somebody stood there otherwise than not started, or at risk, on an earlier day."""
        earlier = (self.standing(person, account, on) for on in range(day))
        return any(each is not None and each[1] not in ("not_started", "at_risk") for each in earlier)

    def _about_people(
        self, measure: dict[str, Any], account: str, day: int, people: Iterable[str]
    ) -> float | None:
        match measure["kind"]:
            case "adoption":
                stands = [(person, self.standing(person, account, day)) for person in people]
                begun = [
                    each[1]
                    for person, each in stands
                    if each is not None and each[1] != "not_started"
                    if each[1] != "at_risk" or self._ever_began(person, account, day)
                ]
                good = [each for each in begun if each not in ("strayed", "lapsed")]
                return len(good) / len(begun) if begun else None
            case "open_tickets":
                return self._tickets(measure, account, day)
            case "latest_answer":
                answers = [
                    f for f in self.facts if f.kind == "survey" and f.account == account and f.day <= day
                ]
                latest = {f.person: f for f in answers}
                fresh = [f.said["score"] for f in latest.values() if f.day > day - measure["within_days"]]
                return sum(fresh) / len(fresh) if fresh else None
            case _:
                return self._team(measure, account, day, people)

    def _seats(self, account: str, day: int) -> int:
        seats: dict[str, int] = {}
        for fact in self.facts:
            if fact.kind == "contract" and fact.account == account and fact.day <= day:
                seats["c"] = fact.said["seats"]
        return seats.get("c", 0)

    def _tickets(self, measure: dict[str, Any], account: str, day: int) -> float | None:
        told = [fact for fact in self.facts if fact.kind == "ticket" and fact.day <= day]
        if not told:
            return None
        count = 0
        for ticket in {fact.said["ticket_id"] for fact in told}:
            mine = [f for f in told if f.account == account and f.said["ticket_id"] == ticket]
            states = [f.name == "solved" for f in mine if f.name in ("opened", "reopened", "solved")]
            solved = bool(states) and states[-1]
            urgent = bool(mine) and mine[-1].said["priority"] in ("high", "urgent")
            old = bool(mine) and day - mine[0].day >= measure["older_than_days"]
            count += urgent and old and not solved
        return float(count)

    def _team(self, measure: dict[str, Any], account: str, day: int, people: Iterable[str]) -> float | None:
        present = {d: [p for p in people if self.belongs(p, account, d)] for d in range(day + 1)}
        first = min((d for d, here in present.items() if here), default=None)
        if first is None:
            return None
        value = 0.0
        for person in people:
            for d in range(first, day + 1):
                was, now = self.belongs(person, account, d - 1), self.belongs(person, account, d)
                weight = 2.0 ** (-(day - d) / measure["half_life_days"]) * (
                    day - d < 10 * measure["half_life_days"]
                )
                if was and was["champion"] and now is None:
                    value -= weight
                if now and now["champion"] and not (was and was["champion"]) and d > first + 30:
                    value += weight
        return value


def _trend(measure: dict[str, Any], ages: list[int]) -> float | None:
    recent, baseline = measure["recent_days"], measure["baseline_days"]
    now = sum(age < recent for age in ages)
    then = sum(recent <= age < recent + baseline for age in ages)
    return now / (then * recent / baseline) if then >= measure["least_events"] else None


def _on_curve(curve: list[list[float]], value: float) -> float:
    if value <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if value < right:
            return low + (high - low) * (value - left) / (right - left)
    return curve[-1][1]


def day_number(day: date, first: date) -> int:
    """Return a date as a day of the tale."""
    return (day - first).days
