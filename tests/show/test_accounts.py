"""Accounts: filters, order, pages, words, and the same as CSV."""

import csv
import io
import re
from html import unescape

import pytest

from tests.show.cast import NASTY, Cast
from tests.show.visitor import Visitor
from waypost.show import build
from waypost.show.spreadsheet import csv_pieces
from waypost.store import Role


def rows(marta: Visitor, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(marta.get(f"/accounts.csv{query}").text)))


def test_the_largest_change_of_the_largest_value_comes_first(marta: Visitor) -> None:
    assert [row["account"] for row in rows(marta)][:4] == ["halcyon", "brightmoor", "kestrel", "acme"]


def test_a_row_says_why_in_words(marta: Visitor) -> None:
    assert rows(marta)[0]["why"] == "Reports exported −9, Team changes −6"
    page = marta.get("/accounts").text
    assert "Reports exported −9, Team changes −6" in page
    assert "No events for 9 days, source late" in marta.get("/accounts?band=no_data").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?moved=fell", ["halcyon", "brightmoor", "acme"]),
        ("?moved=rose", ["kestrel"]),
        ("?moved=band&period=30d", ["halcyon", "brightmoor", "osprey/media"]),
        ("?tier=enterprise&sort=name", ["brightmoor", "halcyon"]),
        ("?segment=enterprise_eu&sort=name&down=1", ["halcyon", "brightmoor"]),
        ("?owner=nils%40waypost.test", ["osprey/media"]),
        ("?renews=30&tier=enterprise", ["brightmoor"]),
        ("?moved=fell&period=7d", ["halcyon"]),
    ],
)
def test_filters_and_order_live_in_the_address(marta: Visitor, query: str, expected: list[str]) -> None:
    assert [row["account"] for row in rows(marta, query)] == expected


@pytest.mark.parametrize("sort", ["health", "strays", "value", "renews", "owner", "nonsense"])
def test_every_column_sorts_and_the_unknown_come_last(marta: Visitor, sort: str) -> None:
    found = rows(marta, f"?sort={sort}&down=0")
    assert len(found) == 55
    if sort == "health":
        known = [float(row["health"]) for row in found if row["health"]]
        assert known == sorted(known)
        assert [row["account"] for row in found if not row["health"]] == [
            row["account"] for row in found[-3:]
        ]


def test_pages_hold_fifty_and_say_where_one_is(marta: Visitor) -> None:
    first, second = marta.get("/accounts").text, marta.get("/accounts?page=2").text
    assert "1 to 50 of 55" in first
    assert "51 to 55 of 55" in second
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert marta.get("/accounts?page=x").status == 200


def test_the_strays_of_an_account_open_as_the_people_they_are(marta: Visitor) -> None:
    page = marta.get("/accounts").text
    counted = re.findall(r'<a class="open" href="(/people\?[^"]+)"[^>]*>(\d+)</a>', page)
    assert counted
    for href, count in counted:
        assert marta.get(unescape(href)).status == 200
        listed = csv.DictReader(io.StringIO(marta.get(unescape(href).replace("?", ".csv?")).text))
        assert len({row["person"] for row in listed}) == int(count), href


def test_bands_are_counted_with_who_came_into_them(marta: Visitor) -> None:
    page = marta.get("/accounts").text
    assert "3 accounts changed band in 30 days" in page
    assert 'aria-sort="descending"' in page


def test_filters_that_hide_everything_offer_the_way_out(marta: Visitor) -> None:
    page = marta.get("/accounts?tier=none").text
    assert "No account fits these filters" in page
    assert "remove this filter" in page


def test_a_workspace_without_accounts_says_what_to_do(nobody: Cast) -> None:
    nobody.members.add(
        email="m@x.test", name="M", role=Role.OWNER, password="a long password", now=nobody.now
    )
    visitor = Visitor(build(nobody.desk(), members=nobody.members))
    visitor.sign_in("m@x.test", "a long password")
    assert "No account yet" in visitor.get("/accounts").text
    for path in ("/", "/people", "/journeys", "/interventions", "/sources", "/start", "/find"):
        assert visitor.get(path).status == 200, path
    assert "Waiting for an event" in visitor.get("/start/waiting").text


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_never_starts_a_formula(start: str) -> None:
    told = csv_pieces(["name", "change"], [[f"{start}cmd()", -4]])
    assert "".join(told) == f"name,change\r\n'{start}cmd(),-4\r\n"


def test_a_long_file_is_sent_piece_by_piece() -> None:
    told = list(csv_pieces(["n"], ([n] for n in range(2_500))))
    assert [piece.count("\n") for piece in told] == [1_001, 1_000, 500]
    assert "".join(told).splitlines() == ["n", *map(str, range(2_500))]


def test_names_of_customers_are_only_words(marta: Visitor) -> None:
    assert NASTY not in marta.get("/accounts").text


def test_columns_are_left_out_as_the_address_says(marta: Visitor) -> None:
    page = marta.get("/accounts?without=line.owner.nothing").text
    assert 'data-label="Owner"' not in page
    assert "spark-cell" not in page
    assert 'data-label="Value"' in page
    assert 'href="/accounts?without=line"' in page
    assert 'href="/accounts?without=line.value.owner"' in page


def test_the_last_hidden_column_that_comes_back_leaves_no_word_in_the_address(marta: Visitor) -> None:
    assert (
        'href="/accounts"><span class="visually-hidden">Show </span>Owner'
        in marta.get("/accounts?without=owner").text
    )
