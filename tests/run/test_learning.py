"""Learning once a day: everything is worked out and stored, again when a day or the rules are new."""

import random
import re
from collections.abc import Callable
from datetime import timedelta

import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.run.test_odds import COMPANY
from tests.tale import ANALYST, Tale, day
from waypost.core import Event
from waypost.learn import Matters, Sensing
from waypost.run.erasing import erase_person
from waypost.run.learner import lesson_by
from waypost.run.learning import Learnt, keep_lesson, learns
from waypost.run.lesson import lesson
from waypost.run.mattering import compared, matters_of
from waypost.run.workspace import Workspace

LAST_DAY = 160


def learn_anew(workspace: Workspace) -> Learnt:
    """Learn in this process: what another one would be handed, and what it would give back, are files all the same."""
    learnt = keep_lesson(workspace, lesson_by(workspace))
    assert learnt is not None
    return learnt


def _learning(workspace: Workspace) -> Callable[[], bool]:
    return learns(workspace, lambda: lesson_by(workspace), lambda: None)


def _told(tale: Tale) -> list[Event]:
    """Return events of people who use much or little for 12 weeks; who shares in the first week mostly stays longer."""
    chance = random.Random(3)
    told = []
    for nr in range(360):
        began, lively, shares = chance.randint(0, 80), chance.random(), chance.random() < 0.4
        tale.at(COMPANY[nr % 12]).by(f"p{nr:03}")
        told.append(tale.an_event("membership", "joined", on=began, role="analyst"))
        stays = chance.random() < (0.85 if shares else 0.35)
        for after in range(78 if stays else 24):
            used, exported = chance.random() < 0.25 + 0.5 * lively, chance.random() < 0.12
            told += [tale.an_event("track", "sign_in", on=began + after)] if used else []
            told += [tale.an_event("track", "export", on=began + after)] if used and exported else []
        if shares:
            told.append(tale.an_event("track", "share", on=began + chance.randint(0, 6)))
    return told


@pytest.fixture(scope="module")
def tale() -> Tale:
    tale = Tale(COMPANY[0])
    tale.told(*_told(tale)).on_day(LAST_DAY).round()
    return tale


def test_what_was_worked_out_is_stored_for_the_pages(tale: Tale) -> None:
    learnt = learn_anew(tale.workspace)
    assert (learnt.milestones, learnt.underway) == (2, 0)
    (report,) = tale.workspace.warehouse.look("select report from sensing").row(0)
    sensing = msgspec.json.decode(report, type=Sensing)
    assert sensing.odds is not None
    assert sensing.people > 60
    assert 0 < sensing.strayed < sensing.people
    assert sensing.brier is not None
    assert sensing.brier_base is not None
    assert sensing.brier < sensing.brier_base
    rows = tale.workspace.warehouse.look("select by_day, report from matters order by by_day").rows()
    assert [by_day for by_day, _ in rows] == [7, 30, 60]
    first = msgspec.json.decode(rows[0][1], type=Matters)
    assert first.found[0].feature == "share"
    assert 0.3 < first.found[0].adjusted.value < 0.7


def test_only_people_whose_time_after_the_landmark_is_over_are_compared(tale: Tale) -> None:
    asked = tale.workspace.warehouse, tale.workspace.rules, tale.workspace.rules.journeys[-1].rule
    assert asked[2].key == "analyst"
    early, late = (matters_of(*asked, by_day, today=tale.workspace.today) for by_day in (7, 60))
    assert early.people > late.people > 0
    began = tale.workspace.warehouse.look(
        "select count(*) from memberships where provisioned_on <= date '2026-09-12'"
    )
    assert late.people <= began.item()


def test_who_enters_a_journey_later_is_compared_from_the_entry() -> None:
    tale = Tale("acme", {**ANALYST, "entry": {"feature": "share"}}).joins("ada").joins("ben")
    tale.on_day(20).by("ada").uses("share").on_day(22).uses("export").on_day(80).uses("export")
    tale.on_day(86).round()
    assert _compared(tale, on=86) == [], "her time is not over"
    assert _compared(tale, on=87) == [("ada", day(20), True)]
    tale.publishes(ANALYST)
    assert _compared(tale, on=87) == [], "from access on, in whose first week she did nothing"


