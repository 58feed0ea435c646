import os
import subprocess
import sys
from pathlib import Path

import pytest

from waypost.core import StoreError
from waypost.store.bodies import MOST_BYTES_IN_FILE, SUFFIX, Bodies


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.glob(f"*{SUFFIX}"))


@pytest.fixture
def bodies(tmp_path: Path) -> Bodies:
    return Bodies(tmp_path)


def test_pieces_lie_one_behind_the_other(bodies: Bodies) -> None:
    name, start = bodies.append([b"ada", b"", b"ben"])
    assert (bodies.read(name, start, 6), bodies.read(name, start + 3, 3)) == (b"adaben", b"ben")
    again, behind = bodies.append([b"cleo"])
    assert (again, behind) == (name, start + 6)
    assert bodies.read(again, behind, 4) == b"cleo"


def test_more_pieces_than_the_system_takes_at_once_are_all_written(bodies: Bodies) -> None:
    pieces = [str(n).encode() for n in range(5_000)]
    name, start = bodies.append(pieces)
    assert bodies.read(name, start, sum(map(len, pieces))) == b"".join(pieces)


def test_a_system_that_takes_less_than_it_was_handed_is_handed_the_rest(
    bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lazy(fd: int, pieces: list[bytes], at: int) -> int:
        return os.pwrite(fd, b"".join(pieces)[:4], at)

    monkeypatch.setattr("waypost.store.bodies.os.pwritev", lazy)
    name, start = bodies.append([b"ada", b"ben", b"cleo"])
    assert bodies.read(name, start, 10) == b"adabencleo"


def test_what_is_not_there_is_an_error_that_says_what_to_do(bodies: Bodies) -> None:
    name, start = bodies.append([b"ada"])
    with pytest.raises(StoreError, match=f"needs {name}, of which 4 bytes are not there; restore it"):
        bodies.read(name, start, 4)
    with pytest.raises(StoreError, match="needs inbox-gone"):
        bodies.read("inbox-gone.bodies", 0, 1)


def test_a_file_that_is_large_enough_is_followed_by_another(bodies: Bodies, tmp_path: Path) -> None:
    first, _ = bodies.append([b"x" * (MOST_BYTES_IN_FILE + 1)])
    second, start = bodies.append([b"y"])
    assert (second != first, start) == (True, 0)
    assert bodies.size_bytes() > MOST_BYTES_IN_FILE
    bodies.let_go([second])
    assert files(tmp_path) == [second]
    assert bodies.size_bytes() < 10_000


def test_a_file_that_is_written_is_emptied_and_goes_on_behind(bodies: Bodies, tmp_path: Path) -> None:
    name, _ = bodies.append([b"secret"])
    bodies.let_go([])
    assert b"secret" not in (tmp_path / name).read_bytes()
    again, start = bodies.append([b"fresh"])
    assert (again, bodies.read(again, start, 5)) == (name, b"fresh")
    bodies.let_go([name])
    assert bodies.read(again, start, 5) == b"fresh"


def test_a_file_whose_writer_has_died_goes(tmp_path: Path) -> None:
    other = (
        "import sys, pathlib; from waypost.store.bodies import Bodies;"
        "print(Bodies(pathlib.Path(sys.argv[1])).append([b'ada'])[0], flush=True);"
        "sys.stdin.read() if len(sys.argv) > 2 else None"
    )
    dead = subprocess.run([sys.executable, "-c", other, str(tmp_path)], check=True, capture_output=True)
    alive = subprocess.Popen(
        [sys.executable, "-c", other, str(tmp_path), "waits"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert alive.stdin
    assert alive.stdout
    written = alive.stdout.readline().decode().strip()
    assert files(tmp_path) == sorted([dead.stdout.decode().strip(), written])
    Bodies(tmp_path).let_go([])
    assert files(tmp_path) == [written]
    alive.communicate()
    Bodies(tmp_path).let_go([])
    assert files(tmp_path) == []


def test_only_its_owner_can_read_a_file(bodies: Bodies, tmp_path: Path) -> None:
    name, _ = bodies.append([b"ada"])
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_without_a_folder_nothing_is_left_behind() -> None:
    bodies = Bodies(None)
    assert bodies.size_bytes() == 0
    name, start = bodies.append([b"ada" * 2_000])
    assert bodies.read(name, start, 3) == b"ada"
    assert bodies.size_bytes() > 0
    bodies.let_go([name])
    assert bodies.read(name, start, 3) == b"ada"
    bodies.let_go([])
    assert bodies.size_bytes() == 0
    bodies.close()
