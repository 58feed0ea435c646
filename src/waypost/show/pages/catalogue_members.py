"""Behind the counts of the catalogue: who used a feature, which accounts have a setting, which events came."""

from datetime import datetime
from typing import Any

import msgspec
import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import Response

from waypost.core import Kind
from waypost.measure import Feature, Match, Setting, Span, rules_for, tallies
from waypost.show.addresses import unpiece, with_query
from waypost.show.catalogue_words import KIND_WORDS, match_words
from waypost.show.pages.trace import Traced
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

PAGE = 50
MOST_IN_A_FILE = 100_000
MOST_DIGITS = 6
SIDES = ("people", "accounts")
NO_NAMES = pl.DataFrame(schema={"kind": pl.String, "name": pl.String})


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person at an account, or an account, that used a feature."""

    account_id: str
    account: str
    n: int
    n_automated: int
    days: int
    last_at: datetime
    total: int
    everyone: int
    person_id: str | None = None
    name: str = ""
    people: int = 0


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An account with its value of a setting; None when no event has told one."""

    account_id: str
    account: str
    value: str | None = None
    since_at: datetime | None = None
    person_id: str | None = None
    person: str | None = None


class Came(Traced, frozen=True, kw_only=True):
    """One event that came in, with its account."""

    account_id: str | None
    account: str | None


def feature(visit: Visit) -> Response:
    """Draw one feature: which of its events came how often, and who used it."""
    found = feature_of(visit)
    span = Span.up_to(visit.today)
    side = visit.choice("by", SIDES)
    rows = _users(visit, found, span, most=PAGE, skip=(page_of(visit) - 1) * PAGE)
    return visit.page(
        "catalogue_feature.html",
        feature=found,
        means=_means(visit, found, span),
        side=side,
        span=span,
        rows=rows,
        total=rows[0].total if rows else 0,
        everyone=rows[0].everyone if rows else 0,
        first=(page_of(visit) - 1) * PAGE,
        page_number=page_of(visit),
    )


def feature_csv(visit: Visit) -> Response:
    """Send who used a feature as a file."""
    found = feature_of(visit)
    rows = _users(visit, found, Span.up_to(visit.today), most=MOST_IN_A_FILE, skip=0)
    return _users_csv(rows, visit.choice("by", SIDES))


def _users_csv(rows: list[User], side: str) -> Response:
    if side == "accounts":
        head = ["account", "name", "people", "events", "automated", "days", "last_at"]
        said = [[r.account_id, r.account, r.people, r.n, r.n_automated, r.days, r.last_at] for r in rows]
        return csv_response("accounts.csv", head, said)
    head = ["person", "name", "account", "account_name", "events", "automated", "days", "last_at"]
    listed = [
        [r.person_id, r.name, r.account_id, r.account, r.n, r.n_automated, r.days, r.last_at] for r in rows
    ]
    return csv_response("people.csv", head, listed)


def setting(visit: Visit) -> Response:
    """Draw the accounts that have a setting, all or those with one value."""
    found = _setting_of(visit)
    rows = _holders(visit, found)
    first = (page_of(visit) - 1) * PAGE
    return visit.page(
        "catalogue_setting.html",
        unknown=visit.asked("known") == "no",
        setting=found,
        means=[match_words(match) for match in found.match],
        value=visit.asked("value"),
        rows=rows[first : first + PAGE],
        total=len(rows),
        first=first,
        page_number=page_of(visit),
    )


def setting_csv(visit: Visit) -> Response:
    """Send the accounts that have a setting as a file."""
    rows = [
        [r.account_id, r.account, r.value, r.since_at, r.person_id]
        for r in _holders(visit, _setting_of(visit))
    ]
    return csv_response("accounts.csv", ["account", "name", "value", "since_at", "set_by"], rows)


def events(visit: Visit) -> Response:
    """Draw the events of one name over the last 28 days, or the people or accounts whose they are."""
    span = Span.up_to(visit.today)
    first = (page_of(visit) - 1) * PAGE
    side = visit.choice("by", ("events", *SIDES))
    listed = _came if side == "events" else _whose
    rows = listed(visit, span, most=PAGE, skip=first)
    return visit.page(
        "catalogue_events.html",
        side=side,
        rows=rows,
        total=rows[0].total if rows else 0,
        everyone=getattr(rows[0], "everyone", 0) if rows else 0,
        first=first,
        page_number=page_of(visit),
        span=span,
        kind_word=KIND_WORDS.get(visit.asked("kind"), visit.asked("kind")),
        means=match_words(match) if (match := match_of(visit)) else "",
    )


