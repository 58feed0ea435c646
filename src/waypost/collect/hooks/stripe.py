"""Stripe: subscriptions are contracts, which begin, grow, shrink, renew and end."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from waypost.collect.clocks import NO_TIME
from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, number
from waypost.collect.hooks.signing import digest, hexed, judged, stale
from waypost.collect.pieces import id_of
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told
from waypost.core import Kind

_SIGNATURE = b"stripe-signature"
_A_YEAR = {"day": 365.0, "week": 52.0, "month": 12.0, "year": 1.0}
#: Currencies without cents, and the amounts of those with a thousand parts.
_WHOLE = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
_THOUSANDS = ("bhd", "jod", "kwd", "omr", "tnd")
_NOT_YET = ("incomplete", "incomplete_expired")


def signed(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge the header, which holds a time and, while a secret is changed, several signatures."""
    parts = [part.strip().partition(b"=") for part in request.headers.get(_SIGNATURE, b"").split(b",")[:20]]
    stamp = next((value for name, _, value in parts if name == b"t"), b"")
    made = [hexed(digest(secret, stamp + b"." + request.body)) for secret in secrets]
    verdicts = [judged(value, made) for name, _, value in parts if name == b"v1"]
    return stale(stamp, request.received_at) if None in verdicts else TurnedAway.WRONG_SIGNATURE


def tell(said: Said) -> Iterator[Told]:
    """Tell what became of a subscription, and of the invoices for it."""
    thing, before = said.at("data", "object"), said.at("data", "previous_attributes")
    match said.at("type"):
        case "customer.subscription.created" if dig(thing, "status") not in _NOT_YET:
            yield _contract(said, "signed")
        case "customer.subscription.updated" if dig(thing, "status") not in _NOT_YET:
            yield _contract(said, "signed" if dig(before, "status") in _NOT_YET else "changed")
        case "customer.subscription.deleted":
            yield _contract(said, "ended")
        case "invoice.paid" if dig(thing, "billing_reason") == "subscription_cycle":
            yield _invoice(said, Kind.CONTRACT, "renewed")
        case "invoice.payment_failed":
            yield _invoice(said, Kind.TRACK, "Invoice payment failed")


def _contract(said: Said, name: str) -> Told:
    thing = said.at("data", "object")
    items, trial = dig(thing, "items", "data"), dig(thing, "status") == "trialing"
    currency = dig(thing, "currency")
    return said.tells(
        Kind.CONTRACT,
        name,
        about=About(None, account_of(dig(thing, "metadata"), dig(thing, "customer", "metadata"))),
        event_id=said.at("id"),
        happened_at=said.at("created"),
        contract_id=id_of(dig(thing, "id")),
        # Nobody has agreed to pay before a trial is over.
        value=None if trial else _value(items, currency),
        value_before=_value(said.at("data", "previous_attributes", "items", "data"), currency),
        currency=currency.upper() if isinstance(currency, str) else None,
        seats=_seats(items),
        starts_on=_day(dig(thing, "start_date")),
        renews_on=_day(dig(thing, "current_period_end") or dig(items, 0, "current_period_end")),
        trial_ends_on=_day(dig(thing, "trial_end")),
    )


def _invoice(said: Said, kind: Kind, name: str) -> Told:
    thing = said.at("data", "object")
    parent = dig(thing, "parent", "subscription_details")
    subscription = dig(thing, "subscription") or dig(parent, "subscription")
    account = account_of(
        dig(parent, "metadata"), dig(thing, "subscription_details", "metadata"), dig(thing, "metadata")
    )
    return said.tells(
        kind,
        name,
        about=About(None, account),
        event_id=said.at("id"),
        happened_at=said.at("created"),
        contract_id=id_of(subscription),
        renews_on=_day(dig(thing, "lines", "data", 0, "period", "end")),
    )


def _value(items: Any, currency: object) -> float | None:  # noqa: ANN401 -- JSON
    """Return what all items come to in a year; None when one does not say its price."""
    if not isinstance(items, list) or not items:
        return None
    parts = 1 if currency in _WHOLE else 1_000 if currency in _THOUSANDS else 100
    total = 0.0
    for each in items:
        price = dig(each, "price") or dig(each, "plan")
        amount = number(dig(price, "unit_amount")) if dig(price, "unit_amount") is not None else None
        interval = dig(price, "recurring", "interval") or dig(price, "interval")
        a_year = _A_YEAR.get(interval) if isinstance(interval, str) else None
        every = number(dig(price, "recurring", "interval_count") or dig(price, "interval_count") or 1)
        quantity = number(dig(each, "quantity"))
        if amount is None or a_year is None or not every:
            return None
        total += amount * (1 if quantity is None else quantity) * a_year / every / parts
    return round(total, 2)


def _seats(items: Any) -> int | None:  # noqa: ANN401 -- JSON
    found = [dig(each, "quantity") for each in items] if isinstance(items, list) else []
    seats = [each for each in found if isinstance(each, int) and not isinstance(each, bool)]
    return max(seats) if seats else None


def _day(value: object) -> date | None:
    at = instant_of(value) if not isinstance(value, str) else None
    return at.astimezone(UTC).date() if isinstance(at, datetime) and at is not NO_TIME else None


STRIPE = Hook(signed, tell)
