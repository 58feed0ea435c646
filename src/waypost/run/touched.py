"""Whom fresh events touch, and from which day on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from waypost.measure import (
    first_met,
    fresh_pairs,
    fresh_settings,
    restate_settings,
    restate_usage,
    sets_something,
    usage_pairs,
)
from waypost.run.rulebook import ALWAYS, Rulebook
from waypost.store import (
    OURS,
    SAID_TABLES,
    Scope,
    Writer,
    everybody,
    look_up_anew,
    members_of,
    restate_identities,
    restate_memberships,
    see_again,
    strangers,
    with_neighbours,
)

#: Kinds of event that say who belongs where.
BELONGING = ("membership", "group")
#: Kinds of event that can join an alias to a person.
NAMING = ("identify", "alias")
#: Kinds of event that say what history taught: by it some are called at risk.
LEARNING = ("learnt",)
#: Kinds of event that may take back what others counted.
COUNTING = ("row",)
#: Kinds of event that say something of an account besides its use.
TELLING = ("contract", "survey", "ticket", "group", "membership", "pause")
#: Kinds of event that say something of the account where their person belongs, if they name none.
NAMELESS = ("survey", "ticket")
#: Kinds of event from which an account's own row and its eras come; they name the account.
DESCRIBING = ("contract", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """People whose standings, and accounts whose health (from the given day on), must be stated anew.

    `told` are the accounts of which something other than use was said: a contract, an answer, a ticket, a trait;
    `tables` what of it may differ (of SAID_TABLES); `described` are the accounts whose own row and eras may;
    `introduced` the people of whom something was said, or who are new.
    """

    people: frozenset[str] = frozenset()
    begins: Mapping[str, date] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()
    introduced: frozenset[str] = frozenset()

    def __or__(self, other: "Touched") -> "Touched":
        """Return both, each account from its earlier day on."""
        begins = dict(self.begins)
        for account, day in other.begins.items():
            begins[account] = min(day, begins.get(account, day))
        return Touched(
            people=self.people | other.people,
            begins=begins,
            told=self.told | other.told,
            tables=self.tables | other.tables,
            described=self.described | other.described,
            introduced=self.introduced | other.introduced,
        )


def touched_by(writer: Writer, after: int, rules: Rulebook, *, zone: str) -> Touched:
    """Bring identities, memberships, usage and settings up to date with the events after an arrival.

    Returns whom that touches; their standings and health are still to be stated.
    """
    moved = frozenset[str]()
    fresh = writer.ask("facts/fresh", {"after": after})
    if _has(fresh, NAMING) and writer.ask("derive/joins_anew", {"after": after}).item():
        moved = restate_identities(writer).people
        # Whose the fresh events are may have changed with who is who.
        fresh = writer.ask("facts/fresh", {"after": after})
    learnt = _foretold(writer, after, fresh)
    fresh = fresh.filter(~pl.col("kind").is_in(OURS))
    regrouped = _regroup(writer, moved, fresh, zone=zone)
    met_on = first_met(writer, regrouped.people)
    again = usage_pairs(writer, regrouped.people, since=met_on)
    newly = fresh_pairs(fresh)
    restate_usage(writer, pl.concat([newly, again]).unique(), rules.catalogue)
    see_again(writer, newly)
    touched = regrouped | _from_days(writer, fresh, again)
    touched = touched | _told(writer, fresh, touched, regrouped) | _introduced(writer, fresh, touched.people)
    if _has(fresh, COUNTING):
        touched = touched | Touched(introduced=_taken_back(writer, after))
    moving = fresh.filter(pl.col("kind").is_in(rules.kinds_that_move))["account_id"].drop_nulls().to_list()
    if moving:
        touched = touched | Touched(people=members_of(writer, frozenset(moving)))
    sets = sets_something(writer, regrouped.people, rules.catalogue, since=met_on)
    return touched | learnt | _settings_touched(writer, after, rules, regrouped.told if sets else frozenset())


def everything(writer: Writer, rules: Rulebook, *, zone: str) -> Touched:
    """Forget everything derived and derive identities, memberships, usage and settings anew, for all."""
    writer.in_large_steps()
    writer.run("derive/clear_all")
    look_up_anew(writer)
    restate_identities(writer)
    scope = everybody(writer)
    restate_memberships(writer, scope, zone=zone)
    every_day = usage_pairs(writer, scope.people, since=ALWAYS)
    restate_usage(writer, every_day, rules.catalogue)
    restate_settings(writer, scope, rules.catalogue)
    begins = dict.fromkeys(scope.accounts, ALWAYS)
    tables = frozenset(SAID_TABLES.values())
    return Touched(
        people=scope.people,
        begins=begins,
        told=scope.accounts,
        tables=tables,
        described=scope.accounts,
        introduced=scope.people,
    )


def all_of(writer: Writer, *, begin: date) -> Touched:
    """Return everybody, and every account from a day on."""
    scope = everybody(writer)
    return Touched(people=scope.people, begins=dict.fromkeys(scope.accounts, begin), told=scope.accounts)


def redated(writer: Writer, differs: pl.DataFrame) -> Touched:
    """Return the accounts of which something else is known since a day (account_id, since_on), with their people.

    A journey may be for one tier, plan or segment only, so another one is another path, from that day on.
    """
    first = dict(differs.group_by("account_id").agg(pl.col("since_on").min()).iter_rows())
    return Touched(people=members_of(writer, frozenset(first)), begins=first)


def _regroup(writer: Writer, moved: frozenset[str], fresh: pl.DataFrame, *, zone: str) -> Touched:
    """Restate the memberships that fresh events may change.

    Returns the people whose events or memberships moved, and the accounts that they came to or left.
    """
    asked = moved | _belonging(writer, fresh)
    if not asked:
        return Touched()
    differs = restate_memberships(writer, Scope(people=asked), zone=zone)
    people = moved | frozenset(differs["person_id"].to_list())
    named = writer.ask("derive/accounts_named", frames={"scope": Scope(people=moved).people_frame()})
    days = pl.concat([named, differs.select("account_id", first_on="joined_on")])
    begins = dict(days.group_by("account_id").agg(pl.col("first_on").min()).iter_rows())
    accounts = with_neighbours(writer, Scope(people=people)).accounts
    return Touched(people=people, begins=begins, told=accounts | frozenset(begins), introduced=people)


def _belonging(writer: Writer, fresh: pl.DataFrame) -> frozenset[str]:
    """Return the people whose memberships the fresh events may change."""
    said = fresh.filter(pl.col("kind").is_in(BELONGING) & pl.col("person_id").is_not_null())
    named = fresh.filter(pl.col("person_id").is_not_null() & pl.col("account_id").is_not_null())
    pairs = named.group_by("person_id", "account_id").agg(pl.col("happened_on").min().alias("first_on"))
    return frozenset(said["person_id"].to_list()) | strangers(writer, pairs)


def _told(writer: Writer, fresh: pl.DataFrame, touched: Touched, regrouped: Touched) -> Touched:
    """Return the accounts of which something other than use was said, or that are new."""
    said = fresh.filter(pl.col("kind").is_in(TELLING))
    named = frozenset(said["account_id"].drop_nulls().to_list())
    nameless = said.filter(pl.col("account_id").is_null() & pl.col("person_id").is_not_null())
    people = frozenset(nameless["person_id"].to_list())
    owned = with_neighbours(writer, Scope(people=people)).accounts if people else frozenset[str]()
    frames = {"scope": Scope(accounts=frozenset(touched.begins)).accounts_frame()}
    new = frozenset(writer.ask("derive/new_accounts", frames=frames)["account_id"].to_list())
    kinds = set(said["kind"].to_list())
    if regrouped.people:
        if not kinds.issuperset(NAMELESS):
            frames = {"scope": Scope(people=regrouped.people).people_frame()}
            kinds |= set(writer.ask("derive/spoken_by", frames=frames)["kind"].to_list())
        # Whose pause it is may have changed with who is who.
        kinds.add("pause")
    tables = frozenset(SAID_TABLES[kind] for kind in kinds & SAID_TABLES.keys())
    describing = said.filter(pl.col("kind").is_in(DESCRIBING))["account_id"].drop_nulls()
    described = frozenset(describing.to_list()) | new
    return Touched(told=named | owned | new | regrouped.told, tables=tables, described=described)


def _introduced(writer: Writer, fresh: pl.DataFrame, people: frozenset[str]) -> Touched:
    """Return the people of whom the fresh events say something, or who have no row yet."""
    said = fresh.filter(pl.col("kind").is_in(("identify", "membership")) & pl.col("person_id").is_not_null())
    frames = {"scope": Scope(people=people).people_frame()}
    new = writer.ask("derive/new_people", frames=frames)["person_id"].to_list()
    return Touched(introduced=frozenset(said["person_id"].to_list()) | frozenset(new))


def _taken_back(writer: Writer, after: int) -> frozenset[str]:
    """Return the people who did less than it seemed: they may have been seen for a shorter time, too."""
    return frozenset(writer.ask("facts/taken_back", {"after": after})["person_id"].to_list())


def _from_days(writer: Writer, fresh: pl.DataFrame, again: pl.DataFrame) -> Touched:
    """Return people and accounts of fresh events and restated days, each account from its earliest day.

    A fresh event is of the account that it names or of one that its person belongs to; days that are restated, of any
    that the person ever used.
    """
    fresh = fresh.select("person_id", "account_id", "happened_on")
    again = again.select("person_id", happened_on="day")
    homes = _owned(writer, "derive/homes_of_people", fresh)
    used = _owned(writer, "derive/pairs_of_people", again)
    named = fresh.filter(pl.col("account_id").is_not_null()).select("account_id", "happened_on")
    first = pl.concat([homes, used, named]).group_by("account_id").agg(pl.col("happened_on").min())
    people = frozenset(fresh["person_id"].drop_nulls().to_list()) | frozenset(again["person_id"].to_list())
    return Touched(people=people, begins=dict(first.iter_rows()))


def _owned(writer: Writer, question: str, days: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts of people (an answer to `question`) with the days on which their people did something."""
    people = frozenset(days["person_id"].drop_nulls().to_list())
    if not people:
        return pl.DataFrame(schema={"account_id": pl.String, "happened_on": pl.Date})
    owned = writer.ask(question, frames={"scope": Scope(people=people).people_frame()})
    return (
        days.select("person_id", "happened_on")
        .join(owned, on="person_id")
        .select("account_id", "happened_on")
    )


