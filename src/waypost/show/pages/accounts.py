"""Accounts: who changed over a period, and why in words."""

from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.show import charts, words
from waypost.show.account_filters import save_address
from waypost.show.portfolio import DOWN_FIRST, NO_DATA, PERIODS, RENEWALS, Account, Portfolio, portfolio
from waypost.show.rows import scope
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
POINTS = 8
BANDS = ("at_risk", "watch", "steady", NO_DATA)
MOST_OWNERS = 12
#: The columns beside the account's name: key, name, side, and whether it can be sorted by.
COLUMNS = (
    ("health", "Health", "", True),
    ("moved", "", "number", True),
    ("line", "Line", "", False),
    ("why", "Why", "", False),
    ("strays", "Strays", "number", True),
    ("value", "Value", "number", True),
    ("renews", "Renews", "", True),
    ("owner", "Owner", "", True),
)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the page: the account with its line and its why."""

    account: Account
    line: Markup
    why: str
    owner: str


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One filter that is on, and the address without it."""

    label: str
    says: str
    without: str


class BandCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many accounts are in a band, and how many came into it over the period."""

    band: str
    count: int
    came: int
    href: str
    current: bool


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The head of one column, with the address that sorts by it (empty: it cannot be sorted by)."""

    name: str
    side: str
    href: str
    on: bool
    down: bool


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of the menu of columns."""

    name: str
    shown: bool
    href: str


def accounts(visit: Visit) -> Response:
    """Draw the portfolio."""
    found = portfolio(visit, visit.request.query_params)
    first = (_page(visit) - 1) * PAGE
    shown = found.page(first, PAGE)
    names = {each.email: each.name for each in visit.house.members.list()}
    return visit.page(
        "accounts.html",
        rows=_rows(visit, found, shown, names),
        total=found.chosen.height,
        everybody=found.everybody.height,
        first=first,
        pages=(_page(visit), max(1, -(-found.chosen.height // PAGE))),
        counts=_counts(visit, found),
        moved=found.changed_band().height,
        period=found.period,
        days=found.days,
        periods=PERIODS,
        chips=_chips(visit, found, names),
        menu=_menu(visit, found, names),
        heads=_heads(visit, found),
        hidden=_hidden(visit),
        columns=_columns(visit, found),
        save=save_address(visit.request.query_params, found.days),
        inside=urlencode({"in": str(visit.request.url.query) or f"period={found.period}"}),
    )


def accounts_csv(visit: Visit) -> Response:
    """Send the same accounts as a file, all pages."""
    found = portfolio(visit, visit.request.query_params)
    chosen = found.page(0, found.chosen.height)
    why = _why(visit, found, chosen)
    rows = [
        [
            each.account_id, each.name, each.tier, each.score, each.band, each.moved, why.get(each.account_id, ""),
            each.strays, each.people, each.value, each.currency, each.renews_on, each.owner,
        ]
        for each in chosen
    ]  # fmt: skip
    head = [
        "account",
        "name",
        "tier",
        "health",
        "band",
        f"change_{found.days}_days",
        "why",
        "strays",
        "people",
    ]
    return csv_response("accounts.csv", [*head, "value_a_year", "currency", "renews_on", "owner"], rows)


def _page(visit: Visit) -> int:
    said = visit.asked("page", "1")
    return max(1, int(said)) if said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004 -- no workspace has more


def _rows(visit: Visit, found: Portfolio, shown: Sequence[Account], names: dict[str, str]) -> list[Shown]:
    ids = [each.account_id for each in shown]
    step = max(1, found.days // (POINTS - 1))
    asked = {"today": visit.today, "step": step}
    lines: dict[str, list[float | None]] = {key: [None] * POINTS for key in ids}
    points = visit.desk.warehouse.ask("show/score_lines", asked, scope("account_id", ids))
    for account_id, point, score in points.iter_rows():
        if 0 <= point < POINTS:
            lines[account_id][point] = score
    why = _why(visit, found, shown)
    return [
        Shown(
            account=each,
            line=charts.sparkline(lines[each.account_id], f"Health over {found.days} days"),
            why=why.get(each.account_id, ""),
            owner=names.get((each.owner or "").lower(), words.name_of_email(each.owner or "")),
        )
        for each in shown
    ]


def _why(visit: Visit, found: Portfolio, shown: Sequence[Account]) -> dict[str, str]:
    """Return why each account moved, in words: the inputs that moved it most."""
    card = next(iter(found.rules.scorecards.values()), None)
    asked = {"since": found.since, "today": visit.today}
    ids = scope("account_id", (each.account_id for each in shown))
    said: dict[str, list[str]] = {}
    for account_id, key, points in visit.desk.warehouse.ask("show/biggest_moves", asked, ids).iter_rows():
        made_by = card.input(key) if card else None
        name = made_by.name if made_by else key
        text = f"{name} {words.signed(points)}"
        said.setdefault(account_id, []).append(text)
    for each in shown:
        if each.score is None:
            said[each.account_id] = [_sentence(each.withheld or "no score has been made yet")]
    return {key: ", ".join(found_words) for key, found_words in said.items()}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counts(visit: Visit, found: Portfolio) -> list[BandCount]:
    counted = Counter(dict(found.everybody["band"].fill_null(NO_DATA).value_counts().iter_rows()))
    came = Counter(dict(found.changed_band()["band"].value_counts().iter_rows()))
    chosen = visit.asked("band")
    return [
        BandCount(
            band=band,
            count=counted[band],
            came=came[band],
            href=visit.here(band=None if chosen == band else band, page=None),
            current=chosen == band,
        )
        for band in BANDS
        if counted[band] or band != NO_DATA
    ]


def _chips(visit: Visit, found: Portfolio, names: dict[str, str]) -> list[Chip]:
    segments = {each.key: each.name for each in found.rules.segments}
    moves = {"fell": "fell", "rose": "rose", "band": "changed band"}
    said: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("band", "Health", lambda value: f"is {charts.band_word(value)}"),
        ("tier", "Tier", lambda value: f"is {found.rules.tiers.name_of(value)}"),
        ("owner", "Owner", lambda value: f"is {names.get(value, words.name_of_email(value))}"),
        ("moved", "Health", lambda value: moves.get(value, value)),
        ("renews", "Renews", lambda value: f"within {value} days"),
        ("segment", "Segment", lambda value: f"is {segments.get(value, value)}"),
    )
    return [
        Chip(label=label, says=says(visit.asked(name)), without=visit.here(**{name: None, "page": None}))
        for name, label, says in said
        if visit.asked(name)
    ]


def _menu(visit: Visit, found: Portfolio, names: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the filter menu: heads, and under each the choices with their addresses."""

    def to(**changes: str) -> str:
        return visit.here(**changes, page=None)

    owners = found.owners(MOST_OWNERS)
    menu = [
        (
            "Change",
            [("Fell", to(moved="fell")), ("Rose", to(moved="rose")), ("Changed band", to(moved="band"))],
        ),
        ("Tier", [(each.name, to(tier=each.key)) for each in found.rules.tiers.tiers]),
        ("Owner", [(names.get(each, words.name_of_email(each)), to(owner=each)) for each in owners]),
        ("Segment", [(each.name, to(segment=each.key)) for each in found.rules.segments]),
        ("Renews", [(f"Within {days} days", to(renews=days)) for days in RENEWALS]),
    ]
    return [(head, choices) for head, choices in menu if choices]


def _hidden(visit: Visit) -> list[str]:
    """Return the columns that the address leaves out."""
    said = visit.asked("without").split(".")
    return [key for key, *_ in COLUMNS if key in said]


def _heads(visit: Visit, found: Portfolio) -> list[Head]:
    hidden = _hidden(visit)
    columns = [("name", "Account", "", True), *(each for each in COLUMNS if each[0] not in hidden)]
    heads = []
    for key, name, side, sorts in columns:
        on = key == found.sort
        down = not found.down if on else key in DOWN_FIRST
        heads.append(
            Head(
                name=name or f"{found.days} days",
                side=side,
                href=visit.here(sort=key, down="1" if down else "0", page=None) if sorts else "",
                on=on,
                down=found.down,
            )
        )
    return heads


def _columns(visit: Visit, found: Portfolio) -> list[Column]:
    """Return the choices of the menu of columns, each with the address that shows or hides it."""
    hidden = _hidden(visit)
    return [
        Column(
            name=name or f"Change in {found.days} days",
            shown=key not in hidden,
            href=visit.here(
                without=".".join(each for each, *_ in COLUMNS if (each in hidden) != (each == key)) or None
            ),
        )
        for key, name, *_ in COLUMNS
    ]
