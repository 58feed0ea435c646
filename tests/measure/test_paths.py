"""The tree of paths: it adds up at every branch, whatever people did, and everybody is on it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.tale import CATALOGUE, Tale
from waypost.measure import PATH_OTHERS, Branch, Catalogue, PathsAsked, paths, paths_at

NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
FEATURES = [{"key": each, "name": each, "match": [{"event": each}]} for each in NAMES]
WIDE = {**CATALOGUE, "features": FEATURES, "settings": []}


@examples(3)
@given(st.randoms(use_true_random=False))
def test_branches_add_up_and_hold_everybody_once(chance: random.Random) -> None:
    tale = Tale("acme", WIDE)
    first: dict[str, list[str]] = {}
    for nr in range(60):
        person = f"p{nr:02}"
        first[person] = chance.sample(NAMES, chance.choice((0, 1, 3, 5)))
        tale.joins(person)
        for name in first[person]:
            tale.uses(name, chance.choice((1, 2)))
    tale.on_day(20)
    for person in first:
        tale.by(person).uses(chance.choice(NAMES))
    tale.on_day(40).round()
    today = tale.clock.at.date()
    asked = PathsAsked(since=today.replace(year=2025), until=today, today=today)
    found = paths(tale.workspace.warehouse, Catalogue.from_document(WIDE, where="tests"), asked)
    left_out = {key for key, _ in found.left_out}
    told = {person: [each for each in order if each not in left_out] for person, order in first.items()}
    rows = {row["person_id"]: row["path"] for row in found.everybody.to_dicts()}
    assert rows == told
    _adds_up(found.whole)
    for branch in _every(found.whole):
        assert paths_at(found, branch.prefix).height == branch.people
        assert sum(branch.ends) == branch.people
        named = [each for each in branch.prefix if each and each != PATH_OTHERS]
        if len(named) == len(branch.prefix):
            assert branch.people == sum(order[: len(named)] == named for order in told.values())


def _adds_up(branch: Branch) -> None:
    if branch.branches:
        assert sum(each.people for each in branch.branches) == branch.people
        assert sum(each.stayed.of for each in branch.branches) == branch.stayed.of
        for each in branch.branches:
            _adds_up(each)


def _every(branch: Branch) -> list[Branch]:
    return [branch, *(below for each in branch.branches for below in _every(each))]
