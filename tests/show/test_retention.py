"""Retention: the grid by hand, both sides of a cell, the file, the segment, and what choices do."""

import csv
import io
import re

import pytest

from tests.show.cohort_story import story, visitor
from tests.show.visitor import Visitor
from tests.tale import Tale
from waypost.store import Definitions

CELL = re.compile(r'aria-label="([^"]*came back[^"]*)"')


@pytest.fixture(scope="module")
def tale() -> Tale:
    return story()


@pytest.fixture(scope="module")
def marta(tale: Tale) -> Visitor:
    return visitor(tale)


def test_the_grid_says_how_many_of_each_cohort_came_back(marta: Visitor) -> None:
    cells = CELL.findall(marta.get("/retention").text)
    first_week = [each for each in cells if each.startswith("3 Aug")]
    assert [each.partition(": ")[2].partition(" came")[0] for each in first_week] == [
        "3 of 4",
        "2 of 4",
        "1 of 4",
        "0 of 4",
    ]
    assert first_week[3].endswith("this week is not over")
    assert "not over" not in first_week[2]


def test_counted_in_it_or_later_nobody_is_lost_before_their_last_day(marta: Visitor) -> None:
    cells = CELL.findall(marta.get("/retention?count=later&back=f.export").text)
    first_week = [each for each in cells if each.startswith("3 Aug")]
    assert [each.partition(": ")[2].partition(" of")[0] for each in first_week] == ["2", "2", "1", "0"]


def test_a_cell_opens_those_who_came_back_and_those_who_did_not(marta: Visitor) -> None:
    back = marta.get("/retention/members?cohort=2026-08-03&period=1").text
    assert "2 people came back, 1 week later" in back
    assert {"ada", "ben"} == set(re.findall(r'href="/people/(\w+)"', back))
    away = marta.get("/retention/members?cohort=2026-08-03&period=1&side=away").text
    assert "2 people did not come back, 1 week later" in away
    assert {"dan", "cleo"} == set(re.findall(r'href="/people/(\w+)"', away))


def test_all_cohorts_together_open_only_those_whose_period_is_over(marta: Visitor) -> None:
    assert "Of 5 who began: All cohorts." in marta.get("/retention/members?period=1").text
    assert "Of 4 who began: All cohorts." in marta.get("/retention/members?period=2").text


def test_the_file_has_one_row_for_each_cell(marta: Visitor) -> None:
    sent = marta.get("/retention.csv?tier=&role=analyst")
    rows = list(csv.DictReader(io.StringIO(sent.text)))
    assert {(row["cohort"], row["period"], row["came_back"], row["size"]) for row in rows} >= {
        ("2026-08-03", "0", "3", "3"),
        ("2026-08-03", "1", "2", "3"),
        ("2026-08-10", "1", "0", "1"),
    }
    assert float(rows[0]["low"]) < float(rows[0]["share"])


def test_accounts_are_counted_as_well_as_people(marta: Visitor) -> None:
    assert "2 accounts in 12 cohorts" in marta.get("/retention?who=accounts").text
    members = marta.get("/retention/members?who=accounts&cohort=2026-08-03&period=1").text
    assert re.findall(r'href="/accounts/(\w+)">', members) == ["acme"]


def test_one_side_of_a_cell_is_saved_as_a_segment() -> None:
    tale = story()
    marta = visitor(tale)
    page = "/retention/members?cohort=2026-08-03&period=1&side=away"
    form = page.replace("/members", "/segments")
    answer = marta.submit(page, form, {"name": "Silent after a week"})
    assert answer.status == 303
    (saved,) = Definitions(tale.workspace.operations).newest("segment")
    assert answer.headers["location"].startswith(f"/segments/{saved.key}")
    assert (saved.document["of"], saved.document["where"]) == ("people", [{"ids": ["dan", "cleo"]}])
    assert "2 people in 12 cohorts" in marta.get(f"/retention?segment={saved.key}").text


def test_a_segment_needs_a_name_and_members(marta: Visitor) -> None:
    page = "/retention/members?cohort=2026-08-03&period=1"
    assert marta.submit(page, page.replace("/members", "/segments"), {"name": " "}).status == 400
    nobody = "/retention/segments?cohort=2026-08-10&period=1"
    assert marta.submit(page, nobody, {"name": "Nobody"}).status == 400


def test_chosen_cohorts_are_drawn_beside_all(tale: Tale) -> None:
    tale = story().on_day(60)
    tale.round()
    page = visitor(tale).get("/retention?rows=2026-08-03,2026-08-10").text
    assert (
        page.count('class="line all"')
        == page.count('class="line one"')
        == page.count('class="line two"')
        == 2
    )
    assert "Stop comparing" in page


def test_what_makes_no_sense_in_the_address_is_passed_over(marta: Visitor) -> None:
    page = marta.get("/retention?by=year&start=f.nothing&count=x&to=never&rows=a,,b&segment=none&tier=%27")
    assert page.status == 200
    assert "Nobody began in these 12 weeks" in page.text
    assert marta.get("/retention/members?cohort=2020-01-01").status == 404
    assert marta.get("/retention/members?cohort=2026-08-03&period=99999").status == 200
