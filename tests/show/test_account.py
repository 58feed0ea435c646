"""The account page: the sum, the trail, the timeline, notes, and the events behind each number."""

import re

import pytest

from tests.show.cast import NASTY, Cast, an_intervention
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.show.next_touch import Planned, planned_for
from waypost.show.rules import Rules
from waypost.store import Definitions, InterventionState

HALCYON = "/accounts/halcyon?since=2026-10-23"


def test_the_reasons_add_up_to_the_change(marta: Visitor) -> None:
    page = marta.get(HALCYON).text
    assert "Why health went from 72 to 58" in page
    assert "Adds up exactly: 72 − 23 + 9 = 58." in page
    assert "Enterprise health, version 7" in page
    assert re.findall(r'class="waymark (up|down)">([A-F])<', page)[:6] == [
        ("down", "A"),
        ("up", "B"),
        ("down", "C"),
        ("up", "D"),
        ("down", "E"),
        ("down", "F"),
    ]
    assert "14 lower than 23 Oct" in page


@pytest.mark.parametrize(
    ("since", "title"),
    [
        ("7d", "Why health went from 62 to 58"),
        ("30d", "Why health went from 72 to 58"),
        ("2026-11-12", "Why health went from 62 to 58"),
        ("1900-01-01", "Why health went from 72 to 58"),
        ("2030-01-01", "Why health stayed at 58"),
        ("rubbish", "Why health went from 72 to 58"),
    ],
)
def test_the_period_lives_in_the_address(marta: Visitor, since: str, title: str) -> None:
    assert title in marta.get(f"/accounts/halcyon?since={since}").text


def test_a_withheld_score_says_why_and_is_not_drawn_low(marta: Visitor) -> None:
    page = marta.get("/accounts/osprey~2Fmedia").text
    assert "Why health is not shown" in page
    assert "no events for 9 days, source late" in page
    assert '<div class="score none">' in page


def test_an_account_without_any_score_says_what_will_appear(marta: Visitor) -> None:
    page = marta.get("/accounts/beta").text
    assert "Health has no history yet" in page
    assert "Nothing waits here" in page


def test_the_trail_and_its_table_hold_the_same_numbers(marta: Visitor) -> None:
    trail = marta.get(HALCYON).text
    assert "Where Halcyon’s 214 people stand" in trail
    assert "Strayed, 54" in trail
    assert "On the way back, 8" in trail
    table = marta.get(f"{HALCYON}&people=table").text
    assert re.findall(r'data-label="On path">(\d+)<', table) == ["13", "22", "36", "89"]
    assert re.findall(r'data-label="Strayed">(\d+)<', table) == ["3", "9", "9", "33"]
    assert "Piotr Zając" in marta.get(f"{HALCYON}&people=people").text


def test_an_event_that_moved_the_score_is_told_once_with_its_words(marta: Visitor) -> None:
    page = marta.get(HALCYON).text
    assert page.count("<blockquote>Exports take me longer than the spreadsheet did.</blockquote>") == 1
    assert "Ana Sousa opened Carrier rates 4 times" in page
    assert "Today, Fri 20 Nov" in page


@pytest.mark.parametrize(
    ("chip", "there", "not_there"),
    [
        ("score", "Champion left: Priya Raman", "opened Carrier rates"),
        ("usage", "opened Carrier rates", "Ticket opened"),
        ("support", "Ticket opened: Carrier sync", "opened Carrier rates"),
        ("touches", "Touch done for Tom Ebert", "opened Carrier rates"),
    ],
)
def test_a_chip_shows_one_kind_of_moment(marta: Visitor, chip: str, there: str, not_there: str) -> None:
    page = marta.get(f"{HALCYON}&show={chip}").text
    panel = page[page.index('id="timeline"') :]
    assert there in panel
    assert not_there not in panel


def test_people_behind_the_change_have_their_next_touch_beside_them(marta: Visitor) -> None:
    page = marta.get(HALCYON).text
    behind = page[page.index("People behind the change") :]
    rows = dict(re.findall(r'<a href="/people/(\w+)">.*?(<td>(?:(?!<td>).)*?)</tr>', behind, re.DOTALL))
    assert re.search(r'href="/\?touch=0+1">Call Tom Ebert about exports</a><small>Due today<', rows["tom"])
    assert "Find a new champion</a><small>Due in 6 days<" in rows["ana"]
    assert "None planned</td>" in rows["leila"]


