"""Accounts: who changed over a period, and why in words."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from waypost.show import charts, words
from waypost.show.account_filters import save_address
from waypost.show.addresses import account_address
from waypost.show.rosters import roster_of
from waypost.show.rows import rows_of, scope
from waypost.show.rules import Rules
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
PERIODS = (("7d", "7 days", 7), ("30d", "30 days", 30), ("90d", "90 days", 90))
POINTS = 8
BANDS = ("at_risk", "watch", "steady", "no_data")
SORTS = ("moved", "name", "health", "strays", "value", "renews", "owner")
RENEWALS = ("30", "90", "180")
NAMED_VIEWS = ("band", "tier", "owner", "moved", "renews", "segment")
READY_VIEWS: tuple[tuple[dict[str, str], str], ...] = (
    ({"moved": "fell"}, "Falling"),
    ({"renews": "90"}, "Renewing in 90 days"),
    ({"band": "at_risk"}, "At risk"),
)
DOWN_FIRST = ("moved", "strays", "value")
HEADS = (
    ("name", "Account", ""),
    ("health", "Health", ""),
    ("", "Line", ""),
    ("", "Why", ""),
    ("strays", "Strays", "number"),
    ("value", "Value", "number"),
    ("renews", "Renews", ""),
    ("owner", "Owner", ""),
)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account of the portfolio."""

    account_id: str
    name: str
    tier: str | None
    owner: str | None
    region: str | None
    traits: str
    value: float | None
    currency: str | None
    renews_on: date | None
    score: float | None
    band: str | None
    withheld: str | None
    score_before: float | None
    band_before: str | None
    people: int
    strays: int

    @property
    def moved(self) -> int | None:
        """The change of the shown score over the period, None when one end is not known."""
        if self.score is None or self.score_before is None:
            return None
        return round(self.score) - round(self.score_before)

    @property
    def stake(self) -> float:
        """How much there is to see: the size of the change times the value."""
        return abs(self.moved or 0) * (self.value or 1.0)


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


