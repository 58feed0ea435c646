"""One person's use: their weeks against their own past, and numbers that open."""

import re
from datetime import date, timedelta

import pytest

from tests.show.test_expectations import desk
from tests.show.visitor import Visitor
from waypost.show.desk import Desk
from waypost.show.expectations import ExpectationBook

__all__ = ["desk"]
PAGE = "/people/tom/usage?cutoff=2026-11-18"
LINK = re.compile(r'<a class="opens" href="([^"]+)">([^<]+)</a>')


def test_the_tab_stands_beside_the_overview_of_a_person(marta: Visitor) -> None:
    assert 'href="/people/tom/usage"' in marta.get("/people/tom").text
    page = marta.get(PAGE).text
    assert '<a href="/people/tom/usage" aria-current="page">Usage</a>' in page
    assert "1 feature ever used" in page
    assert "Use up to Wed 18 Nov" in page


def test_every_number_of_a_person_opens_a_page_that_says_the_same(marta: Visitor) -> None:
    links = LINK.findall(marta.get(PAGE).text)
    assert len(links) > 20
    for href, said in links[:12] + links[-8:]:
        assert f'<p class="value-line">{said}<small>' in marta.get(href).text, (href, said)


def test_the_weeks_of_a_person_are_a_file(marta: Visitor) -> None:
    lines = marta.get("/people/tom/usage/weeks.csv?cutoff=2026-11-18").text.splitlines()
    assert lines[0] == "week_ends_on,active_days,expected,low,high,called"
    assert lines[-1].startswith("2026-11-18,")
    assert len(lines) == 53


@pytest.mark.parametrize("path", ["/people/nobody/usage", "/people/nobody/usage/weeks.csv"])
def test_nobody_has_no_use(marta: Visitor, path: str) -> None:
    assert marta.get(path).status == 404


def test_a_person_is_expected_to_come_as_before(desk: Desk) -> None:
    yesterday: date = desk.today - timedelta(days=1)
    book = ExpectationBook()
    gone = book.of_person(desk, "acme-0", "acme", yesterday).sort("week").row(0, named=True)
    there = book.of_person(desk, "acme-1", "acme", yesterday).sort("week").row(0, named=True)
    assert (gone["seen"], gone["fell"]) == (0, True)
    assert (there["seen"], there["fell"]) == (5, False)
    assert there["low"] <= 5 <= there["high"]
    assert gone["expected"] < there["expected"], "a fortnight away is learnt from"
