import json
import os
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from waypost.core import StoreError
from waypost.run.act import Act, Progress, Tell, in_silence
from waypost.run.control import ControlDoor, NobodyAtTheDoorError, RefusedByDoorError, ask_at_the_door


class Words(msgspec.Struct, frozen=True):
    words: list[str]


def join(workspace: str, asked: Words, tell: Tell) -> str:
    for n, word in enumerate(asked.words):
        tell(Progress(what=f"taking {word}", done=n + 1, of=len(asked.words)))
    return workspace + "".join(asked.words)


def refuse(workspace: str, asked: Words, tell: Tell) -> str:
    raise StoreError("there is no room; make some")


def break_down(workspace: str, asked: Words, tell: Tell) -> str:
    raise ZeroDivisionError


JOIN = Act(name="join", asks=Words, answers=str, do=join)
REFUSE = Act(name="refuse", asks=Words, answers=str, do=refuse)
BREAK = Act(name="break", asks=Words, answers=str, do=break_down)
UNKNOWN = Act(name="unknown", asks=Words, answers=str, do=join)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    door = ControlDoor(tmp_path, {act.name: act for act in (JOIN, REFUSE, BREAK)}, "workspace ")
    yield tmp_path
    door.close()


def test_the_running_waypost_acts_and_tells_how_far_it_is(folder: Path) -> None:
    news: list[Progress] = []
    assert ask_at_the_door(folder, JOIN, Words(["a", "b"]), news.append) == "workspace ab"
    assert [(each.done, each.of) for each in news] == [(1, 2), (2, 2)]


def test_a_refusal_arrives_in_its_own_words(folder: Path) -> None:
    with pytest.raises(RefusedByDoorError, match=r"^there is no room; make some$"):
        ask_at_the_door(folder, REFUSE, Words([]), in_silence)


def test_a_fault_inside_is_told_in_one_line_with_its_id(folder: Path) -> None:
    with pytest.raises(
        RefusedByDoorError, match=r"^break failed inside Waypost; the log has it as fault \w{8}$"
    ):
        ask_at_the_door(folder, BREAK, Words([]), in_silence)


def test_an_older_waypost_says_that_it_does_not_know(folder: Path) -> None:
    with pytest.raises(RefusedByDoorError, match="restart it after an upgrade"):
        ask_at_the_door(folder, UNKNOWN, Words([]), in_silence)


def test_only_the_owner_can_read_where_the_door_is(folder: Path) -> None:
    assert stat.S_IMODE((folder / "control.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("token", [None, "Bearer wrong", "Bearer "])
def test_without_the_token_nobody_gets_in(folder: Path, token: str | None) -> None:
    port = json.loads((folder / "control.json").read_text())["port"]
    headers = {"Authorization": token} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/join", b'{"words": []}', headers)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request)  # noqa: S310 -- our own door


def test_nobody_answers_where_none_runs(tmp_path: Path) -> None:
    with pytest.raises(NobodyAtTheDoorError):
        ask_at_the_door(tmp_path, JOIN, Words([]), in_silence)


def test_a_door_left_behind_by_a_killed_waypost_counts_as_none(tmp_path: Path) -> None:
    door = ControlDoor(tmp_path, {}, "")
    left_behind = (tmp_path / "control.json").read_bytes()
    door.close()
    assert not (tmp_path / "control.json").exists()
    (tmp_path / "control.json").write_bytes(left_behind)
    with pytest.raises(NobodyAtTheDoorError):
        ask_at_the_door(tmp_path, JOIN, Words([]), in_silence)


def test_a_strangers_server_on_the_old_port_gets_nothing_done(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    place = json.loads((folder / "control.json").read_text())
    (other / "control.json").write_text(json.dumps(place | {"token": "another", "process": os.getpid()}))
    with pytest.raises(NobodyAtTheDoorError):
        ask_at_the_door(other, JOIN, Words([]), in_silence)
