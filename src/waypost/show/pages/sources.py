"""Sources: is what we see true and fresh? And the keys with which products send events."""

from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from starlette.responses import Response

from waypost.collect import SAYS
from waypost.core import StoreError
from waypost.show import freshness
from waypost.show.visit import Visit
from waypost.store import Keys, Outcome

DAYS = 30
MOST_QUARANTINED = 30
MOST_PAYLOAD = 1_200
MOST_NAME = 60


class Row(msgspec.Struct, kw_only=True):
    """One source with what the door counted over 30 days."""

    name: str
    last_at: datetime | None = None
    late: bool = False
    accepted: int = 0
    today: int = 0
    refused: dict[str, int] = {}
    noise: dict[str, int] = {}

    @property
    def state(self) -> str:
        """New, on time, or late."""
        return "New" if self.last_at is None else "Late" if self.late else "On time"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of what was refused, cut to a readable size."""

    source: str
    reason: str
    says: str
    payload: str
    cut: bool
    at: datetime


def sources(visit: Visit, new_key: str = "", wrong: str = "") -> Response:
    """Draw the sources, the quarantine and the keys."""
    chosen = visit.asked("source") or None
    quarantined = visit.desk.inbox.quarantined(chosen, MOST_QUARANTINED)
    rows = rows_of_sources(visit)
    return visit.page(
        "sources.html",
        status=422 if wrong else 200,
        rows=rows,
        late=sum(row.late for row in rows),
        chosen=chosen,
        quarantined=[
            Refused(
                source=each.source,
                reason=each.reason,
                says=_says(each.reason, each.detail),
                payload=each.payload[:MOST_PAYLOAD],
                cut=len(each.payload) > MOST_PAYLOAD,
                at=each.received_at,
            )
            for each in quarantined
        ],
        days=DAYS,
        keys=Keys(visit.desk.operations).list(),
        new_key=new_key,
        wrong=wrong,
        collector=visit.desk.collector_url,
    )


def page(visit: Visit) -> Response:
    """Draw the sources."""
    return sources(visit)


def create_key(visit: Visit) -> Response:
    """Make a write key; it is shown this once."""
    name = visit.form.get("name", "").strip()[:MOST_NAME]
    if not name:
        return sources(visit, wrong="Give the key a name, such as that of the product that will use it")
    try:
        return sources(visit, new_key=Keys(visit.desk.operations).create(name, now=visit.now))
    except StoreError as error:
        return sources(visit, wrong=str(error))


def revoke_key(visit: Visit) -> Response:
    """Take a key out of force."""
    try:
        Keys(visit.desk.operations).revoke(visit.form.get("name", ""), now=visit.now)
    except StoreError as error:
        return sources(visit, wrong=str(error))
    return visit.go("/sources?act=revoked")


def rows_of_sources(visit: Visit) -> list[Row]:
    """Return every source that the door has seen, by name."""
    found: dict[str, Row] = {}
    for each in freshness.sources(visit.desk):
        found[each.name] = Row(name=each.name, last_at=each.last_at, late=each.late)
    counted: dict[tuple[str, Outcome], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    today = visit.now.date().isoformat()
    for count in visit.desk.inbox.door_counts((visit.now - timedelta(days=DAYS)).date().isoformat()):
        if count.source == freshness.OURS:
            continue
        row = found.setdefault(count.source, Row(name=count.source))
        if count.outcome is Outcome.ACCEPTED:
            row.accepted += count.n
            row.today += count.n if count.day == today else 0
        else:
            counted[count.source, count.outcome][count.reason] += count.n
    for (name, outcome), reasons in counted.items():
        by_count = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
        if outcome is Outcome.REFUSED:
            found[name].refused = by_count
        else:
            found[name].noise = by_count
    return [found[name] for name in sorted(found)]


def _says(reason: str, detail: str) -> str:
    known = {each.value: said for each, said in SAYS.items()}
    said = known.get(reason, reason.replace("_", " "))
    return f"{said} ({detail})" if detail and detail != said else said
