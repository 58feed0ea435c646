"""A changed catalogue rebuilds what it touches, and leaves exactly what a replay makes."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.laws.state import differences, state_of
from tests.laws.worlds import LAST_DAY, ONCE, RULES, worlds
from tests.tale import ANALYST, CATALOGUE, Tale, scorecard
from waypost.core import Document, Event

BREADTH = scorecard({"measure": {"kind": "breadth", "within_days": 28}})
SEATS = scorecard({"measure": {"kind": "seat_use", "within_days": 7}})
SIGN_IN, EXPORT, SHARE = CATALOGUE["features"]
[SCHEDULE] = CATALOGUE["settings"]


def catalogue(*features: Document, settings: tuple[Document, ...] = (SCHEDULE,)) -> Document:
    return {**CATALOGUE, "features": list(features), "settings": list(settings)}


OTHERS: Mapping[str, Document] = {
    "a new feature": catalogue(
        SIGN_IN, EXPORT, SHARE, {"key": "set", "name": "Set", "match": [{"event": "s*"}]}
    ),
    "a feature less": catalogue(SIGN_IN, EXPORT),
    "another match": catalogue(SIGN_IN, {**EXPORT, "match": [{"event": "share"}]}, SHARE),
    "other actors": catalogue(SIGN_IN, {**EXPORT, "automated_counts": False}, SHARE),
    "no quantity": catalogue(SIGN_IN, {k: v for k, v in EXPORT.items() if k != "quantity"}, SHARE),
    "sources that tell the same": ONCE,
    "another group": catalogue(SIGN_IN, EXPORT, {**SHARE, "group": "admin"}),
    "weights": catalogue(SIGN_IN, {**EXPORT, "weight": 4}, SHARE),
    "names": catalogue(SIGN_IN, {**EXPORT, "name": "Exports"}, SHARE),
    "another wish": catalogue(SIGN_IN, EXPORT, SHARE, settings=({**SCHEDULE, "wanted": "off"},)),
    "no settings": catalogue(SIGN_IN, EXPORT, SHARE, settings=()),
    "a setting by use": catalogue(
        SIGN_IN, EXPORT, SHARE, settings=({**SCHEDULE, "match": [{"event": "share", "set_to": "on"}]},)
    ),
}


@pytest.mark.parametrize("change", OTHERS)
@examples(1)
@given(worlds(least=25), st.randoms(use_true_random=False))
def test_after_any_change_the_state_is_that_of_a_replay(
    change: str, events: list[Event], chance: random.Random
) -> None:
    tale = Tale("acme", *RULES[2:]).on_day(LAST_DAY)
    late = chance.sample(events, len(events) // 3)
    tale.told(*[each for each in events if each not in late]).round()
    tale.on_day(LAST_DAY + chance.choice((0, 3))).publishes(OTHERS[change]).told(*late)
    assert not tale.round().whole
    live, told = state_of(tale.workspace), tale.signals()
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}
    assert tale.signals() == told


def a_fortnight(*rules: Document) -> Tale:
    tale = Tale("acme", ANALYST, *rules).joins("ada").uses("export").joins("ben").uses("share")
    tale.at("beta").joins("cleo").uses("sign_in").at("acme").lives_to(14)
    return tale


def test_only_the_people_whose_events_mean_something_else_are_judged_anew() -> None:
    tale = a_fortnight(SEATS)
    report = tale.publishes(catalogue(SIGN_IN, EXPORT)).round()
    assert (report.whole, report.people, report.accounts) == (False, 1, 1)
    assert tale.rows("select distinct feature from usage_daily order by 1") == [("export",), ("sign_in",)]


def test_another_name_touches_nobody() -> None:
    report = a_fortnight(BREADTH).publishes(OTHERS["names"]).round()
    assert (report.whole, report.people, report.accounts) == (False, 0, 0)


def test_another_group_moves_every_account_that_is_compared_with_it() -> None:
    report = a_fortnight(BREADTH).publishes(OTHERS["another group"]).round()
    assert (report.whole, report.people, report.accounts) == (False, 0, 2)
    assert a_fortnight(SEATS).publishes(OTHERS["another group"]).round().accounts == 0


def test_a_journey_published_beside_it_derives_all_anew() -> None:
    tale = a_fortnight(SEATS)
    assert tale.publishes(catalogue(SIGN_IN, EXPORT), {**ANALYST, "name": "Another"}).round().whole


def test_two_changes_between_rounds_are_one() -> None:
    tale = a_fortnight(BREADTH)
    tale.publishes(OTHERS["a feature less"]).publishes(OTHERS["weights"])
    assert not tale.round().whole
    live = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(live, state_of(tale.workspace)) == {}


def test_scores_that_a_catalogue_moved_are_not_called_late_data() -> None:
    tale = a_fortnight(BREADTH)
    tale.publishes(OTHERS["weights"]).round()
    assert tale.signals("restated") == []
