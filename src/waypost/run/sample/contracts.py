"""Contracts and account traits: signed when the account goes live, renewed, changed as it grows, ended by a few."""

from collections.abc import Iterator
from datetime import date, timedelta

from waypost.core import Kind
from waypost.run.sample.calendar import DAYS, PLACES
from waypost.run.sample.facts import Fact
from waypost.run.sample.world import World

YEAR = timedelta(days=365)
SMALLER_BEFORE = 0.72
CRM_MINUTE, SIGNED_MINUTE, OFFICE_MINUTE = 3 * 60, 3 * 60 + 20, 14 * 60
MOST_DEPOTS = 40


def contract_facts(world: World) -> Iterator[Fact]:
    """Yield each account's contract events."""
    days, cast = world.days, world.cast
    for n in range(len(cast)):
        grew = cast.stories[n] == "expansion"
        signed = (cast.starts_on[n], cast.renews_on[n])
        renewed = (signed[1], signed[1] + YEAR)
        yield _contract(world, n, "signed", int(cast.live[n]), signed, share=SMALLER_BEFORE if grew else 1.0)
        turned_on = days.dates[int(cast.turn[n])]
        if grew:
            yield _contract(
                world, n, "changed", int(cast.turn[n]), signed if turned_on < signed[1] else renewed
            )
        if signed[1] < min(days.today, _ended_on(world, n)):
            share = SMALLER_BEFORE if grew and turned_on > signed[1] else 1.0
            yield _contract(world, n, "renewed", days.dates.index(signed[1]), renewed, share=share)
        if cast.ends[n] < DAYS:
            yield _contract(world, n, "ended", int(cast.ends[n]), signed)


def trait_facts(world: World) -> Iterator[Fact]:
    """Yield each account's traits as the CRM knows them on the day on which it goes live."""
    cast = world.cast
    depots = world.rng("traits").integers(1, MOST_DEPOTS, len(cast))
    for n in range(len(cast)):
        place = int(cast.places[n])
        yield Fact(
            event_id=f"crm-{cast.ids[n]}", kind=Kind.GROUP, name="group", account_id=cast.ids[n],
            happened_at=world.days.at(place, int(cast.live[n]), CRM_MINUTE),
            properties={
                "name": cast.names[n], "region": PLACES[place].region, "owner": cast.owners[n],
                "industry": cast.industries[n], "depots": int(depots[n]),
            },
        )  # fmt: skip


def _contract(world: World, n: int, name: str, day: int, term: tuple[date, date], share: float = 1.0) -> Fact:
    cast, place = world.cast, int(world.cast.places[n])
    return Fact(
        event_id=f"contract-{cast.ids[n]}-{name}-{day}", kind=Kind.CONTRACT, name=name, account_id=cast.ids[n],
        happened_at=world.days.at(place, day, SIGNED_MINUTE if name == "signed" else OFFICE_MINUTE),
        properties={
            "contract_id": f"LL-{2400 + n}", "value": int(cast.values[n] * share), "currency": PLACES[place].currency,
            "seats": max(5, int(cast.seats[n] * share)),
            "starts_on": term[0].isoformat(), "renews_on": term[1].isoformat(),
        },
    )  # fmt: skip


def _ended_on(world: World, n: int) -> date:
    ends = int(world.cast.ends[n])
    return world.days.dates[ends] if ends < DAYS else date.max
