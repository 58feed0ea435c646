from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import StoreError
from waypost.run.clock import SetClock
from waypost.run.doctor import Level, examine
from waypost.run.following import FollowedSources, behind_bytes, following
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace
from waypost.store import Followed, FollowedFiles

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LINE = '10.0.0.1 - ada [01/Nov/2026:10:00:{:02} +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    opened = Workspace(folder, Settings(data=folder), SetClock(NOW))
    yield opened
    opened.close()


def files(log: Path, source: str = "web") -> FollowedFiles:
    return FollowedFiles(source=source, patterns=[str(log)], format="apache-combined", created_at=NOW)


def test_what_is_followed_is_taken_in_by_the_running_waypost(workspace: Workspace, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    table, followed = Followed(workspace.operations), FollowedSources(workspace)
    followed.turn()
    table.put(files(log))
    followed.turn()
    (kept,) = table.all()
    assert kept.problem == f"no file is called {log}"
    assert next(each.level for each in examine(workspace) if each.about == "files of web") is Level.WRONG

    log.write_text(LINE.format(1))
    followed.turn()
    log.write_text(LINE.format(1) + LINE.format(2))
    (kept,) = table.all()
    assert (kept.problem, behind_bytes(workspace.inbox, kept)) == (None, len(LINE.format(1)))
    found = next(each for each in examine(workspace) if each.about == "files of web")
    assert (found.level, found.says) == (Level.FINE, f"{log} is followed; 1 KB are still to be read")

    followed.turn()
    assert workspace.inbox.waiting(0) == 2
    table.remove("web")
    followed.turn()
    log.write_text(LINE.format(1) + LINE.format(2) + LINE.format(3))
    followed.turn()
    assert workspace.inbox.waiting(0) == 2
    table.put(files(log))
    followed.turn()
    assert workspace.inbox.waiting(0) == 3
    followed.close()


def test_rules_of_the_source_say_what_its_lines_mean(workspace: Workspace, tmp_path: Path) -> None:
    requests = [{"path": "POST /projects/:project/export", "name": "Exported"}]
    workspace.publish([{"kind": "source", "key": "web", "source": "web", "log": {"requests": requests}}])
    (tmp_path / "access.log").write_text(LINE.format(1))
    Followed(workspace.operations).put(files(tmp_path / "access.log"))
    followed = FollowedSources(workspace)
    followed.turn()
    assert [each.name for each in workspace.inbox.take(0, 10).events] == ["Exported"]
    followed.close()


def test_two_never_follow_one_source(workspace: Workspace, tmp_path: Path) -> None:
    folder = workspace.folder
    assert folder
    (tmp_path / "access.log").write_text(LINE.format(1))
    table = Followed(workspace.operations)
    table.put(files(tmp_path / "access.log", "a/b"))
    followed = FollowedSources(workspace)
    with following(folder, "a/b"):
        followed.turn()
        assert "followed already" in (table.all()[0].problem or "")
    followed.turn()
    assert table.all()[0].problem is None
    with pytest.raises(StoreError, match="followed already"), following(folder, "a/b"):
        pass
    followed.close()
