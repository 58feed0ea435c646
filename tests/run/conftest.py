"""A command line to type into, with and without a running Waypost behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from waypost.run.acts import ACTS
from waypost.run.clock import SystemClock
from waypost.run.control import ControlDoor
from waypost.run.folder import private
from waypost.run.holding import holding
from waypost.run.main import main
from waypost.run.settings import Settings
from waypost.run.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came of one command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Type = Callable[..., Typed]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of a data folder that is not there yet, named by the environment."""
    monkeypatch.setenv("WAYPOST_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def type_in(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Type:
    """Return a function that types one command in and says what came of it."""

    def typed(*words: str) -> Typed:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as left:
            main(words)
        out, err = capfdbinary.readouterr()
        return Typed(code=int(left.value.code or 0), out=out.decode(errors="replace"), err=err.decode())

    return typed


@pytest.fixture(params=["nobody runs", "waypost runs"])
def anyhow(request: pytest.FixtureRequest, data: Path) -> Iterator[None]:
    """Let the test be told twice: with a folder that nobody has open, and with a running Waypost."""
    data.mkdir(mode=0o700)
    if request.param == "nobody runs":
        yield
        return
    with holding(data, "workspace"), private():
        workspace = Workspace(data, Settings(data=data), SystemClock())
        door = ControlDoor(data, ACTS, workspace)
        yield
        door.close()
        workspace.close()
