"""The engine against a slow and obvious reckoning of the same worlds."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Oracle, day_number
from tests.laws.profile import examples
from tests.laws.worlds import ACCOUNTS, ANALYSTS, EVERYBODY, HEALTH, ONCE, PEOPLE, STRICT, day_of_event, told
from tests.tale import CATALOGUE, FIRST, Tale, day
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


@examples(4)
@given(st.randoms(use_true_random=False), st.integers(20, 60))
def test_what_two_sources_tell_counts_once_by_hand_too(chance: random.Random, size: int) -> None:
    events = [_plain_event(nr, chance) for nr in range(size)]
    events += [
        _echo(nr, chance, each) for nr, each in enumerate(events, size) if each.name.startswith("export")
    ]
    tale = Tale("acme", ANALYSTS, EVERYBODY, HEALTH).publishes(ONCE).on_day(DAYS)
    chance.shuffle(events)
    tale.told(*events[: size // 2]).round()
    tale.told(*events[size // 2 :]).round()
    for rule in (ONCE, CATALOGUE):
        tale.publishes(rule).round()
        oracle = Oracle.of(events, rule)
        assert _usage(tale) == oracle.usage_daily()
        _same_standings(tale, oracle)
        _same_scores(tale, oracle)


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(10, 60))
def test_what_happens_later_moves_nothing_before(chance: random.Random, size: int) -> None:
    events = [_plain_event(nr, chance) for nr in range(size)]
    cutoff = chance.randrange(5, DAYS)
    tale = Tale("acme", ANALYSTS, EVERYBODY, HEALTH).on_day(cutoff)
    tale.told(*[each for each in events if day_of_event(each) <= cutoff])
    before = _past(tale, cutoff)
    tale.on_day(DAYS).told(*[each for each in events if day_of_event(each) > cutoff])
    assert _past(tale, cutoff) == before


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(10, 60))
def test_the_ledger_of_every_account_and_day_adds_up_to_the_change(chance: random.Random, size: int) -> None:
    tale = Tale("acme", ANALYSTS, EVERYBODY, HEALTH).on_day(20)
    tale.told(*[_plain_event(nr, chance) for nr in range(size)]).publishes(STRICT).on_day(DAYS)
    wrong = tale.rows(
        "with known as (select *, lag(score) over (partition by account_id order by on_day) as before"
        " from scores where score is not null),"
        " told as (select account_id, on_day, sum(points) as points from ledger group by all)"
        " select account_id, on_day, score - before, points from known left join told using (account_id, on_day)"
        " where abs(coalesce(score - before, 0) - coalesce(points, 0)) > 1e-9"
    )
    assert wrong == []


def _past(tale: Tale, cutoff: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    scores = tale.frame(
        "select account_id, on_day, round(score, 9) as score, band, withheld from scores order by all"
    )
    ledger = tale.frame(
        "select account_id, on_day, input, item, cause, round(points, 9) from ledger order by all"
    )
    return scores.filter(pl.col("on_day") <= day(cutoff)).rows(), ledger.filter(
        pl.col("on_day") <= day(cutoff)
    ).rows()


def _same_standings(tale: Tale, oracle: Oracle) -> None:
    stands: dict[tuple[str, str, int], tuple[str, str, str]] = {}
    for person, account, journey, since, until, standing, milestone in tale.rows(
        "select person_id, account_id, journey, since_on, until_on, standing, milestone from standings"
    ):
        last = DAYS + 1 if until is None else day_number(until, FIRST)
        for nr in range(day_number(since, FIRST), last):
            assert (person, account, nr) not in stands, "nobody stands in two places"
            stands[person, account, nr] = (journey, standing, milestone)
    for person in PEOPLE:
        for account in ACCOUNTS:
            for nr in range(DAYS + 1):
                expected = oracle.standing(person, account, nr)
                assert stands.get((person, account, nr)) == expected, (person, account, nr)


def _same_scores(tale: Tale, oracle: Oracle) -> None:
    for account, on_day, score in tale.rows("select account_id, on_day, score from scores order by all"):
        nr = day_number(on_day, FIRST)
        expected = oracle.score(account, nr, PEOPLE)
        assert score == (None if expected is None else pytest.approx(expected, abs=1e-9)), (account, nr)


def _usage(tale: Tale) -> dict[tuple[int, str, str, str, str], int]:
    rows = tale.rows("select day, account_id, person_id, feature, actor, n from usage_daily")
    return {(day_number(on_day, FIRST), *about): n for on_day, *about, n in rows}


def _echo(nr: int, chance: random.Random, event: Event) -> Event:
    """Return what another source told of the same, in the same minute or the next, or of somebody else in it."""
    later = timedelta(seconds=chance.choice((0, 20, 59, 60)))
    return msgspec.structs.replace(
        event, event_id=f"e{nr:03}", source=chance.choice(("log", "log", "db")), happened_at=event.happened_at + later,
        name=chance.choice(("export", "export_run")), person_id=chance.choice((event.person_id, "ada")),
    )  # fmt: skip


def _plain_event(nr: int, chance: random.Random) -> Event:
    """Return an event that says who did it where, and nothing of a wrong kind."""
    who = {"person_id": chance.choice(PEOPLE[:3]), "account_id": chance.choice(ACCOUNTS)}
    where = {"account_id": who["account_id"]}
    day_nr, hour = chance.randrange(DAYS - 3), chance.randrange(24)
    said: dict[str, Any]
    match chance.choice(("use", "use", "use", "use", "set", "membership", "ticket", "survey", "contract")):
        case "use":
            name = chance.choice(("sign_in", "export", "export_run", "share"))
            return told(nr, "track", name, day_nr, hour, **who, rows=chance.choice((1, 5, "many")))
        case "set":
            return told(
                nr, "track", "set", day_nr, hour, **who, setting="schedule", to=chance.choice(("on", "off"))
            )
        case "membership":
            said = {"role": chance.choice(("analyst", "admin")), "champion": chance.random() < 0.5}
            name = chance.choice(("joined", "joined", "role_changed", "left"))
            return told(nr, "membership", name, day_nr, hour, **who, **said)
        case "ticket":
            said = {"ticket_id": chance.choice(("t1", "t2")), "priority": chance.choice(("low", "urgent"))}
            name = chance.choice(("opened", "priority_changed", "solved", "reopened"))
            return told(nr, "ticket", name, day_nr, hour, **who, **said)
        case "survey":
            return told(nr, "survey", "nps", day_nr, hour, **who, score=chance.randrange(11))
        case _:
            return told(nr, "contract", "signed", day_nr, hour, **where, value=1, seats=chance.randrange(4))
