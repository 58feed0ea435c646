import io
import time

import pytest
from rich.console import Console

from waypost.run import session
from waypost.run.act import Progress
from waypost.run.session import DeclinedError, Session
from waypost.run.settings import Settings


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session in front of somebody, who sees what is drawn."""
    monkeypatch.setattr(session, "SHOWN_AFTER_S", 0.05)
    return Session(
        settings=Settings(),
        out=Console(file=io.StringIO(), force_terminal=True, width=100),
        err=Console(file=io.StringIO(), force_terminal=True, width=100),
    )


def seen(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_in_a_terminal_a_table_is_drawn(terminal: Session) -> None:
    terminal.table(["name", "source"], [("web", None), ("[bold]odd", "segment:web")])
    assert "\t" not in seen(terminal.out)
    assert "[bold]odd" in seen(terminal.out)


def test_what_lasts_shows_how_far_it_is(terminal: Session) -> None:
    with terminal.bar("import") as tell:
        time.sleep(0.1)
        tell(Progress(what="taking in access.log", done=1, of=2))
        time.sleep(0.2)
    assert "taking in access.log" in seen(terminal.err)


def test_what_is_quick_shows_nothing(terminal: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SHOWN_AFTER_S", 60)
    with terminal.bar("import") as tell:
        tell(Progress(what="taking in access.log", done=1, of=2))
    assert "access.log" not in seen(terminal.err)


@pytest.mark.parametrize("answer", ["y", " Yes "])
def test_whoever_agrees_goes_on(terminal: Session, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(terminal.err, "input", lambda _question: answer)
    terminal.confirm("Put this in force?", yes=False)


@pytest.mark.parametrize("answer", ["", "n", "what"])
def test_whoever_does_not_agree_changes_nothing(
    terminal: Session, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(terminal.err, "input", lambda _question: answer)
    with pytest.raises(DeclinedError, match="nothing was changed"):
        terminal.confirm("Put this in force?", yes=False)
