"""Support tickets: opened, made more urgent, solved, now and then opened again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.calendar import DAYS, NEVER
from waypost.run.sample.chance import Rng, drawn, picked
from waypost.run.sample.facts import Fact
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.words import words
from waypost.run.sample.world import World

PRIORITIES = {"low": 0.30, "normal": 0.52, "high": 0.13, "urgent": 0.05}
# Days to solve (median), by priority; urgent ones are done soon.
MEDIAN_DAYS = {"low": 4.0, "normal": 2.2, "high": 0.9, "urgent": 0.4}
PER_PERSON_DAY = 0.016
# (tickets, share of them urgent and still open) of the storms that come with a story.
STORMS = {"ticket_storm": (9, 0.6), "champion_left": (3, 0.67), "silent_churn": (2, 0.3)}
REOPENED, RAISED = 0.04, 0.05
OPENED_FROM, OPENED_TO = 8 * 60, 16 * 60
DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket: who opened it on which day, and after how many days it is solved."""

    key: str
    person: int
    day: int
    minute: int
    priority: str
    subject: str
    takes: float


def ticket_facts(world: World) -> Iterator[Fact]:
    """Yield the life of every ticket; people open them on days on which they use the product."""
    rng = world.rng("tickets")
    for ticket in [*_everyday(rng, world), *_storms(rng, world), *_halcyon(world)]:
        yield from _life(rng, world, ticket)


def _everyday(rng: Rng, world: World) -> Iterator[Ticket]:
    seen = world.seen
    opens = np.flatnonzero(rng.random(len(seen.person)) < PER_PERSON_DAY)
    opens = opens[world.who.account[seen.person[opens]] != HALCYON]
    priorities = drawn(rng, PRIORITIES, len(opens))
    subjects = picked(rng, words()["tickets"], len(opens))
    minutes = rng.integers(OPENED_FROM, OPENED_TO, len(opens))
    slowness = rng.lognormal(0, 0.6, len(opens))
    for nr, row in enumerate(opens):
        yield Ticket(
            key=f"LL-{30_000 + nr}", person=int(seen.person[row]), day=int(seen.day[row]), minute=int(minutes[nr]),
            priority=priorities[nr], subject=subjects[nr], takes=MEDIAN_DAYS[priorities[nr]] * float(slowness[nr]),
        )  # fmt: skip


def _storms(rng: Rng, world: World) -> Iterator[Ticket]:
    who, nr = world.who, 0
    for story, (count, open_share) in STORMS.items():
        for account in np.flatnonzero(world.cast.told(story)):
            turn = int(world.cast.turn[account])
            here = np.flatnonzero((who.account == account) & (who.joined < turn) & (who.left == NEVER))
            for person in rng.choice(here, size=count) if len(here) else ():
                nr += 1
                stays_open = rng.random() < open_share
                yield Ticket(
                    key=f"LL-{60_000 + nr}", person=int(person), day=min(DAYS - 2, turn + int(rng.integers(0, 5))),
                    minute=int(rng.integers(OPENED_FROM, OPENED_TO)), priority="urgent" if stays_open else "high",
                    subject=str(picked(rng, words()["tickets"][:5], 1)[0]),
                    takes=NEVER if stays_open else float(rng.uniform(4, 9)),
                )  # fmt: skip


def _halcyon(world: World) -> Iterator[Ticket]:
    """Yield two urgent tickets that are still open, and some of the months before that were dealt with."""
    opened = world.days.day(halcyon.TICKETS_OPENED)
    for key, given, subject in halcyon.TICKETS:
        yield Ticket(
            key=key, person=world.halcyon(given), day=opened, minute=OPENED_FROM + 200, priority="urgent",
            subject=subject, takes=NEVER,
        )  # fmt: skip
    for nr, ago in enumerate(halcyon.EARLIER_TICKETS):
        yield Ticket(
            key=f"HF-{2100 + 23 * nr}", person=world.halcyon("Ana"), day=world.days.day(ago), minute=OPENED_FROM + 70,
            priority="normal", subject=words()["tickets"][nr + 2], takes=2.0,
        )  # fmt: skip


def _life(rng: Rng, world: World, ticket: Ticket) -> Iterator[Fact]:
    yield _fact(world, ticket, "opened", 0)
    if ticket.priority in ("low", "normal") and ticket.takes > 1 and rng.random() < RAISED:
        yield _fact(world, ticket, "priority_changed", ticket.takes / 2, priority="high")
    yield _fact(world, ticket, "solved", ticket.takes)
    if rng.random() < REOPENED:
        yield _fact(world, ticket, "reopened", ticket.takes + 1)
        yield _fact(world, ticket, "solved", ticket.takes + 2, key="solved-again")


def _fact(
    world: World, ticket: Ticket, name: str, after: float, *, priority: str = "", key: str = ""
) -> Fact:
    day = ticket.day + int(after)
    # What lies ahead of today is left out when the facts are written.
    at = world.at(
        ticket.person, min(day, DAYS - 1), ticket.minute + (after % 1) * 120 + (DAY if day >= DAYS else 0)
    )
    return Fact(
        event_id=f"ticket-{ticket.key}-{key or name}", kind=Kind.TICKET, name=name, happened_at=at,
        person_id=world.who.ids[ticket.person], account_id=world.account_id(ticket.person),
        properties={"ticket_id": ticket.key, "subject": ticket.subject, "priority": priority or ticket.priority},
    )  # fmt: skip
