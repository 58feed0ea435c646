"""When a day ends, only those are judged again who can stand elsewhere; what is stored is as if all had been."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.laws.worlds import RULES, WATCHED, day_of_event, worlds
from tests.tale import FIRST, Tale
from waypost.core import Event
from waypost.run import day_end
from waypost.run.standings import restate_standings
from waypost.store import everybody

STANDINGS = "select * from standings order by all"
#: With audiences by plan, tier and segment; the gated one is for a role, so that others are judged when they turn.
JOURNEYS = (
    *(each for each in RULES[2:] if each is not WATCHED),
    {**WATCHED, "audience": {"roles": ["admin"]}},
)


def _judged_all(tale: Tale) -> list[tuple[object, ...]]:
    """Return the standings that judging everybody today leaves."""
    workspace = tale.workspace
    with workspace.warehouse.imagining() as writer:
        restate_standings(writer, everybody(writer).people, workspace.rules, today=workspace.today)
        return writer.ask("standings/of_people", frames={"scope": everybody(writer).people_frame()}).rows()


def _turning(tale: Tale, day: int) -> set[str]:
    """Return who is judged again on a day after one on which everything was stated."""
    stated_on = tale.clock.at.date()
    tale.on_day(day)
    workspace = tale.workspace
    with workspace.warehouse.imagining() as writer:
        return set(day_end.day_ended(writer, stated_on, workspace.rules, today=workspace.today).people)


@pytest.fixture
def settled() -> Tale:
    """Ada began on day 0 and used export on day 2; Ben came on day 1, and everything is stated on day 2."""
    tale = Tale("acme").joins("ada").on_day(1).joins("ben").on_day(2).by("ada").uses("export")
    tale.round()
    return tale


def test_nobody_is_judged_on_a_day_on_which_nothing_can_turn(settled: Tale) -> None:
    assert _turning(settled, 3) == set()


def test_deadlines_turn_those_who_got_access_so_many_days_ago(settled: Tale) -> None:
    settled.lives_to(7)
    assert _turning(settled, 8) == {"ada"}, "her day 7 has passed"
    settled.lives_to(8)
    assert _turning(settled, 9) == {"ben"}


def test_days_without_a_round_are_made_up_for(settled: Tale) -> None:
    assert _turning(settled, 9) == {"ada", "ben"}


def test_use_that_leaves_a_window_turns_its_person(settled: Tale) -> None:
    window = 28
    assert "ada" in _turning(settled.lives_to(1 + window), 2 + window)


def test_who_ever_paused_is_judged_every_day(settled: Tale) -> None:
    settled.by("ben").tells("pause", "began").round()
    assert _turning(settled, 3) == {"ben"}
    settled.on_day(2).by_nobody("pause", "began").round()
    assert _turning(settled, 3) == {"ada", "ben"}


def test_what_was_dated_ahead_turns_whom_it_is_about(settled: Tale) -> None:
    settled.by("ben").uses("share", on=4).round()
    assert _turning(settled, 3) == set()
    settled.round()
    assert _turning(settled, 4) == {"ben"}
    settled.on_day(4).round()
    settled.joins("cleo", on=6).sets("schedule", "weekly", on=5).round()
    assert _turning(settled, 5) >= {"ada", "ben"}, "a setting is of everybody at the account"


def test_who_leaves_on_a_day_that_was_told_ahead_is_judged_on_it(settled: Tale) -> None:
    settled.told(settled.by("ben").an_event("membership", "left", on=5)).round()
    assert _turning(settled, 4) == set()
    settled.round()
    assert _turning(settled, 5) == {"ben"}


def test_any_use_that_leaves_a_window_of_active_days_turns_its_person() -> None:
    habit = {
        "key": "habit",
        "name": "Habit",
        "rolling_days": 5,
        "clauses": [{"active_days": 1, "says": "Come"}],
    }
    tale = Tale("acme", {"kind": "journey", "key": "j", "name": "J", "milestones": [habit]})
    tale.joins("ada").on_day(9).uses("share").lives_to(13)
    assert _turning(tale, 14) == {"ada"}
    assert _turning(tale.lives_to(14), 15) == set()


def test_the_audience_of_a_journey_with_a_gate_is_judged_every_day() -> None:
    for audience, judged in (({"roles": ["admin"]}, {"ben"}), ({}, {"ada", "ben"})):
        tale = Tale("acme", {**WATCHED, "audience": audience})
        tale.joins("ada").joins("ben", "admin").on_day(1).round()
        assert _turning(tale, 2) == judged


def test_another_plan_from_a_day_ahead_turns_everybody_at_the_account(settled: Tale) -> None:
    settled.by_nobody("contract", "signed", on=4, contract_id="c", plan="pro", value=90_000).round()
    assert _turning(settled, 3) == set()
    settled.round()
    assert _turning(settled, 4) == {"ada", "ben"}


def test_new_rules_of_a_day_are_for_everybody(settled: Tale, monkeypatch: pytest.MonkeyPatch) -> None:
    from_on = FIRST + timedelta(days=3)
    journeys = tuple(
        replace(each, from_on=from_on) if nr == 0 else each
        for nr, each in enumerate(settled.workspace.rules.journeys)
    )
    rules = replace(settled.workspace.rules, journeys=journeys)
    with settled.workspace.warehouse.imagining() as writer:
        touched = day_end.day_ended(writer, FIRST + timedelta(days=2), rules, today=from_on)
    assert touched.people == {"ada", "ben"}


@examples(3)
@given(worlds(25), st.randoms(use_true_random=False))
def test_a_new_day_leaves_what_judging_everybody_would(events: list[Event], chance: random.Random) -> None:
    tale = Tale("acme", *JOURNEYS)
    # Some are told before their day, as clocks that run ahead and plans do.
    arrives = {each.event_id: day_of_event(each) + chance.choice((-9, -2, 0, 0, 0, 4)) for each in events}
    days = [0, *sorted(chance.sample(range(1, 50), 16))]
    for before, day in pairwise([-99, *days]):
        tale.on_day(day)
        tale.told(*[each for each in events if before < arrives[each.event_id] <= day]).round()
        stored = tale.workspace.warehouse.look(STANDINGS).rows()
        assert sorted(stored, key=str) == sorted(_judged_all(tale), key=str), day
