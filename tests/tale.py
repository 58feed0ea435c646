"""A tale is a short history told day by day, over a real workspace that lives in memory.

The cast is the same everywhere: Ada and Ben work at Acme; Cleo is at Beta and must never see Acme.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import msgspec
import polars as pl

from waypost.core import Actor, Document, Event, Kind
from waypost.run.clock import SetClock
from waypost.run.learner import lesson_by
from waypost.run.learning import keep_lesson
from waypost.run.round import RoundReport
from waypost.run.settings import RoundSettings, Settings, WorkspaceSettings
from waypost.run.trial import Trials
from waypost.run.workspace import Workspace
from waypost.store import intake_of

#: Day 0 of every tale, a Monday.
FIRST = date(2026, 8, 3)
#: Features are told by a verb; the product sends the same word as the name of its event.
CATALOGUE: Document = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [
        {"key": "sign_in", "name": "Sign-ins", "match": [{"event": "sign_in"}]},
        {
            "key": "export",
            "name": "Reports exported",
            "group": "core",
            "automated_counts": True,
            "quantity": "rows",
            "match": [{"event": "export"}, {"event": "export_run", "actor": "automated"}],
        },
        {"key": "share", "name": "Reports shared", "group": "core", "match": [{"event": "share"}]},
    ],
    "settings": [
        {
            "key": "schedule",
            "name": "Scheduled reports",
            "wanted": "on",
            "match": [{"event": "set", "where": {"property": "setting", "is": "schedule"}, "value": "to"}],
        }
    ],
}
TIERS: Document = {
    "kind": "tiers",
    "key": "tiers",
    "tiers": [
        {"key": "enterprise", "name": "Enterprise", "value_at_least": 50_000},
        {"key": "self_serve", "name": "Self-serve"},
    ],
}
ANALYST: Document = {
    "kind": "journey",
    "key": "analyst",
    "name": "Analyst path",
    "milestones": [
        {
            "key": "first_7",
            "name": "First 7 days",
            "by_day": 7,
            "clauses": [{"feature": "export", "at_least": 1, "says": "Export a report"}],
        },
        {
            "key": "first_30",
            "name": "First 30 days",
            "by_day": 30,
            "clauses": [{"feature": "share", "at_least": 1, "says": "Share a report"}],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 28,
            "clauses": [{"feature": "export", "at_least": 2, "says": "Export a report every fortnight"}],
        },
    ],
}


def scorecard(*inputs: dict[str, Any], **changes: object) -> Document:
    """Return a scorecard of these inputs; an input says only what the tale is about."""
    usual = {"name": "Input", "family": "Volume", "weight": 10, "curve": [[0, 0], [1, 1]]}
    filled = [{"key": each["measure"]["kind"], **usual, **each} for each in inputs]
    return {"kind": "scorecard", "key": "health", "name": "Health", "inputs": filled, **changes}


class Tale:
    """What happens at one account, told day by day; what is asked is answered after a round."""

    def __init__(
        self, account: str = "acme", *rules: Document, zone: str = "UTC", restate_days: int = 3650
    ) -> None:
        settings = Settings(
            workspace=WorkspaceSettings(zone=zone), rounds=RoundSettings(restate_days=restate_days)
        )
        self.clock = SetClock(_noon(0))
        self.workspace = Workspace(None, settings, self.clock)
        self.workspace.publish([CATALOGUE, TIERS, *(rules or (ANALYST,))])
        self.account = account
        self.person: str | None = "ada"
        self._told = 0
        self._waiting: list[Event] = []

    @property
    def day(self) -> int:
        """The day of the tale that the clock shows."""
        return (self.clock.at.date() - FIRST).days

    def on_day(self, day: int) -> Self:
        """Let the clock run to noon of a day; nothing is stated before somebody asks."""
        self._send()
        self.clock.at = _noon(day)
        return self

    def lives_to(self, day: int) -> Self:
        """Let the clock run to a day with a round on every day between, as a running Waypost would."""
        while self.day < day:
            self.round()
            self.on_day(self.day + 1)
        self.round()
        return self

    def at(self, account: str) -> Self:
        """Go on at another account."""
        self.account = account
        return self

    def by(self, person: str | None) -> Self:
        """Go on with another person."""
        self.person = person
        return self

    def joins(
        self, person: str = "ada", role: str = "analyst", *, on: int | None = None, **said: object
    ) -> Self:
        """Tell that a person joined the account, and go on with that person."""
        return self.by(person).tells("membership", "joined", on=on, role=role, **said)

    def leaves(self) -> Self:
        """Tell that the person left the account."""
        return self.tells("membership", "left")

    def uses(self, feature: str, times: int = 1, *, on: int | None = None, **said: object) -> Self:
        """Tell that the person used a feature; `on` is an earlier day of which word comes only now."""
        for _ in range(times):
            self.tells("track", feature, on=on, **said)
        return self

    def sets(self, setting: str, to: str, *, on: int | None = None) -> Self:
        """Tell that a setting of the account was changed."""
        return self.tells("track", "set", on=on, setting=setting, to=to)

    def signs(self, *, on: int | None = None, **terms: object) -> Self:
        """Tell that the account signed a contract on these terms."""
        return self.by_nobody("contract", "signed", on=on, **terms)

    def by_nobody(self, kind: str, name: str, /, *, on: int | None = None, **said: object) -> Self:
        """Tell something of the account that no person did."""
        person, self.person = self.person, None
        self.tells(kind, name, on=on, **said)
        self.person = person
        return self

    def tells(self, kind: str, name: str, /, *, on: int | None = None, **said: object) -> Self:
        """Tell anything: an event of a kind, with these properties."""
        return self.told(self.an_event(kind, name, on=on, **said))

    def told(self, *events: Event) -> Self:
        """Tell these events as they are."""
        self._waiting += events
        return self

    def an_event(self, kind: str, name: str, /, *, on: int | None = None, **said: object) -> Event:
        """Return an event of the person at the account, at noon of a day (today unless said)."""
        self._told += 1
        moment = _noon(self.day if on is None else on) + timedelta(seconds=self._told)
        return Event(
            event_id=f"e{self._told:04}",
            source="product",
            kind=Kind(kind),
            name=name,
            happened_at=moment,
            received_at=max(moment, self.clock.at),
            person_id=self.person,
            account_id=self.account,
            actor=Actor.HUMAN,
            properties=msgspec.Raw(msgspec.json.encode(said)),
        )

    def publishes(self, *rules: Document) -> Self:
        """Publish rules today."""
        self._send()
        self.workspace.publish(list(rules))
        return self

    def round(self) -> RoundReport:
        """Take in what was told and state it."""
        self._send()
        return self.workspace.round()

    def learns(self) -> Self:
        """Learn from history, as is done once a day, and state what that says."""
        self.round()
        assert keep_lesson(self.workspace, lesson_by(self.workspace)) is not None
        self.round()
        return self

    def _send(self) -> None:
        if self._waiting:
            self.workspace.inbox.put([intake_of("product", self._waiting, self.clock.at)])
            self._waiting = []

    def number(self, on: date) -> int:
        """Return which day of the tale a date is."""
        return (on - FIRST).days

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question to the warehouse, after a round."""
        return self.frame(sql).rows()

    def trials(self) -> Trials:
        """Return what tries rules out on this tale."""
        return Trials(self.workspace)

    def frame(self, sql: str) -> pl.DataFrame:
        """Return the answer to a question to the warehouse, after a round."""
        self.round()
        return self.workspace.warehouse.look(sql)

    def standings(self, person: str = "ada", journey: str = "analyst") -> list[tuple[int, str, str]]:
        """Return where a person stood: the day since when, the standing and the milestone it is about."""
        found = self.frame("select * from standings").filter(
            person_id=person, journey=journey, account_id=self.account
        )
        ordered = found.sort("since_on").select("since_on", "standing", "milestone").rows()
        return [((since - FIRST).days, standing, milestone) for since, standing, milestone in ordered]

    def standing(self, person: str = "ada", journey: str = "analyst") -> str | None:
        """Return where a person stands now, None when on no journey."""
        found = self.frame("select * from standings where until_on is null")
        mine = found.filter(person_id=person, journey=journey, account_id=self.account)
        return mine["standing"].item() if mine.height else None

    def scores(self) -> dict[int, float | None]:
        """Return the account's score of each day."""
        found = self.frame("select * from scores order by on_day").filter(account_id=self.account)
        rows = found.select("on_day", pl.col("score").round(9)).rows()
        return {(day - FIRST).days: score for day, score in rows}

    def ledger(self, day: int) -> list[tuple[str, str, str, float]]:
        """Return why the score of a day differs from the day before: input, item, cause, points."""
        found = self.frame("select * from ledger order by input, item, cause")
        mine = found.filter(account_id=self.account, on_day=FIRST + timedelta(days=day))
        return [
            (input_, item, cause, round(points, 6))
            for input_, item, cause, points in mine.select("input", "item", "cause", "points").rows()
        ]

    def signals(self, *names: str) -> list[tuple[int, str, str]]:
        """Return the signals raised (of these names): day, name, and the person or else the account."""
        found = self.rows(
            "select happened_on, name, coalesce(person_id, account_id) from events"
            " where kind = 'signal' order by arrival"
        )
        return [((day - FIRST).days, name, about) for day, name, about in found if not names or name in names]


def day(nr: int) -> date:
    """Return the date of a day of a tale."""
    return FIRST + timedelta(days=nr)


def days(numbers: Sequence[int]) -> list[date]:
    """Return the dates of days of a tale."""
    return [day(nr) for nr in numbers]


def _noon(nr: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=nr)
