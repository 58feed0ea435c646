"""Real paths: branches that add up, what is left out of them, and the people on each."""

import csv
import io
import re

import pytest

from tests.show.cohort_story import visitor
from tests.show.visitor import Visitor
from tests.tale import Tale


@pytest.fixture(scope="module")
def marta() -> Visitor:
    """Ten people sign in; six export first and three of them share after that, three share first, one does neither."""
    tale = Tale("acme")
    for nr in range(10):
        tale.joins(f"p{nr}").uses("sign_in")
        if nr < 6:
            tale.uses("export")
        if nr in (0, 1, 2, 6, 7, 8):
            tale.uses("share")
    tale.on_day(20)
    for nr in range(6):
        tale.by(f"p{nr}").uses("export")
    tale.on_day(50).round()
    return visitor(tale)


def _rows(marta: Visitor, query: str = "") -> dict[str, dict[str, str]]:
    sent = marta.get(f"/paths.csv?span=90{query}").text
    return {row["path"]: row for row in csv.DictReader(io.StringIO(sent))}


def test_what_nearly_everybody_used_tells_nobody_apart(marta: Visitor) -> None:
    assert "Sign-ins (used by 100%)" in marta.get("/paths").text
    assert "Sign-ins > Reports exported" in _rows(marta, "&common=1")


def test_branches_add_up_to_the_branch_above(marta: Visitor) -> None:
    rows = _rows(marta)
    people = {path: int(row["people"]) for path, row in rows.items()}
    assert people["Everybody"] == 10
    assert people["Reports exported"] == 6
    assert people["Nothing"] == 1
    top = sum(n for path, n in people.items() if path != "Everybody" and " > " not in path)
    below = sum(n for path, n in people.items() if re.fullmatch("Reports exported > [^>]+", path))
    assert (top, below) == (10, 6)


def test_each_branch_says_where_its_people_are_and_who_stayed(marta: Visitor) -> None:
    exported = _rows(marta)["Reports exported"]
    assert (exported["stayed_of"], exported["stayed"]) == ("6", "1.0")
    assert float(exported["stayed_low"]) == pytest.approx(0.6097, abs=5e-4)
    assert sum(int(exported[end]) for end in ("sustained", "on_path", "strayed", "gone", "none")) == 6
    assert int(_rows(marta)["Nothing"]["gone"]) == 1


def test_a_branch_opens_its_people(marta: Visitor) -> None:
    page = marta.get("/paths/members?path=export").text
    assert set(re.findall(r'href="/people/(p\d)"', page)) == {f"p{nr}" for nr in range(6)}
    nothing = marta.get("/paths/members?path=-").text
    assert re.findall(r'href="/people/(p\d)"', nothing) == ["p9"]
    assert marta.get("/paths/members?path=never").status == 404


def test_the_page_says_that_a_path_goes_with_its_end(marta: Visitor) -> None:
    page = marta.get("/paths").text
    assert "There is no single path: 60% take the most common beginning" in page
    assert "it need not be its cause" in page


def test_without_anybody_the_page_says_why() -> None:
    assert "Nobody here" in visitor(Tale("acme")).get("/paths").text
