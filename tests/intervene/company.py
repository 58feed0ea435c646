"""The cast at their desks: a small warehouse in which signals can be raised and standings set."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from waypost.core import Event, Kind
from waypost.intervene import ContactPolicy, Play, Rules
from waypost.journey import Journey
from waypost.measure import Segment
from waypost.store import Intervention, Interventions, Operations, Warehouse

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOON.date()
SECRET = b"a secret of sixteen bytes or more"

ANALYST = Journey.from_document(
    {
        "kind": "journey",
        "key": "analyst",
        "name": "Analyst path",
        "milestones": [
            {
                "key": "first_7",
                "name": "First 7 days",
                "by_day": 7,
                "clauses": [{"feature": "sources_connected", "at_least": 1, "says": "Connect a source"}],
            }
        ],
    },
    where="journeys/analyst.yaml",
)

EMAIL: dict[str, Any] = {
    "key": "email",
    "channel": "email",
    "subject": "{{ person.first_name }}, one step to go",
    "text": "Hello {{ person.first_name }},\n\nnot done yet: <b>{{ milestone.missing }}</b>.",
    "button": {"label": "Go on", "url": "https://app.example/start?who={{ person.id }}"},
}
TOUCH: dict[str, Any] = {
    "key": "call",
    "channel": "touch",
    "title": "Call {{ person.name }} about {{ milestone.name }}",
    "says": "Not done yet: {{ milestone.missing }}",
}
HOOK: dict[str, Any] = {
    "key": "hook",
    "channel": "webhook",
    "url": "https://hooks.example/in",
    "type": "person.strayed",
}


def a_play(*arms: dict[str, Any], **changes: object) -> Play:
    document: dict[str, Any] = {
        "kind": "play",
        "key": "first_week_back",
        "name": "Bring back first-week strays",
        "when": {"signal": "strayed"},
        "holdout_share": 0.0,
        "goal": {"signal": "returned", "within_days": 14},
        "arms": list(arms) or [EMAIL],
    }
    return Play.from_document({**document, **changes}, where="plays/first_week_back.yaml")


def rules(
    *plays: Play, policy: ContactPolicy | None = None, segments: Sequence[Segment] = (), zone: str = "UTC"
) -> Rules:
    return Rules(
        plays=plays or (a_play(),),
        policy=policy or ContactPolicy(),
        segments=segments,
        journeys=(ANALYST,),
        zone=zone,
        secret=SECRET,
    )


class Company:
    """Ada and Ben work at Acme, Cleo works at Beta."""

    def __init__(self) -> None:
        self.warehouse = Warehouse(None)
        self._numbers = 0
        self.account("acme", "Acme", tier="growth", value=24_000.0, owner="mia@waypost.example")
        self.account("beta", "Beta", tier="enterprise", value=90_000.0)
        self.person("ada", "Ada Lovelace", "acme", email="Ada@acme.example", role="analyst")
        self.person("ben", "Ben Bloom", "acme", email="ben@acme.example", role="admin")
        self.person("cleo", "Cleo Cruz", "beta", email="cleo@beta.example", role="analyst")

    def account(self, account_id: str, name: str, **columns: object) -> None:
        row = {"account_id": account_id, "name": name, "traits": "{}", **columns}
        self._add("accounts", row)

    def person(self, person_id: str, name: str | None, *accounts: str, **columns: object) -> None:
        role = columns.pop("role", None)
        left_on = columns.pop("left_on", None)
        self._add("people", {"person_id": person_id, "name": name, "traits": "{}", **columns})
        for account in accounts:
            self.membership(person_id, account, role=role, left_on=left_on)

    def membership(self, person_id: str, account_id: str, **columns: object) -> None:
        began = datetime(2026, 10, 1, tzinfo=UTC).replace(tzinfo=None)
        row = {"person_id": person_id, "account_id": account_id, "champion": False, "signs_renewal": False}
        row |= {"provisioned_at": began, "provisioned_on": began.date(), "joined_on": began.date()}
        self._add("memberships", {**row, **columns})

    def stands(self, person_id: str, account_id: str, standing: str, journey: str = "analyst") -> None:
        """Set where a person stands now, instead of where they stood."""
        self._run(
            "delete from standings where person_id = ? and account_id = ? and journey = ?",
            [person_id, account_id, journey],
        )
        missing = '[{"clause": "first_7.0", "says": "Connect a source", "value": 0, "needed": 1}]'
        row = {"person_id": person_id, "account_id": account_id, "journey": journey, "version": 1}
        row |= {"since_on": TODAY, "standing": standing, "milestone": "first_7", "missing": missing}
        self._add("standings", row)

    def scored(self, account_id: str, score: float | None, band: str, on_day: date = TODAY) -> None:
        row = {"account_id": account_id, "on_day": on_day, "scorecard": "health", "version": 1}
        self._add("scores", {**row, "score": score, "band": band})

    def signal(
        self,
        name: str,
        person_id: str | None,
        account_id: str | None,
        at: datetime = NOON,
        **properties: object,
    ) -> str:
        """Raise a signal; a person signal also sets the standing it speaks of."""
        self._numbers += 1
        said: dict[str, object] = {}
        if person_id:
            said = {"journey": "analyst", "milestone": "first_7", "reason": "Nothing connected"}
            if account_id and name in ("strayed", "at_risk", "lapsed", "returned", "sustained"):
                self.stands(person_id, account_id, name)
        event = Event(
            event_id=f"signal-{self._numbers}",
            source="waypost",
            kind=Kind.SIGNAL,
            name=name,
            happened_at=at,
            received_at=at,
            person_id=person_id,
            account_id=account_id,
            properties=msgspec.Raw(msgspec.json.encode({**said, **properties})),
        )
        self.events(event)
        return event.event_id

    def events(self, *events: Event) -> None:
        rows = [
            {
                "arrival": self.last_arrival() + nr,
                "event_id": one.event_id,
                "source": one.source,
                "kind": one.kind,
                "name": one.name,
                "happened_at": one.happened_at.replace(tzinfo=None),
                "received_at": one.received_at.replace(tzinfo=None),
                "happened_on": one.happened_at.date(),
                "person_id": one.person_id,
                "account_id": one.account_id,
                "actor": one.actor,
                "properties": bytes(one.properties).decode(),
                "context": "{}",
            }
            for nr, one in enumerate(events, start=1)
        ]
        for row in rows:
            self._add("events", row)
            # What is not use is kept a second time, for looking up.
            self._add("said", row)
        newest = [self.last_arrival() + len(rows)]
        self._run("insert or replace into progress (name, position) values ('arrived', ?)", newest)

    def last_arrival(self) -> int:
        return int(self.warehouse.ask("facts/last_arrival").item())

    def usage(self, person_id: str, account_id: str, feature: str, at: datetime) -> None:
        instant = at.replace(tzinfo=None)
        row = {"day": at.date(), "account_id": account_id, "person_id": person_id, "feature": feature}
        self._add("usage_daily", {**row, "actor": "human", "n": 1, "first_at": instant, "last_at": instant})

    def _add(self, table: str, row: dict[str, Any]) -> None:
        columns, marks = ", ".join(row), ", ".join("?" for _ in row)
        self._run(f"insert into {table} ({columns}) values ({marks})", list(row.values()))  # noqa: S608 -- names written above

    def _run(self, statement: str, values: list[Any]) -> None:
        self.warehouse._root.execute(statement, values)


def decided(operations: Operations, play: str = "first_week_back") -> list[Intervention]:
    """What a play decided, in the order of its signals."""
    return sorted(Interventions(operations).for_play(play), key=lambda one: one.signal_id)


def one_of(operations: Operations) -> Intervention:
    (one,) = decided(operations)
    return one


def why(operations: Operations) -> list[str | None]:
    return [one.why for one in decided(operations)]


def said(events: Sequence[Event]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.properties) for event in events]
