"""Contracts and account traits: signed when the account goes live, renewed, changed as it grows, ended by a few."""

from collections.abc import Iterator
from datetime import date, timedelta

from waypost.core import Kind
from waypost.run.sample.accounts import HALCYON, Accounts
from waypost.run.sample.calendar import DAYS, PLACES, Calendar
from waypost.run.sample.chance import stream
from waypost.run.sample.facts import Fact

SMALLER_BEFORE = 0.72
OFFICE = 14 * 60


def contract_facts(days: Calendar, cast: Accounts) -> Iterator[Fact]:
    """Yield each account's contract events."""
    for n in range(len(cast)):
        grew = cast.stories[n] == "expansion"
        yield _contract(days, cast, n, "signed", int(cast.live[n]), share=SMALLER_BEFORE if grew else 1.0)
        if days.today > cast.renews_on[n]:
            yield _contract(days, cast, n, "renewed", days.dates.index(cast.renews_on[n]), share=1.0, years=1)
        if grew:
            years = 1 if days.dates[int(cast.turn[n])] > cast.renews_on[n] else 0
            yield _contract(days, cast, n, "changed", int(cast.turn[n]), share=1.0, years=years)
        if cast.ends[n] < DAYS:
            yield _contract(days, cast, n, "ended", int(cast.ends[n]), share=1.0)


def trait_facts(seed: int, days: Calendar, cast: Accounts) -> Iterator[Fact]:
    """Yield each account's traits as the CRM knows them, and the settings with which a few began."""
    rng = stream(seed, "traits")
    depots = rng.integers(1, 40, len(cast))
    for n in range(len(cast)):
        traits = {
            "name": cast.names[n], "region": PLACES[cast.places[n]].region, "owner": cast.owners[n],
            "industry": cast.industries[n], "depots": int(depots[n]),
        }  # fmt: skip
        yield Fact(
            event_id=f"crm-{cast.ids[n]}", kind=Kind.GROUP, name="group", account_id=cast.ids[n],
            happened_at=days.at(0, int(cast.live[n]), OFFICE - 360), properties=traits,
        )  # fmt: skip


def _contract(
    days: Calendar, cast: Accounts, n: int, name: str, day: int, *, share: float, years: int = 0
) -> Fact:
    starts, renews = (_later(on, years) for on in (cast.starts_on[n], cast.renews_on[n]))
    seats = max(5, int(cast.seats[n] * share))
    return Fact(
        event_id=f"contract-{cast.ids[n]}-{name}-{day}", kind=Kind.CONTRACT, name=name, account_id=cast.ids[n],
        happened_at=days.at(int(cast.places[n]), day, OFFICE - 350 if name == "signed" else OFFICE),
        properties={
            "contract_id": f"LL-{2400 + n}", "value": int(cast.values[n] * share), "currency": "EUR" if n == HALCYON else PLACES[cast.places[n]].currency,
            "seats": seats, "starts_on": starts.isoformat(), "renews_on": renews.isoformat(),
        },
    )  # fmt: skip


def _later(day: date, years: int) -> date:
    return day + timedelta(days=365 * years)
