"""The list of people: every filter is a condition, every order is stable, and what is seen can be saved."""

import csv
import io
import re
from collections import Counter

import msgspec
import pytest

from tests.show.cast import NASTY, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor

NAME = re.compile(r'<th scope="row">.*?<a href="/people/([^"]+)">')


def people(visitor: Visitor, query: str) -> list[str]:
    return NAME.findall(visitor.get(f"/people?{query}").text)


def rows(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visitor.get(f"/people.csv?{query}").text)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("account=acme", {"ada", "ben"}),
        ("account=acme&standing=strays", {"ada"}),
        ("account=acme&standing=on_path", {"ben"}),
        ("account=beta&standing=at_risk", {"cleo"}),
        ("q=tom+e", {"tom"}),
        ("q=TOM%40halcyon", {"tom"}),
        ("q=%25", set()),
        ("champion=1", {"ana"}),
        ("account=acme&journey=analyst&milestone=sustained", {"ben"}),
        ("account=halcyon&milestone=first_7&standing=not_started", {"piotr"}),
        ("account=acme&feature=reports_exported", set()),
        ("account=acme&unused=reports_exported", {"ada", "ben"}),
        ("account=acme&seen=5", set()),
        ("account=acme&unseen=5", {"ada", "ben"}),
        ("account=acme&from=2026-04-01&until=2026-04-02", {"ada", "ben"}),
        ("account=acme&until=2026-04-01", set()),
        ("account=acme&tier=growth", {"ada", "ben"}),
        ("account=acme&tier=self_serve", set()),
        ("account=acme&standing=nonsense&seen=soon&from=never", {"ada", "ben"}),
        ("account=halcyon&standing=strays&since=9", {"leila"}),
        ("of=people&w0.kind=account&w0.account=acme&w1.kind=standing&w1.standing=strayed&w1.not=1", {"ben"}),
    ],
)
def test_every_filter_is_a_condition_and_they_hold_together(
    marta: Visitor, query: str, found: set[str]
) -> None:
    assert {row["person"] for row in rows(marta, query)} == found


def test_someone_who_left_is_on_no_list(marta: Visitor) -> None:
    assert "priya" not in {row["person"] for row in rows(marta)}


@pytest.mark.parametrize("sort", ["standing", "name", "account", "role", "due", "active", "seen"])
@pytest.mark.parametrize("down", ["0", "1"])
def test_pages_of_any_order_hold_everybody_once(marta: Visitor, sort: str, down: str) -> None:
    found = [each for page in range(1, 6) for each in people(marta, f"sort={sort}&down={down}&page={page}")]
    assert Counter(found) == Counter(row["person"] for row in rows(marta))


def test_the_order_is_what_the_head_says(marta: Visitor) -> None:
    names = [row["name"].lower() for row in rows(marta, "sort=name")]
    assert names == sorted(names)
    days = [int(row["active_days_28"]) for row in rows(marta, "sort=active&down=1")]
    assert days == sorted(days, reverse=True)
    assert days[0] > 0
    seen = [row["last_seen_at"] for row in rows(marta, "sort=seen&down=1")]
    assert seen == sorted(seen, reverse=True)
    strays = [row["standing"] in ("strayed", "lapsed") for row in rows(marta)]
    assert strays == sorted(strays, reverse=True)
    page = marta.get("/people?sort=name").text
    assert 'aria-sort="ascending"' in page


def test_active_days_open_the_days(marta: Visitor) -> None:
    listed = re.findall(
        r'href="/measures/active_days_28/items([^"]+)">(\d+)</a>', marta.get("/people?sort=active").text
    )
    assert sum(int(days) > 0 for _, days in listed) > 3
    for query, days in listed[:12]:
        opened = msgspec.json.decode(marta.get(f"/measures/active_days_28/items.json{query}").body)
        assert ((opened["value"] or 0), len(opened["items"])) == (int(days), int(days))


def test_the_rule_is_said_and_leads_to_the_builder(marta: Visitor) -> None:
    page = marta.get("/people?standing=strays&journey=analyst&role=analyst").text
    assert "People who are strays on the Analyst path, and whose role is analyst." in page
    address = re.search(r'href="(/segments/new[^"]+)"', page)
    assert address
    builder = marta.get(address.group(1)).text
    assert "People who are strays on the Analyst path, and whose role is analyst." in builder
    total = re.search(r"<h1>(\d+) people strayed", page)
    assert total
    assert f"<b>{total.group(1)}</b>" in builder
    assert "Save as segment" not in marta.get("/people").text


def test_a_chip_removes_its_own_filter_alone(marta: Visitor) -> None:
    page = marta.get("/people?account=acme&champion=1&page=3").text
    assert 'href="/people?account=acme"' in page
    assert 'href="/people?champion=1"' in page


def test_names_are_text_wherever_they_stand(fresh: Cast) -> None:
    page = signed_in(fresh).get("/people?account=evil&q=%3Cscript").text
    assert NASTY not in page
    assert "&lt;script&gt;" in page


def test_nothing_found_says_so(marta: Visitor) -> None:
    assert "Nobody here" in marta.get("/people?q=nobody-has-this").text


def test_who_is_at_risk_is_listed_with_what_that_is_judged_by(marta: Visitor) -> None:
    by_odds = marta.get("/people?account=beta&standing=at_risk").text
    assert re.search(
        r"At risk of straying<small>17% likely in time \(8% to 31%\), from 6\d\d people before<", by_odds
    )
    assert "likely in time" not in marta.get("/people?account=acme").text
