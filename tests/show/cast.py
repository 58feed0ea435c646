"""The cast: Ada and Ben work at Acme, Cleo is at Beta, and Halcyon Freight has the 214 people of the pictures."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from argon2 import PasswordHasher

from tests.show import cast_health, cast_odds, cast_rules
from tests.trying import trials_over
from waypost.core import AccountId, Event, InterventionId, Kind, PersonId, SignalId
from waypost.show import Desk
from waypost.store import (
    Definitions,
    Inbox,
    Intervention,
    Interventions,
    InterventionState,
    Members,
    Operations,
    QueryRun,
    Role,
    Schedule,
    SigningSecrets,
    Sources,
    Warehouse,
    intake_of,
)

ZONE = "Europe/Stockholm"
NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PASSWORD = "a long and simple password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

HALCYON, ACME, BETA, OSPREY, EVIL = "halcyon", "acme", "beta", "osprey/media", "evil"
Happened = tuple[str, str, datetime, str | None, dict[str, Any]]
NASTY = "<script>alert('x')</script>"


@dataclass(slots=True)
class Cast:
    """A workspace with people in it, and the clock that tests move."""

    warehouse: Warehouse
    operations: Operations
    inbox: Inbox
    members: Members
    now: datetime = NOW

    def desk(self, **changes: object) -> Desk:
        """Return the desk of this workspace."""
        said: dict[str, Any] = {
            "warehouse": self.warehouse,
            "operations": self.operations,
            "inbox": self.inbox,
            "zone": ZONE,
            "now": lambda: self.now,
            "public_url": "http://127.0.0.1:8080",
            "collector_url": "http://127.0.0.1:8090",
            "development": True,
            "sources": Sources(self.operations, bytes(32)),
            "signing": SigningSecrets(self.operations, bytes(32)),
            "trials": trials_over(self.warehouse, self.operations, now=self.now, zone=ZONE),
        }
        return Desk(**{**said, **changes})


def empty_workspace(folder: Path | None = None) -> Cast:
    """Return a workspace with nobody in it."""
    operations = Operations(folder / "operations.db" if folder else None)
    inbox = Inbox(folder / "inbox.db" if folder else None)
    return Cast(Warehouse(None), operations, inbox, Members(operations, hasher=CHEAP))


def full_workspace(folder: Path | None = None) -> Cast:
    """Return the workspace of the pictures."""
    cast = empty_workspace(folder)
    _accounts(cast)
    _people(cast)
    _scores(cast)
    _usage(cast)
    _events(cast)
    cast_odds.keep(cast.warehouse, TODAY)
    _door(cast)
    _operate(cast)
    return cast


def with_its_own_acts(cast: Cast) -> Cast:
    """Return the same facts with operational tables of their own, for a test that acts."""
    operations = Operations(None)
    own = Cast(cast.warehouse, operations, cast.inbox, Members(operations, hasher=CHEAP))
    _operate(own)
    return own


def _operate(cast: Cast) -> None:
    members = cast.members
    members.add(
        email="marta@waypost.test", name="Marta Lindqvist", role=Role.OWNER, password=PASSWORD, now=NOW
    )
    members.add(email="nils@waypost.test", name="Nils Holm", role=Role.MEMBER, password=PASSWORD, now=NOW)
    Definitions(cast.operations).publish(cast_rules.DOCUMENTS, now=NOW, today=date(2026, 3, 1))
    _interventions(cast)
    _billing(cast)


def _billing(cast: Cast) -> None:
    """Let a database be asked for counts: once in good order, and then somebody dropped a column."""
    sources = Sources(cast.operations, bytes(32))
    mapping = {"becomes": "counts", "time": "day", "quantity": "n", "event": "Invoice sent", "account": "org"}
    url, query = (
        "postgresql://reader:hidden-word@127.0.0.1:1/billing",
        "select day, org, n from invoices_by_day",
    )
    sources.put(
        "billing",
        url=url,
        query=query,
        mapping=mapping,
        schedule=Schedule(every_s=900),
        now=NOW - timedelta(days=9),
    )
    sources.changes.note("billing", "added its query", by="marta@waypost.test", now=NOW - timedelta(days=9))
    problem = 'the database did not answer: column "n" does not exist'
    for minutes, failed in ((20, False), (5, True)):
        began_at = NOW - timedelta(minutes=minutes)
        run = QueryRun(
            source="billing",
            asked_by=None if failed else "nils@waypost.test",
            began_at=began_at,
            took_s=0.4,
            rows=0 if failed else 1_204,
            events=0 if failed else 38,
            refused={} if failed else {"wrong_type": 2},
            newest_at=None if failed else began_at - timedelta(minutes=3),
            problem=problem if failed else None,
        )
        sources.runs.keep(run)
        sources.asked("billing", now=began_at, problem=run.problem)


def fill(cast: Cast, table: str, rows: list[dict[str, Any]]) -> None:
    columns = cast.warehouse._root.execute(f"select * from {table} limit 0").pl().columns  # noqa: S608 -- our own names
    frame = pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], infer_schema_length=None
    )
    cursor = cast.warehouse._root.cursor()
    cursor.register("fresh", frame)
    cursor.execute(f"insert into {table} select * from fresh")  # noqa: S608 -- as above
    cursor.close()


def _accounts(cast: Cast) -> None:
    def one(
        key: str, name: str, tier: str, value: float | None, renews_on: date | None, **more: object
    ) -> dict[str, Any]:
        said = {"region": "EU", "traits": "{}", "currency": "EUR", "owner": "marta@waypost.test"}
        return {
            "account_id": key,
            "name": name,
            "tier": tier,
            "value": value,
            "renews_on": renews_on,
            "first_seen_at": cast_rules.at(3, 1),
            **said,
            **more,
        }

    rows = [
        one(HALCYON, "Halcyon Freight", "enterprise", 148_000, date(2027, 1, 29), seats=260),
        one("brightmoor", "Brightmoor Clinics", "enterprise", 96_000, date(2026, 12, 12), seats=120),
        one("kestrel", "Kestrel Labs", "growth", 61_000, date(2027, 5, 4), seats=80),
        one(OSPREY, "Osprey Media", "growth", 34_000, date(2027, 3, 18), seats=40, owner="nils@waypost.test"),
        one(ACME, "Acme", "growth", 24_000, date(2027, 2, 1), seats=10),
        one(BETA, "Beta", "self_serve", 900, None, owner=None),
        one(EVIL, NASTY, "self_serve", 100, None, owner="nobody@waypost.test"),
    ]
    names = [
        "Ardent",
        "Bluefin",
        "Corvid",
        "Dunlin",
        "Ember",
        "Fathom",
        "Gannet",
        "Harrow",
        "Ibis",
        "Juniper",
    ]
    kinds = ("Analytics", "Foods", "Health", "Insurance", "Logistics")
    for n in range(48):
        name = f"{names[n % 10]} {kinds[n // 10]}"
        value = 1_200 * (n % 17 + 1)
        tier = "growth" if value > 12_000 else "self_serve"
        rows.append(one(f"acct-{n:02}", name, tier, value, TODAY + timedelta(days=9 * n)))
    fill(cast, "accounts", rows)
    known = ("account_id", "tier", "region", "owner", "value", "renews_on")
    eras = [{name: row[name] for name in known} | {"since_on": date(1, 1, 1)} for row in rows]
    fill(cast, "account_eras", eras)


def _people(cast: Cast) -> None:
    fill(cast, "people", cast_rules.people())
    fill(cast, "memberships", cast_rules.memberships())
    fill(cast, "standings", cast_rules.standings())


def _scores(cast: Cast) -> None:
    fill(cast, "scores", cast_health.scores(TODAY))
    fill(cast, "ledger", cast_health.ledger())


def _usage(cast: Cast) -> None:
    fill(cast, "usage_daily", cast_health.usage(TODAY))


def _events(cast: Cast) -> None:
    rows = [event_row(n, what) for n, what in enumerate(cast_health.HAPPENED)]
    rows.append(event_row(900, ("track", NASTY, cast_rules.at(11, 20, 8, 0), "eve", {"title": NASTY}), EVIL))
    fill(cast, "events", rows)


def event_row(n: int, what: Happened, account: str = HALCYON) -> dict[str, Any]:
    kind, name, at, person, properties = what
    return {
        "arrival": n,
        "event_id": f"e{n}",
        "source": "segment:web",
        "kind": kind,
        "name": name,
        "happened_at": at,
        "received_at": at,
        "happened_on": (at + timedelta(hours=1)).date(),
        "person_id": person,
        "account_id": account,
        "actor": "human",
        "properties": json.dumps(properties),
        "context": "{}",
    }


def _door(cast: Cast) -> None:
    def sent(source: str, at: datetime) -> None:
        event = Event(
            event_id=f"{source}-1",
            source=source,
            kind=Kind.TRACK,
            name="Seen",
            happened_at=at,
            received_at=at,
        )
        cast.inbox.put([intake_of(source, [event], at)])

    for source, hours in (
        ("segment:web", 0),
        ("segment:app", 1),
        ("helpdesk", 2),
        ("surveys", 5),
        ("crm", 8),
        ("seats", 29),
    ):
        sent(source, NOW - timedelta(hours=hours, minutes=4))


def _interventions(cast: Cast) -> None:
    decided = [*_touches(), *_messages()]
    Interventions(cast.operations).record(decided, play="champion_call", through=0)


def an_intervention(nr: int, state: InterventionState, **said: object) -> Intervention:
    """Return a decision of the play that calls champions, about Tom Ebert unless more is said."""
    base: dict[str, Any] = {
        "intervention_id": InterventionId(f"{nr:032x}"),
        "play": "champion_call",
        "account_id": AccountId(HALCYON),
        "person_id": PersonId("tom"),
        "signal_id": SignalId(f"s{nr}"),
        "signal": "score_fell",
        "state": state,
        "decided_at": NOW - timedelta(hours=nr),
        "held_out": False,
        "arm": "call",
        "channel": "touch",
    }
    return Intervention(**{**base, **said})


# The touches that wait: account, person, days until due (None: whenever), title, what to say.
TOUCHES: tuple[tuple[str, str | None, int | None, str, str], ...] = (
    (
        HALCYON,
        "tom",
        0,
        "Call Tom Ebert about exports",
        "exports fell to a third and his NPS answer names them. He signs the renewal.",
    ),
    (HALCYON, None, 2, "Office hours for 33 strays", "Waiting for your approval. Reaches 29, 4 opted out."),
    (HALCYON, "ana", 6, "Find a new champion", "Ana Sousa now leads on breadth: 11 of 14 features."),
    (ACME, "ada", None, "Ask Ada what stopped her", f"Ada strayed from the first 30 days. {NASTY}"),
)


def _touches() -> list[Intervention]:
    return [
        an_intervention(
            nr,
            InterventionState.WAITING,
            account_id=AccountId(account),
            person_id=PersonId(person) if person else None,
            topic=f"t{nr}",
            priority=1_000.0 / nr,
            due_at=None if days is None else NOW + timedelta(days=days),
            content={"title": title, "says": says},
        )
        for nr, (account, person, days, title, says) in enumerate(TOUCHES, start=1)
    ]


def _messages() -> list[Intervention]:
    mail: dict[str, Any] = {
        "play": "first_week_back",
        "signal": "strayed",
        "channel": "email",
        "arm": "email",
    }
    sent = [
        an_intervention(
            10 + n,
            InterventionState.SENT,
            milestone=milestone,
            person_id=PersonId(person),
            personal=True,
            address=f"{person}@halcyon.test",
            **mail,
        )
        for n, (person, milestone) in enumerate(cast_rules.COMING_BACK)
    ]
    whys = ("weekly_limit", "weekly_limit", "suppressed", "no_address")
    held = [
        an_intervention(60 + n, InterventionState.NOT_SENT, why=why, person_id=PersonId(f"p{n}"), **mail)
        for n, why in enumerate(whys)
    ]
    out = {
        **mail,
        "held_out": True,
        "channel": None,
        "account_id": AccountId(BETA),
        "person_id": PersonId("cleo"),
    }
    return [*sent, *held, an_intervention(80, InterventionState.HELD_OUT, **out)]
