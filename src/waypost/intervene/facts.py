"""What a play needs to know before it decides: fresh signals, and whom they are about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import polars as pl

from waypost.measure import AsOf, Level, Roster, Segment
from waypost.store import Warehouse

Subject = tuple[str | None, str]
MOST_SIGNALS = 5_000
LONGEST_COOLDOWN = timedelta(days=731)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One signal. `went_to` is the band after a change, `points` what the score lost."""

    arrival: int
    signal_id: str
    signal: str
    happened_at: datetime
    person_id: str | None
    account_id: str | None
    journey: str | None = None
    milestone: str | None = None
    reason: str | None = None
    since_on: str | None = None
    went_to: str | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person at an account today. `elsewhere` holds every account of theirs, this one too.

    `unwilling` people have unsubscribed, or their mail bounced, in the history of another tool.
    """

    person_id: str
    account_id: str
    name: str | None = None
    email: str | None = None
    title: str | None = None
    role: str | None = None
    unwilling: bool = False
    elsewhere: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account today; `value` is a year's, in the contract's currency."""

    account_id: str
    name: str
    tier: str | None = None
    owner: str | None = None
    value: float | None = None
    renews_on: date | None = None
    score: float | None = None
    band: str | None = None
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a person stands on a journey now, and the clauses missed, in words."""

    standing: str
    milestone: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a play decided about an account or a person of it before, as events tell it."""

    play: str
    account_id: str
    person_id: str | None
    held_out: bool
    share: float | None
    chosen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """People by (person, account), accounts by id, standings by (person, account, journey)."""

    people: Mapping[tuple[str, str], Person] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    standings: Mapping[tuple[str, str, str], Stand] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()


def read_signals(warehouse: Warehouse, *, after: int, since: datetime) -> list[Notice]:
    """Return the signals that arrived after a number and happened since an instant; at most MOST_SIGNALS."""
    params = {"after": after, "since": since.astimezone(UTC).replace(tzinfo=None), "most": MOST_SIGNALS}
    rows = warehouse.ask("intervene/signals", params).iter_rows(named=True)
    return [Notice(**{**row, "happened_at": row["happened_at"].replace(tzinfo=UTC)}) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The segments of a workspace, which of them plays ask about, and the features whose use by jobs counts."""

    segments: Sequence[Segment]
    asked: Collection[str]
    automated: frozenset[str] = frozenset()


def read_facts(
    warehouse: Warehouse, subjects: Iterable[Subject], *, grouping: Grouping, today: date
) -> Facts:
    """Return what is known today about some (person, account) pairs, and about all accounts."""
    pairs = sorted({(person, account) for person, account in subjects if person})
    schema = {"person_id": pl.String, "account_id": pl.String}
    frames = {"subjects": pl.DataFrame(pairs, schema=schema, orient="row")}
    kin: dict[str, set[str]] = {}
    for row in _ask(warehouse, "kin", {"today": today}, frames):
        kin.setdefault(row["person_id"], set()).add(row["account_id"])
    roster = Roster(warehouse, grouping.segments, AsOf(day=today, automated=grouping.automated))
    within = _people_within(roster, grouping, frames["subjects"])
    people = {
        (row["person_id"], row["account_id"]): Person(
            **row,
            elsewhere=frozenset(kin.get(row["person_id"], ())) | {row["account_id"]},
            segments=frozenset(within.get((row["person_id"], row["account_id"]), ())),
        )
        for row in _ask(warehouse, "people", {"today": today}, frames)
    }
    standings = {
        (row["person_id"], row["account_id"], row["journey"]): Stand(
            standing=row["standing"], milestone=row["milestone"], missing=_says(row["missing"])
        )
        for row in _ask(warehouse, "standings", {}, frames)
    }
    return Facts(
        people=people,
        accounts=_accounts(warehouse, roster, grouping),
        standings=standings,
        earlier=_earlier(warehouse, today),
    )


def _earlier(warehouse: Warehouse, today: date) -> tuple[Earlier, ...]:
    since = datetime(today.year, today.month, today.day, tzinfo=UTC) - LONGEST_COOLDOWN
    rows = _ask(warehouse, "earlier", {"since": since.replace(tzinfo=None)}, {})
    return tuple(
        Earlier(**{**row, "chosen_at": row["chosen_at"] and row["chosen_at"].replace(tzinfo=UTC)})
        for row in rows
    )


def _accounts(warehouse: Warehouse, roster: Roster, grouping: Grouping) -> dict[str, Account]:
    within: dict[str, set[str]] = {}
    for segment in grouping.segments:
        if segment.key in grouping.asked and segment.of is Level.ACCOUNTS:
            for account_id in roster.members(segment)["account_id"]:
                within.setdefault(account_id, set()).add(segment.key)
    shown = warehouse.ask("intervene/accounts").drop("region", "traits").iter_rows(named=True)
    return {
        row["account_id"]: Account(**row, segments=frozenset(within.get(row["account_id"], ())))
        for row in shown
    }


def _people_within(
    roster: Roster, grouping: Grouping, subjects: pl.DataFrame
) -> dict[tuple[str, str], set[str]]:
    """Return which of the segments that plays ask about each subject is in."""
    within: dict[tuple[str, str], set[str]] = {}
    for segment in grouping.segments:
        if segment.key in grouping.asked and segment.of is Level.PEOPLE:
            inside = roster.members(segment).join(subjects, on=["person_id", "account_id"], how="semi")
            for pair in inside.select("person_id", "account_id").iter_rows():
                within.setdefault(pair, set()).add(segment.key)
    return within


def _ask(
    warehouse: Warehouse, name: str, params: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]
) -> Iterable[dict[str, Any]]:
    return warehouse.ask(f"intervene/{name}", params, frames).iter_rows(named=True)


def _says(missing: str) -> tuple[str, ...]:
    return tuple(clause["says"] for clause in msgspec.json.decode(missing) if clause.get("says"))
