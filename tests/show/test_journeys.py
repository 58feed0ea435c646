"""The list of journeys: shares by milestone, change over 28 days, drafts, and what a change of rules hides."""

import csv
import io
from datetime import date

from tests.show.cast import NOW, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from tests.tale import ANALYST, Tale
from waypost.store import Definitions, Drafts


def test_every_count_opens_its_people(marta: Visitor) -> None:
    page = marta.get("/journeys").text
    assert 'href="/people?journey=analyst&amp;milestone=first_7&amp;standing=strays"' in page
    assert 'href="/people?journey=analyst&amp;standing=on_path"' in page
    assert "New journey" in page


def test_stages_add_up_to_the_whole_and_to_the_file(marta: Visitor) -> None:
    rows = list(csv.DictReader(io.StringIO(marta.get("/journeys.csv").text)))
    strays = sum(int(row["strayed"]) for row in rows)
    people = strays + sum(int(row["on_path"]) for row in rows)
    assert f"{strays} of {people} people on 1 journey have strayed" in marta.get("/journeys").text


def test_a_change_of_rules_is_never_shown_as_a_change_in_customers(fresh: Cast) -> None:
    visitor = signed_in(fresh)
    before = list(csv.DictReader(io.StringIO(visitor.get("/journeys.csv").text)))
    assert any(row["points_28_days"] for row in before)
    newest = next(each for each in Definitions(fresh.operations).newest("journey"))
    changed = {**newest.document, "name": "Another path"}
    Definitions(fresh.operations).publish([changed], now=NOW, today=date(2026, 11, 10))
    after = list(csv.DictReader(io.StringIO(visitor.get("/journeys.csv").text)))
    assert not any(row["points_28_days"] for row in after)
    assert "Its rules changed on 10 Nov" in visitor.get("/journeys").text


def test_drafts_of_new_journeys_are_listed_until_published(fresh: Cast) -> None:
    visitor = signed_in(fresh)
    visitor.submit("/journeys/new", "/journeys", {"name": "Drivers path"})
    page = visitor.get("/journeys").text
    assert "1 draft of new journeys" in page
    assert 'href="/journeys/drivers_path/edit"' in page
    assert Drafts(fresh.operations).all("journey")[0].based_on == 0


def test_accounts_on_a_journey_of_their_own_are_counted_apart() -> None:
    from tests.show.test_journey_editor import told  # noqa: PLC0415 -- the tale's own pages

    of_accounts = {**ANALYST, "key": "rollout", "name": "Rollout", "of": "accounts"}
    tale = Tale("acme", ANALYST, of_accounts).joins("ada").joins("ben").uses("export").on_day(10)
    tale.round()
    page = told(tale).get("/journeys").text
    assert "1 of 2 people on 2 journeys have strayed" in page
    assert "1 account, for all accounts" in page
