"""People: who stands where, filtered by journey, milestone and standing; and finding anybody."""

import msgspec
from starlette.responses import Response

from waypost.show.addresses import account_address, person_address
from waypost.show.pages.account import account_of, people_of
from waypost.show.people import Person
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
MOST_FOUND = 40
STANDINGS = {"strays": True, "on_path": False}
HEAD = ["person", "name", "title", "role", "journey", "standing", "milestone", "since_on", "last_seen_at"]


class Listed(Person, frozen=True, kw_only=True):
    """One person of the list, with their account."""

    account_id: str
    account: str
    total: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    kind: str
    id: str
    name: str
    note: str

    @property
    def href(self) -> str:
        """Where it is."""
        return account_address(self.id) if self.kind == "account" else person_address(self.id)


def people(visit: Visit) -> Response:
    """Draw the list of people."""
    rules = visit.rules
    page = max(1, int(visit.asked("page", "1"))) if visit.asked("page", "1").isdigit() else 1
    standing = visit.asked("standing")
    asked = {
        "today": visit.today,
        "journey": visit.asked("journey") or None,
        "milestone": visit.asked("milestone") or None,
        "strays": STANDINGS.get(standing),
        "account": visit.asked("account") or None,
        "most": PAGE,
        "skip": (page - 1) * PAGE,
    }
    found = rows_of(visit.desk.warehouse.ask("show/people", asked), Listed)
    journey = rules.journeys.get(visit.asked("journey"))
    return visit.page(
        "people.html",
        rows=found,
        total=found[0].total if found else 0,
        first=(page - 1) * PAGE,
        page_number=page,
        rules=rules,
        journey=journey,
        milestone=journey.milestone(visit.asked("milestone")) if journey else None,
        standing=standing if standing in STANDINGS else "",
    )


def people_csv(visit: Visit) -> Response:
    """Send the people of one account as a file."""
    found = account_of(visit)
    rows = [[each.person_id, *_row(each)] for each in people_of(visit, found.account_id)]
    return csv_response("people.csv", HEAD, rows)


def find(visit: Visit) -> Response:
    """Find accounts and people by name, id or e-mail."""
    words = visit.asked("q").strip().lower()[:100]
    asked = {"words": words, "most": MOST_FOUND}
    found = rows_of(visit.desk.warehouse.ask("show/find", asked), Found) if words else []
    return visit.page("find.html", words=visit.asked("q").strip(), found=found, most=MOST_FOUND)


def _row(each: Person) -> list[object]:
    said = [each.name, each.title, each.role, each.journey, each.standing, each.milestone, each.since_on]
    return [*said, each.last_seen_at]
