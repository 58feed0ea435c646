import re
from pathlib import Path

import pytest

from tests.run.conftest import Type
from waypost.run.commands.listed import LIST
from waypost.run.holding import holding
from waypost.store import Keys


@pytest.mark.parametrize("command", [each.words for each in LIST])
def test_every_command_has_help_with_examples_that_begin_with_it(type_in: Type, command: str) -> None:
    helped = type_in(*command.split(), "--help")
    assert helped.code == 0
    assert f"waypost {command}" in helped.out.partition("Try:")[2]


def test_the_list_of_commands_says_what_each_is_for(type_in: Type) -> None:
    listed = type_in("--help").out
    for each in LIST:
        if " " not in each.words:
            assert re.search(rf"\b{each.words} +{re.escape(each.does)}", listed)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("key", "revok"),
        ("key", "create"),
        ("sql",),
        ("round", "--nonsense"),
        ("key", "list", "much"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line(type_in: Type, words: tuple[str, ...]) -> None:
    refused = type_in(*words)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("waypost: ")
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("key", "list"), ("round",), ("sql", "select 1"), ("doctor",), ("backup", "a.tar.gz")]
)
def test_without_a_data_folder_the_way_on_is_named(type_in: Type, words: tuple[str, ...], data: Path) -> None:
    refused = type_in(*words)
    assert refused.code == 1
    assert "start one with waypost serve, or name its folder with --data" in refused.err
    assert not data.exists()


def test_a_misspelt_setting_stops_every_command(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYPOST_WORKSPACE_PROT", "1")
    assert "did you mean WAYPOST_WORKSPACE_PORT?" in type_in("key", "list").err


def test_the_folder_can_be_named_by_an_option(type_in: Type, tmp_path: Path) -> None:
    assert type_in("key", "create", "web", "--data", str(tmp_path / "other")).code == 0
    assert (tmp_path / "other" / "operations.db").exists()


def test_an_unexpected_fault_is_one_line_and_the_log_has_the_rest(
    type_in: Type, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    monkeypatch.setattr(Keys, "list", lambda _keys: 1 / 0)
    failed = type_in("key", "list")
    fault = re.search(r"fault (\w{8})", failed.err)
    assert fault
    assert failed.code == 1
    assert failed.err.count("\n") == 1
    log = (data / "logs" / "commands.log").read_text()
    assert fault[1] in log
    assert "ZeroDivisionError" in log


def test_a_folder_that_is_busy_with_another_command_says_so(
    type_in: Type, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waypost.run.opening.PATIENCE_S", 0.1)
    data.mkdir()
    with holding(data, "workspace"):
        refused = type_in("key", "list")
    assert "is busy with another command" in refused.err


def test_stopping_a_command_is_no_fault(type_in: Type, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    data.mkdir()
    monkeypatch.setattr(Keys, "list", interrupted)
    stopped = type_in("key", "list")
    assert (stopped.code, stopped.err) == (130, "waypost: stopped\n")
