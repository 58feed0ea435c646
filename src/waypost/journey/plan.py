"""What is expected of whom by when: a journey, its milestones and their clauses."""

from enum import StrEnum
from typing import Self

import msgspec

from waypost.core import Document, fail, reading
from waypost.journey.entry import Entry, Exit, check_entry, check_exit

MOST_GROUPS_DEEP = 3


class ClauseKind(StrEnum):
    """What a clause counts."""

    EVENTS = "events"
    QUANTITY = "quantity"
    ACTIVE_DAYS = "active_days"
    PEOPLE = "people"
    SETTING = "setting"


class Of(StrEnum):
    """Who goes a journey: each person, or an account as a whole."""

    PEOPLE = "people"
    ACCOUNTS = "accounts"


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"wanted": "is"}):
    """One condition of a milestone, in the words of `says`.

    Either `feature` with `at_least` (uses) or `quantity_at_least` (the unit of the feature), or `active_days` (days
    with any use that counts), or `setting` with `is`, or (of an account) `people`, so many different ones with any use,
    or with use of the `feature`; or a group of clauses of which one (`any_of`) or each (`all_of`)
    must hold. `in_days` counts within that many days up to the cutoff instead of since provisioning; in a sustained
    milestone that is the milestone's own `rolling_days` unless said. An `optional` clause is shown and never missed.
    """

    says: str
    missed: str | None = None
    feature: str | None = None
    at_least: float | None = None
    quantity_at_least: float | None = None
    active_days: int | None = None
    people: int | None = None
    in_days: int | None = None
    setting: str | None = None
    wanted: str | None = None
    any_of: "tuple[Clause, ...]" = ()
    all_of: "tuple[Clause, ...]" = ()
    optional: bool = False

    @property
    def parts(self) -> "tuple[Clause, ...]":
        """The clauses of a group; a clause that counts something itself has none."""
        return self.any_of or self.all_of

    @property
    def kind(self) -> ClauseKind:
        """What the clause counts."""
        if self.setting is not None:
            return ClauseKind.SETTING
        if self.active_days is not None:
            return ClauseKind.ACTIVE_DAYS
        if self.people is not None:
            return ClauseKind.PEOPLE
        return ClauseKind.QUANTITY if self.quantity_at_least is not None else ClauseKind.EVENTS

    @property
    def threshold(self) -> float:
        """The count or quantity at which the clause holds; of a group, how many of its clauses must hold."""
        if self.parts:
            return 1.0 if self.any_of else float(len(self.all_of))
        said = {
            ClauseKind.SETTING: 1,
            ClauseKind.ACTIVE_DAYS: self.active_days,
            ClauseKind.PEOPLE: self.people,
            ClauseKind.QUANTITY: self.quantity_at_least,
            ClauseKind.EVENTS: self.at_least,
        }
        return float(said[self.kind] or 1)

    @property
    def when_missed(self) -> str:
        """The words for people who miss it."""
        return self.missed or f"Not yet: {self.says[:1].lower()}{self.says[1:]}"


class Milestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What should be true by the end of a day after provisioning, or (with `rolling_days`) again and again."""

    key: str
    name: str
    clauses: tuple[Clause, ...]
    by_day: int | None = None
    rolling_days: int | None = None

    def keyed(self) -> list[tuple[str, Clause]]:
        """Return the milestone's own clauses with their keys (`first_7.0`), in order; groups stay whole."""
        return [(f"{self.key}.{nr}", clause) for nr, clause in enumerate(self.clauses)]


