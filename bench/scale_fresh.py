"""A thousand believable events of today at a time, of people who are there and a few who are new."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from waypost.core import Actor, Event, Kind
from waypost.store import Warehouse

A_ROUND, COPIES, CHOSEN = 1_000, 10, 400
SAID = [Kind.IDENTIFY] * 8 + [Kind.MEMBERSHIP] * 8 + [Kind.TICKET] * 4 + [Kind.SURVEY] * 4
USED = [
    (Kind.TRACK, "Report Exported"),
    (Kind.PAGE, "Dashboard"),
    (Kind.PAGE, "Report"),
    (Kind.LOG, "GET /depots/:id/board"),
    (Kind.LOG, "POST /depots/:id/loads/:id/scan"),
    (Kind.TRACK, "Heartbeat"),
]
PEOPLE = """
    select person_id, account_id from memberships where left_on is null order by hash(person_id) limit 20000
"""
STORED = "select * exclude (arrival, happened_on, import_id) from events where arrival % 997 = 1 limit 1000"


class Fresh:
    """Makes what comes in between two rounds; no two workspaces or runs need make the same."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Look up who is there, and some events that came before."""
        self._chance = random.Random(1)  # noqa: S311 -- chance in a benchmark is no secret
        self._people = warehouse.look(PEOPLE).to_dicts()
        self._stored = warehouse.look(STORED).to_dicts()
        self._nr = int(warehouse.look("select max(arrival) as last from events").item())
        self._now = datetime.min.replace(tzinfo=UTC)

    def events(self, now: datetime) -> list[Event]:
        """Return the next thousand: use, a few of everything else, and COPIES that had come before."""
        self._now = now
        chosen = self._chance.sample(self._people, min(CHOSEN, len(self._people)))
        told = [self._said(kind, **self._chance.choice(chosen)) for kind in SAID]
        again = [_event_of(row) for row in self._chance.sample(self._stored, COPIES)]
        used = [self._used(**self._chance.choice(chosen)) for _ in range(A_ROUND - len(told) - len(again))]
        return [*used, *told, *again]

    def _used(self, person_id: str, account_id: str) -> Event:
        kind, name = self._chance.choice(USED)
        return self._event(kind, name, {}, person_id, account_id)

    def _said(self, kind: Kind, person_id: str, account_id: str) -> Event:
        match kind:
            case Kind.IDENTIFY:
                return self._event(kind, "identify", {"title": f"Title {self._nr}"}, person_id, None)
            case Kind.MEMBERSHIP:
                return self._event(kind, "joined", {"role": "analyst"}, f"new-{self._nr}", account_id)
            case Kind.TICKET:
                said = {"ticket_id": f"n-{self._nr}", "priority": "high"}
                return self._event(kind, "opened", said, person_id, account_id)
            case _:
                answer = {"answer_id": f"s-{self._nr}", "score": self._nr % 11, "scale": "nps"}
                return self._event(Kind.SURVEY, "nps", answer, person_id, account_id)

    def _event(
        self, kind: Kind, name: str, said: dict[str, Any], person_id: str, account_id: str | None
    ) -> Event:
        self._nr += 1
        return Event(
            event_id=f"fresh-{self._nr}",
            source="bench",
            kind=kind,
            name=name,
            happened_at=self._now - timedelta(seconds=self._chance.randrange(1, 3600)),
            received_at=self._now,
            person_id=person_id,
            account_id=account_id,
            properties=msgspec.Raw(msgspec.json.encode(said)),
        )


def _event_of(row: dict[str, Any]) -> Event:
    """Return a stored event as it came."""
    raw = {name: msgspec.Raw(row[name].encode()) for name in ("properties", "context")}
    at = {name: row[name].replace(tzinfo=UTC) for name in ("happened_at", "received_at")}
    return Event(**{**row, **raw, **at, "kind": Kind(row["kind"]), "actor": Actor(row["actor"])})
