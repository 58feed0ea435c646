from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import (
    SECRET,
    hexed,
    is_refused_unless_signed,
    posts,
    properties,
    sends,
    told,
)

T = int(NOW.timestamp())
START = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
END = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())


def item(
    amount: int | None = 5_000, quantity: int = 10, interval: str = "month", every: int = 1
) -> dict[str, Any]:
    recurring = {"interval": interval, "interval_count": every}
    price = {"id": "price_1", "unit_amount": amount, "recurring": recurring}
    return {"id": "si_1", "quantity": quantity, "price": price, "current_period_end": END}


def subscription(*items: dict[str, Any], **changed: object) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_9",
        "currency": "eur",
        "status": "active",
        "start_date": START,
        "items": {"object": "list", "data": list(items) or [item()]},
        "metadata": {"account_id": "acme"},
        **changed,
    }


def event(what: str, thing: dict[str, Any], nr: int = 1, before: object = None) -> dict[str, Any]:
    data = {"object": thing, **({"previous_attributes": before} if before else {})}
    return {"id": f"evt_{nr}", "object": "event", "type": what, "created": T, "data": data}


INVOICE = {
    "id": "in_1",
    "billing_reason": "subscription_cycle",
    "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {"account_id": "acme"}}},
    "lines": {"data": [{"period": {"start": START, "end": END}}]},
}
REAL = [event("customer.subscription.created", subscription()), event("invoice.paid", INVOICE)]


def sign(body: bytes, secret: str, at: object = T) -> Mapping[str, str]:
    return {
        "Stripe-Signature": f"t={at},v1={hexed(b'0', 'old')},v1={hexed(f'{at}.'.encode() + body, secret)},v0=x"
    }


def test_a_subscription_from_its_trial_to_its_end(door: Door) -> None:
    trial = subscription(status="trialing", trial_end=END)
    fewer = {"items": {"data": [item(quantity=4)]}}
    for nr, (what, thing, before) in enumerate(
        [
            ("customer.subscription.created", trial, None),
            ("customer.subscription.updated", subscription(), {"status": "trialing"}),
            ("customer.subscription.updated", subscription(), fewer),
            ("invoice.paid", INVOICE, None),
            ("invoice.payment_failed", INVOICE, None),
            ("customer.subscription.deleted", subscription(status="canceled"), None),
            ("invoice.paid", {**INVOICE, "billing_reason": "manual"}, None),
            ("customer.created", {"id": "cus_9"}, None),
        ]
    ):
        sends(door, "stripe", event(what, thing, nr, before), sign)
    events = door.events()
    names = ["signed", "changed", "changed", "renewed", "Invoice payment failed", "ended"]
    assert told(events) == [("track" if name[0] == "I" else "contract", name, None, "acme") for name in names]
    tried, paid, grown, renewed, *_ = map(properties, events)
    assert "value" not in tried
    assert tried["trial_ends_on"] == "2026-07-01"
    assert (paid["contract_id"], paid["value"], paid["currency"], paid["seats"]) == (
        "sub_1",
        6_000,
        "EUR",
        10,
    )
    assert (paid["starts_on"], paid["renews_on"]) == ("2026-06-01", "2026-07-01")
    assert (grown["value"], grown["value_before"]) == (6_000, 2_400), "an expansion"
    assert (renewed["contract_id"], renewed["renews_on"]) == ("sub_1", "2026-07-01")
    assert (events[0].event_id, events[0].happened_at) == ("stripe:evt_0", NOW)
    assert grown["stripe"]["data"]["object"]["customer"] == "cus_9"


def test_what_is_not_paid_for_yet_is_no_contract(door: Door) -> None:
    waiting = subscription(status="incomplete")
    assert sends(door, "stripe", event("customer.subscription.created", waiting), sign) == []
    paid = event("customer.subscription.updated", subscription(), 2, {"status": "incomplete"})
    assert [each.name for each in sends(door, "stripe", paid, sign)] == ["signed"]
    nobodys = event("customer.subscription.created", subscription(metadata={}), 3)
    assert sends(door, "stripe", nobodys, sign) == []
    assert door.refusals() == {"no_group": 1}, "its own number of a customer is no account of ours"


@pytest.mark.parametrize(
    ("items", "currency", "value"),
    [
        ([item(12_000, 1, "year"), item(100, 5, "week", 2)], "usd", 250.0),
        ([item(5_000, 1)], "jpy", 60_000.0),
        ([item(5_000, 1)], "kwd", 60.0),
        ([item(None)], "usd", None),
        ([item(interval="blink")], "usd", None),
        ([{"plan": {"unit_amount": 100, "interval": "day"}}], "usd", 365.0),
    ],
)
def test_a_value_is_what_a_year_costs(
    door: Door, items: list[dict[str, Any]], currency: str, value: object
) -> None:
    said = event("customer.subscription.created", subscription(*items, currency=currency))
    (one,) = sends(door, "stripe", said, sign)
    assert properties(one).get("value") == value


def test_only_what_is_signed_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "stripe", REAL[0], sign)


@pytest.mark.parametrize("at", [T - 301, T + 301, "soon", ""])
def test_what_was_signed_long_ago_is_refused(door: Door, at: object) -> None:
    door.signs(SECRET)
    assert posts(door, "stripe", b"{}", sign(b"{}", SECRET, at)).said["code"] == "stale_signature"
    assert posts(door, "stripe", b"{}", sign(b"{}", SECRET, T - 299)).status == 200
