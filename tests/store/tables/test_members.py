"""Members, invitations and sessions as the tables keep them."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from waypost.core import StoreError
from waypost.store import Members, Notes, Operations, Role

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PASSWORD = "a long password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def members() -> Members:
    return Members(Operations(None), hasher=CHEAP)


def test_a_password_is_checked_and_never_stored(members: Members) -> None:
    ada = members.add(email=" Ada@Waypost.test ", name="Ada", role=Role.OWNER, password=PASSWORD, now=NOW)
    assert ada.email == "ada@waypost.test"
    assert members.checked("ADA@waypost.test", PASSWORD) == ada
    assert members.checked("ada@waypost.test", "another password") is None
    assert members.checked("ben@waypost.test", PASSWORD) is None


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ada", PASSWORD, "not an e-mail"),
        ("a@x.test", "short", "10 to 200"),
        ("a@x.test", "x" * 201, "10 to 200"),
    ],
)
def test_what_cannot_be_a_member_is_refused_in_words(
    members: Members, email: str, password: str, says: str
) -> None:
    with pytest.raises(StoreError, match=says):
        members.add(email=email, name="", role=Role.MEMBER, password=password, now=NOW)


def test_an_invitation_makes_one_member_and_is_stored_hashed(members: Members) -> None:
    token = members.invite(Role.MEMBER, now=NOW)
    assert members.invited(token, now=NOW) is Role.MEMBER
    assert members.invited("another", now=NOW) is None
    ben = members.accept(token, email="ben@x.test", name="Ben", password=PASSWORD, now=NOW)
    assert (ben.role, ben.is_owner) == (Role.MEMBER, False)
    with pytest.raises(StoreError, match="has been used"):
        members.accept(token, email="cleo@x.test", name="Cleo", password=PASSWORD, now=NOW)


def test_an_email_that_is_taken_leaves_the_invitation_good(members: Members) -> None:
    members.add(email="ben@x.test", name="Ben", role=Role.OWNER, password=PASSWORD, now=NOW)
    token = members.invite(Role.MEMBER, now=NOW)
    with pytest.raises(StoreError, match="signs in with this e-mail"):
        members.accept(token, email="ben@x.test", name="Ben", password=PASSWORD, now=NOW)
    assert members.invited(token, now=NOW) is Role.MEMBER


def test_a_session_is_seen_again_after_ten_minutes(members: Members) -> None:
    ada = members.add(email="a@x.test", name="Ada", role=Role.OWNER, password=PASSWORD, now=NOW)
    token = members.begin_session(ada.member_id, agent="Firefox", now=NOW)
    assert members.signed_in(token, now=NOW + timedelta(minutes=11)) == ada
    assert members.sessions(ada.member_id, now=NOW)[0].seen_at == NOW + timedelta(minutes=11)
    assert members.signed_in("another", now=NOW) is None


def test_a_note_is_kept_and_taken_back() -> None:
    notes = Notes(Operations(None))
    note = notes.write("acme", "  Called  ", member_name="Ada", now=NOW)
    assert [each.text for each in notes.of("acme", NOW)] == ["Called"]
    assert notes.of("beta", NOW) == []
    assert (notes.undo(note.note_id, now=NOW), notes.undo(note.note_id, now=NOW)) == ("acme", None)
    assert notes.of("acme", NOW) == []
