"""The events behind a number: of an account, of a span of days, of one reason."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.score import Reason
from waypost.show import words
from waypost.show.pages.account import account_of
from waypost.show.pages.account_why import SMALL, period_of
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.show.why import change_of

PAGE = 100
KINDS = {"latest_answer": ["survey"], "open_tickets": ["ticket"], "team_changes": ["membership"]}
EARLIER_DAYS = {"open_tickets": 30}
LONGEST_BACK = 399


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the list shows it."""

    event_id: str
    source: str
    kind: str
    name: str
    happened_at: datetime
    person_id: str | None
    person: str | None
    actor: str
    quantity: float | None
    properties: str
    total: int

    @property
    def facts(self) -> str:
        """The event's properties, short enough for a row."""
        return "" if self.properties in ("", "{}") else self.properties[:240]


def events(visit: Visit) -> Response:
    """List the events of an account before and in a span of days."""
    found = account_of(visit)
    before = _day(visit.asked("before"))
    until = before - timedelta(days=1) if before else visit.today
    asked = _asked(found.account_id, until - timedelta(days=LONGEST_BACK), until, _page(visit))
    return _draw(visit, asked, account=found, reason=None, title=f"Events of {found.name}", rows=[])


def reason(visit: Visit) -> Response:
    """List the ledger's rows and the events behind one reason of a score change."""
    found = account_of(visit)
    rules = visit.rules
    since, _ = period_of(visit)
    change = change_of(visit, rules, found.account_id, since)
    letter = visit.request.path_params["letter"]
    chosen = next((each for each in change.reasons if (each.letter or SMALL) == letter), None)
    if chosen is None:
        raise HTTPException(
            404, "no reason of this letter moved the score in this period; the period may have moved on"
        )
    asked = {**_asked(found.account_id, *_span(chosen, rules), _page(visit)), **_narrowed(chosen, rules)}
    title = f"{chosen.title}: {words.signed(chosen.shown)} points"
    rows = [row for part in chosen.parts for row in part.rows] if chosen.parts else list(chosen.rows)
    return _draw(visit, asked, account=found, reason=chosen, title=title, rows=rows)


def _draw(visit: Visit, asked: dict[str, Any], **values: Any) -> Response:  # noqa: ANN401 -- a template's values
    found = rows_of(visit.desk.warehouse.ask("show/trace", asked), Traced)
    total = found[0].total if found else 0
    return visit.page(
        "trace.html",
        events=found,
        total=total,
        first=asked["skip"],
        page_number=_page(visit),
        since=asked["since"],
        until=asked["until"] - timedelta(days=1),
        **values,
    )


def _asked(account_id: str, since: date, until_on: date, page: int) -> dict[str, Any]:
    return {
        "account": account_id,
        "since": since,
        "until": until_on + timedelta(days=1),
        "person": None,
        "kinds": None,
        "names": None,
        "most": PAGE,
        "skip": (page - 1) * PAGE,
    }


def _span(chosen: Reason, rules: Rules) -> tuple[date, date]:
    """Return the days whose events stand behind a reason: its rows' days, and the window its measure looks back."""
    days = [row.on_day for row in chosen.rows]
    kind, measure = _measure(chosen, rules)
    back = measure.get("recent_days", 0) if kind == "feature_trend" else EARLIER_DAYS.get(kind, 0)
    return min(days) - timedelta(days=int(back)), max(days)


def _narrowed(chosen: Reason, rules: Rules) -> dict[str, Any]:
    kind, measure = _measure(chosen, rules)
    if kind == "feature_trend":
        feature = rules.catalogue.feature(str(measure.get("feature")))
        # Of a feature that is meant by pattern or path, all events of the span are listed.
        return {"names": feature.exact_names()} if feature else {}
    person = chosen.people[0] if len(chosen.people) == 1 else None
    return {"kinds": KINDS.get(kind), "person": person if kind in ("adoption", "latest_answer") else None}


def _measure(chosen: Reason, rules: Rules) -> tuple[str, dict[str, Any]]:
    for card in rules.scorecards.values():
        made_by = card.input(chosen.input)
        if made_by:
            return str(made_by.measure.get("kind")), made_by.measure
    return "", {}


def _page(visit: Visit) -> int:
    said = visit.asked("page", "1")
    return max(1, int(said)) if said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004 -- no list is longer


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
