"""The funnel: counts, times and sides by hand, the split, the file, the segment, and what choices do."""

import csv
import io
import re

import pytest

from tests.show.cohort_story import story, visitor
from tests.show.visitor import Visitor
from tests.tale import ANALYST, Tale
from waypost.store import Definitions

STEPS = "s1=provisioned&s2=any&s3=f.export&s4=f.share"
PEOPLE = re.compile(r'href="/people/(\w+)"')


@pytest.fixture(scope="module")
def marta() -> Visitor:
    return visitor(story())


def _counts(marta: Visitor, query: str) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(marta.get(f"/funnel.csv?{query}").text))
    return [(row["count"], row["still_have_time"]) for row in rows if not row["split"]]


def test_steps_in_order_count_only_what_came_after_the_step_before(marta: Visitor) -> None:
    assert _counts(marta, STEPS) == [("5", "0"), ("4", "1"), ("2", "3"), ("1", "4")]
    page = marta.get(f"/funnel?{STEPS}").text
    assert "20% did all 4 steps, 4 more still have time" in page
    # Ada exported on day 0 and Ben on day 8: their first use was on days 0 and 1.
    assert "3.5 days (half took 1.8 days to 5.3 days)" in page


def test_steps_in_any_order_count_whoever_did_them_all(marta: Visitor) -> None:
    assert _counts(marta, "s1=f.share&s2=f.sign_in&order=any") == [("3", "1"), ("1", "3")]
    assert _counts(marta, "s1=f.share&s2=f.sign_in&order=in") == [("3", "0"), ("0", "3")]


def test_a_step_after_the_window_is_not_done(marta: Visitor) -> None:
    assert _counts(marta, f"{STEPS}&days=7") == [("5", "0"), ("4", "0"), ("1", "0"), ("0", "0")]


def test_a_milestone_is_a_step() -> None:
    tale = Tale("acme", ANALYST).joins("ada").uses("export").joins("ben").on_day(24)
    tale.round()
    assert _counts(visitor(tale), "s1=provisioned&s2=m.analyst.first_7") == [("2", "0"), ("1", "1")]


def test_nobody_is_said_to_have_stopped_who_still_has_time() -> None:
    tale = Tale("acme", ANALYST).joins("ada").uses("export").joins("ben").on_day(24)
    tale.round()
    funnel = visitor(tale)
    waiting = funnel.get("/funnel?s1=provisioned&s2=f.export&days=30").text
    assert "<h1>2 people began, and all who have not arrived still have time</h1>" in waiting
    over = funnel.get("/funnel?s1=provisioned&s2=f.export&days=7").text
    assert "<h1>People stop most before “Reports exported”: 50% go on</h1>" in over


def test_both_sides_of_a_step_open_their_people(marta: Visitor) -> None:
    did = marta.get(f"/funnel/members?{STEPS}&step=3").text
    assert set(PEOPLE.findall(did)) == {"ada", "ben"}
    did_not = marta.get(f"/funnel/members?{STEPS}&step=3&side=not").text
    assert set(PEOPLE.findall(did_not)) == {"eva", "cleo"}
    assert "2 people did not do “Reports exported” after “First use of anything”" in did_not
    assert "2 of them still have time" in did_not


def test_a_split_adds_up_to_the_whole_and_opens_its_people(marta: Visitor) -> None:
    rows = list(csv.DictReader(io.StringIO(marta.get(f"/funnel.csv?{STEPS}&split=role").text)))
    first = {row["split"]: int(row["count"]) for row in rows if row["step"] == "1"}
    assert first == {"": 5, "Analyst": 4, "Admin": 1}
    admins = marta.get(f"/funnel/members?{STEPS}&split=role&part=admin&step=2&side=not").text
    assert PEOPLE.findall(admins) == ["dan"]
    assert "The same by role" in marta.get(f"/funnel?{STEPS}&split=role").text


def test_who_stopped_is_saved_as_a_segment() -> None:
    tale = story()
    marta = visitor(tale)
    page = f"/funnel/members?{STEPS}&step=3&side=not"
    assert marta.submit(page, page.replace("/members", "/segments"), {"name": "Never exported"}).status == 303
    (saved,) = Definitions(tale.workspace.operations).newest("segment")
    assert saved.document["where"] == [{"ids": ["cleo", "eva"]}]
    assert saved.document["name"] == "Never exported"


def test_a_member_list_is_a_file_of_all_its_members(marta: Visitor) -> None:
    rows = list(csv.DictReader(io.StringIO(marta.get(f"/funnel/members.csv?{STEPS}&step=1").text)))
    assert [row["id"] for row in rows] == ["ada", "ben", "dan", "cleo", "eva"]
    assert rows[0]["account_id"] == "acme"


def test_without_a_choice_the_usual_steps_are_shown(marta: Visitor) -> None:
    page = marta.get("/funnel").text
    assert [
        each for each in ("Access granted", "First use of anything", "Reports exported") if each not in page
    ] == []


def test_what_makes_no_sense_in_the_address_is_passed_over(marta: Visitor) -> None:
    assert "Choose the steps of the funnel" in marta.get("/funnel?s1=nothing").text
    odd = marta.get(f"/funnel?{STEPS}&since=2026-13-01&until=0001-01-01&days=0&order=x&split=x")
    assert odd.status == 200
    assert marta.get(f"/funnel/members?{STEPS}&step=9").status == 404
    assert (
        marta.get("/funnel?s1=f.share&until=2026-08-03").text.count(
            "Nobody did “Reports shared” in this time"
        )
        == 1
    )