def test_a_message_that_left_is_the_last_and_one_that_waits_is_to_come(cast: Cast) -> None:
    sent = an_intervention(1, InterventionState.SENT, person_id="ada", channel="email")
    due = an_intervention(2, InterventionState.DUE, person_id="ada", channel="email")
    of_nobody = an_intervention(3, InterventionState.WAITING, person_id=None, channel="touch")
    planned = planned_for(
        cast.desk(), Rules.read(Definitions(cast.operations).newest()), [due, sent, of_nobody]
    )
    assert planned == {
        "ada": Planned(coming="Call when health falls", due="E-mail", last="E-mail on 20 Nov"),
    }


def test_every_reason_opens_the_events_behind_it(marta: Visitor) -> None:
    page = marta.get(HALCYON).text
    links = re.findall(r'href="(/accounts/halcyon/reasons/[^"]+)"', page)
    assert len(links) == 6
    assert "60 events from 9 Oct to 6 Nov" in marta.get(links[0]).text
    survey = marta.get(links[5]).text
    assert "1 event from 19 Nov to 19 Nov" in survey
    assert "−3.00" in survey
    assert marta.get("/accounts/halcyon/reasons/Z").status == 404


def test_events_before_the_period_can_be_read_too(marta: Visitor) -> None:
    assert "Earlier events, before 23 Oct" in marta.get(HALCYON).text
    assert marta.get("/accounts/halcyon/events?before=2026-10-23").status == 200
    assert "events from" in marta.get("/accounts/halcyon/events?before=rubbish&page=1").text


def test_an_account_knows_its_place_in_the_view_it_was_opened_from(marta: Visitor) -> None:
    listed = marta.get("/accounts?moved=fell").text
    assert 'href="/accounts/brightmoor?in=moved%3Dfell"' in listed
    page = marta.get("/accounts/brightmoor?in=moved%3Dfell").text
    assert "2 of 3" in page
    assert 'href="/accounts/halcyon?in=moved%3Dfell" aria-label="Previous account"' in page
    assert 'href="/accounts/acme?in=moved%3Dfell" aria-label="Next account"' in page
    assert "Previous account" not in marta.get("/accounts/beta?in=moved%3Dfell").text


def test_a_note_is_kept_shown_and_undone(fresh: Cast) -> None:
    marta = signed_in(fresh)
    kept = marta.submit("/accounts/acme", "/accounts/acme/notes", {"text": f"Called Ada {NASTY}"})
    page = marta.get(kept.headers["location"])
    assert "Called Ada &lt;script&gt;" in page.text
    assert "Note by Marta Lindqvist" in page.text
    undo = re.search(r'action="(/notes/[0-9a-f]+/undo)"', page.text)
    assert undo
    marta.post(undo.group(1), {"form_token": page.token})
    assert "Called Ada" not in marta.get("/accounts/acme").text


def test_an_empty_note_and_a_note_that_is_gone_change_nothing(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert (
        marta.submit("/accounts/acme", "/accounts/acme/notes", {"text": "  "}).headers["location"]
        == "/accounts/acme"
    )
    assert marta.submit("/accounts/acme", "/notes/none/undo").headers["location"] == "/accounts"


def test_people_of_an_account_come_as_csv(marta: Visitor) -> None:
    lines = marta.get("/accounts/halcyon/people.csv").text.splitlines()
    assert len(lines) == 215
    known = "person,name,title,role,journey,standing,milestone,since_on,last_seen_at"
    assert lines[0] == f"{known},odds,odds_low,odds_high,odds_of_people,at_risk_by"


def test_one_account_never_shows_the_people_of_another(marta: Visitor) -> None:
    acme = marta.get("/accounts/acme?people=people").text
    assert "Ada Byron" in acme
    assert "Cleo Marsh" not in acme
    assert "Tom Ebert" not in acme
