import pytest

from tests.run.conftest import Type

pytestmark = pytest.mark.usefixtures("anyhow")


def test_a_key_is_printed_once_and_listed_by_its_beginning(type_in: Type) -> None:
    made = type_in("key", "create", "web")
    assert made.out.startswith("wk_")
    listed = type_in("key", "list")
    assert listed.lines[1].split("\t")[:3] == ["web", "segment:web", made.out[:7]]
    assert made.out.strip() not in listed.out


def test_a_key_may_name_its_source(type_in: Type) -> None:
    type_in("key", "create", "billing", "--source", "billing-service")
    assert "billing-service" in type_in("key", "list").out


def test_a_name_is_given_once(type_in: Type) -> None:
    type_in("key", "create", "web")
    again = type_in("key", "create", "web")
    assert (again.code, again.err) == (
        1,
        "waypost: there is a key named 'web' already; choose another name\n",
    )


def test_a_revoked_key_is_shown_as_such(type_in: Type) -> None:
    type_in("key", "create", "web")
    assert type_in("key", "revoke", "web").out == "web is revoked\n"
    assert type_in("key", "list").lines[1].split("\t")[4]
    assert type_in("key", "revoke", "web").code == 1