class Audience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom a journey is for, as they were on each day; what is not said fits everybody.

    `plans` are those of the account; of several `segments` one must hold.
    """

    roles: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


class Journey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An adoption path for an audience. A person is on the journey of the lowest `rank` that fits, by key if equal."""

    key: str
    name: str
    milestones: tuple[Milestone, ...]
    kind: str = "journey"
    of: Of = Of.PEOPLE
    audience: Audience = Audience()
    entry: Entry = Entry()
    exit: Exit = Exit()
    rank: int = 100

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a journey; raises DefinitionError with the path of the fault."""
        journey = reading(cls, document, where=where)
        _check_milestones(journey.milestones, where)
        if journey.of is Of.ACCOUNTS and journey.audience.roles:
            fail(where, "audience.roles: an account has no role; say `tiers`, or make it a journey of people")
        check_entry(journey.entry, where)
        check_exit(journey.exit, where, max((each.by_day or 0 for each in journey.fixed), default=-1))
        for key, leaf, _ in journey.leaves():
            if leaf.people is not None and journey.of is Of.PEOPLE:
                fail(where, f"{key}: `people` counts those of an account; say `of: accounts` for the journey")
        for m, milestone in enumerate(journey.milestones):
            for c, clause in enumerate(milestone.clauses):
                _check_clause(clause, f"{where}: milestones[{m}].clauses[{c}]")
        return journey

    @property
    def fixed(self) -> tuple[Milestone, ...]:
        """The milestones with a day, earliest first."""
        return tuple(each for each in self.milestones if each.by_day is not None)

    @property
    def sustained(self) -> Milestone | None:
        """The rolling milestone at the end, if there is one."""
        return next((each for each in self.milestones if each.rolling_days is not None), None)

    @property
    def segments(self) -> dict[str, str]:
        """The segments that decide who is on the journey, by where each is named (`audience.segments[0]`)."""
        named: dict[str, str | None] = {
            f"audience.segments[{nr}]": key for nr, key in enumerate(self.audience.segments)
        }
        named |= {"entry.segment": self.entry.segment, "exit.segment": self.exit.segment}
        return {place: key for place, key in named.items() if key is not None}

    def milestone(self, key: str | None) -> Milestone | None:
        """Return the milestone with this key, or None."""
        return next((each for each in self.milestones if each.key == key), None)

    def clause(self, key: str) -> Clause | None:
        """Return the clause with this key (`first_7.0`: the first of first_7), whole group or part, or None."""
        return {**dict(self.clauses()), **{leaf: clause for leaf, clause, _ in self.leaves()}}.get(key)

    def clauses(self) -> list[tuple[str, Clause]]:
        """Return every clause of every milestone with its key, in order; groups stay whole."""
        return [keyed for milestone in self.milestones for keyed in milestone.keyed()]

    def leaves(self) -> list[tuple[str, Clause, int | None]]:
        """Return every clause that counts something itself, in order: key, clause, days of its window (None: all)."""
        return [
            (key, leaf, _window_of(milestone, leaf))
            for milestone in self.milestones
            for top, clause in milestone.keyed()
            for key, leaf in _leaves(top, clause)
        ]


def _leaves(key: str, clause: Clause) -> list[tuple[str, Clause]]:
    if not clause.parts:
        return [(key, clause)]
    return [leaf for nr, part in enumerate(clause.parts) for leaf in _leaves(f"{key}.{nr}", part)]


def _window_of(milestone: Milestone, clause: Clause) -> int | None:
    """Return the days within which a clause counts up to the cutoff; None counts since provisioning."""
    return None if clause.kind is ClauseKind.SETTING else clause.in_days or milestone.rolling_days


def _check_milestones(milestones: tuple[Milestone, ...], where: str) -> None:
    if not milestones:
        fail(where, "milestones: a journey needs at least one milestone")
    last = -1
    for m, milestone in enumerate(milestones):
        place = f"{where}: milestones[{m}]"
        if milestone.key in [each.key for each in milestones[:m]]:
            fail(place, f"key: {milestone.key!r} stands twice; give each its own key")
        if all(clause.optional for clause in milestone.clauses):
            fail(place, "clauses: say at least one thing that should be done and is not optional")
        if milestone.rolling_days is not None and m != len(milestones) - 1:
            fail(place, "the rolling milestone must be the last")
        last = _check_days(milestone, last, place)


def _check_days(milestone: Milestone, last: int, where: str) -> int:
    """Refuse days that make no sense after day `last`; return the milestone's own."""
    day, rolling = milestone.by_day, milestone.rolling_days
    if (day is None) == (rolling is None):
        fail(where, "give either by_day or rolling_days")
    if rolling is not None and rolling < 1:
        fail(where, "rolling_days: must be 1 or more")
    if day is None:
        return last
    if day < 0:
        fail(where, "by_day: must be 0 or more")
    if day <= last:
        fail(where, f"by_day: must come after day {last}")
    return day


def _check_clause(clause: Clause, where: str, depth: int = 0) -> None:
    if clause.parts:
        _check_group(clause, where, depth)
        return
    given = [clause.at_least, clause.quantity_at_least, clause.active_days, clause.people, clause.wanted]
    if sum(each is not None for each in given) != 1:
        fail(
            where, "give exactly one of at_least, quantity_at_least, active_days, people, is, any_of, all_of"
        )
    counted = clause.at_least is not None or clause.quantity_at_least is not None
    if counted != (clause.feature is not None) and clause.people is None:
        fail(where, "at_least and quantity_at_least need a feature, and a feature needs one of them")
    if (clause.wanted is not None) != (clause.setting is not None):
        fail(where, "`setting` and `is` go together")
    for name in ("at_least", "quantity_at_least", "active_days", "people", "in_days"):
        number = getattr(clause, name)
        if number is not None and number <= 0:
            fail(where, f"{name} must be above 0")
    if clause.active_days is not None and clause.in_days is not None and clause.active_days > clause.in_days:
        fail(where, f"active_days: there are only {clause.in_days} days to be active on")


def _check_group(clause: Clause, where: str, depth: int) -> None:
    own = [
        clause.feature,
        clause.at_least,
        clause.quantity_at_least,
        clause.active_days,
        clause.people,
        clause.setting,
    ]
    if clause.any_of and clause.all_of:
        fail(where, "give either any_of or all_of; put one group inside the other for both")
    if any(each is not None for each in [*own, clause.wanted, clause.in_days]):
        fail(where, "a group counts nothing itself: move this into one of its clauses")
    if depth == MOST_GROUPS_DEEP:
        fail(where, f"groups may be {MOST_GROUPS_DEEP} deep; make this clause simpler")
    for nr, part in enumerate(clause.parts):
        if part.optional:
            fail(f"{where}.{nr}", "only a whole clause can be optional, not a part of a group")
        _check_clause(part, f"{where}.{nr}", depth + 1)
