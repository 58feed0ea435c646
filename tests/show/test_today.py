"""Today: what waits, and what a member does about it."""

from datetime import timedelta

from tests.show.cast import NASTY, NOW, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.store import InterventionState, Touches

FIRST = f"{1:032x}"


def test_touches_are_grouped_by_when_they_are_due(marta: Visitor) -> None:
    page = marta.get("/").text
    assert "4 touches wait for you" in page
    assert (
        page.index("Due <")
        < page.index("Call Tom Ebert")
        < page.index("This week <")
        < page.index("Office hours")
    )
    assert page.index("Waiting <") < page.index("Ask Ada what stopped her")


def test_the_chosen_touch_says_why_and_what_health_did(marta: Visitor) -> None:
    page = marta.get("/").text
    assert "Health went from 72 to 58 in 30 days." in page
    assert (
        'Because of <span class="waymark down little">A</span> <span class="waymark down little">C</span>:'
        in page
    )
    assert "Tom Ebert: score fell" in page
    assert "Ask Ada" in marta.get(f"/?touch={4:032x}").text


def test_a_done_touch_leaves_and_comes_back_with_undo(fresh: Cast) -> None:
    marta = signed_in(fresh)
    gone = marta.submit("/", f"/touches/{FIRST}/done", {"next": "/"})
    assert gone.headers["location"] == f"/?act=done&did={FIRST}"
    page = marta.get(gone.headers["location"])
    assert "3 touches wait for you" in page.text
    assert f"/touches/{FIRST}/undo" in page.text
    marta.post(f"/touches/{FIRST}/undo", {"form_token": page.token, "next": "/"})
    assert "4 touches wait for you" in marta.get("/").text


def test_a_touch_that_somebody_closed_meanwhile_is_told(fresh: Cast) -> None:
    marta = signed_in(fresh)
    Touches(fresh.operations).done(FIRST, member="nils@waypost.test", now=NOW)
    gone = marta.submit("/", f"/touches/{FIRST}/done", {"next": "/accounts/halcyon?in=moved%3Dfell&touch=1"})
    assert gone.headers["location"] == "/accounts/halcyon?in=moved%3Dfell&act=gone"
    assert "Somebody else acted on this touch already." in marta.get(gone.headers["location"]).text


def test_a_snoozed_touch_comes_back_on_the_morning_of_its_day(fresh: Cast) -> None:
    marta = signed_in(fresh)
    form = f"/touches/{FIRST}/snoozes"
    assert "Tomorrow, Sat 21 Nov" in marta.get(form).text
    assert marta.submit(form, form, {"until": "2026-11-20"}).status == 422
    assert marta.submit(form, form, {"until": "soon"}).status == 422
    assert (
        marta.submit(form, form, {"until": "2026-11-23"}).headers["location"] == f"/?act=snoozed&did={FIRST}"
    )
    assert "1 touch sleeps until later" in marta.get("/").text
    assert len(Touches(fresh.operations).open(NOW + timedelta(days=2))) == 3
    assert len(Touches(fresh.operations).open(NOW + timedelta(days=3))) == 4


def test_a_touch_is_skipped_with_a_reason_only(fresh: Cast) -> None:
    marta = signed_in(fresh)
    form = f"/touches/{FIRST}/skips"
    assert marta.submit(form, form).status == 422
    assert marta.submit(form, form, {"choice": "The wrong person"}).status == 303
    acts = Touches(fresh.operations).acts(FIRST)
    assert [(each.act.value, each.note, each.member) for each in acts] == [
        ("skipped", "The wrong person", "marta@waypost.test")
    ]


def test_when_nothing_waits_today_shows_what_was_done(fresh: Cast, nobody: Cast) -> None:
    touches = Touches(fresh.operations)
    for n in range(1, 5):
        touches.done(f"{n:032x}", member="marta@waypost.test", now=NOW)
    page = signed_in(fresh).get("/").text
    assert "Nothing waits for you" in page
    assert "4 touches were done or skipped this week" in page
    assert fresh.operations
    assert touches.closed(NOW - timedelta(days=1))[0].state is InterventionState.DONE


def test_mine_leaves_out_what_waits_for_others(fresh: Cast) -> None:
    assert 'aria-current="true">Mine' in signed_in(fresh).get("/?whose=mine").text


def test_a_touch_of_no_id_is_not_found(marta: Visitor) -> None:
    assert marta.get("/touches/none/snoozes").status == 404


def test_words_of_customers_are_only_words(marta: Visitor) -> None:
    assert NASTY not in marta.get(f"/?touch={4:032x}").text
