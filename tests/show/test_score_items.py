"""The items behind what a scorecard weighs."""

import pytest

from tests.show.visitor import Visitor

SUPPORT = "/measures/adoption/items?level=account&id=halcyon&cutoff=2026-11-19"


def test_what_counts_and_of_how_much_make_the_number(marta: Visitor) -> None:
    page = marta.get(SUPPORT).text
    lines = marta.get(SUPPORT.replace("/items", "/items.csv", 1)).text.splitlines()
    assert lines[0] == "side,item,value,from_on,until_on,person_id,detail"
    counts = sum(float(line.split(",")[2]) for line in lines[1:] if line.startswith("n,"))
    of = sum(float(line.split(",")[2]) for line in lines[1:] if line.startswith("d,"))
    assert 0 < counts < of
    assert f"{round(100 * counts / of)}%<small>{counts:g} of {of:g}</small>" in page
    assert "As Enterprise health weighs it" in page


def test_the_definition_leads_to_the_items(marta: Visitor) -> None:
    page = marta.get("/measures/adoption").text
    assert 'action="/measures/adoption/items"' in page
    assert '<option value="health.adoption">' in page
    assert marta.get(f"{SUPPORT}&input=health.adoption").status == 200


def test_an_unknown_number_says_why(marta: Visitor) -> None:
    page = marta.get("/measures/setting_coverage/items?level=account&id=beta").text
    assert "No number<small>no setting of the account has been seen</small>" in page


@pytest.mark.parametrize(
    "path",
    [
        "/measures/adoption/items?id=nobody",
        "/measures/adoption/items",
        "/measures/adoption/items?id=halcyon&input=health.none",
        "/measures/breadth/items?id=halcyon",
    ],
)
def test_what_no_scorecard_weighs_is_not_found(marta: Visitor, path: str) -> None:
    assert marta.get(path).status == 404
