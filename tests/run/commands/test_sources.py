import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.run.conftest import Type

pytestmark = pytest.mark.usefixtures("anyhow")
MAPPING = (
    "time: at\nkey: [id]\ncursor: id\nperson: who\naccount: org\nquantity: n\nevent: export\noverlap: 0\n"
)
Asked = Callable[..., list[str]]


@pytest.fixture
def asked(data: Path) -> Asked:
    """Return the words that name a database of three runs, what to ask it and what its columns mean."""
    with closing(sqlite3.connect(data.parent / "product.db")) as rows, rows:
        rows.execute(
            "create table runs (id integer primary key, who text, org text, at text, n real, colour text)"
        )
        rows.executemany(
            "insert into runs values (?, ?, 'acme', ?, 2, 'red')",
            [(1, "ada", "2026-06-01 02:00:00"), (2, None, "2026-06-01 03:00:00"), (3, "ben", "soon")],
        )
    (data.parent / "runs.sql").write_text("select * from runs")
    (data.parent / "runs.yaml").write_text(MAPPING)

    def words(url: str = f"sqlite:///{data.parent}/product.db", mapping: str = "runs.yaml") -> list[str]:
        return ["--url", url, "--query", "runs.sql", "--mapping", mapping]

    return words


def test_a_preview_shows_what_rows_would_become_and_keeps_nothing(type_in: Type, asked: Asked) -> None:
    shown = type_in("source", "preview", *asked())
    rows = [line.split("\t") for line in shown.lines]
    assert rows[0][:3] == ["happened_at", "kind", "name"]
    at = "2026-06-01 02:00:00+00:00"
    assert rows[1] == [at, "row", "export", "ada", "acme", "human", "2.0", '{"colour":"red"}', ""]
    assert rows[2][3:6] == ["", "acme", "automated"]
    assert rows[3][8] == "impossible_time: at is 'soon'"
    assert type_in("source", "list").lines[1:] == []


def test_a_source_is_added_asked_listed_and_removed(type_in: Type, asked: Asked) -> None:
    added = type_in("source", "add", "product", *asked())
    assert added.out == "product answers (its first 3 rows fit); it is asked every 15 minutes\n"
    assert type_in("source", "run", "product").lines == [
        "product: 2 events taken in from 3 rows",
        "    1 refused: impossible_time",
    ]
    name, every, at, problem = type_in("source", "list").lines[1].split("\t")
    assert (name, every, bool(at), problem) == ("product", "every 15 minutes", True, "")
    again = type_in("source", "add", "product", *asked(), "--when", "0 6 * * 1-5")
    assert again.out == "product answers (its first 3 rows fit); it is asked at the times of 0 6 * * 1-5\n"
    assert "0 6 * * 1-5" in type_in("source", "list").lines[1]
    refused = type_in("source", "add", "product", *asked(), "--when", "sometimes")
    assert (refused.code, "no cron expression such as 0 6 * * 1-5" in refused.err) == (1, True)
    assert type_in("source", "remove", "product").out == "product is asked no more\n"
    assert type_in("source", "run", "product").code == 1


def test_a_source_of_members_is_previewed_and_refuses_a_loss_until_it_is_accepted(
    type_in: Type, asked: Asked, data: Path
) -> None:
    (data.parent / "members.yaml").write_text("becomes: memberships\nperson: id\naccount: org\n")
    rows = [line.split("\t") for line in type_in("source", "preview", *asked(mapping="members.yaml")).lines]
    assert [row[1:5] for row in rows[1:]] == [["membership", "joined", f"{n}", "acme"] for n in (1, 2, 3)]
    type_in("source", "add", "members", *asked(mapping="members.yaml"))
    assert type_in("source", "run", "members").out == "members: 3 events taken in from 3 rows\n"
    with closing(sqlite3.connect(data.parent / "product.db")) as database, database:
        database.execute("delete from runs")
    refused = type_in("source", "run", "members")
    assert refused.code == 1
    assert "gives no row any more and gave 3 before; nothing was kept" in refused.err
    assert (
        type_in("source", "run", "members", "--accept-loss").out == "members: 3 events taken in from 0 rows\n"
    )


def test_an_address_from_standard_input_stands_in_no_list_and_no_message(
    type_in: Type, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("postgresql://ada:pa55@127.0.0.1:1/x\n"))
    refused = type_in("source", "preview", *asked("-"))
    assert refused.code == 1
    assert "the database did not answer" in refused.err
    assert "pa55" not in refused.out + refused.err


def test_files_that_cannot_be_read_or_are_no_mapping_are_named(type_in: Type, asked: Asked) -> None:
    assert "nowhere.yaml cannot be read" in type_in("source", "preview", *asked(mapping="nowhere.yaml")).err
    Path("list.yaml").write_text("- a\n")
    assert (
        "list.yaml: a mapping is a list of names and columns"
        in type_in("source", "add", "x", *asked(mapping="list.yaml")).err
    )
