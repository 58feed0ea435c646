"""A round takes in what waits, once, and brings the state up to date."""

from datetime import timedelta

import pytest

from tests.tale import Tale, scorecard
from waypost.run.round import RoundReport
from waypost.store import Intake

SEATS = scorecard({"measure": {"kind": "seat_use"}})


def test_a_round_says_what_it_did() -> None:
    tale = Tale("acme").joins("ada").uses("sign_in").joins("ben")
    assert tale.round() == RoundReport(taken=3, appended=3, people=2, accounts=1, whole=True)
    assert tale.uses("sign_in").round() == RoundReport(taken=1, appended=1, people=1, accounts=1)


def test_a_round_without_news_does_nothing() -> None:
    tale = Tale("acme").joins("ada")
    tale.round()
    assert tale.round() == RoundReport()


def test_events_may_be_taken_in_without_stating_anything() -> None:
    tale = Tale("acme").joins("ada").uses("export")
    tale.on_day(0)
    assert tale.workspace.take_in(most=1) == 2, "a chunk of the inbox is taken whole"
    assert tale.workspace.warehouse.look("select * from people").height == 0
    assert tale.workspace.take_in() == 0
    assert tale.rows("select person_id from people") == [("ada",)]


def test_what_a_round_refuses_is_taken_in_too() -> None:
    tale = Tale("acme").joins("ada")
    tale.round()
    inbox = tale.workspace.inbox
    bad = Intake(
        source="web",
        received_at=tale.workspace.now,
        form="segment",
        events=b'{"batch": [{"type": "track"}]}',
        n=1,
    )
    inbox.put([bad])
    assert tale.round() == RoundReport()
    assert inbox.waiting(0) == 0
    assert [kept.reason for kept in inbox.quarantined("web", 10)] == ["no_id"]


def test_the_end_of_a_day_moves_everybody_on() -> None:
    tale = Tale("acme", SEATS).signs(seats=1).joins("ada").uses("sign_in")
    tale.round()
    report = tale.on_day(2).round()
    assert (report.taken, report.accounts, report.whole) == (0, 1, False)
    assert sorted(tale.scores()) == [0, 1, 2]


def test_many_events_at_once_are_stated_as_a_replay_would(monkeypatch: pytest.MonkeyPatch) -> None:
    tale = Tale("acme").joins("ada")
    tale.round()
    monkeypatch.setattr("waypost.run.round.WHOLE_ABOVE", 2)
    assert tale.uses("export", 3).round().whole


def test_many_events_that_are_few_beside_those_stored_are_stated_by_what_they_touch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tale = Tale("acme").joins("ada").uses("export", 40)
    tale.round()
    monkeypatch.setattr("waypost.run.round.WHOLE_ABOVE", 2)
    assert not tale.uses("export", 3).round().whole


def test_health_that_failed_stays_due_and_the_next_round_states_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tale = Tale("acme", SEATS).signs(seats=2).joins("ada").uses("sign_in")
    before = tale.scores()
    with monkeypatch.context() as broken:
        broken.setattr("waypost.run.round.tell_of_accounts", _fails)
        with pytest.raises(RuntimeError):
            tale.joins("ben").uses("sign_in").round()
    look = tale.workspace.warehouse.look
    assert look("select person_id from people where person_id = 'ben'").height == 1, "people are stated"
    assert look("select account_id from due").rows() == [("acme",)]
    assert tale.scores() != before
    assert look("select account_id from due").height == 0


def test_a_hurried_round_leaves_health_for_later_but_not_for_long() -> None:
    tale = Tale("acme", SEATS).signs(seats=2).joins("ada").uses("sign_in")
    workspace = tale.workspace
    tale.round()
    crowd = workspace.inbox.waiting
    tale.joins("ben").uses("sign_in").on_day(0)
    workspace.inbox.waiting = lambda after: crowd(after) + 1  # type: ignore[method-assign]  # more keeps coming
    workspace.round(hurried=True)
    assert workspace.warehouse.look("select account_id from due").height == 1
    tale.clock.at += timedelta(seconds=6)
    workspace.round(hurried=True)
    assert workspace.warehouse.look("select account_id from due").height == 0


def test_an_account_whose_history_comes_at_once_is_scored_from_its_first_day() -> None:
    tale = Tale("acme", SEATS, restate_days=2).signs(seats=1).joins("ada").uses("sign_in")
    tale.on_day(9).round()
    tale.at("beta").signs(seats=1, on=1).joins("cleo", on=1).uses("sign_in", on=1)
    assert sorted(tale.scores()) == list(range(1, 10))


def test_a_round_that_fails_leaves_everything_as_it_was_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tale = Tale("acme", SEATS).signs(seats=1).joins("ada").uses("sign_in")
    tale.round()
    before = tale.scores()
    with monkeypatch.context() as broken:
        broken.setattr("waypost.run.round.tell_of_people", _fails)
        with pytest.raises(RuntimeError):
            tale.joins("ben").uses("sign_in").round()
    assert tale.workspace.warehouse.look("select person_id from people")["person_id"].to_list() == ["ada"]
    assert tale.scores() == before
    assert tale.rows("select person_id from people order by 1") == [("ada",), ("ben",)]


def test_an_account_with_nothing_but_a_name_has_no_score_and_stops_nothing() -> None:
    tale = Tale("acme", SEATS).by_nobody("group", "group", name="Acme")
    assert tale.rows("select name from accounts") == [("Acme",)]
    assert tale.scores() == {}


def test_an_account_that_loses_its_only_person_to_a_merge_loses_its_scores() -> None:
    tale = Tale("acme", SEATS).joins("ben").uses("sign_in").at("beta").joins("ada-old").on_day(3)
    tale.round()
    assert set(tale.scores()) == {0, 1, 2, 3}
    tale.by("ada").at("beta").tells("membership", "left", on=0).told(
        tale.by("ada").an_event("alias", "alias", on=None, previousId="ada-old")
    )
    assert tale.rows("select * from memberships where account_id = 'beta'") == []
    assert tale.scores() == {}


def test_when_the_sources_come_back_every_account_has_a_score_again() -> None:
    tale = (
        Tale("acme", SEATS)
        .signs(seats=1)
        .joins("ada")
        .uses("sign_in")
        .at("beta")
        .signs(seats=1)
        .joins("cleo")
    )
    tale.on_day(5).round()
    assert [tale.scores()[day] for day in (3, 4, 5)] == [0.0, None, None]
    why = tale.rows("select distinct withheld from scores where withheld like '%usage%'")
    assert why == [("No usage has come from any source since 3 August",)]
    tale.at("acme").by("ada").uses("sign_in")
    assert tale.at("beta").scores()[5] == 0.0


def _fails(*_args: object, **_more: object) -> int:
    raise RuntimeError
