"""People: who stands where, by any condition that segments know; and finding anybody."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import polars as pl
from starlette.responses import Response

from waypost.learn import RULE_USED
from waypost.show import measured, people_filters
from waypost.show.addresses import account_address, person_address
from waypost.show.kept import Keeping, kept
from waypost.show.pages.account import account_of, people_of
from waypost.show.people import Person
from waypost.show.people_filters import Asked
from waypost.show.rosters import key_of, members_of
from waypost.show.rows import rows_of
from waypost.show.segment_kinds import Choices
from waypost.show.segment_words import Wording
from waypost.show.spreadsheet import ROWS_AT_ONCE, csv_response
from waypost.show.visit import Visit

PAGE = 50
MOST_FOUND, MOST_ROWS = 40, 100_000
ACTIVE_DAYS = 28
SORTS = ("standing", "name", "account", "role", "due", "active", "seen")
DOWN_FIRST = ("active", "seen")
HEADS = (
    ("name", "Person", ""),
    ("account", "Account", ""),
    ("role", "Role", ""),
    ("standing", "Stands", ""),
    ("", "Next milestone", ""),
    ("due", "Due", ""),
    ("active", f"Active days of {ACTIVE_DAYS}", "number"),
    ("seen", "Last seen", ""),
)
#: What somebody at risk is judged by, with the interval and the count of those whose history it comes from.
ODDS = ["odds", "odds_low", "odds_high", "odds_of_people", "at_risk_by"]
STANDS = ["journey", "standing", "milestone", "since_on"]
HEAD = ["person", "name", "title", "role", *STANDS, "last_seen_at", *ODDS]
ALL_COLUMNS = [
    *("person", "name", "email", "title", "role", "champion", "signs_renewal", "account", "account_name"),
    *(*STANDS, "due_on", "missing", f"active_days_{ACTIVE_DAYS}", "last_seen_at"),
    *ODDS,
]


class Listed(Person, frozen=True, kw_only=True):
    """One person of the list, with their account."""

    email: str | None
    account_id: str
    account: str
    active_days: int

    def days_address(self, today: date) -> str:
        """Return where the days are listed on which this person was active."""
        return measured.Asked(level="person", id=self.person_id, cutoff=today).address(
            f"active_days_{ACTIVE_DAYS}"
        )


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


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """How many people, and how many rows: a person has one for each account."""

    people: int
    pairs: int


def people(visit: Visit) -> Response:
    """Draw the list of people."""
    rules = visit.rules
    asked = people_filters.asked_of(visit)
    total = _total(visit, asked)
    page = _page(visit)
    found = _listed_page(visit, asked, page)
    journey = rules.journeys.get(asked.journey or "")
    accounts = {each.account_id: each.account for each in found}
    choices = Choices.of(visit, asked.rule.of)
    return visit.page(
        "people.html",
        rows=found,
        total=total,
        first=(page - 1) * PAGE,
        page_number=page,
        rules=rules,
        journey=journey,
        milestone=journey.milestone(asked.milestone) if journey else None,
        standing=asked.standing,
        asked=asked,
        sentence=Wording(rules, asked.rule.of, accounts).sentence(asked.rule),
        chips=people_filters.chips(visit, rules, accounts),
        menu=people_filters.menu(visit, rules, choices),
        heads=_heads(visit),
        kept=[
            (key, value)
            for key, value in visit.request.query_params.multi_items()
            if key not in ("q", "page")
        ],
    )


def everybody_csv(visit: Visit) -> Response:
    """Send the same people as a file: all pages, all columns."""
    asked = people_filters.asked_of(visit)
    found = _listed(visit, asked, most=MOST_ROWS, skip=0)
    pieces = (rows_of(piece, Listed) for piece in found.iter_slices(ROWS_AT_ONCE))
    return csv_response("people.csv", ALL_COLUMNS, (_whole_row(each) for piece in pieces for each in piece))


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


def _listed_page(visit: Visit, asked: Asked, page: int) -> list[Listed]:
    """Return one page of the list in the order that the address asks for."""
    sort = visit.choice("sort", SORTS)
    same = ("people", key_of(asked.rule), asked.journey, sort, _down(visit, sort), page)
    found = kept(visit, same, lambda: _listed(visit, asked, most=PAGE, skip=(page - 1) * PAGE))
    return rows_of(found, Listed)


def _listed(visit: Visit, asked: Asked, *, most: int, skip: int) -> pl.DataFrame:
    sort = visit.choice("sort", SORTS)
    told = {
        "everybody": asked.free,
        "today": visit.today,
        "journey": asked.journey,
        "since": visit.today - timedelta(days=ACTIVE_DAYS - 1),
        "sort": sort,
        "down": _down(visit, sort),
        "most": most,
        "skip": skip,
    }
    nobody = pl.DataFrame(schema={"person_id": pl.String, "account_id": pl.String})
    chosen = nobody if asked.free else members_of(visit, asked.rule)
    return visit.desk.warehouse.ask("show/people_page", told, {"chosen": chosen})


def _total(visit: Visit, asked: Asked) -> Total:
    """Return how many are asked for."""
    if asked.free:
        return rows_of(Keeping(visit).ask("show/people_count", {"today": visit.today}), Total)[0]
    return kept(visit, ("total", key_of(asked.rule)), lambda: _counted(members_of(visit, asked.rule)))


def _counted(chosen: pl.DataFrame) -> Total:
    return Total(people=chosen["person_id"].n_unique(), pairs=chosen.height)


def _page(visit: Visit) -> int:
    said = visit.asked("page", "1")
    return max(1, int(said)) if said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004 -- no workspace has more


def _down(visit: Visit, sort: str) -> bool:
    return visit.asked("down", "1" if sort in DOWN_FIRST else "0") == "1"


def _heads(visit: Visit) -> list[dict[str, object]]:
    sort = visit.choice("sort", SORTS)
    heads: list[dict[str, object]] = []
    for key, name, side in HEADS:
        on = key == sort
        down = not _down(visit, sort) if on else key in DOWN_FIRST
        href = visit.here(sort=key, down="1" if down else "0", page=None) if key else ""
        heads.append({"name": name, "side": side, "href": href, "on": on, "down": _down(visit, sort)})
    return heads


def _row(each: Person) -> list[object]:
    said = [each.name, each.title, each.role, each.journey, each.standing, each.milestone, each.since_on]
    return [*said, each.last_seen_at, *_odds(each)]


def _whole_row(each: Listed) -> Sequence[object]:
    missing = "; ".join(missed.says for missed in each.missed)
    who = [each.person_id, each.name, each.email, each.title, each.role, each.champion, each.signs_renewal]
    stands = [each.journey, each.standing, each.milestone, each.since_on, each.due_on, missing]
    seen = [each.active_days, each.last_seen_at]
    return [*who, each.account_id, each.account, *stands, *seen, *_odds(each)]


def _odds(each: Person) -> list[object]:
    """Return the odds of somebody at risk, or why there are none; nothing of all others."""
    if each.standing != "at_risk":
        return [None, None, None, None, None]
    by = RULE_USED if each.odds is None else "odds"
    return [each.odds, each.low, each.high, each.people, by]
