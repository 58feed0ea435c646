"""Usage measures worked out slowly and plainly, day by day and person by person, from what was told.

It is written from the reference of measures and shares no code with the engine. It knows worlds in which every event
says who did what where and nobody is merged.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tests.tale import CATALOGUE, FIRST
from waypost.core import Event

CORE = {each["key"] for each in CATALOGUE["features"] if each.get("group") == "core"}
PEOPLE_S_EVENTS = ("track", "page", "screen", "log")


@dataclass(frozen=True)
class Fact:
    """One event, read."""

    day: int
    at: datetime
    kind: str
    name: str
    person: str | None
    account: str
    actor: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Use:
    """One event that is a use of a feature."""

    day: int
    person: str
    account: str
    feature: str
    actor: str
    quantity: float | None


@dataclass(frozen=True)
class Whose:
    """A person, or accounts together; the facts of nobody else count."""

    person: str | None = None
    accounts: tuple[str, ...] = ()

    def has(self, fact: Fact | Use) -> bool:
        return fact.person == self.person if self.person else fact.account in self.accounts


@dataclass(frozen=True)
class Asked:
    """The uses that count until the end of a day, and what is asked of them; `days` is the measure's window."""

    mine: list[Use]
    day: int
    days: int
    whose: Whose
    feature: str