def events_csv(visit: Visit) -> Response:
    """Send the events of one name as a file, or whose they are."""
    span, side = Span.up_to(visit.today), visit.choice("by", ("events", *SIDES))
    if side != "events":
        return _users_csv(_whose(visit, span, most=MOST_IN_A_FILE, skip=0), side)
    rows = _came(visit, span, most=MOST_IN_A_FILE, skip=0)
    head = [
        "event_id",
        "source",
        "kind",
        "name",
        "happened_at",
        "person",
        "account",
        "actor",
        "quantity",
        "properties",
    ]
    said = [
        [
            r.event_id, r.source, r.kind, r.name, r.happened_at,
            r.person_id, r.account_id, r.actor, r.quantity, r.properties,
        ]
        for r in rows
    ]  # fmt: skip
    return csv_response("events.csv", head, said)


def _means(visit: Visit, found: Feature, span: Span) -> list[tuple[str, int, str]]:
    """Return each match in words, how many events it means by itself, and where they are."""
    names = names_in(visit, span) if found.exact_names() is None else NO_NAMES
    matches = {str(nr): (match,) for nr, match in enumerate(found.match)}
    counted = tallies(visit.desk.warehouse, matches, names, span)
    return [
        (
            match_words(match),
            counted[nr].n,
            with_query("/catalogue/events", {"feature": found.key, "match": nr}),
        )
        for nr, (match,) in matches.items()
    ]


def _users(visit: Visit, found: Feature, span: Span, *, most: int, skip: int) -> list[User]:
    name = "show/catalogue_users" if visit.choice("by", SIDES) == "accounts" else "show/catalogue_people"
    asked: dict[str, Any] = {"feature": found.key, **span.params, "most": most, "skip": skip}
    return rows_of(visit.desk.warehouse.ask(name, asked), User)


def _holders(visit: Visit, found: Setting) -> list[Holder]:
    ask = visit.desk.warehouse.ask
    if visit.asked("known") == "no":
        return rows_of(ask("show/catalogue_unset", {"setting": found.key}), Holder)
    asked = {"setting": found.key, "value": visit.asked("value") or None}
    return rows_of(ask("show/catalogue_accounts", asked), Holder)


def _came(visit: Visit, span: Span, *, most: int, skip: int) -> list[Came]:
    """Return the events of a match of the catalogue, or else of one name."""
    ask = visit.desk.warehouse.ask
    asked: dict[str, Any] = {**span.params, "most": most, "skip": skip}
    match = match_of(visit)
    if match is not None:
        rules = rules_for(match, names_in(visit, span))
        return rows_of(ask("show/catalogue_matched", asked, {"rules": rules}), Came)
    asked |= {
        "source": visit.asked("source") or None,
        "kind": visit.asked("kind"),
        "name": visit.asked("name"),
    }
    return rows_of(ask("show/catalogue_events", asked), Came)


def _whose(visit: Visit, span: Span, *, most: int, skip: int) -> list[User]:
    """Return whose the events of a match are, or of one name: uses only, those of a person at an account."""
    match, names = match_of(visit), names_in(visit, span)
    if match is None:
        kind, name = visit.asked("kind"), visit.asked("name")
        if kind not in set(Kind) or not name or "*" in name:
            return []
        match = Match(event=name, kind=Kind(kind), source=visit.asked("source") or None)
    asked = {**span.params, "by": visit.choice("by", SIDES), "most": most, "skip": skip}
    return rows_of(
        visit.desk.warehouse.ask("show/catalogue_whose", asked, {"rules": rules_for(match, names)}), User
    )


def match_of(visit: Visit) -> Match | None:
    """Return the match that the address names by its place: of a feature, a setting or the noise."""
    rules, nr = visit.rules.catalogue, visit.asked("match")
    found = rules.feature(visit.asked("feature")) or rules.setting(visit.asked("setting"))
    matches = found.match if found else rules.noise if visit.asked("noise") else ()
    place = int(nr) if nr.isdigit() and len(nr) < MOST_DIGITS else len(matches)
    return matches[place] if place < len(matches) else None


def names_in(visit: Visit, span: Span) -> pl.DataFrame:
    """Return the names of the events of a span: kind, name."""
    days = pl.DataFrame({"day": pl.date_range(span.since, span.until, "1d", closed="left", eager=True)})
    return visit.desk.warehouse.ask("measure/names_on_days", frames={"days": days})


def feature_of(visit: Visit) -> Feature:
    """Return the feature that the address names; 404 when the catalogue has none of that key."""
    found = visit.rules.catalogue.feature(unpiece(visit.request.path_params["feature"]))
    if found is None:
        raise HTTPException(404, "there is no feature of this key in the catalogue")
    return found


def _setting_of(visit: Visit) -> Setting:
    found = visit.rules.catalogue.setting(unpiece(visit.request.path_params["setting"]))
    if found is None:
        raise HTTPException(404, "there is no setting of this key in the catalogue")
    return found


def page_of(visit: Visit) -> int:
    """Return the page that the address asks for, from 1."""
    said = visit.asked("page", "1")
    return max(1, int(said)) if said.isdigit() and len(said) < MOST_DIGITS else 1
