"""Odds, how strays are sensed, and what goes with staying: what each page must answer."""

import csv
import io
import re

import pytest
from playwright.sync_api import BrowserContext

from tests.run.test_account_journeys import TEAM
from tests.show.cast import Cast
from tests.show.conftest import signed_in
from tests.show.test_journey_editor import told
from tests.show.visitor import Visitor
from tests.tale import ANALYST, Tale


def _csv(marta: Visitor, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(marta.get(path).text)))


def test_odds_list_the_least_likely_first_with_interval_and_count(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst/odds").text
    assert "2 of 5 people underway are unlikely to be in time" in page
    assert page.index("under 1%") < page.index("<b>17%</b> at risk") < page.index("<b>47%</b>")
    assert re.search(r"8% to 31%, of 6\d\d before", page)
    assert "due in 3 days" in page
    assert "Not enough history: rule used" in page


def test_odds_say_what_they_rest_on(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst/odds").text
    assert "What the odds rest on" in page
    assert "Not enough history: rule used. 40 people at 6 accounts" in page
    assert "Not worked out yet" in page


def test_odds_are_filtered_by_who_is_at_risk_and_by_milestone(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst/odds?who=at_risk&milestone=first_7").text
    assert "Cleo Marsh" in page
    assert "<b>47%</b>" not in page
    assert "Nobody underway fits" in marta.get("/journeys/analyst/odds?milestone=first_60").text


def test_odds_as_a_file_keep_the_filters(marta: Visitor) -> None:
    rows = _csv(marta, "/journeys/analyst/odds.csv?who=at_risk")
    assert [(row["person"], row["odds"], row["at_risk"]) for row in rows] == [
        ("h3", "0.002", "True"),
        ("cleo", "0.17", "True"),
    ]


def test_lists_of_people_as_files_say_by_what_somebody_is_at_risk(marta: Visitor) -> None:
    by_id = {row["person"]: row for row in _csv(marta, "/people.csv")}
    cleo = by_id["cleo"]
    assert (cleo["standing"], cleo["odds"], cleo["at_risk_by"]) == ("at_risk", "0.17", "odds")
    assert float(cleo["odds_low"]) < 0.17 < float(cleo["odds_high"])
    assert int(cleo["odds_of_people"]) > 600
    by_rule = [row for row in by_id.values() if row["at_risk_by"] == "not enough history: rule used"]
    assert all((row["standing"], row["odds"]) == ("at_risk", "") for row in by_rule)
    assert all(row["at_risk_by"] == "" for row in by_id.values() if row["standing"] != "at_risk")


def test_who_has_met_it_since_the_morning_is_not_listed(fresh: Cast) -> None:
    cursor = fresh.warehouse._root.cursor()
    kept = cursor.execute(
        "select missing from standings where person_id = 'cleo' and until_on is null"
    ).fetchone()
    assert kept
    cursor.execute("update standings set missing = '[]' where person_id = 'cleo' and until_on is null")
    # A dear answer, as any is on a busy machine, may be shown for a while, but never under other rules.
    cursor.execute("insert into progress values ('learnt_rules', 1)")
    page = signed_in(fresh).get("/journeys/analyst/odds").text
    cursor.execute(
        "update standings set missing = ? where person_id = 'cleo' and until_on is null", [kept[0]]
    )
    cursor.execute("delete from progress where name = 'learnt_rules'")
    cursor.close()
    assert "Cleo Marsh" not in page
    assert "1 of 4 people underway is unlikely to be in time" in page


def test_sensing_sets_the_odds_beside_the_rule_with_intervals_and_counts(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst/sensing").text
    assert "of those called at risk strayed" in page
    assert re.search(r"Judged on 6\d\d people at 60 accounts", page)
    assert "by the rule of thumb" in page
    assert "The odds were off by" in page
    rows = _csv(marta, "/journeys/analyst/sensing.csv")
    assert {(row["what"], row["by"]) for row in rows} >= {
        ("precision", "odds"),
        ("recall", "rule"),
        ("early", "odds"),
        ("lead_days", "rule"),
        ("calibration", "odds"),
    }
    # Looked at on four mornings each, the odds of this cast call more in time, and too many more for nothing.
    assert "The rule of thumb is used: the odds were no better" in page
    assert "Not enough history for better odds" in page
    called = {
        (row["what"], row["by"]): int(row["count"]) for row in rows if row["what"].endswith(": first_7")
    }
    gained, lost = (
        called[f"{what}: first_7", "odds"] - called[f"{what}: first_7", "rule"]
        for what in ("called_in_time", "called_for_nothing")
    )
    assert 0 < gained <= 1.5 * lost
    bins = [row for row in rows if row["what"] == "calibration"]
    assert all(float(row["low"]) <= float(row["share"]) <= float(row["high"]) for row in bins)


def test_what_goes_with_staying_is_never_said_to_cause_it(marta: Visitor) -> None:
    page = marta.get("/journeys/matter?journey=analyst&by=30").text
    assert "2 things go with staying beyond being active" in page
    assert "need not cause it" in page
    beyond, along = page.split("may only follow activity")[:2]
    assert "Reports shared" in beyond
    assert "Reports exported" in along


def test_a_feature_is_proposed_as_a_clause_unless_it_is_asked_for(marta: Visitor) -> None:
    page = marta.get("/journeys/matter?journey=analyst&by=30").text
    assert "/journeys/analyst/edit?add_feature=scheduled_reports&amp;at_least=1&amp;by_day=30" in page
    assert "Asked: First 30 days" in page
    assert "add_feature=reports_shared&amp;at_least=1" not in page


def test_every_comparison_is_in_the_file(marta: Visitor) -> None:
    rows = _csv(marta, "/journeys/matter.csv?journey=analyst&by=30")
    assert len({(row["feature"], row["at_least"]) for row in rows}) == len(rows) == 12
    assert {row["verdict"] for row in rows} >= {"beyond_activity", "with_activity"}
    assert all(float(row["low"]) <= float(row["adjusted"]) <= float(row["high"]) for row in rows)


@pytest.mark.parametrize("path", ["/journeys/none/odds", "/journeys/none/sensing", "/journeys/none/odds.csv"])
def test_a_journey_that_is_not_there_is_said_so(marta: Visitor, path: str) -> None:
    assert marta.get(path).status == 404


def test_before_there_is_history_the_pages_say_what_is_missing(nobody: Cast) -> None:
    nobody_there = full_of_rules(nobody)
    assert "Odds appear the morning after" in nobody_there.get("/journeys/analyst/odds").text
    assert "It takes history to judge" in nobody_there.get("/journeys/analyst/sensing").text
    assert "It takes history to compare" in nobody_there.get("/journeys/matter").text
    assert nobody_there.get("/journeys/analyst/sensing.csv").text.count("\n") == 1
    assert nobody_there.get("/journeys/matter.csv").text.count("\n") == 1


def full_of_rules(cast: Cast) -> Visitor:
    """Return the owner of a workspace that has definitions and no customers."""
    from tests.show.cast import _operate  # noqa: PLC0415 -- the cast's own way of beginning

    _operate(cast)
    return signed_in(cast)


@pytest.mark.browser
def test_by_keyboard_alone_one_comes_from_the_odds_to_a_person_and_to_the_file(
    window: BrowserContext,
) -> None:
    page = window.new_page()
    page.goto("/journeys/analyst/odds")
    page.get_by_label("Filter").get_by_role("link", name="At risk").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**who=at_risk**")
    page.get_by_label("Filter").get_by_role("link", name="At risk").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')").startswith("/people/"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/h3")
    page.close()


def test_accounts_underway_are_listed_as_people_are() -> None:
    visitor = told(Tale("acme", ANALYST, TEAM).joins("ada").on_day(12).learns())
    page = visitor.get("/journeys/team/odds").text
    assert "1 of 1 account underway is unlikely to be in time" in page
    assert '<a href="/accounts/acme">' in page
    assert "Not enough history: rule used. 0 accounts have had their time" in page
    [row] = _csv(visitor, "/journeys/team/odds.csv")
    assert (row["person"], row["account"], row["milestone"], row["at_risk"]) == (
        "",
        "acme",
        "first_14",
        "True",
    )
    assert "It takes history to judge" in visitor.get("/journeys/team/sensing").text
