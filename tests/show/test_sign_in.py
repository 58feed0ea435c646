"""The door: sign in, the limit of tries, form tokens, roles, invitations."""

from datetime import timedelta

import pytest

from tests.show.cast import NOW, PASSWORD, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.show import build
from waypost.store import Role


@pytest.fixture
def stranger(fresh: Cast) -> Visitor:
    return Visitor(build(fresh.desk(), members=fresh.members))


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(stranger: Visitor) -> None:
    answer = stranger.get("/accounts?band=watch")
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=%2Faccounts%3Fband%3Dwatch")
    page = stranger.get(answer.headers["location"])
    said = {
        "email": "marta@waypost.test",
        "password": PASSWORD,
        "form_token": page.token,
        "next": "/accounts?band=watch",
    }
    assert stranger.post("/sign-in", said).headers["location"] == "/accounts?band=watch"
    assert stranger.get("/accounts").status == 200


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "/\\evil.test", "evil", "/a\nb"])
def test_nobody_is_sent_to_another_site(stranger: Visitor, target: str) -> None:
    said = {"email": "marta@waypost.test", "password": PASSWORD, "next": target}
    assert stranger.submit("/sign-in", "/sign-in", said).headers["location"] == "/"


def test_an_unknown_email_and_a_wrong_password_get_the_same_answer(stranger: Visitor) -> None:
    unknown = stranger.sign_in("nobody@waypost.test", PASSWORD)
    wrong = stranger.sign_in("marta@waypost.test", "not the password")
    assert (unknown.status, wrong.status) == (401, 401)
    assert unknown.text.replace("nobody@waypost.test", "") == wrong.text.replace("marta@waypost.test", "")


def test_the_ninth_try_for_an_email_is_refused_even_with_the_right_password(
    fresh: Cast, stranger: Visitor
) -> None:
    for _ in range(8):
        assert stranger.sign_in("marta@waypost.test", "wrong password").status == 401
    assert stranger.sign_in("marta@waypost.test", PASSWORD).status == 429
    fresh.now = NOW + timedelta(minutes=16)
    assert stranger.sign_in("marta@waypost.test", PASSWORD).status == 303


def test_one_address_may_not_try_many_emails(stranger: Visitor) -> None:
    answers = [stranger.sign_in(f"p{n}@waypost.test", "wrong password").status for n in range(31)]
    assert answers == [401] * 30 + [429]
    stranger.address = "10.0.0.2"
    assert stranger.sign_in("nils@waypost.test", PASSWORD).status == 303


def test_the_session_cookie_is_out_of_reach_of_script_and_secure_over_https(fresh: Cast) -> None:
    for address, secure in (("http://127.0.0.1:8080", False), ("https://waypost.example", True)):
        visitor = Visitor(build(fresh.desk(public_url=address), members=fresh.members))
        said = visitor.sign_in("marta@waypost.test", PASSWORD).headers["set-cookie"].lower()
        assert "httponly" in said
        assert "samesite=lax" in said
        assert ("secure" in said) is secure


def test_a_session_is_stored_hashed_and_ends_with_sign_out(fresh: Cast) -> None:
    marta = signed_in(fresh)
    token = marta.cookies["waypost_session"]
    with fresh.operations.begin() as rows:
        stored = rows.exec_driver_sql("select token_hash from sessions").scalars().all()
    assert token not in stored
    assert marta.submit("/settings", "/sign-out").headers["location"] == "/sign-in"
    marta.cookies["waypost_session"] = token
    assert marta.get("/accounts").status == 303


def test_a_session_ends_after_thirty_days(fresh: Cast) -> None:
    marta = signed_in(fresh)
    fresh.now = NOW + timedelta(days=31)
    assert marta.get("/").status == 303


@pytest.mark.parametrize(
    "action", ["/sign-out", "/accounts/acme/notes", "/keys", "/look", "/members/x/removal", "/sample/removal"]
)
def test_a_form_without_this_browsers_token_changes_nothing(fresh: Cast, action: str) -> None:
    marta = signed_in(fresh)
    assert marta.post(action, {"text": "x", "name": "x"}).status == 403
    assert (
        marta.post(
            action, {"text": "x", "name": "x", "form_token": signed_in(fresh).get("/settings").token}
        ).status
        == 403
    )


def test_a_form_from_another_site_is_refused(fresh: Cast) -> None:
    marta = signed_in(fresh)
    token = marta.get("/settings").token
    answer = marta.post("/look", {"form_token": token, "theme": "dark"}, sec_fetch_site="cross-site")
    assert answer.status == 403


def test_a_form_may_not_be_huge(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert marta.post("/look", {"form_token": "0", "theme": "x" * 70_000}).status == 413


@pytest.mark.parametrize(
    "action", ["/keys", "/keys/revocations", "/invitations", "/members/x/removal", "/sample/removal"]
)
def test_a_member_may_not_do_what_owners_do(fresh: Cast, action: str) -> None:
    nils = signed_in(fresh, "nils@waypost.test")
    token = nils.get("/settings").token
    assert nils.post(action, {"form_token": token, "name": "web"}).status == 403


def test_the_set_up_link_makes_the_owner_once(nobody: Cast) -> None:
    visitor = Visitor(build(nobody.desk(), members=nobody.members))
    assert "Nobody has set up" in visitor.get("/").text
    assert "Nobody has set up" in visitor.get("/sign-in").text
    link = f"/invitations/{nobody.members.invite(Role.OWNER, now=NOW)}"
    short = {"name": "Marta", "email": "marta@waypost.test", "password": "short"}
    refused = visitor.submit(link, link, short)
    assert (refused.status, "10 to 200 characters" in refused.text) == (422, True)
    made = visitor.submit(link, link, {**short, "password": PASSWORD})
    assert made.headers["location"] == "/start"
    assert [each.role for each in nobody.members.list()] == [Role.OWNER]
    assert visitor.get(link).status == 410
    assert visitor.get("/start").status == 200


def test_an_invitation_is_over_after_seven_days(fresh: Cast, stranger: Visitor) -> None:
    link = f"/invitations/{fresh.members.invite(Role.MEMBER, now=NOW - timedelta(days=8))}"
    assert stranger.get(link).status == 410


def test_an_email_is_taken_once(fresh: Cast, stranger: Visitor) -> None:
    link = f"/invitations/{fresh.members.invite(Role.MEMBER, now=NOW)}"
    said = {"name": "N", "email": "NILS@waypost.test", "password": PASSWORD}
    answer = stranger.submit(link, link, said)
    assert answer.status == 422
    assert "signs in with this e-mail already" in answer.text
    assert stranger.submit(link, link, {**said, "email": "new@waypost.test"}).status == 303


def test_who_is_signed_in_goes_on_from_the_door(fresh: Cast) -> None:
    assert signed_in(fresh).get("/sign-in?next=/accounts").headers["location"] == "/accounts"


def test_a_script_that_asks_without_a_session_is_told_where_to_go(stranger: Visitor) -> None:
    answer = stranger.get("/start/waiting", hx_request="true")
    assert (answer.status, answer.headers["hx-redirect"]) == (204, "/sign-in?next=%2Fstart%2Fwaiting")
