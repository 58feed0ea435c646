import io

import pytest

from tests.run.conftest import Type
from waypost.run.commands import signing

pytestmark = pytest.mark.usefixtures("anyhow")


def test_a_secret_is_read_from_standard_input_and_never_shown(
    type_in: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sh-hidden\n"))
    said = type_in("source", "secret", "support")
    assert said.out == "support has a secret; it is never shown\n"
    listed = type_in("source", "secrets")
    assert listed.lines[1].startswith("support\t")
    assert "sh-hidden" not in listed.out
    assert type_in("source", "secret", "support", "--remove").out == "support has no secret any more\n"
    again = type_in("source", "secret", "support", "--remove")
    assert (again.code, again.err) == (1, "waypost: the source 'support' has no secret\n")


def test_in_a_terminal_it_is_typed_unseen(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr(signing, "getpass", lambda _asked: "   ")
    said = type_in("source", "secret", "support")
    assert (said.code, said.err[:32]) == (1, "waypost: a secret is a line of t")