class PlaceIn(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account stands in the view from which it was opened, and its neighbours there."""

    view: str
    view_href: str
    number: int
    count: int
    before: str
    after: str


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts that the address asks for, in its order, with what it filters by."""

    rules: Rules
    everybody: list[Account]
    chosen: list[Account]
    since: date
    period: str
    days: int
    sort: str
    down: bool


def accounts(visit: Visit) -> Response:
    """Draw the portfolio."""
    found = portfolio(visit, visit.request.query_params)
    first = (_page(visit) - 1) * PAGE
    shown = found.chosen[first : first + PAGE]
    names = {each.email: each.name for each in visit.house.members.list()}
    return visit.page(
        "accounts.html",
        rows=_rows(visit, found, shown, names),
        total=len(found.chosen),
        everybody=len(found.everybody),
        first=first,
        pages=(_page(visit), max(1, -(-len(found.chosen) // PAGE))),
        counts=_counts(visit, found),
        moved=sum(
            1 for each in found.everybody if each.band_before and each.band and each.band != each.band_before
        ),
        period=found.period,
        days=found.days,
        periods=PERIODS,
        chips=_chips(visit, found, names),
        menu=_menu(visit, found, names),
        heads=_heads(visit, found),
        save=save_address(visit.request.query_params, found.days),
        inside=urlencode({"in": str(visit.request.url.query) or f"period={found.period}"}),
    )


def accounts_csv(visit: Visit) -> Response:
    """Send the same accounts as a file, all pages."""
    found = portfolio(visit, visit.request.query_params)
    why = _why(visit, found, found.chosen)
    rows = [
        [
            each.account_id, each.name, each.tier, each.score, each.band, each.moved, why.get(each.account_id, ""),
            each.strays, each.people, each.value, each.currency, each.renews_on, each.owner,
        ]
        for each in found.chosen
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


def place_in(visit: Visit, account_id: str) -> PlaceIn | None:
    """Return an account's place in the view that its address names, None when it names none or it is not in it."""
    view = visit.asked("in")
    if not view:
        return None
    ids = [each.account_id for each in portfolio(visit, dict(parse_qsl(view))).chosen]
    if account_id not in ids:
        return None
    at = ids.index(account_id)

    def beside(nr: int) -> str:
        return f"{account_address(ids[nr])}?{urlencode({'in': view})}" if 0 <= nr < len(ids) else ""

    said = dict(parse_qsl(view))
    filters = {key: value for key, value in said.items() if key in NAMED_VIEWS}
    names = [name for wanted, name in READY_VIEWS if wanted.items() <= filters.items()]
    return PlaceIn(
        view=names[0] if names else "This view" if filters else "All accounts",
        view_href=f"/accounts?{view}",
        number=at + 1,
        count=len(ids),
        before=beside(at - 1),
        after=beside(at + 1),
    )


def portfolio(visit: Visit, said: Mapping[str, str]) -> Portfolio:
    """Return the accounts that a view (the query of an address) asks for."""
    rules = visit.rules
    period = said.get("period", "30d")
    days = next((n for key, _, n in PERIODS if key == period), 30)
    since = visit.today - timedelta(days=days)
    asked = {"today": visit.today, "since": since}
    frame = visit.desk.warehouse.ask("show/portfolio", asked)
    everybody = rows_of(frame, Account)
    sort = said.get("sort", "moved")
    down = said.get("down", "1" if sort in DOWN_FIRST else "0") == "1"
    keep = _filters(visit, said, rules)
    chosen = [each for each in everybody if keep(each)]
    return Portfolio(
        rules=rules,
        everybody=everybody,
        chosen=_sorted(chosen, sort if sort in SORTS else "moved", down=down),
        since=since,
        period=period if period in {key for key, _, _ in PERIODS} else "30d",
        days=days,
        sort=sort if sort in SORTS else "moved",
        down=down,
    )


def _filters(visit: Visit, said: Mapping[str, str], rules: Rules) -> Callable[[Account], bool]:
    band, tier, owner, moved = (said.get(name, "") for name in ("band", "tier", "owner", "moved"))
    renews = said.get("renews", "")
    until = visit.today + timedelta(days=int(renews)) if renews in RENEWALS else None
    segment = next((each for each in rules.segments if each.key == said.get("segment", "")), None)
    inside = set(roster_of(visit.desk, rules).members(segment)["account_id"]) if segment else None

    def keep(each: Account) -> bool:
        return (
            (not band or (each.band or "no_data") == band)
            and (not tier or each.tier == tier)
            and (not owner or (each.owner or "") == owner)
            and (moved != "fell" or (each.moved or 0) < 0)
            and (moved != "rose" or (each.moved or 0) > 0)
            and (moved != "band" or (each.band_before is not None and each.band != each.band_before))
            and (until is None or (each.renews_on is not None and visit.today <= each.renews_on <= until))
            and (inside is None or each.account_id in inside)
        )

    return keep


def _sorted(found: Sequence[Account], sort: str, *, down: bool) -> list[Account]:
    keys: dict[str, Callable[[Account], Any]] = {
        "moved": lambda each: each.stake,
        "name": lambda each: each.name.lower(),
        "health": lambda each: each.score,
        "strays": lambda each: each.strays,
        "value": lambda each: each.value,
        "renews": lambda each: each.renews_on,
        "owner": lambda each: (each.owner or "").lower() or None,
    }
    key = keys[sort]
    known = [each for each in found if key(each) is not None]
    unknown = [each for each in found if key(each) is None]
    return sorted(known, key=key, reverse=down) + unknown


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
    counted = Counter(each.band or "no_data" for each in found.everybody)
    came = Counter(
        each.band
        for each in found.everybody
        if each.band and each.band_before and each.band != each.band_before
    )
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
        if counted[band] or band != "no_data"
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

    owners = sorted({each.owner for each in found.everybody if each.owner})
    menu = [
        (
            "Change",
            [("Fell", to(moved="fell")), ("Rose", to(moved="rose")), ("Changed band", to(moved="band"))],
        ),
        ("Tier", [(each.name, to(tier=each.key)) for each in found.rules.tiers.tiers]),
        ("Owner", [(names.get(each, words.name_of_email(each)), to(owner=each)) for each in owners[:12]]),
        ("Segment", [(each.name, to(segment=each.key)) for each in found.rules.segments]),
        ("Renews", [(f"Within {days} days", to(renews=days)) for days in RENEWALS]),
    ]
    return [(head, choices) for head, choices in menu if choices]


def _heads(visit: Visit, found: Portfolio) -> list[dict[str, Any]]:
    heads = []
    for key, name, side in (*HEADS[:2], ("moved", f"{found.days} days", "number"), *HEADS[2:]):
        on = key == found.sort
        down = not found.down if on else key in DOWN_FIRST
        href = visit.here(sort=key, down="1" if down else "0", page=None) if key else ""
        heads.append({"name": name, "side": side, "href": href, "on": on, "down": found.down})
    return heads