def _foretold(writer: Writer, after: int, fresh: pl.DataFrame) -> Touched:
    """Return whom odds have called at risk, or no longer; and everybody on a journey that odds have begun to judge."""
    if not _has(fresh, LEARNING):
        return Touched()
    found = writer.ask("standings/foretold", {"after": after})
    first = found.group_by("account_id").agg(pl.col("since_on").min())
    people = frozenset(found["person_id"].drop_nulls().to_list())
    return Touched(people=people, begins=dict(first.iter_rows()))


def _settings_touched(writer: Writer, after: int, rules: Rulebook, moved: frozenset[str]) -> Touched:
    """Restate the settings that fresh events, or people who `moved` these accounts, may change.

    Everybody at the accounts whose settings differ is touched.
    """
    found = fresh_settings(writer, after, rules.catalogue)
    people = frozenset(found["person_id"].drop_nulls().to_list())
    named = frozenset(found["account_id"].drop_nulls().to_list()) | moved
    if not people and not named:
        return Touched()
    differs = restate_settings(
        writer, with_neighbours(writer, Scope(people=people, accounts=named)), rules.catalogue
    )
    first = differs.group_by("account_id").agg(pl.col("since_on").min())
    begins = dict(first.iter_rows())
    return Touched(people=members_of(writer, frozenset(begins)), begins=begins)


def _has(fresh: pl.DataFrame, kinds: Iterable[str]) -> bool:
    return bool(fresh["kind"].is_in(list(kinds)).any())
