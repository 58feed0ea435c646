"""Survey answers: NPS twice, CSAT after tickets, scored by how things go at the account at the time."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from waypost.core import Kind
from waypost.run.sample import halcyon
from waypost.run.sample.accounts import HALCYON, Accounts
from waypost.run.sample.activity import Activity
from waypost.run.sample.calendar import DAYS, Calendar
from waypost.run.sample.chance import Floats, stream
from waypost.run.sample.facts import Fact
from waypost.run.sample.people import People
from waypost.run.sample.words import words

# NPS rounds: from, to (days ago), and the share of those active then who answer.
ROUNDS = ((196, 178, 0.24), (92, 80, 0.22), (19, 2, 0.24))
COMMENTED = 0.42
RATED = 0.25
HOUR = timedelta(hours=1)
PROMOTER, DETRACTOR = 9, 6
SOURED = {"champion_left": 2.2, "silent_churn": 2.4, "ticket_storm": 2.8, "gone_dark": 2.0}


def survey_facts(
    seed: int, days: Calendar, cast: Accounts, who: People, seen: Activity, mood: Floats
) -> Iterator[Fact]:
    """Yield every answer."""
    rng = stream(seed, "surveys")
    own = np.clip(rng.normal(0, 1.5, len(who)), -3.5, 2)
    for nr, (begin, end, share) in enumerate(ROUNDS, start=1):
        rows = np.flatnonzero((seen.day >= days.day(begin)) & (seen.day <= days.day(end)))
        people, first = np.unique(seen.person[rows], return_index=True)
        answers = (rng.random(len(people)) < share) & (who.account[people] != HALCYON)
        people, on = people[answers], seen.day[rows[first[answers]]]
        account = who.account[people]
        soured = np.array([SOURED.get(story, 0.0) for story in cast.stories])[account] * (
            on >= cast.turn[account]
        )
        felt = (
            7.1
            + 2.4 * (cast.quality[account] - 0.5) * 2
            + 1.5 * (mood[account, on] - 1)
            + own[people]
            - soured
        )
        scores = np.clip(np.round(felt + rng.normal(0, 0.7, len(people))), 0, 10).astype(int)
        for person, day, score, asked in zip(people, on, scores, rng.random((len(people), 2)), strict=True):
            minute = min(9.5 * 60 + asked[1] * 480, 20 * 60)
            comment = _comment(int(score), asked[1]) if asked[0] < COMMENTED else ""
            yield _answer(days, cast, who, (nr, int(person), int(day), minute), "nps", int(score), comment)
    yield from _halcyon(days, cast, who)


def satisfaction_facts(seed: int, tickets: list[Fact]) -> Iterator[Fact]:
    """Yield a CSAT answer (1 to 5) for a quarter of the solved tickets, an hour after they were solved."""
    rng = stream(seed, "csat")
    solved = [fact for fact in tickets if fact.name == "solved"]
    for fact, draw in zip(solved, rng.random((len(solved), 2)), strict=True):
        if draw[0] < RATED:
            score = int(np.searchsorted([0.04, 0.10, 0.22, 0.58], draw[1])) + 1
            key = f"csat-{fact.event_id}"
            yield Fact(
                event_id=key, kind=Kind.SURVEY, name="csat", happened_at=fact.happened_at + HOUR, person_id=fact.person_id,
                account_id=fact.account_id, properties={"answer_id": key, "score": score, "scale": "csat", "comment": ""},
            )  # fmt: skip


def _halcyon(days: Calendar, cast: Accounts, who: People) -> Iterator[Fact]:
    """Tom Ebert's 9 of spring and his 6 of yesterday; colleagues who are content."""
    here = np.flatnonzero((who.account == HALCYON) & (who.joined < days.day(200)) & (who.left >= DAYS))
    tom = int(here[who.given[here] == "Tom"][0])
    yield _answer(
        days,
        cast,
        who,
        (1, tom, days.day(185), 10 * 60),
        "nps",
        PROMOTER,
        "The carrier comparison paid for itself in the first month.",
    )
    told = words()["comments"]["detractor"][0]
    yield _answer(days, cast, who, (3, tom, days.day(halcyon.ANSWERED), 16 * 60 + 3), "nps", DETRACTOR, told)
    for nr, person in enumerate(here[here != tom][:9]):
        yield _answer(
            days,
            cast,
            who,
            (2, int(person), days.day(84 - nr % 4), 11 * 60 + nr),
            "nps",
            (9, 8, 10, 7, 9)[nr % 5],
            "",
        )


def _comment(score: int, draw: float) -> str:
    kind = "promoter" if score >= PROMOTER else "detractor" if score <= DETRACTOR else "passive"
    lines: list[str] = words()["comments"][kind]
    return lines[int(draw * len(lines))]


When = tuple[int, int, int, float]


def _answer(
    days: Calendar, cast: Accounts, who: People, when: When, survey: str, score: int, comment: str
) -> Fact:
    nr, person, day, minute = when
    key = f"{survey}-{nr}-{who.ids[person]}"
    return Fact(
        event_id=key, kind=Kind.SURVEY, name=survey, happened_at=days.at(int(who.place[person]), day, minute),
        person_id=who.ids[person], account_id=cast.ids[who.account[person]],
        properties={"answer_id": key, "score": score, "scale": survey, "comment": comment},
    )  # fmt: skip
