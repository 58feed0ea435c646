from pathlib import Path

import pytest
import yaml

from tests.run.conftest import Type

pytestmark = pytest.mark.usefixtures("anyhow")
CATALOGUE = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [{"key": "exports", "name": "Exports", "match": [{"event": "Exported"}]}],
}
NOTHING_ELSE = ["no account would change band", "no person would change standing"]
JOURNEY = {
    "kind": "journey",
    "key": "analyst",
    "name": "Analyst path",
    "milestones": [
        {
            "key": "first_7",
            "name": "First week",
            "by_day": 7,
            "clauses": [{"feature": "exports", "at_least": 1, "says": "Export"}],
        }
    ],
}


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    (folder / "journeys").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(yaml.safe_dump(CATALOGUE))
    (folder / "journeys" / "analyst.yaml").write_text(yaml.safe_dump(JOURNEY))
    return folder


def test_definitions_are_shown_and_put_in_force(type_in: Type, definitions: Path) -> None:
    done = type_in("apply", str(definitions), "--yes")
    assert done.lines == [
        "catalogue.yaml is new",
        "journeys/analyst.yaml is new",
        *NOTHING_ELSE,
        "2 definitions changed",
    ]
    assert type_in("apply", str(definitions), "--yes").lines == ["nothing would change"]


def test_a_change_is_told_leaf_by_leaf(type_in: Type, definitions: Path) -> None:
    type_in("apply", str(definitions), "--yes")
    file = definitions / "journeys" / "analyst.yaml"
    file.write_text(file.read_text().replace("by_day: 7", "by_day: 10"))
    done = type_in("apply", str(definitions), "--yes")
    assert done.lines[:2] == ["journeys/analyst.yaml changes", "    milestones[first_7].by_day: 7 → 10"]


def test_without_a_yes_nothing_changes(type_in: Type, definitions: Path) -> None:
    declined = type_in("apply", str(definitions))
    assert (declined.code, declined.err) == (
        1,
        "waypost: nobody is there to confirm; say --yes to go ahead\n",
    )
    assert type_in("export", str(definitions.parent / "out")).lines[0].startswith("0 definitions")


def test_what_is_exported_applies_as_no_change(type_in: Type, definitions: Path, tmp_path: Path) -> None:
    type_in("apply", str(definitions), "--yes")
    type_in("export", str(tmp_path / "out"))
    assert yaml.safe_load((tmp_path / "out" / "journeys" / "analyst.yaml").read_text()) == JOURNEY
    assert type_in("apply", str(tmp_path / "out"), "--yes").lines == ["nothing would change"]


def test_definitions_that_are_gone_end_only_when_asked(type_in: Type, definitions: Path) -> None:
    type_in("apply", str(definitions), "--yes")
    (definitions / "journeys" / "analyst.yaml").unlink()
    assert type_in("apply", str(definitions), "--yes").lines == ["nothing would change"]
    ended = type_in("apply", str(definitions), "--yes", "--withdraw-others")
    assert ended.lines == ["journeys/analyst.yaml ends", *NOTHING_ELSE, "1 definitions changed"]


def test_what_stays_in_force_must_still_find_what_it_names(type_in: Type, definitions: Path) -> None:
    type_in("apply", str(definitions), "--yes")
    (definitions / "journeys" / "analyst.yaml").unlink()
    (definitions / "catalogue.yaml").write_text("kind: catalogue\nkey: catalogue\n")
    refused = type_in("apply", str(definitions), "--yes")
    assert refused.err == (
        "waypost: journeys/analyst.yaml: milestones[0].clauses[0].feature: there is no feature 'exports'\n"
    )


def test_a_fault_is_told_with_its_path(type_in: Type, definitions: Path) -> None:
    file = definitions / "journeys" / "analyst.yaml"
    file.write_text(file.read_text().replace("by_day: 7", "by_day: soon"))
    refused = type_in("apply", str(definitions), "--yes")
    assert refused.code == 1
    assert "journeys/analyst.yaml: milestones[0].by_day" in refused.err


def test_a_folder_that_is_not_there_is_named(type_in: Type) -> None:
    assert type_in("apply", "lost").err == "waypost: there is no folder lost\n"
