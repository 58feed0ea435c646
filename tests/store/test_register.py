"""The register finds the arrivals of what was added, whatever died meanwhile."""

from pathlib import Path

import numpy as np
import pytest

from waypost.store import register as registers
from waypost.store.register import Numbers, Register


def numbers(*each: int) -> Numbers:
    return np.array(each, np.int64)


def opened(folder: Path | None, maker: str = "1") -> Register:
    return Register(folder, maker=maker)


@pytest.fixture(params=["memory", "disk"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "register" if request.param == "disk" else None


def test_what_was_added_is_found_and_nothing_else(folder: Path | None) -> None:
    register = opened(folder)
    assert register.find(numbers(5, 7)).tolist() == []
    register.extend(numbers(50, 10, 30), numbers(1, 2, 3))
    assert register.find(numbers(30, 11, 50, 99)).tolist() == [1, 3]
    assert (register.covered, register.anchor, register.size) == (3, 30, 3)


def test_all_events_of_the_same_hash_are_found(folder: Path | None) -> None:
    register = opened(folder)
    register.extend(numbers(8, 8, 9), numbers(1, 2, 3))
    register.extend(numbers(8, 7), numbers(4, 5))
    assert register.find(numbers(8)).tolist() == [1, 2, 4]


@pytest.mark.parametrize("at_once", [3, 1 << 21])
def test_runs_are_merged_so_that_there_are_few(
    folder: Path | None, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "MERGED_AT_ONCE", at_once)
    register, chance = opened(folder), np.random.default_rng(1)
    keys = chance.integers(0, 1 << 63, 400)
    for first in range(0, 400, 4):
        register.extend(keys[first : first + 4], np.arange(first, first + 4) + 1)
    assert register.size == 400
    assert register.is_in_order()
    for nr in (0, 123, 399):
        assert register.find(keys[[nr]]).tolist() == [nr + 1]
    if folder:
        assert len(list(folder.glob("*.run"))) <= 6


def test_runs_of_the_largest_size_are_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registers, "MOST_IN_RUN", 4)
    register = opened(tmp_path / "register")
    for first in (1, 3, 5, 7):
        register.extend(numbers(first, first + 1), numbers(first, first + 1))
    assert len(list((tmp_path / "register").glob("*.run"))) == 2
    assert register.find(numbers(2, 8)).tolist() == [2, 8]


def test_it_is_the_same_when_opened_again(tmp_path: Path) -> None:
    opened(tmp_path / "register").extend(numbers(5, 4), numbers(1, 2))
    again = opened(tmp_path / "register")
    assert (again.covered, again.anchor, again.find(numbers(4)).tolist()) == (2, 4, [2])


def test_hashes_of_another_maker_are_forgotten(tmp_path: Path) -> None:
    opened(tmp_path / "register").extend(numbers(5), numbers(1))
    assert opened(tmp_path / "register", maker="2").covered == 0
    assert not (tmp_path / "register").exists()


@pytest.mark.parametrize("harm", ["no index", "half an index", "no run", "half a run"])
def test_one_that_is_not_whole_is_forgotten(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "register"
    opened(folder).extend(numbers(5, 6), numbers(1, 2))
    what, file = harm.rsplit(" ", 1)
    (found,) = folder.glob("*.json" if file == "index" else "*.run")
    if what == "no":
        found.unlink()
    else:
        found.write_bytes(found.read_bytes()[:7])
    register = opened(folder)
    assert (register.covered, register.size) == (0, 0)
    register.extend(numbers(5, 6), numbers(1, 2))
    assert register.find(numbers(6)).tolist() == [2]


def test_a_run_that_no_index_names_is_swept_away(tmp_path: Path) -> None:
    folder = tmp_path / "register"
    register = opened(folder)
    register.extend(numbers(5), numbers(1))
    (folder / "99.run").write_bytes(b"died before the index was written")
    register.extend(numbers(6), numbers(2))
    assert not (folder / "99.run").exists()
    assert register.find(numbers(5, 6)).tolist() == [1, 2]


def test_out_of_order_is_seen(folder: Path | None) -> None:
    register = opened(folder)
    register.extend(numbers(5, 6), numbers(1, 2))
    assert register.is_in_order()
    register._runs = (np.array([[6, 5], [1, 2]]),)
    assert not register.is_in_order()
