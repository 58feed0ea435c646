"""The made-up company of `bench.scale` is one that Waypost takes in: it fills the tables as they are today."""

from datetime import timedelta
from pathlib import Path

from bench.scale_fresh import COPIES, Fresh
from bench.scale_world import NOW, World, definitions, write

from waypost.run.clock import SetClock
from waypost.run.settings import Settings, WorkspaceSettings
from waypost.run.workspace import Workspace
from waypost.store import intake_of


def test_the_made_up_company_is_stated_and_fresh_events_of_it_are_taken_in(tmp_path: Path) -> None:
    write(World(events=12_000), tmp_path / "warehouse.duckdb")
    clock = SetClock(NOW)
    workspace = Workspace(tmp_path, Settings(workspace=WorkspaceSettings()), clock)
    workspace.publish(definitions())
    assert workspace.round().whole
    stood = workspace.warehouse.look("select count(distinct person_id) from standings").item()
    assert stood > 800

    clock.at += timedelta(seconds=5)
    events = Fresh(workspace.warehouse).events(clock.at)
    workspace.inbox.put([intake_of("bench", events, clock.at)])
    report = workspace.round()

    assert report.appended == len(events) - COPIES
    assert not report.whole
    workspace.close()
