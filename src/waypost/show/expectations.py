"""What was expected of accounts and their people; the priors of groups are fitted once a day and kept."""

from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import msgspec
import polars as pl

from waypost.measure import Counted, Holidays, Prior, Subjects, expected_weeks, group_prior, late_days
from waypost.show.desk import Desk

MOST_PEERS, MOST_KEPT, MOST_GROUPS = 60, 200, 24
MOST_PEOPLE = 3_000
#: A person is called rarer than an account, since a page calls many people at once.
FALSE_ALARMS_OF_PEOPLE = 0.002


#: What a late source owes of days so long ago does not come any more.
MAY_COME = timedelta(days=30)
#: The days of which something is expected, and how long what is known of late sources holds.
LOOKED_BACK, FRESH_FOR = timedelta(days=7 * 52 - 1), timedelta(minutes=10)


class Calendar(msgspec.Struct, frozen=True):
    """The days of a year that are unlike others: holidays by name, and those on which a source is late."""

    holidays: dict[date, str]
    late: frozenset[date]


class Group(msgspec.Struct, frozen=True):
    """A group's counts, its prior, and the calendar of its days."""

    counted: Counted
    prior: Prior | None
    calendar: Calendar

    @classmethod
    def of(cls, counted: Counted, calendar: Calendar) -> "Group":
        """Return a group with its prior."""
        return cls(counted, group_prior(counted, calendar.holidays, calendar.late), calendar)

    def expected(self, ids: list[str], also: Counted | None = None, **asked: float) -> pl.DataFrame:
        """Return what was expected of the weeks of some of the group, or of those counted beside it."""
        counted = self.counted.together(also) if also else self.counted
        days = self.calendar
        return expected_weeks(counted, self.prior, ids, holidays=days.holidays, late=days.late, **asked)


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What was expected of an account's weeks, and of its people's last week, with what they are compared with."""

    weeks: pl.DataFrame
    people: pl.DataFrame
    peers: int
    asked_people: int
    holidays: tuple[str, ...] = ()


class ExpectationBook:
    """What was expected, by account and cutoff: fitting a group takes part of a second, and a past day stays past."""

    def __init__(self) -> None:
        """Begin empty."""
        self._groups: dict[tuple[str | None, date], Group] = {}
        self._told: dict[tuple[str, date], Expected] = {}
        self._people: dict[tuple[str, date], Group] = {}
        self._calendars: dict[tuple[Holidays, date], tuple[datetime, Calendar]] = {}
        self._holidays = Holidays()
        self._fitting = Lock()

    def kept(self, account_id: str, cutoff: date) -> Expected | None:
        """Return what was worked out before, None when it has not been."""
        return self._told.get((account_id, cutoff))

    def know(self, holidays: Holidays) -> None:
        """Take these to be the workspace's holidays; when they are others than before, all is worked out anew."""
        with self._fitting:
            if holidays != self._holidays:
                self._holidays = holidays
                self._groups, self._told, self._people = {}, {}, {}

    def of(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Expected:
        """Return what was expected of an account and its people; a day that is not over is never kept.

        Nor is one before which a source is late: what it owes may come.
        """
        with self._fitting:
            kept = self.kept(account_id, cutoff)
            if kept is None:
                kept = self._worked_out(desk, account_id, tier, cutoff)
                owed = any(day > desk.today - MAY_COME for day in self._calendar(desk, cutoff).late)
                if cutoff < desk.today and not owed:
                    _keep(self._told, (account_id, cutoff), kept)
            return kept

    def _worked_out(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Expected:
        group = self._group(desk, account_id, tier, cutoff)
        own = Counted.read(desk.warehouse, Subjects.accounts([account_id]), cutoff, what="people")
        weeks = group.expected([account_id], own)
        colleagues = self._colleagues(desk, account_id, cutoff)
        people, asked_people = _who_fell(colleagues)
        peers = group.prior.subjects if group.prior else 0
        newest = self._holidays.between(cutoff - timedelta(days=6), cutoff)
        return Expected(
            weeks=weeks,
            people=people,
            peers=peers,
            asked_people=asked_people,
            holidays=tuple(dict.fromkeys(newest.values())),
        )

    def of_person(self, desk: Desk, person_id: str, account_id: str, cutoff: date) -> pl.DataFrame:
        """Return what was expected of a person's days of use a week; the group is their colleagues' and own use."""
        with self._fitting:
            colleagues = self._colleagues(desk, account_id, cutoff)
        own = Counted.read(desk.warehouse, Subjects.people([person_id]), cutoff, what="person_days")
        return colleagues.expected([person_id], own, false_alarms=FALSE_ALARMS_OF_PEOPLE)

    def _group(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Group:
        kept, calendar = self._groups.get((tier, cutoff)), self._calendar(desk, cutoff)
        if kept is None or kept.calendar != calendar:
            asked = {"account": account_id, "tier": tier, "cutoff": cutoff, "most": MOST_PEERS}
            peers = desk.warehouse.ask("show/account_usage_peers", asked)["account_id"].to_list()
            subjects = Subjects.accounts([*peers, account_id])
            counted = Counted.read(desk.warehouse, subjects, cutoff, what="people")
            kept = Group.of(counted, calendar)
            _keep(self._groups, (tier, cutoff), kept)
        return kept

    def _colleagues(self, desk: Desk, account_id: str, cutoff: date) -> Group:
        kept, calendar = self._people.get((account_id, cutoff)), self._calendar(desk, cutoff)
        if kept is None or kept.calendar != calendar:
            asked = {"account": account_id, "cutoff": cutoff, "most": MOST_PEOPLE}
            people = desk.warehouse.ask("show/account_usage_members", asked)["person_id"].to_list()
            counted = Counted.read(desk.warehouse, Subjects.people(people), cutoff, what="person_days")
            kept = Group.of(counted, calendar)
            if cutoff < desk.today:
                _keep(self._people, (account_id, cutoff), kept, most=MOST_GROUPS)
        return kept

    def _calendar(self, desk: Desk, cutoff: date) -> Calendar:
        kept = self._calendars.get((self._holidays, cutoff))
        if kept is None or desk.now() - kept[0] > FRESH_FOR:
            first_on = cutoff - LOOKED_BACK
            holidays = self._holidays.between(first_on, cutoff)
            # Today is not over, so whatever still comes is not late; a holiday is quiet of itself.
            over = min(cutoff, desk.today - timedelta(days=1))
            late = late_days(desk.warehouse, first_on, over) - holidays.keys()
            kept = desk.now(), Calendar(holidays, late)
            _keep(self._calendars, (self._holidays, cutoff), kept)
        return kept[1]


def _who_fell(group: Group) -> tuple[pl.DataFrame, int]:
    """Return the last week of the people for whom a fall is called, and how many were asked about."""
    counted = group.counted
    found = group.expected(counted.ids, false_alarms=FALSE_ALARMS_OF_PEOPLE)
    newest = found.filter((pl.col("week") == 0) & pl.col("expected").is_not_null())
    return newest.filter(pl.any_horizontal("fell", "faded")), newest.height


def _keep(kept: dict[Any, Any], key: object, value: object, *, most: int = MOST_KEPT) -> None:
    while len(kept) >= most:
        kept.pop(next(iter(kept)))
    kept[key] = value
