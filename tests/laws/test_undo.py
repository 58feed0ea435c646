"""An import that is undone leaves what there would be without it, whoever else said the same."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.laws.state import differences, state_of
from tests.laws.worlds import LAST_DAY, RULES, worlds
from tests.tale import Tale
from waypost.core import Event
from waypost.run.undoing import undo
from waypost.store import Import, Imports, intake_of

JOURNEYS_AND_HEALTH = RULES[2:]
#: Who may say an event: nobody's import (a door), or one of three imports.
DOOR = 0
SPEAKERS = (DOOR, 1, 2, 3)


@examples(3)
@given(worlds(60, least=30), st.randoms(use_true_random=False))
def test_what_is_left_is_what_the_others_said(events: list[Event], chance: random.Random) -> None:
    tale = _a_tale()
    for _ in SPEAKERS[1:]:
        _an_import(tale)
    said_by = {each.event_id: chance.sample(SPEAKERS, chance.choice((1, 1, 2, 3))) for each in events}
    undone = set(chance.sample(SPEAKERS[1:], chance.choice((1, 2))))
    spoken = [(each, speaker) for each in events for speaker in said_by[each.event_id]]
    chance.shuffle(spoken)
    if chance.random() < 0.5:
        # It is over, and can be undone, before the others are through.
        spoken.sort(key=lambda each: each[1] != min(undone))
    half = len(spoken) // 2
    _tell(tale, spoken[:half], chance)
    first = min(undone)
    if all(speaker != first for _, speaker in spoken[half:]):
        undo(tale.workspace, first, by="ada")
    _tell(tale, spoken[half:], chance)
    for each in undone - {one.import_id for one in _undone(tale)}:
        undo(tale.workspace, each, by="ada")
    tale.round()
    without = _a_tale().told(*(each for each in events if not undone.issuperset(said_by[each.event_id])))
    without.round()
    assert differences(state_of(without.workspace), state_of(tale.workspace)) == {}
    live = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}


def _a_tale() -> Tale:
    return Tale("acme", *JOURNEYS_AND_HEALTH).on_day(LAST_DAY)


def _an_import(tale: Tale) -> None:
    imports, now = Imports(tale.workspace.operations), tale.clock.now()
    number = imports.begin(
        source="product", file="use.ndjson", format="waypost-ndjson", mapping=None, by="ada", now=now
    )
    imports.end(number, now=now)


def _undone(tale: Tale) -> list[Import]:
    return [each for each in Imports(tale.workspace.operations).newest() if each.undone_at]


def _tell(tale: Tale, spoken: list[tuple[Event, int]], chance: random.Random) -> None:
    for at in range(0, len(spoken), 10):
        piece = spoken[at : at + 10]
        tale.workspace.inbox.put(
            [intake_of("product", [each], tale.clock.at, import_id=by) for each, by in piece]
        )
        if chance.random() < 0.5:
            tale.round()
