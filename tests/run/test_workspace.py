"""A workspace is one data folder, opened."""

from datetime import timedelta
from pathlib import Path

from tests.tale import Tale, scorecard
from waypost.run.round import RoundReport
from waypost.run.workspace import Workspace
from waypost.store import intake_of

SEATS = scorecard({"measure": {"kind": "seat_use"}})


def test_a_workspace_of_files_goes_on_where_it_was(tmp_path: Path) -> None:
    tale = Tale("acme", SEATS).joins("ada")
    first = Workspace(tmp_path, tale.workspace.settings, tale.clock)
    first.publish([SEATS])
    first.round()
    first.close()
    again = Workspace(tmp_path, tale.workspace.settings, tale.clock)
    assert again.round() == RoundReport()
    assert (again.zone, again.now, again.today) == ("UTC", tale.clock.at, tale.clock.at.date())
    assert len(again.rules.scorecards) == 1
    again.close()


def test_the_day_is_that_of_the_workspace_s_own_zone() -> None:
    tale = Tale("acme", SEATS, zone="Pacific/Kiritimati")
    assert tale.workspace.today.day == tale.clock.at.day + 1, "noon in UTC is tomorrow there"


def test_a_workspace_that_moved_counts_its_days_anew_in_a_replay(tmp_path: Path) -> None:
    tale = Tale("acme", SEATS)
    first = Workspace(tmp_path, tale.workspace.settings, tale.clock)
    first.inbox.put([intake_of("product", [tale.an_event("track", "export")], tale.clock.at)])
    first.round()
    first.close()
    moved = Workspace(tmp_path, Tale("acme", zone="Pacific/Kiritimati").workspace.settings, tale.clock)
    moved.replay()
    (day,) = moved.warehouse.look("select happened_on from events where kind = 'track'")["happened_on"]
    moved.close()
    assert day == tale.clock.at.date() + timedelta(days=1)
