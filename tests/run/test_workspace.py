"""A workspace is one data folder, opened."""

from pathlib import Path

from tests.tale import Tale, scorecard
from waypost.run.round import RoundReport
from waypost.run.workspace import Workspace

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
