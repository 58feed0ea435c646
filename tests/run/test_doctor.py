import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.run.conftest import Type
from waypost.core import Event, Kind
from waypost.run.clock import SetClock
from waypost.run.doctor import Finding, Level, examine
from waypost.run.settings import Settings, SmtpSettings
from waypost.run.workspace import Workspace
from waypost.store import Intake, SourcePauses, intake_of

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    opened = Workspace(folder, Settings(data=folder), SetClock(NOW))
    yield opened
    opened.close()


def about(workspace: Workspace, what: str) -> list[Finding]:
    return [finding for finding in examine(workspace) if finding.about == what]


def an_event(workspace: Workspace, came_in_at: datetime) -> None:
    event = Event(
        event_id="1", source="web", kind=Kind.TRACK, name="A", happened_at=came_in_at, received_at=came_in_at
    )
    workspace.inbox.put([intake_of("web", [event], came_in_at)])


def test_a_sound_waypost_is_fine(workspace: Workspace) -> None:
    an_event(workspace, NOW)
    found = {finding.about: finding.level for finding in examine(workspace)}
    assert set(found) == {
        "versions",
        "data folder",
        "disk",
        "clock",
        "e-mail",
        "source web",
        "rounds",
        "register",
    }
    assert [what for what, level in found.items() if level is not Level.FINE] == ["e-mail"]


def test_files_that_others_can_read_are_named(workspace: Workspace, folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "operations.db").chmod(0o644)
    (finding,) = about(workspace, "data folder")
    assert (finding.level, finding.do) == (Level.LOOK, f"chmod 700 {folder}")
    assert "operations.db" in finding.says


def test_a_register_that_has_lost_events_is_wrong(workspace: Workspace) -> None:
    an_event(workspace, NOW)
    workspace.round()
    with workspace.warehouse.writing() as writer:
        writer.register.extend(np.array([7]), np.array([1]))
    (finding,) = about(workspace, "register")
    assert finding.level is Level.WRONG
    assert "remove the folder register" in finding.do


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "level"), [(10**8, Level.WRONG), (2 * 10**9, Level.LOOK), (10**11, Level.FINE)]
)
def test_a_full_disk_is_told_before_it_hurts(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(total=10**12, used=0, free=free))
    assert about(workspace, "disk")[0].level is level


def test_a_clock_that_was_set_back_is_wrong(workspace: Workspace) -> None:
    an_event(workspace, NOW + timedelta(hours=1))
    assert about(workspace, "clock")[0].level is Level.WRONG


def test_a_source_that_fell_silent_is_named(workspace: Workspace) -> None:
    an_event(workspace, NOW - timedelta(days=5))
    (finding,) = about(workspace, "source web")
    assert finding.level is Level.LOOK
    assert (
        finding.says == "last event 2026-11-13 12:00 UTC, and the next was expected by 2026-11-14 14:00 UTC"
    )
    SourcePauses(workspace.operations).pause("web", by="ada@x.test", now=NOW)
    assert about(workspace, "source web")[0].level is Level.FINE


def test_refused_events_are_counted_by_reason(workspace: Workspace) -> None:
    workspace.inbox.put([Intake(source="web", received_at=NOW, refused={"no_id": 3})])
    says = [finding.says for finding in about(workspace, "source web")]
    assert "3 events refused on 2026-11-18: no_id" in says


def test_events_that_pile_up_are_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waypost.run.doctor.MOST_WAITING", 0)
    an_event(workspace, NOW)
    (finding,) = about(workspace, "rounds")
    assert (finding.level, finding.says) == (Level.LOOK, "1 events wait to be taken in")


def test_a_mail_server_that_answers_is_fine_and_one_that_does_not_is_wrong(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert _mail(folder, port).level is Level.FINE
        (folder / "sample.json").write_text('{"state": "there"}')
        assert "none leaves while the sample is loaded" in _mail(folder, port).says
    finally:
        server.stop()
    finding = _mail(folder, port)
    assert finding.level is Level.WRONG
    assert "smtp.host" in finding.do


def _mail(folder: Path, port: int) -> Finding:
    smtp = SmtpSettings(host="127.0.0.1", port=port, security="none", from_address="us@acme.example")
    workspace = Workspace(folder, Settings(data=folder, smtp=smtp), SetClock(NOW))
    try:
        return about(workspace, "e-mail")[0]
    finally:
        workspace.close()


@pytest.mark.usefixtures("anyhow")
def test_the_command_prints_what_to_do_and_fails_when_something_is_wrong(
    type_in: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = type_in("doctor")
    assert well.code == 0
    assert "look   e-mail: no server is set, so no e-mail leaves\n       set smtp.host" in well.out
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(total=1, used=1, free=0))
    assert type_in("doctor").code == 1


def test_an_examination_that_fails_is_a_finding(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_folder: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(shutil, "disk_usage", broken)
    (finding,) = about(workspace, "disk")
    assert (finding.level, finding.says) == (Level.WRONG, "the disk is gone")
