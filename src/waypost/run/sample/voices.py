"""Survey answers: NPS in three rounds, CSAT after tickets, scored by how things go at the account at the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.calendar import NEVER
from waypost.run.sample.chance import Floats, Ints, Rng
from waypost.run.sample.facts import Fact
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.words import words
from waypost.run.sample.world import World

# NPS rounds: from, to (days ago), and the share of those active then who answer.
ROUNDS = ((196, 178, 0.30), (92, 80, 0.28), (19, 2, 0.30))
COMMENTED = 0.42
RATED = 0.25
# Share of CSAT answers up to each score.
CSAT_UP_TO = (0.04, 0.10, 0.22, 0.58)
HOUR = timedelta(hours=1)
PROMOTER, DETRACTOR = 9, 6
SOURED = {"champion_left": 2.2, "silent_churn": 2.4, "ticket_storm": 2.8, "gone_dark": 2.0}
FROM_MINUTE, FOR_MINUTES = 9 * 60 + 30, 8 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One NPS answer of a person in a round."""

    nr: int
    person: int
    day: int
    minute: int
    score: int
    comment: str = ""


def survey_facts(world: World) -> Iterator[Fact]:
    """Yield every NPS answer."""
    rng = world.rng("surveys")
    own = np.clip(rng.normal(0, 1.5, len(world.who)), -3.5, 2)
    for nr, (begin, end, share) in enumerate(ROUNDS, start=1):
        since, until = world.days.day(begin), world.days.day(end)
        rows = np.flatnonzero((world.seen.day >= since) & (world.seen.day <= until))
        people, first = np.unique(world.seen.person[rows], return_index=True)
        answer = (rng.random(len(people)) < share) & (world.who.account[people] != HALCYON)
        people, on = people[answer], world.seen.day[rows[first[answer]]]
        scores = _scores(rng, world, people, on, own[people])
        draws = rng.random((len(people), 2))
        for person, day, score, draw in zip(people, on, scores, draws, strict=True):
            minute = FROM_MINUTE + int(draw[1] * FOR_MINUTES)
            comment = _comment(int(score), draw[1]) if draw[0] < COMMENTED else ""
            yield _fact(
                world,
                Answer(
                    nr=nr, person=int(person), day=int(day), minute=minute, score=int(score), comment=comment
                ),
            )
    for told in _halcyon(world):
        yield _fact(world, told)


def satisfaction_facts(world: World, tickets: list[Fact]) -> Iterator[Fact]:
    """Yield a CSAT answer (1 to 5) for a quarter of the solved tickets, an hour after they were solved."""
    rng = world.rng("csat")
    solved = [fact for fact in tickets if fact.name == "solved"]
    for fact, draw in zip(solved, rng.random((len(solved), 2)), strict=True):
        if draw[0] < RATED:
            score = int(np.searchsorted(CSAT_UP_TO, draw[1])) + 1
            key = f"csat-{fact.event_id}"
            yield Fact(
                event_id=key, kind=Kind.SURVEY, name="csat", happened_at=fact.happened_at + HOUR,
                person_id=fact.person_id, account_id=fact.account_id,
                properties={"answer_id": key, "score": score, "scale": "csat"},
            )  # fmt: skip


def _scores(rng: Rng, world: World, people: Ints, on: Ints, own: Floats) -> Ints:
    cast, account = world.cast, world.who.account[people]
    soured = np.array([SOURED.get(story, 0.0) for story in cast.stories])[account] * (
        on >= cast.turn[account]
    )
    quality, mood = cast.quality[account], world.mood[account, on]
    felt = 7.1 + 4.8 * (quality - 0.5) + 1.5 * (mood - 1) + own - soured
    return np.asarray(np.clip(np.round(felt + rng.normal(0, 0.7, len(people))), 0, 10), dtype=np.int64)


def _halcyon(world: World) -> Iterator[Answer]:
    """Yield Tom Ebert's 9 of spring and his 6 of yesterday, and answers of colleagues who are content."""
    days, who, tom = world.days, world.who, world.halcyon("Tom")
    kind, sour = words()["comments"]["promoter"], words()["comments"]["detractor"]
    yield Answer(
        nr=1,
        person=tom,
        day=days.day(halcyon.ANSWERED_BEFORE),
        minute=10 * 60,
        score=PROMOTER,
        comment=kind[0],
    )
    yield Answer(
        nr=3, person=tom, day=days.day(halcyon.ANSWERED), minute=16 * 60 + 3, score=DETRACTOR, comment=sour[0]
    )
    here = np.flatnonzero((who.account == HALCYON) & (who.joined < days.day(200)) & (who.left == NEVER))
    others = here[here != tom][: len(halcyon.CONTENT)]
    for nr, (person, score) in enumerate(zip(others, halcyon.CONTENT, strict=False)):
        yield Answer(nr=2, person=int(person), day=days.day(84 - nr % 4), minute=11 * 60 + nr, score=score)


def _comment(score: int, draw: float) -> str:
    kind = "promoter" if score >= PROMOTER else "detractor" if score <= DETRACTOR else "passive"
    lines: list[str] = words()["comments"][kind]
    return lines[int(draw * len(lines))]


def _fact(world: World, answer: Answer) -> Fact:
    key = f"nps-{answer.nr}-{world.who.ids[answer.person]}"
    return Fact(
        event_id=key, kind=Kind.SURVEY, name="nps", happened_at=world.at(answer.person, answer.day, answer.minute),
        person_id=world.who.ids[answer.person], account_id=world.account_id(answer.person),
        properties={"answer_id": key, "score": answer.score, "scale": "nps", "comment": answer.comment},
    )  # fmt: skip
