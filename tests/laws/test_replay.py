"""Live rounds in any order and batching leave the state that one replay makes of the same events."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.laws.state import differences, state_of
from tests.laws.worlds import LAST_DAY, ONCE, RULES, STRICT, day_of_event, worlds
from tests.tale import Tale
from waypost.core import Event

JOURNEYS_AND_HEALTH = RULES[2:]


@examples(3)
@given(worlds(), st.randoms(use_true_random=False))
def test_rounds_in_any_order_and_batching_are_one_replay(events: list[Event], chance: random.Random) -> None:
    chance.shuffle(events)
    tale = Tale("acme", *JOURNEYS_AND_HEALTH).on_day(LAST_DAY)
    for batch in _batches(events, chance):
        tale.told(*batch).round()
    _live_is_a_replay(tale)


@examples(3)
@given(worlds(), st.randoms(use_true_random=False))
def test_rounds_while_days_go_by_are_one_replay(events: list[Event], chance: random.Random) -> None:
    tale = Tale("acme", *JOURNEYS_AND_HEALTH)
    _live_through(tale, events, chance)
    _live_is_a_replay(tale)


@examples(3)
@given(worlds(least=20), st.randoms(use_true_random=False))
def test_rounds_where_two_sources_tell_the_same_are_one_replay(
    events: list[Event], chance: random.Random
) -> None:
    tale = Tale("acme", *JOURNEYS_AND_HEALTH).publishes(ONCE)
    _live_through(tale, events, chance)
    _live_is_a_replay(tale)


@examples(2)
@given(worlds(), st.randoms(use_true_random=False))
def test_rules_published_on_the_way_leave_what_a_replay_makes_of_them(
    events: list[Event], chance: random.Random
) -> None:
    tale = Tale("acme", *JOURNEYS_AND_HEALTH)
    _live_through(tale, [each for each in events if day_of_event(each) < 20], chance, until=20)
    analysts, *_ = JOURNEYS_AND_HEALTH
    tale.publishes({**analysts, "milestones": analysts["milestones"][:2]}, STRICT).round()
    _live_through(tale, [each for each in events if day_of_event(each) >= 20], chance)
    _live_is_a_replay(tale)


@examples(2)
@given(worlds(25), st.randoms(use_true_random=False))
def test_two_workspaces_told_the_same_in_other_orders_agree(
    events: list[Event], chance: random.Random
) -> None:
    tales = []
    for _ in range(2):
        chance.shuffle(events)
        tales.append(Tale("acme", *JOURNEYS_AND_HEALTH).on_day(LAST_DAY).told(*events))
        tales[-1].round()
    assert differences(*(state_of(tale.workspace) for tale in tales)) == {}


@examples(2)
@given(worlds(25), st.randoms(use_true_random=False))
def test_events_given_twice_change_nothing(events: list[Event], chance: random.Random) -> None:
    tale = Tale("acme", *JOURNEYS_AND_HEALTH).on_day(LAST_DAY).told(*events)
    tale.round()
    before = state_of(tale.workspace)
    chance.shuffle(events)
    report = tale.told(*events, *events).round()
    assert (report.taken, report.appended, report.signals) == (2 * len(events), 0, 0)
    assert differences(before, state_of(tale.workspace)) == {}


def _live_through(
    tale: Tale, events: list[Event], chance: random.Random, *, until: int = 2 * LAST_DAY
) -> None:
    """Let the events arrive some days late, with a round now and then on the way."""
    arrives = {each.event_id: day_of_event(each) + chance.choice((0, 0, 1, 5, 15)) for each in events}
    rounds = [*sorted(chance.sample(range(tale.day, until), 3)), until]
    for before, day in zip([-1, *rounds], rounds, strict=False):
        due = [each for each in events if before < min(arrives[each.event_id], until) <= day]
        chance.shuffle(due)
        tale.on_day(day).told(*due).round()


def _live_is_a_replay(tale: Tale) -> None:
    live = state_of(tale.workspace)
    told = tale.signals()
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}
    assert tale.signals() == told, "a replay tells nothing again"


def _batches(events: list[Event], chance: random.Random) -> list[list[Event]]:
    cuts = sorted(chance.sample(range(len(events) + 1), min(4, len(events))))
    return [events[first:last] for first, last in zip([0, *cuts], [*cuts, len(events)], strict=True)]
