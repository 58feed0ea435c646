"""Settings: the look, the browsers, the members."""

from tests.show.cast import NOW, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor


def test_the_theme_is_a_cookie_so_that_the_first_paint_is_right(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert 'data-theme="system"' in marta.get("/").text
    marta.submit("/settings", "/look", {"theme": "dark", "density": "compact"})
    page = marta.get("/").text
    assert 'data-theme="dark"' in page
    assert 'data-density="compact"' in page


def test_a_theme_that_is_none_is_passed_over(fresh: Cast) -> None:
    marta = signed_in(fresh)
    marta.submit("/settings", "/look", {"theme": '"><script>'})
    assert "waypost_theme" not in marta.cookies
    marta.cookies["waypost_theme"] = "blink"
    assert 'data-theme="system"' in marta.get("/").text


def test_an_owner_makes_a_link_for_a_member(fresh: Cast) -> None:
    marta = signed_in(fresh)
    page = marta.submit("/settings", "/invitations", {"role": "member"})
    assert "http://127.0.0.1:8080/invitations/" in page.text


def test_a_removed_member_is_signed_out_everywhere(fresh: Cast) -> None:
    marta, nils = signed_in(fresh), signed_in(fresh, "nils@waypost.test")
    member = next(each for each in fresh.members.list() if each.name == "Nils Holm")
    assert (
        marta.submit("/settings", f"/members/{member.member_id}/removal").headers["location"]
        == "/settings?act=removed"
    )
    assert nils.get("/").status == 303
    assert [each.name for each in fresh.members.list()] == ["Marta Lindqvist"]


def test_the_last_owner_stays(fresh: Cast) -> None:
    marta = signed_in(fresh)
    owner = next(each for each in fresh.members.list() if each.is_owner)
    answer = marta.submit("/settings", f"/members/{owner.member_id}/removal")
    assert (answer.status, "keeps at least one owner" in answer.text) == (422, True)


def test_a_member_ends_a_session_of_their_own_and_of_nobody_else(fresh: Cast) -> None:
    marta, phone, nils = signed_in(fresh), signed_in(fresh), signed_in(fresh, "nils@waypost.test")
    handle = fresh.members.handle_of(phone.cookies["waypost_session"])
    nils.submit("/settings", f"/sessions/{handle}/end")
    assert phone.get("/").status == 200
    marta.submit("/settings", f"/sessions/{handle}/end")
    assert phone.get("/").status == 303
    assert marta.get("/").status == 200


def test_beyond_twenty_browsers_the_oldest_session_ends(fresh: Cast) -> None:
    member = fresh.members.list()[0]
    first = fresh.members.begin_session(member.member_id, agent="first", now=NOW)
    for n in range(20):
        fresh.members.begin_session(member.member_id, agent=str(n), now=NOW.replace(hour=12))
    assert fresh.members.signed_in(first, now=NOW) is None
    assert len(fresh.members.sessions(member.member_id, now=NOW)) == 20


def test_a_wildcard_is_no_handle(fresh: Cast) -> None:
    marta: Visitor = signed_in(fresh)
    marta.submit("/settings", "/sessions/%25/end")
    assert marta.get("/").status == 200


def test_single_keys_can_be_turned_off(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert 'data-keys="on"' in marta.get("/").text
    marta.submit("/settings", "/look", {"keys": "off"})
    assert 'data-keys="off"' in marta.get("/").text
    marta.submit("/settings", "/look", {"keys": "perhaps"})
    assert 'data-keys="off"' in marta.get("/").text
