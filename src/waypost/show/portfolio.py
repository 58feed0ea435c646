"""The portfolio: every account with its health, what it was before, and its strays; filtered and sorted in columns."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import msgspec
import polars as pl

from waypost.show.addresses import account_address
from waypost.show.kept import kept
from waypost.show.rosters import members_of
from waypost.show.rows import rows_of
from waypost.show.rules import Rules
from waypost.show.visit import Visit

PERIODS = (("7d", "7 days", 7), ("30d", "30 days", 30), ("90d", "90 days", 90))
SORTS = ("moved", "name", "health", "strays", "value", "renews", "owner")
DOWN_FIRST = ("moved", "strays", "value")
RENEWALS = ("30", "90", "180")
NAMED_VIEWS = ("band", "tier", "owner", "moved", "renews", "segment")
READY_VIEWS: tuple[tuple[dict[str, str], str], ...] = (
    ({"moved": "fell"}, "Falling"),
    ({"renews": "90"}, "Renewing in 90 days"),
    ({"band": "at_risk"}, "At risk"),
)
NO_DATA = "no_data"


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account of the portfolio; `moved` is the change of the shown score, None when one end is not known."""

    account_id: str
    name: str
    tier: str | None
    owner: str | None
    value: float | None
    currency: str | None
    renews_on: date | None
    score: float | None
    band: str | None
    withheld: str | None
    moved: int | None
    people: int
    strays: int


class PlaceIn(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account stands in the view from which it was opened, and its neighbours there."""

    view: str
    view_href: str
    number: int
    count: int
    before: str
    after: str


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts that the address asks for, in its order, with what it filters by; frames of `Account`'s columns."""

    rules: Rules
    everybody: pl.DataFrame
    chosen: pl.DataFrame
    since: date
    period: str
    days: int
    sort: str
    down: bool

    def page(self, first: int, most: int) -> list[Account]:
        """Return some of the chosen accounts."""
        return rows_of(self.chosen[first : first + most], Account)

    def owners(self, most: int) -> list[str]:
        """Return those who own an account, by e-mail."""
        owners = self.everybody["owner"].drop_nulls().unique()
        return owners.filter(owners != "").sort().head(most).to_list()

    def changed_band(self) -> pl.DataFrame:
        """Return the accounts that are in another band than at the start of the period."""
        return self.everybody.filter(pl.col("band") != pl.col("band_before"))


def portfolio(visit: Visit, said: Mapping[str, str]) -> Portfolio:
    """Return the accounts that a view (the query of an address) asks for."""
    asked_period, asked_sort = said.get("period", "30d"), said.get("sort", "moved")
    period = asked_period if asked_period in {key for key, _, _ in PERIODS} else "30d"
    days = next(n for key, _, n in PERIODS if key == period)
    sort = asked_sort if asked_sort in SORTS else "moved"
    down = said.get("down", "1" if asked_sort in DOWN_FIRST else "0") == "1"
    since = visit.today - timedelta(days=days)
    everybody = kept(visit, ("portfolio", since), lambda: _everybody(visit, since))
    chosen = everybody.filter(_fitting(visit, said, visit.rules))
    return Portfolio(
        rules=visit.rules,
        everybody=everybody,
        chosen=_sorted(chosen, sort, down=down),
        since=since,
        period=period,
        days=days,
        sort=sort,
        down=down,
    )


def place_in(visit: Visit, account_id: str) -> PlaceIn | None:
    """Return an account's place in the view that its address names, None when it names none or it is not in it."""
    view = visit.asked("in")
    if not view:
        return None
    said = dict(parse_qsl(view))
    ids = portfolio(visit, said).chosen["account_id"]
    at = ids.index_of(account_id)
    if at is None:
        return None

    def beside(nr: int) -> str:
        return f"{account_address(ids[nr])}?{urlencode({'in': view})}" if 0 <= nr < len(ids) else ""

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


def _everybody(visit: Visit, since: date) -> pl.DataFrame:
    """Return every account by name; `moved` is between scores as they are shown, in whole points."""
    found = visit.desk.warehouse.ask("show/portfolio", {"today": visit.today, "since": since})
    shown = [pl.col(name).round(mode="half_to_even") for name in ("score", "score_before")]
    return found.with_columns(moved=(shown[0] - shown[1]).cast(pl.Int64)).drop("score_before")


def _fitting(visit: Visit, said: Mapping[str, str], rules: Rules) -> pl.Expr:
    """Return whether an account fits the filters of a view."""
    fits = [pl.lit(value=True)]
    if said.get("band"):
        fits.append(pl.col("band").fill_null(NO_DATA) == said["band"])
    if said.get("tier"):
        fits.append(pl.col("tier") == said["tier"])
    if said.get("owner"):
        fits.append(pl.col("owner") == said["owner"])
    match said.get("moved"):
        case "fell":
            fits.append(pl.col("moved") < 0)
        case "rose":
            fits.append(pl.col("moved") > 0)
        case "band":
            fits.append(
                pl.col("band_before").is_not_null() & pl.col("band").ne_missing(pl.col("band_before"))
            )
        case _:
            pass
    if said.get("renews") in RENEWALS:
        until = visit.today + timedelta(days=int(said["renews"]))
        fits.append(pl.col("renews_on").is_between(visit.today, until))
    segment = next((each for each in rules.segments if each.key == said.get("segment", "")), None)
    if segment is not None:
        inside = members_of(visit, segment)["account_id"].unique()
        fits.append(pl.col("account_id").is_in(inside.implode()))
    return pl.all_horizontal(fits)


def _sorted(found: pl.DataFrame, sort: str, *, down: bool) -> pl.DataFrame:
    """Return accounts in the order asked for; what is not known comes last, and those that are alike by name."""
    keys = {
        # How much there is to see: the size of the change times the value.
        "moved": pl.col("moved").abs().fill_null(0) * pl.col("value").replace(0.0, 1.0).fill_null(1.0),
        "name": pl.col("name").str.to_lowercase(),
        "health": pl.col("score"),
        "strays": pl.col("strays"),
        "value": pl.col("value"),
        "renews": pl.col("renews_on"),
        "owner": pl.col("owner").replace("", None).str.to_lowercase(),
    }
    return found.sort(keys[sort], descending=down, nulls_last=True, maintain_order=True)
