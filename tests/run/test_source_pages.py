"""Log files that are chosen on a page: shown line by line, and then followed by the running Waypost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.show.visitor import Visitor
from waypost.run.clock import SetClock
from waypost.run.following import FollowedSources
from waypost.run.settings import Settings, SourceSettings
from waypost.run.source_pages import FollowsOf
from waypost.run.workspace import Workspace
from waypost.show import Desk, build
from waypost.store import Followed, Members, Role, SourceChanges

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LINES = (
    '10.0.0.1 - ada [01/Nov/2026:10:00:01 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'
    '10.0.0.1 - - [01/Nov/2026:10:00:02 +0000] "GET /style.css HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'
)
STEPS = "/connect/log"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "access.log").write_text(LINES)
    opened = Workspace(folder, Settings(data=folder), SetClock(NOW))
    yield opened
    opened.close()


@pytest.fixture
def owner(workspace: Workspace, tmp_path: Path) -> Visitor:
    desk = Desk(
        warehouse=workspace.warehouse,
        operations=workspace.operations,
        inbox=workspace.inbox,
        zone="UTC",
        now=lambda: NOW,
        public_url="http://127.0.0.1:8080",
        collector_url="http://127.0.0.1:8090",
        follows=FollowsOf(workspace),
        readable=SourceSettings(folders=f"{tmp_path / 'logs'}").paths,
    )
    members = Members(workspace.operations)
    members.add(email="m@x.test", name="M", role=Role.OWNER, password="a long password", now=NOW)
    visitor = Visitor(build(desk, members=members))
    assert visitor.sign_in("m@x.test", "a long password").status == 303
    return visitor


def test_a_log_is_shown_line_by_line_and_then_followed(
    owner: Visitor, workspace: Workspace, tmp_path: Path
) -> None:
    said = {"name": "web", "files": f"{tmp_path}/logs/*.log"}
    shown = owner.submit(STEPS, f"{STEPS}/previews", said)
    assert "1 of the first 2 lines would be kept" in shown.text
    assert "POST /projects/7/export" in shown.text
    assert "static file" in shown.text
    assert Followed(workspace.operations).all() == []
    saved = owner.submit(STEPS, f"{STEPS}/sources", said)
    assert (saved.status, saved.headers["location"]) == (303, "/sources/web?act=files_followed")
    FollowedSources(workspace).turn()
    assert [event.name for event in workspace.inbox.take(0, 10).events] == ["POST /projects/:id/export"]
    (change,) = SourceChanges(workspace.operations).of("web")
    assert (change.act, change.changed_by) == ("had files followed", "m@x.test")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ("/etc/passwd", "only files in the folders of the setting sources.folders"),
        ("{logs}/../data/*.db", "without .."),
        ("{logs}/*/../../data/*.db", "without .."),
        ("/e*c/passwd", "only files in the folders"),
        ("{logs}/link.log", "only files in the folders"),
        ("{logs}/nothing.log", "there is no line yet that tells the format"),
        ("{logs}/odd.log", "lines are not apache-combined"),
        ("", "Name a file"),
    ],
)
def test_what_may_not_be_read_or_cannot_be_is_said_beside_the_files(
    files: str, says: str, owner: Visitor, workspace: Workspace, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    (logs / "link.log").symlink_to(tmp_path / "data" / "operations.db")
    (logs / "odd.log").write_text("no line of a log\n")
    for act in ("previews", "sources"):
        answer = owner.submit(STEPS, f"{STEPS}/{act}", {"name": "web", "files": files.format(logs=logs)})
        assert answer.status == 422
        assert says in answer.text.split('id="files-wrong">')[1].split("</p>")[0]
    assert Followed(workspace.operations).all() == []


def test_a_wild_name_does_not_lead_out_of_the_folder_by_a_link(
    owner: Visitor, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "logs" / "access.log").unlink()
    (tmp_path / "logs" / "access.log").symlink_to("/etc/passwd")
    answer = owner.submit(STEPS, f"{STEPS}/previews", {"name": "web", "files": f"{tmp_path}/logs/*.log"})
    assert answer.status == 422
    assert "only files in the folders" in answer.text
    assert "root:" not in answer.text
