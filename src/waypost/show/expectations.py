"""What was expected of accounts and their people; the priors of groups are fitted once a day and kept."""

from datetime import date
from threading import Lock
from typing import Any

import msgspec
import polars as pl

from waypost.measure import Counted, Prior, Subjects, expected_weeks, group_prior
from waypost.show.desk import Desk

MOST_PEERS, MOST_KEPT, MOST_GROUPS = 60, 200, 24
MOST_PEOPLE = 3_000
#: A person is called rarer than an account, since a page calls many people at once.
FALSE_ALARMS_OF_PEOPLE = 0.002


class Group(msgspec.Struct, frozen=True):
    """A group's counts and its prior."""

    counted: Counted
    prior: Prior | None


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What was expected of an account's weeks, and of its people's last week, with what they are compared with."""

    weeks: pl.DataFrame
    people: pl.DataFrame
    peers: int
    asked_people: int


class ExpectationBook:
    """What was expected, by account and cutoff: fitting a group takes part of a second, and a past day stays past."""

    def __init__(self) -> None:
        """Begin empty."""
        self._groups: dict[tuple[str | None, date], Group] = {}
        self._told: dict[tuple[str, date], Expected] = {}
        self._people: dict[tuple[str, date], Group] = {}
        self._fitting = Lock()

    def kept(self, account_id: str, cutoff: date) -> Expected | None:
        """Return what was worked out before, None when it has not been."""
        return self._told.get((account_id, cutoff))

    def of(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Expected:
        """Return what was expected of an account and its people; a day that is not over is never kept."""
        with self._fitting:
            kept = self.kept(account_id, cutoff)
            if kept is None:
                kept = self._worked_out(desk, account_id, tier, cutoff)
                if cutoff < desk.today:
                    _keep(self._told, (account_id, cutoff), kept)
            return kept

    def _worked_out(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Expected:
        group = self._group(desk, account_id, tier, cutoff)
        own = Counted.read(desk.warehouse, Subjects.accounts([account_id]), cutoff, what="people")
        weeks = expected_weeks(group.counted.together(own), group.prior, [account_id])
        colleagues = self._colleagues(desk, account_id, cutoff)
        people, asked_people = _who_fell(colleagues)
        peers = group.prior.subjects if group.prior else 0
        return Expected(weeks=weeks, people=people, peers=peers, asked_people=asked_people)

    def of_person(self, desk: Desk, person_id: str, account_id: str, cutoff: date) -> pl.DataFrame:
        """Return what was expected of a person's days of use a week; the group is their colleagues' and own use."""
        with self._fitting:
            colleagues = self._colleagues(desk, account_id, cutoff)
        own = Counted.read(desk.warehouse, Subjects.people([person_id]), cutoff, what="person_days")
        group = colleagues.counted.together(own)
        return expected_weeks(group, colleagues.prior, [person_id], false_alarms=FALSE_ALARMS_OF_PEOPLE)

    def _group(self, desk: Desk, account_id: str, tier: str | None, cutoff: date) -> Group:
        kept = self._groups.get((tier, cutoff))
        if kept is None:
            asked = {"account": account_id, "tier": tier, "cutoff": cutoff, "most": MOST_PEERS}
            peers = desk.warehouse.ask("show/account_usage_peers", asked)["account_id"].to_list()
            subjects = Subjects.accounts([*peers, account_id])
            counted = Counted.read(desk.warehouse, subjects, cutoff, what="people")
            kept = Group(counted, group_prior(counted))
            _keep(self._groups, (tier, cutoff), kept)
        return kept

    def _colleagues(self, desk: Desk, account_id: str, cutoff: date) -> Group:
        kept = self._people.get((account_id, cutoff))
        if kept is None:
            asked = {"account": account_id, "cutoff": cutoff, "most": MOST_PEOPLE}
            people = desk.warehouse.ask("show/account_usage_members", asked)["person_id"].to_list()
            counted = Counted.read(desk.warehouse, Subjects.people(people), cutoff, what="person_days")
            kept = Group(counted, group_prior(counted))
            if cutoff < desk.today:
                _keep(self._people, (account_id, cutoff), kept, most=MOST_GROUPS)
        return kept


def _who_fell(group: Group) -> tuple[pl.DataFrame, int]:
    """Return the last week of the people for whom a fall is called, and how many were asked about."""
    counted = group.counted
    found = expected_weeks(counted, group.prior, counted.ids, false_alarms=FALSE_ALARMS_OF_PEOPLE)
    newest = found.filter((pl.col("week") == 0) & pl.col("expected").is_not_null())
    return newest.filter(pl.any_horizontal("fell", "faded")), newest.height


def _keep(kept: dict[Any, Any], key: object, value: object, *, most: int = MOST_KEPT) -> None:
    while len(kept) >= most:
        kept.pop(next(iter(kept)))
    kept[key] = value