class UsageOracle:
    """Everything told, in the order in which it happened."""

    def __init__(self, events: Iterable[Event], zone: str) -> None:
        once = {each.event_id: each for each in events}.values()
        ordered = sorted(once, key=lambda each: (each.happened_at, each.event_id))
        self.facts = [
            Fact(
                day=(each.happened_at.astimezone(ZoneInfo(zone)).date() - FIRST).days, at=each.happened_at,
                kind=each.kind.value, name=each.name, person=each.person_id, account=str(each.account_id),
                actor="human" if each.actor.value == "human" else "automated",
                said=msgspec.json.decode(each.properties),
            )
            for each in ordered
        ]  # fmt: skip
        self.uses = [use for fact in self.facts for use in _uses_of(fact)]

    def value(self, key: str, whose: Whose, day: int, actor: str, feature: str) -> float | None:
        """Return the value of a measure at the end of a day, None when it has none."""
        if not self.known(whose, day):
            return None
        mine = [use for use in self.uses if whose.has(use) and use.day <= day and use.actor == actor]
        if key == "settings_wanted":
            return self._wanted(whose, day)
        if actor == "all":
            return float(getattr(self, f"_{key}")(whose, day))
        name = key.rstrip("0123456789")
        asked = Asked(mine, day, int(key[len(name) :] or 0), whose, feature)
        found: float | None = getattr(self, f"_{name.rstrip('_')}")(asked)
        return found

    # Who was there

    def known(self, whose: Whose, day: int) -> bool:
        facts = [fact for fact in self.facts if whose.has(fact) and fact.day <= day]
        used = any(whose.has(use) and use.day <= day for use in self.uses)
        told = any(fact.kind == "contract" or fact.name == "set" for fact in facts) and not whose.person
        people = {fact.person for fact in facts if fact.person}
        accounts = {fact.account for fact in facts}
        stayed = any(self.belongs(p, a, d) for p in people for a in accounts for d in range(day + 1))
        return used or told or stayed

    def belongs(self, person: str, account: str, day: int) -> bool:
        """Return whether a person belongs to an account at the end of a day."""
        here, spoken = False, False
        for fact in self.facts:
            if (fact.person, fact.account) != (person, account) or fact.day > day:
                continue
            if fact.kind == "membership":
                spoken, here = True, fact.name != "left"
            elif not spoken:
                here = True
        return here

    # Frequency

    def _active_days(self, asked: Asked) -> float:
        return float(len({use.day for use in asked.mine if use.day > asked.day - asked.days}))

    def _days_since_use(self, asked: Asked) -> float | None:
        return float(asked.day - max(use.day for use in asked.mine)) if asked.mine else None

    def _weeks_active(self, asked: Asked) -> float:
        blocks = [range(asked.day - 7 * nr - 6, asked.day - 7 * nr + 1) for nr in range(asked.days)]
        return float(sum(any(use.day in block for use in asked.mine) for block in blocks))

    def _people(self, asked: Asked, days: int) -> set[str]:
        return {use.person for use in asked.mine if use.day > asked.day - days}

    def _dau(self, asked: Asked) -> float:
        return float(len(self._people(asked, 1)))

    def _wau(self, asked: Asked) -> float:
        return float(len(self._people(asked, 7)))

    def _mau(self, asked: Asked) -> float:
        return float(len(self._people(asked, 28)))

    def _l(self, asked: Asked) -> float | None:
        since = asked.day - asked.days
        people = self._people(asked, asked.days)
        each = [len({u.day for u in asked.mine if u.person == person and u.day > since}) for person in people]
        return sum(each) / len(each) if each else None

    def _stickiness(self, asked: Asked) -> float | None:
        people = self._people(asked, asked.days)
        if not people:
            return None
        daily = [
            len({u.person for u in asked.mine if u.day == d})
            for d in range(asked.day - asked.days + 1, asked.day + 1)
        ]
        return (sum(daily) / asked.days) / len(people)

    def _rhythm(self, asked: Asked) -> float:
        return float(len({(use.person, use.day) for use in asked.mine if use.day > asked.day - asked.days}))

    def sessions(self, whose: Whose, day: int, days: int) -> list[float]:
        """Return the minutes of each session that began within the days."""
        runs: dict[tuple[str, str], list[Fact]] = {}
        for fact in self.facts:
            human = fact.actor == "human" and fact.kind in PEOPLE_S_EVENTS and fact.person
            if human and whose.has(fact):
                runs.setdefault((str(fact.person), fact.account), []).append(fact)
        found = []
        for facts in runs.values():
            started: Fact | None = None
            last: Fact | None = None
            length = 0.0
            for fact in facts:
                if last is None or (fact.at - last.at).total_seconds() > 30 * 60:
                    if started and day - days < started.day <= day:
                        found.append(length)
                    started, length = fact, 0.0
                elif started and fact.day <= day:
                    length = (fact.at - started.at).total_seconds() / 60
                last = fact
            if started and day - days < started.day <= day:
                found.append(length)
        return found

    def _sessions(self, asked: Asked) -> float:
        return float(len(self.sessions(asked.whose, asked.day, asked.days)))

    def _session_minutes(self, asked: Asked) -> float | None:
        found = self.sessions(asked.whose, asked.day, asked.days)
        return sum(found) / len(found) if found else None

    # Features

    def _breadth_core(self, asked: Asked) -> float:
        return len({use.feature for use in asked.mine if use.day > asked.day - asked.days} & CORE) / len(CORE)

    def _features(self, asked: Asked) -> float:
        return float(len({use.feature for use in asked.mine if use.day > asked.day - asked.days}))

    def _depth_core(self, asked: Asked) -> float | None:
        core = [use for use in asked.mine if use.day > asked.day - asked.days and use.feature in CORE]
        used = {use.feature for use in core}
        return len({(u.feature, u.person, u.day) for u in core}) / len(used) if used else None

    def _features_ever(self, asked: Asked) -> float:
        return float(len({use.feature for use in asked.mine}))

    def _features_adopted(self, asked: Asked) -> float:
        first = {f: min(u.day for u in asked.mine if u.feature == f) for f in {u.feature for u in asked.mine}}
        return float(sum(on > asked.day - asked.days for on in first.values()))

    def _features_abandoned(self, asked: Asked) -> float:
        count = 0
        for used in {use.feature for use in asked.mine}:
            on = {use.day for use in asked.mine if use.feature == used}
            before = {d for d in on if asked.day - asked.days - 56 < d <= asked.day - asked.days}
            count += len(before) >= 2 and max(on) <= asked.day - asked.days
        return float(count)

    # Volume

    def _uses(self, asked: Asked) -> float:
        return float(sum(use.day > asked.day - asked.days for use in asked.mine))

    def _uses_per_person(self, asked: Asked) -> float | None:
        people = self._people(asked, asked.days)
        return self._uses(asked) / len(people) if people else None

    def _uses_per_seat(self, asked: Asked) -> float | None:
        seats = {account: self.seats(account, asked.day) for account in asked.whose.accounts}
        uses = [use for use in asked.mine if use.day > asked.day - asked.days and seats[use.account]]
        return len(uses) / sum(seats.values()) if any(seats.values()) else None

    def _seat_use(self, asked: Asked) -> float | None:
        seats = {account: self.seats(account, asked.day) for account in asked.whose.accounts}
        people = {use.person for use in asked.mine if use.day > asked.day - asked.days and seats[use.account]}
        return len(people) / sum(seats.values()) if any(seats.values()) else None

    def _feature_uses(self, asked: Asked) -> float:
        return float(
            sum(use.feature == asked.feature and use.day > asked.day - asked.days for use in asked.mine)
        )

    def _feature_quantity(self, asked: Asked) -> float | None:
        said = [
            u.quantity
            for u in asked.mine
            if u.feature == asked.feature and u.day > asked.day - asked.days and u.quantity is not None
        ]
        return sum(said) if said else None

    def records(self, whose: Whose, day: int, days: int, actor: str) -> float:
        """Return the rows of query sources."""
        rows = [f for f in self.facts if f.kind == "row" and f.actor == actor and whose.has(f)]
        return float(sum(day - days < fact.day <= day for fact in rows))

    # Configuration and seats

    def seats(self, account: str, day: int) -> int:
        """Return the seats of an account's one contract."""
        told = [f for f in self.facts if f.kind == "contract" and f.account == account and f.day <= day]
        return int(told[-1].said["seats"]) if told else 0

    def setting(self, account: str, day: int) -> list[tuple[int, str]]:
        """Return the changes of an account's one setting: day and value."""
        found: list[tuple[int, str]] = []
        for fact in self.facts:
            told = fact.name == "set" and fact.account == account and fact.day <= day
            if told and (not found or found[-1][1] != fact.said["to"]):
                found.append((fact.day, fact.said["to"]))
        return found

    def _settings_known(self, whose: Whose, day: int) -> int:
        return sum(bool(self.setting(account, day)) for account in whose.accounts)

    def _wanted(self, whose: Whose, day: int) -> float | None:
        held = [told[-1][1] for account in whose.accounts if (told := self.setting(account, day))]
        return held.count("on") / len(held) if held else None

    def _settings_changed_90(self, whose: Whose, day: int) -> int:
        return sum(on > day - 90 for account in whose.accounts for on, _ in self.setting(account, day))

    def _seated(self, whose: Whose, day: int) -> Counter[str]:
        states: Counter[str] = Counter()
        for person in {fact.person for fact in self.facts if fact.person}:
            if any(self.belongs(person, account, day) for account in whose.accounts):
                on = [
                    u.day for u in self.uses
                    if u.person == person and u.account in whose.accounts and u.actor == "human" and u.day <= day
                ]  # fmt: skip
                states["never" if not on else "active" if max(on) > day - 28 else "idle"] += 1
        return states

    def _people_provisioned(self, whose: Whose, day: int) -> int:
        return self._seated(whose, day).total()

    def _people_active_28(self, whose: Whose, day: int) -> int:
        return self._seated(whose, day)["active"]

    def _people_idle_28(self, whose: Whose, day: int) -> int:
        return self._seated(whose, day)["idle"]

    def _people_never_used(self, whose: Whose, day: int) -> int:
        return self._seated(whose, day)["never"]


def _uses_of(fact: Fact) -> Iterable[Use]:
    for feature in CATALOGUE["features"]:
        for match in feature["match"]:
            if fact.name == match["event"] and fact.person:
                rows = fact.said.get("rows") if feature.get("quantity") else None
                quantity = float(rows) if isinstance(rows, int) else None
                actor = match.get("actor", fact.actor)
                yield Use(fact.day, fact.person, fact.account, feature["key"], actor, quantity)