def test_whom_a_journey_fits_only_after_the_entry_is_compared_from_the_entry_too() -> None:
    gated = {**ANALYST, "entry": {"feature": "share"}, "audience": {"roles": ["analyst"]}}
    tale = Tale("acme", gated).joins("ada", "clerk").joins("ben", "clerk").joins("cleo", "clerk")
    tale.on_day(20).by("ada").uses("share").by("ben").uses("share")
    tale.on_day(24).joins("ada", "analyst").on_day(28).joins("ben", "analyst")
    tale.on_day(80).by("ada").uses("export").on_day(90).round()
    assert _compared(tale, on=86) == []
    assert _compared(tale, on=90) == [("ada", day(20), True)], "ben came to it after his first week on it"
    # Three days after the landmark of 7, he is there long before that of 30.
    tale.by("ben").uses("export", on=100).on_day(110).round()
    assert _compared(tale, on=110, by_day=30) == [("ada", day(20), False), ("ben", day(20), True)]


def _compared(tale: Tale, *, on: int, by_day: int = 7) -> list[tuple[object, ...]]:
    """Return whose staying is compared on a day: person, day 0, and whether they stayed."""
    rules = tale.workspace.rules
    people = compared(tale.workspace.warehouse, rules, rules.journeys[-1].rule, by_day, today=day(on))
    return people.select("person_id", "provisioned_on", "stayed").rows()


def test_learning_waits_until_a_day_is_stated_and_is_done_once(tale: Tale) -> None:
    workspace = tale.workspace
    learn = _learning(workspace)
    learn()
    made_on = "select max(fitted_on) from odds_models"
    assert workspace.warehouse.look(made_on).item() == workspace.today
    tale.on_day(LAST_DAY + 1)
    learn()
    assert workspace.warehouse.look(made_on).item() < workspace.today
    workspace.round()
    with workspace.warehouse.writing() as writer:
        writer.run("learn/sensing_clear")
    learn()
    assert workspace.warehouse.look(made_on).item() == workspace.today
    with workspace.warehouse.writing() as writer:
        writer.run("learn/sensing_clear")
    learn()
    assert workspace.warehouse.look("select count(*) from sensing").item() == 0


def test_new_rules_are_learnt_from_anew() -> None:
    tale = Tale().joins().on_day(3)
    tale.round()
    learn = _learning(tale.workspace)
    learn()
    assert _stored(tale) == [("first_30", 1), ("first_7", 1)]
    tale.publishes({**ANALYST, "milestones": ANALYST["milestones"][:1]}).round()
    learn()
    assert _stored(tale) == [("first_7", 2)]


def test_an_erased_person_has_no_odds() -> None:
    tale = Tale().joins("ada").joins("ben").on_day(3)
    tale.round()
    learn_anew(tale.workspace)
    assert tale.workspace.warehouse.look("select person_id from odds order by 1").rows() == [
        ("ada",),
        ("ben",),
    ]
    erase_person(tale.workspace, "ada")
    assert "ada" not in tale.workspace.warehouse.look("select person_id from odds")["person_id"].to_list()


def test_what_is_worked_out_of_the_copy_is_what_the_warehouse_says(tale: Tale) -> None:
    workspace = tale.workspace
    copied = lesson_by(workspace)
    here = lesson(workspace.warehouse, workspace.rules, today=workspace.today)
    assert copied.odds.models == here.odds.models
    assert_frame_equal(copied.odds.odds, here.odds.odds, check_row_order=False)
    for one, other in ((copied.sensing, here.sensing), (copied.matters, here.matters)):
        assert _rounded(one) == _rounded(other)


def _rounded(reports: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return reports with their numbers to nine digits: in which order rows are added up is nobody's promise."""
    digits = re.compile(r"-?\d+\.\d+(e-?\d+)?")
    return [
        tuple(digits.sub(lambda n: f"{float(n[0]):.9f}", str(value)) for value in row)
        for row in reports.rows()
    ]


def test_a_lesson_of_yesterday_or_of_other_rules_is_dropped() -> None:
    tale = Tale().joins().on_day(3)
    tale.round()
    learnt = lesson_by(tale.workspace)
    tale.clock.at += timedelta(days=1)
    assert keep_lesson(tale.workspace, learnt) is None
    tale.clock.at -= timedelta(days=1)
    tale.publishes({**ANALYST, "name": "Another"})
    assert keep_lesson(tale.workspace, learnt) is None
    assert tale.workspace.warehouse.look("select count(*) from odds_models").item() == 0


def _stored(tale: Tale) -> list[tuple[str, int]]:
    return tale.workspace.warehouse.look("select milestone, version from odds_models order by 1").rows()
