"""The engine against a slow and obvious reckoning of the same worlds."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Oracle, day_number
from tests.laws.profile import examples
from tests.laws.worlds import ACCOUNTS, ANALYSTS, EVERYBODY, HEALTH, PEOPLE, told
from tests.tale import FIRST, Tale
from waypost.core import Event

DAYS = 45


@examples(4)
@given(st.randoms(use_true_random=False), st.integers(5, 60))
def test_usage_standings_and_scores_are_as_worked_out_by_hand(chance: random.Random, size: int) -> None:
    events = [_plain_event(nr, chance) for nr in range(size)]
    oracle = Oracle.of(events)
    tale = Tale("acme", ANALYSTS, EVERYBODY, HEALTH).on_day(DAYS)
    chance.shuffle(events)
    tale.told(*events).round()
    assert _usage(tale) == oracle.usage_daily()
    _same_standings(tale, oracle)
    _same_scores(tale, oracle)


def _same_standings(tale: Tale, oracle: Oracle) -> None:
    stands: dict[tuple[str, str, int], tuple[str, str, str]] = {}
    for person, account, journey, since, until, standing, milestone in tale.rows(
        "select person_id, account_id, journey, since_on, until_on, standing, milestone from standings"
    ):
        last = DAYS + 1 if until is None else day_number(until, FIRST)
        for day in range(day_number(since, FIRST), last):
            assert (person, account, day) not in stands, "nobody stands in two places"
            stands[person, account, day] = (journey, standing, milestone)
    for person in PEOPLE:
        for account in ACCOUNTS:
            for day in range(DAYS + 1):
                expected = oracle.standing(person, account, day)
                assert stands.get((person, account, day)) == expected, (person, account, day)


def _same_scores(tale: Tale, oracle: Oracle) -> None:
    for account, on_day, score in tale.rows("select account_id, on_day, score from scores order by all"):
        day = day_number(on_day, FIRST)
        expected = oracle.score(account, day, PEOPLE)
        assert score == (None if expected is None else pytest.approx(expected, abs=1e-9)), (account, day)


def _usage(tale: Tale) -> dict[tuple[int, str, str, str, str], int]:
    rows = tale.rows("select day, account_id, person_id, feature, actor, n from usage_daily")
    return {(day_number(day, FIRST), *about): n for day, *about, n in rows}  # type: ignore[misc]


def _plain_event(nr: int, chance: random.Random) -> Event:
    """Return an event that says who did it where, and nothing of a wrong kind."""
    who = {"person_id": chance.choice(PEOPLE[:3]), "account_id": chance.choice(ACCOUNTS)}
    where = {"account_id": who["account_id"]}
    day, hour = chance.randrange(DAYS - 3), chance.randrange(24)
    said: dict[str, Any]
    match chance.choice(("use", "use", "use", "use", "set", "membership", "ticket", "survey", "contract")):
        case "use":
            name = chance.choice(("sign_in", "export", "export_run", "share"))
            return told(nr, "track", name, day, hour, **who, rows=chance.choice((1, 5, "many")))
        case "set":
            return told(
                nr, "track", "set", day, hour, **who, setting="schedule", to=chance.choice(("on", "off"))
            )
        case "membership":
            said = {"role": chance.choice(("analyst", "admin")), "champion": chance.random() < 0.5}
            name = chance.choice(("joined", "joined", "role_changed", "left"))
            return told(nr, "membership", name, day, hour, **who, **said)
        case "ticket":
            said = {"ticket_id": chance.choice(("t1", "t2")), "priority": chance.choice(("low", "urgent"))}
            name = chance.choice(("opened", "priority_changed", "solved", "reopened"))
            return told(nr, "ticket", name, day, hour, **who, **said)
        case "survey":
            return told(nr, "survey", "nps", day, hour, **who, score=chance.randrange(11))
        case _:
            return told(nr, "contract", "signed", day, hour, **where, value=1, seats=chance.randrange(4))
