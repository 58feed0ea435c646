from pathlib import Path

import pytest

from tests.run.conftest import Type

pytestmark = pytest.mark.usefixtures("anyhow")
LINE = '10.0.0.1 - ada [01/Nov/2026:10:00:00 +0000] "POST /projects/7/export HTTP/1.1" 200 12 "-" "Mozilla/5.0"\n'


def test_files_are_followed_listed_and_let_go_of(type_in: Type, data: Path) -> None:
    (data.parent / "access.log").write_text(LINE)
    said = type_in("source", "follow", "access.log", "--source", "web", "--from-end")
    assert said.out == "web: access.log followed as apache-combined while Waypost runs\n"
    assert type_in("source", "followed").lines == [
        "source\tfiles\tformat\tbehind\tproblem",
        f"web\t{data.parent}/access.log\tapache-combined\t0 KB\t",
    ]
    assert type_in("source", "unfollow", "web").out.startswith("the files of web are followed no more")
    assert type_in("source", "unfollow", "web").code == 1


def test_files_in_another_format_are_refused_before_they_are_followed(type_in: Type, data: Path) -> None:
    (data.parent / "access.log").write_text(LINE * 2)
    said = type_in("source", "follow", "access.log", "--source", "web", "--format", "haproxy")
    assert "2 of the first 2 lines are not haproxy" in said.err
    said = type_in("source", "follow", "none.log", "--source", "web")
    assert "say it with --format" in said.err
    said = type_in("source", "follow", "none.log", "--source", "web", "--format", "flurry-csv")
    assert "waypost import" in said.err
    assert type_in("source", "followed").lines[1:] == []
