"""Guesses what the columns of a file of cells mean, by their names and by what stands in them."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from waypost.collect.csv_file import Cells
from waypost.collect.csv_mapping import NUMERIC, Dates, Numbers, is_number
from waypost.collect.instants import read_instant
from waypost.collect.query_becomes import Becomes

EVENTS = "events"
#: How columns are called that are what a mapping names, the likeliest name first.
ROLES: dict[str, tuple[str, ...]] = {
    "person": (
        "user_id", "userid", "person_id", "contact_id", "distinct_id", "user", "person", "email", "user_email",
        "email_address", "e_mail", "contact_email", "requester_email", "requester", "contact", "username", "login",
    ),
    "account": (
        "account_id", "accountid", "company_id", "organization_id", "organisation_id", "org_id", "customer_id",
        "workspace_id", "tenant_id", "group_id", "account", "company", "organization", "organisation", "customer",
        "org", "tenant", "workspace", "client", "account_name", "company_name",
    ),
    "time": (
        "happened_at", "timestamp", "event_time", "time", "occurred_at", "created_at", "responded_at", "answered_at",
        "response_date", "submitted_at", "opened_at", "created", "joined_at", "signed_at", "signed_on", "date",
        "datetime", "created_date", "day", "updated_at",
    ),
    "event_column": ("event", "event_name", "action", "activity", "name_of_event", "event_type", "feature"),
    "quantity": ("quantity", "count", "amount", "n", "times", "rows"),
    "solved": ("solved_at", "closed_at", "resolved_at", "solved", "resolved", "closed"),
    "actor_column": ("actor",),
}  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    EVENTS: ("event_id", "message_id", "insert_id", "uuid"),
    Becomes.CONTRACTS: ("contract_id", "subscription_id", "contract", "subscription", "opportunity_id", "id"),
    Becomes.TICKETS: ("ticket_id", "ticket", "case_number", "case_id", "issue_key", "key", "id"),
    Becomes.ANSWERS: ("answer_id", "response_id", "survey_response_id", "id"),
}
SCORES = ("score", "nps", "nps_score", "rating", "csat", "ces", "answer")
#: Properties that have a meaning, by what becomes of the rows, and how columns are called that are such.
PROPERTIES: dict[str, dict[str, tuple[str, ...]]] = {
    Becomes.PEOPLE: {
        "name": ("full_name", "name"), "email": ("email", "e_mail", "email_address"), "title": ("title", "job_title"),
    },
    Becomes.ACCOUNTS: {
        "name": ("account_name", "company_name", "name", "company"), "plan": ("plan", "plan_name"),
        "region": ("region",), "owner": ("owner", "owner_email", "csm", "account_owner"), "tier": ("tier",),
    },
    Becomes.MEMBERSHIPS: {
        "role": ("role",), "title": ("title", "job_title"), "name": ("full_name", "name"),
        "email": ("email", "e_mail", "email_address"), "champion": ("champion", "is_champion"),
        "signs_renewal": ("signs_renewal", "decision_maker", "signer"),
        "provisioned_at": ("provisioned_at", "access_granted", "invited_at"),
    },
    Becomes.CONTRACTS: {
        "value": ("value", "acv", "arr", "annual_value", "contract_value", "amount"), "currency": ("currency",),
        "seats": ("seats", "licenses", "licences", "quantity"),
        "starts_on": ("starts_on", "start_date", "start", "contract_start"),
        "renews_on": ("renews_on", "renewal_date", "renewal", "end_date", "ends_on", "contract_end", "expires_on"),
    },
    Becomes.TICKETS: {"subject": ("subject", "summary", "title"), "priority": ("priority", "severity")},
    Becomes.ANSWERS: {"comment": ("comment", "verbatim", "feedback", "reason", "text"), "scale": ("scale",)},
}  # fmt: skip
#: What becomes of the rows when these columns are there; the first that fits.
_SIGNS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (Becomes.ANSWERS, (SCORES,)),
    (
        Becomes.TICKETS,
        (("ticket_id", "ticket", "case_number", "case_id", "issue_key", "priority", "severity"),),
    ),
    (EVENTS, (ROLES["event_column"],)),
    (
        Becomes.CONTRACTS,
        (
            (
                "contract_id",
                "subscription_id",
                "contract",
                "renews_on",
                "renewal_date",
                "renewal",
                "acv",
                "arr",
            ),
        ),
    ),
    (Becomes.MEMBERSHIPS, (ROLES["person"], ROLES["account"])),
    (Becomes.PEOPLE, (ROLES["person"],)),
    (Becomes.ACCOUNTS, (ROLES["account"],)),
)
_ROLES_OF: dict[str, tuple[str, ...]] = {
    EVENTS: ("person", "account", "time", "event_column", "quantity", "actor_column"),
    Becomes.PEOPLE: ("person", "account"),
    Becomes.ACCOUNTS: ("account",),
    Becomes.MEMBERSHIPS: ("person", "account", "time"),
    Becomes.CONTRACTS: ("account", "time"),
    Becomes.TICKETS: ("person", "account", "time", "solved"),
    Becomes.ANSWERS: ("person", "account", "time"),
}
#: What files become on the page; a mapping may say all that a query's says.
FILES_BECOME = tuple(_ROLES_OF)
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{4}")
_HIGHEST = {"nps": 10, "ces": 7, "csat": 5}
_TWELVE = 12


def roles_of(becomes: str) -> tuple[str, ...]:
    """Return what columns may be when rows become this, beside properties."""
    roles = _ROLES_OF[becomes]
    return (
        *roles,
        *(("key",) if becomes in KEYS else ()),
        *(("score",) if becomes == Becomes.ANSWERS else ()),
    )


def guess(columns: Sequence[str], rows: Sequence[Cells], becomes: str | None = None) -> dict[str, Any]:
    """Return the likeliest mapping of a file, as its document; it may lack what nothing tells.

    `rows` are some of its first ones; `becomes` is what the rows are when somebody has said so.
    """
    names = {column: _plain(column) for column in columns}
    kind = becomes or next(
        (kind for kind, signs in _SIGNS if all(_first(names, each) for each in signs)), EVENTS
    )
    told: dict[str, Any] = {"becomes": str(kind)}
    free = dict(names)

    def take(place: str, known: tuple[str, ...], fits: Callable[[str], bool] = lambda _: True) -> None:
        found = _first(free, known, fits)
        if found:
            told[place] = found
            del free[found]

    if kind in KEYS:
        take("key", KEYS[kind])
    if kind == Becomes.ANSWERS:
        take("quantity", SCORES)
    for role in _ROLES_OF[kind]:
        take(role, ROLES[role], lambda column, role=role: role != "time" or _is_time(column, rows))  # type: ignore[misc]
    properties = {
        name: found for name, known in PROPERTIES.get(kind, {}).items() if (found := _take(free, known))
    }
    told["names"] = {column: name for name, column in properties.items() if column != name}
    if "key" in told:
        told["key"] = [told["key"]]
    if kind == Becomes.ANSWERS:
        told |= _survey(told.get("quantity"), "scale" in properties, rows)
    told["dates"] = _dates(rows).value
    numeric = {told.get("quantity"), *(column for name, column in properties.items() if name in NUMERIC)}
    amounts = [cell for row in rows for column, cell in row.items() if cell and column in numeric]
    told["numbers"] = _numbers(amounts).value
    return {name: value for name, value in told.items() if value}


def _survey(score: str | None, says_scale: bool, rows: Sequence[Cells]) -> dict[str, str]:  # noqa: FBT001 -- one call
    """Return the scale of answers and a name for the survey, by its column and its highest score."""
    named = _plain(score or "")
    scores = [float(cell) for row in rows if (cell := row.get(score or "")) and _is_number(cell)]
    highest = max(scores, default=0)
    scale = next((each for each in _HIGHEST if each in named), None) or (
        "nps" if highest > _HIGHEST["ces"] or not scores else "csat" if highest <= _HIGHEST["csat"] else "ces"
    )
    return {"event": scale} if says_scale else {"event": scale, "scale": scale}


def _numbers(cells: Sequence[str]) -> Numbers:
    """Return how numbers are written, by those that are one only if read so.

    Where all may be read both ways, a point stands between thousands: few amounts have three decimals.
    """
    point, comma = ([is_number(cell, each) for cell in cells] for each in (Numbers.POINT, Numbers.COMMA))
    only_point = sum(one and not other for one, other in zip(point, comma, strict=True))
    only_comma = sum(other and not one for one, other in zip(point, comma, strict=True))
    if not only_point and not only_comma:
        return Numbers.COMMA if any("." in cell for cell in cells) else Numbers.POINT
    return Numbers.COMMA if only_comma > only_point else Numbers.POINT


def _dates(rows: Sequence[Cells]) -> Dates:
    """Return how days are written: a first number above twelve is a day, a second one says that months come first."""
    found = [match for row in rows for cell in row.values() if cell and (match := _DATE.match(cell))]
    if not found:
        return Dates.ISO
    if any(int(each[2]) > _TWELVE for each in found):
        return Dates.MONTH_FIRST
    slashes = all("/" in each[0] for each in found)
    return (
        Dates.DAY_FIRST if any(int(each[1]) > _TWELVE for each in found) or not slashes else Dates.MONTH_FIRST
    )


def _is_time(column: str, rows: Sequence[Cells]) -> bool:
    said = [cell for row in rows if (cell := row.get(column))]
    return all(read_instant(cell) or _DATE.match(cell) or cell.isdigit() for cell in said)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", cell) is not None


def _take(free: dict[str, str], known: tuple[str, ...]) -> str | None:
    found = _first(free, known)
    if found:
        del free[found]
    return found


def _first(
    names: dict[str, str], known: tuple[str, ...], fits: Callable[[str], bool] = lambda _: True
) -> str | None:
    """Return the column with the likeliest of some names."""
    return next(_matching(names, known, fits), None)


def _matching(names: dict[str, str], known: tuple[str, ...], fits: Callable[[str], bool]) -> Iterator[str]:
    for each in known:
        yield from (column for column, plain in names.items() if plain == each and fits(column))


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
