from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import Event, Kind
from waypost.run.clock import SetClock
from waypost.run.interventions import Interventions
from waypost.run.sample_files import SOURCES
from waypost.run.sample_workspace import SIGN_IN, SampleWorkspace, State
from waypost.run.secret import secret_of
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import Interventions as Decided
from waypost.store import Keys, Members, intake_of

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
EVERYTHING = ("events", "accounts", "people", "memberships", "usage_daily", "standings", "scores", "ledger")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(tmp_path, Settings(data=tmp_path), SetClock(NOW))
    yield opened
    opened.close()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def sample(workspace: Workspace, said: list[str]) -> SampleWorkspace:
    return SampleWorkspace(workspace, say=said.append, scale=0.05)


def rows(workspace: Workspace, table: str) -> int:
    return int(workspace.warehouse.look(f"select count(*) from {table}").item())  # noqa: S608 -- a name of ours


def test_the_sample_comes_in_by_the_doors_is_judged_and_goes_by_one_click(
    workspace: Workspace, sample: SampleWorkspace, said: list[str]
) -> None:
    greeting = sample.begin()
    assert greeting is not None
    assert SIGN_IN in greeting
    assert sample.state is State.LOADING

    # A load that was cut short is taken up again by the next start, which has nothing more to greet with.
    sample = SampleWorkspace(workspace, say=said.append, scale=0.05)
    assert sample.begin() is None
    sample.load()
    assert (sample.state, sample.is_there()) == (State.THERE, True)
    assert all(rows(workspace, table) > 0 for table in EVERYTHING)
    sources = set(workspace.warehouse.look("select distinct source from events").to_series())
    assert set(SOURCES) <= sources
    assert said[-1].startswith("the sample is ready")

    follows = Interventions(workspace, secret_of(workspace.folder), is_sample=sample.is_there)
    follows.decide()
    _an_event_of_our_own(workspace)
    sample.remove()

    assert not sample.is_there()
    assert workspace.warehouse.look("select source from events").to_series().to_list() == ["ours"]
    assert rows(workspace, "accounts") == 1
    assert workspace.definitions.newest() == []
    assert Decided(workspace.operations).for_play("first_week_back") == []
    assert [member.email for member in Members(workspace.operations).list()] == [SIGN_IN]
    sample.load()
    assert rows(workspace, "accounts") == 1


def test_a_workspace_that_is_used_gets_no_sample(workspace: Workspace, sample: SampleWorkspace) -> None:
    Keys(workspace.operations).create("web", now=NOW)
    _an_event_of_our_own(workspace)
    assert sample.begin() is None
    sample.load()
    assert rows(workspace, "events") == 1


def _an_event_of_our_own(workspace: Workspace) -> None:
    event = Event(
        event_id="1",
        source="ours",
        kind=Kind.TRACK,
        name="Report Exported",
        happened_at=NOW,
        received_at=NOW,
        person_id="ada",
        account_id="acme",
    )
    workspace.inbox.put([intake_of("ours", [event], NOW)])
    workspace.round()
