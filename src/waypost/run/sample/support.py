"""Support tickets: opened, made more urgent, solved, now and then opened again."""

from collections.abc import Iterator

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.accounts import HALCYON, Accounts
from waypost.run.sample.activity import Activity
from waypost.run.sample.calendar import DAYS, NEVER, Calendar
from waypost.run.sample.chance import Rng, drawn, picked, stream
from waypost.run.sample.facts import Fact
from waypost.run.sample.people import People
from waypost.run.sample.words import words

PRIORITIES = {"low": 0.30, "normal": 0.52, "high": 0.13, "urgent": 0.05}
# Days to solve (median), by priority; urgent ones are done soon.
MEDIAN_DAYS = {"low": 4.0, "normal": 2.2, "high": 0.9, "urgent": 0.4}
PER_PERSON_DAY = 0.012
# (tickets in the storm, share of them still open) by story.
STORMS = {"ticket_storm": (9, 0.6), "champion_left": (3, 0.5), "silent_churn": (2, 0.3)}
REOPENED, RAISED = 0.04, 0.05


def ticket_facts(seed: int, days: Calendar, cast: Accounts, who: People, seen: Activity) -> Iterator[Fact]:
    """Yield the life of every ticket; people open them on days on which they use the product."""
    rng = stream(seed, "tickets")
    opens = np.flatnonzero(rng.random(len(seen.person)) < PER_PERSON_DAY)
    opens = opens[who.account[seen.person[opens]] != HALCYON]
    priorities = drawn(rng, PRIORITIES, len(opens))
    subjects = picked(rng, words()["tickets"], len(opens))
    for nr, (row, priority, subject) in enumerate(zip(opens, priorities, subjects, strict=True)):
        person, day = int(seen.person[row]), int(seen.day[row])
        takes = MEDIAN_DAYS[priority] * float(rng.lognormal(0, 0.6))
        yield from _life(
            rng, days, cast, who, (f"LL-{30_000 + nr}", person, day, priority, str(subject), takes)
        )
    yield from _storms(rng, days, cast, who)
    yield from _halcyon(rng, days, cast, who)


Ticket = tuple[str, int, int, str, str, float]


def _life(rng: Rng, days: Calendar, cast: Accounts, who: People, ticket: Ticket) -> Iterator[Fact]:
    _, _, day, priority, _, takes = ticket
    yield _fact(days, cast, who, ticket, "opened", day, 0.45)
    if priority in ("low", "normal") and rng.random() < RAISED and takes > 1:
        yield _fact(days, cast, who, ticket, "priority_changed", day + takes / 2, 0.5, priority="high")
    solved = day + takes
    if solved < DAYS - 1:
        yield _fact(days, cast, who, ticket, "solved", solved, 0.55)
    if solved + 3 < DAYS - 1 and rng.random() < REOPENED:
        yield _fact(days, cast, who, ticket, "reopened", solved + 1, 0.4)
        yield _fact(days, cast, who, ticket, "solved", solved + 2, 0.6, again=True)


def _storms(rng: Rng, days: Calendar, cast: Accounts, who: People) -> Iterator[Fact]:
    nr = 0
    for story, (count, open_share) in STORMS.items():
        for account in np.flatnonzero(cast.told(story)):
            turn = int(cast.turn[account])
            here = np.flatnonzero((who.account == account) & (who.joined < turn) & (who.left == NEVER))
            for person in rng.choice(here, size=count) if len(here) else ():
                nr += 1
                day = min(DAYS - 2, turn + int(rng.integers(0, 5)))
                takes = NEVER if rng.random() < open_share else float(rng.uniform(4, 9))
                subject = str(picked(rng, words()["tickets"][:5], 1)[0])
                priority = "urgent" if rng.random() < open_share else "high"
                yield from _life(
                    rng, days, cast, who, (f"LL-{60_000 + nr}", int(person), day, priority, subject, takes)
                )


def _halcyon(rng: Rng, days: Calendar, cast: Accounts, who: People) -> Iterator[Fact]:
    ana, tom = (
        int(np.flatnonzero((who.account == HALCYON) & (who.given == given))[0]) for given in ("Ana", "Tom")
    )
    opened = days.day(halcyon.TICKETS_OPENED)
    for key, person, subject in (
        ("HF-2291", ana, "Carrier sync stopped"),
        ("HF-2304", tom, "Labels missing from the depot board"),
    ):
        yield from _life(rng, days, cast, who, (key, person, opened, "urgent", subject, NEVER))
    for nr, ago in enumerate((200, 171, 140, 96, 61, 44)):
        ticket = (f"HF-{2100 + 23 * nr}", ana, days.day(ago), "normal", str(words()["tickets"][nr + 2]), 2.0)
        yield from _life(rng, days, cast, who, ticket)


def _fact(
    days: Calendar,
    cast: Accounts,
    who: People,
    ticket: Ticket,
    name: str,
    day: float,
    part: float,
    *,
    priority: str = "",
    again: bool = False,
) -> Fact:  # noqa: PLR0913 -- see below
    key, person, _, first_priority, subject, _ = ticket
    whole = min(int(day), DAYS - 1)
    return Fact(
        event_id=f"ticket-{key}-{name}{'-2' if again else ''}", kind=Kind.TICKET, name=name,
        happened_at=days.at(int(who.place[person]), whole, 7 * 60 + part * 600 + (day - int(day)) * 120),
        person_id=who.ids[person], account_id=cast.ids[who.account[person]],
        properties={"ticket_id": key, "subject": subject, "priority": priority or first_priority},
    )  # fmt: skip
