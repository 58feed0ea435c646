import io

import pytest

from tests.run.conftest import Type
from waypost.run.commands import members

pytestmark = pytest.mark.usefixtures("anyhow")


def test_a_member_is_given_a_password_and_listed(type_in: Type) -> None:
    added = type_in("member", "add", "ada@acme.example", "--name", "Ada Byron", "--role", "owner")
    assert added.out.startswith("ada@acme.example can sign in with ")
    assert len(added.out.split()[-1]) == 19
    assert type_in("member", "list").lines[1].split("\t")[:3] == ["ada@acme.example", "Ada Byron", "owner"]


def test_a_password_can_be_handed_in(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert (
        type_in("member", "add", "ben@acme.example", "--ask-password").out == "ben@acme.example can sign in\n"
    )


def test_a_weak_password_is_refused(type_in: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    refused = type_in("member", "add", "ben@acme.example", "--ask-password")
    assert refused.code == 1
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(("second", "code"), [("correct horse battery", 0), ("another", 1)])
def test_in_a_terminal_a_password_is_typed_twice(
    type_in: Type, monkeypatch: pytest.MonkeyPatch, second: str, code: int
) -> None:
    typed = iter(["correct horse battery", second])
    monkeypatch.setattr(members, "getpass", lambda _prompt: next(typed))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert type_in("member", "add", "ben@acme.example", "--ask-password").code == code


def test_an_address_is_added_once(type_in: Type) -> None:
    type_in("member", "add", "ada@acme.example")
    assert type_in("member", "add", "ada@acme.example").code == 1


def test_an_unknown_role_is_not_understood(type_in: Type) -> None:
    refused = type_in("member", "add", "ada@acme.example", "--role", "queen")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
