"""The journey map: where everybody stands, why strays stray, what answers them, groups and times compared."""

import csv
import io
import re
from html import unescape

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.show.test_journey_editor import told
from tests.show.visitor import Visitor
from tests.tale import ANALYST, Tale
from waypost.show.pages.journey_map_times import Reached, _steps, reached_by


def _rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visitor.get(path).text)))


def _town() -> Tale:
    """Two at Acme from August, one of them a stray; one at Beta from September, underway; one who returned."""
    tale = Tale("acme").joins("ada").uses("export").joins("ben").joins("eva")
    tale.on_day(9).by("eva").uses("export").on_day(33).at("beta").joins("cleo").on_day(34)
    tale.round()
    return tale


def test_the_map_says_how_many_strayed_and_from_what(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst").text
    rows = _rows(marta, "/journeys/analyst/map.csv")
    strays = sum(int(row["people"]) for row in rows if row["standing"] in ("strayed", "lapsed"))
    total = sum(int(row["people"]) for row in rows)
    assert f"{strays} of {total} people have strayed from the" in page
    assert "of strays stray because" in page


def test_strays_come_with_the_plays_that_answer_them_and_their_results(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst").text
    lost = page.partition('id="lost"')[2].partition("</table>")[0]
    assert 'href="/interventions/first_week_back"' in lost
    assert "No play answers it" in lost


def test_a_month_narrows_the_map_and_what_its_counts_open() -> None:
    visitor = told(_town())
    assert "3 of 4 people have strayed" in visitor.get("/journeys/analyst").text
    page = visitor.get("/journeys/analyst?month=2026-09").text
    assert "0 of 1 people have strayed" in page
    meant = "journey=analyst&amp;milestone=first_7&amp;from=2026-09-01&amp;until=2026-10-01"
    assert f'"/people?{meant}&amp;standing=on_path"' in page
    assert "Nobody fits" in visitor.get("/journeys/analyst?month=2026-01").text


def test_a_count_opens_as_many_people_as_it_says() -> None:
    visitor = told(_town())
    page = visitor.get("/journeys/analyst").text
    counts = re.findall(r'<a class="open" href="([^"]+)" aria-label="[^"]*: (\d+)"', page)
    assert len(counts) >= 8
    for href, count in counts:
        file = href.replace("/people?", "/people.csv?").replace("/who?", "/who/members.csv?")
        assert len(_rows(visitor, unescape(file))) == int(count), href


@pytest.mark.parametrize("query", ["", "?compare=month", "?month=2026-08&compare=role"])
def test_a_time_to_a_milestone_opens_who_was_watched_and_who_has_met_it(query: str) -> None:
    visitor = told(_town())
    counts = re.findall(
        r'href="([^"]+/times/who[^"]+)">(\d+)</a>', visitor.get(f"/journeys/analyst/times{query}").text
    )
    assert len(counts) >= 4
    for href, count in counts:
        page = visitor.get(href).text
        assert re.search(rf"<h1>{count} (person|people) ", page), href
        rows = _rows(visitor, unescape(href).replace("/who?", "/who/members.csv?"))
        assert len(rows) == int(count), href
        assert all(bool(row["met_on"]) for row in rows) or "side=met" not in href


def test_who_has_met_a_milestone_says_when_and_is_saved_as_a_segment() -> None:
    visitor = told(_town())
    path = "/journeys/analyst/times/who?milestone=first_7&side=met"
    found = _rows(visitor, path.replace("/who?", "/who/members.csv?"))
    assert [(row["id"], row["met_on"], row["days"]) for row in found] == [
        ("ada", "2026-08-03", "0"),
        ("eva", "2026-08-12", "9"),
    ]
    page = visitor.get(path)
    assert "2 people met First 7 days" in page.text
    saved = visitor.post(
        path.replace("/who?", "/who/segments?"), {"form_token": page.token, "name": "Were there"}
    )
    assert saved.headers["location"].startswith("/segments/were_there")
    assert visitor.get("/journeys/analyst/times/who?milestone=none").status == 404
    assert visitor.get(f"{path}&group=none").status == 404


def test_strays_who_missed_one_clause_are_listed_and_saved_as_a_segment() -> None:
    tale = _town()
    visitor = told(tale)
    path = "/journeys/analyst/who?milestone=first_7&clause=first_7.0&standing=strays"
    page = visitor.get(path)
    assert "1 person strayed at First 7 days" in page.text
    assert [row["id"] for row in _rows(visitor, path.replace("/who?", "/who/members.csv?"))] == ["ben"]
    saved = visitor.post(
        path.replace("/who?", "/who/segments?"), {"form_token": page.token, "name": "No export yet"}
    )
    assert saved.headers["location"].startswith("/segments/no_export_yet")


def test_accounts_behind_a_count_are_listed() -> None:
    of_accounts = {**ANALYST, "key": "rollout", "name": "Rollout", "of": "accounts"}
    tale = Tale("acme", ANALYST, of_accounts).joins("ada").on_day(10)
    tale.round()
    page = told(tale).get("/journeys/rollout/who?milestone=first_7&standing=strays").text
    assert "1 account strayed at First 7 days" in page


def test_a_segment_narrows_the_map_and_is_compared_with_the_rest() -> None:
    tale = _town()
    tale.publishes({"kind": "segment", "key": "beta", "name": "Beta", "where": [{"ids": ["beta"]}]})
    visitor = told(tale)
    assert "0 of 1 people have strayed" in visitor.get("/journeys/analyst?segment=beta").text
    page = visitor.get("/journeys/analyst?segment=beta&compare=segment").text
    assert "3 of 4 people have strayed" in page
    groups = page.partition('id="compare"')[2].partition("</table>")[0]
    assert groups.index("Not in Beta") < groups.index("In Beta")


def test_groups_are_compared_with_interval_and_count() -> None:
    page = told(_town()).get("/journeys/analyst?compare=month").text
    groups = page.partition('id="compare"')[2].partition("</table>")[0]
    assert groups.index("September 2026") < groups.index("August 2026")
    assert "0% <small" in groups


def test_a_month_is_that_of_access_in_counts_lists_groups_and_times() -> None:
    """Also for a journey that is entered later, and for somebody who came back."""
    entered = {**ANALYST, "entry": {"feature": "export"}}
    tale = Tale("acme", entered).joins("ada").joins("ben").joins("cleo")
    tale.on_day(20).leaves().on_day(33).joins("cleo")
    for who in ("ada", "ben", "cleo"):
        tale.by(who).uses("export")
    tale.on_day(35).round()
    visitor = told(tale)
    for month, people in (("2026-08", {"ada", "ben"}), ("2026-09", {"cleo"})):
        asked = f"/journeys/analyst{{}}?month={month}"
        assert sum(int(row["people"]) for row in _rows(visitor, asked.format("/map.csv"))) == len(people)
        listed = _rows(visitor, asked.format("/who/members.csv") + "&milestone=first_7&standing=on_path")
        assert {row["id"] for row in listed} == people
        watched = {row["watched"] for row in _rows(visitor, asked.format("/times.csv")) if row["day"] == "0"}
        assert watched == {str(len(people))}
    groups = visitor.get("/journeys/analyst?compare=month").text.partition('id="compare"')[2]
    counts = re.findall(r">(\w+ 2026)<.*?(\d+)</a></td>", groups.partition("</table>")[0])
    assert counts == [("September 2026", "1"), ("August 2026", "2")]
    compared = _rows(visitor, "/journeys/analyst/times.csv?compare=month")
    assert {(row["group"], row["watched"]) for row in compared if row["day"] == "0"} >= {("August 2026", "2")}
    assert "Days since coming to it until" in visitor.get("/journeys/analyst/times").text


def test_times_have_medians_and_the_share_by_the_due_day() -> None:
    visitor = told(_town())
    page = visitor.get("/journeys/analyst/times").text
    assert "First 7 days: half had met it by day 9" in page
    rows = _rows(visitor, "/journeys/analyst/times.csv")
    first = [(row["day"], round(float(row["met_share"]), 4)) for row in rows if row["milestone"] == "first_7"]
    # Ada on day 0 of 4; Cleo is seen until day 1; Eva on day 9 of the 2 still watched.
    assert first == [("0", 0.25), ("9", 0.625)]


def test_what_nobody_was_watched_for_is_not_known_yet_and_not_zero() -> None:
    tale = Tale("acme", ANALYST)
    for nr in range(12):
        tale.joins(f"p{nr}")
    tale.on_day(9).round()
    page = told(tale).get("/journeys/analyst/times").text
    shares = re.findall(r'data-label="By day (\d+)">(.*?) <small', page)
    assert shares == [("7", "0% (0% to 24%)"), ("30", "Not known yet")]
    # The line of the second ends on the day on which the watching does, long before the end of the chart.
    assert tuple(_times(12, watched=9).waiting.points) == ()
    assert _steps(_times(12, watched=9), 60)[-1] == (9.0, 0.0, 0.0, 0.0)


def _times(people: int, *, watched: int) -> Reached:
    return reached_by(pl.DataFrame({"days": [watched] * people, "met": [False] * people}), "Together", 30)


def test_times_are_compared_by_group() -> None:
    page = told(_town()).get("/journeys/analyst/times?compare=month").text
    assert "<td>August 2026</td>" in page
    assert "<td>Together</td>" in page


def test_a_journey_that_is_not_there_has_no_map(marta: Visitor) -> None:
    assert marta.get("/journeys/nobody").status == 404
    assert marta.get("/journeys/nobody/times").status == 404


def test_versions_tell_from_when_each_was_in_force() -> None:
    tale = _town()
    tale.publishes({**ANALYST, "name": "Analysts"})
    page = told(tale).get("/journeys/analyst").text.partition('id="versions"')[2]
    assert "2 versions" in page
    assert re.search(r"6 Sep[^<]*</td><td>In force", page)
    assert "The first day</td><td>Replaced" in page


def test_a_map_of_accounts_counts_accounts() -> None:
    of_accounts = {**ANALYST, "key": "rollout", "name": "Rollout", "of": "accounts"}
    tale = Tale("acme", ANALYST, of_accounts).joins("ada").on_day(10)
    tale.round()
    page = told(tale).get("/journeys/rollout").text
    assert "1 of 1 accounts have strayed from the Rollout" in page
    assert "One mark is one account." in page


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40))
def test_without_censoring_before_the_last_the_curve_is_the_plain_share(
    cases: list[tuple[int, bool]],
) -> None:
    last = max(day for day, _ in cases)
    plain = [(day, True) if met else (last, False) for day, met in cases]
    frame = pl.DataFrame(plain, schema={"days": pl.Int64, "met": pl.Boolean}, orient="row")
    found = reached_by(frame, "all", due=30)
    for point in found.points:
        there = sum(met and day <= point.day for day, met in plain)
        assert abs((1 - point.value) - there / len(plain)) < 1e-9
        assert point.low <= point.value <= point.high
    low, high = found.median_between
    if found.median is not None:
        assert low is not None
        assert low <= found.median
        assert high is None or high >= found.median


def test_the_map_says_by_what_people_are_called_at_risk(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst").text
    assert (
        "At risk by the odds of this morning (First 7 days); not enough history: rule used (First 30 days"
        in page
    )
