"""What holds for every page: headers, no inline style or script, escaped words, errors with a number."""

import hashlib
import re
from importlib.resources import files

import pytest
from structlog.testing import capture_logs

from tests.show.cast import NASTY, Cast
from tests.show.conftest import signed_in
from tests.show.test_every_page import DOORS, PAGES
from tests.show.visitor import Visitor
from waypost.show import build

HTMX_2_0_11 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


@pytest.mark.parametrize("path", [*PAGES, *DOORS])
def test_a_page_has_no_inline_style_or_script_and_no_raw_words(marta: Visitor, path: str) -> None:
    page = marta.get(path).text
    assert "style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"\son[a-z]+=", page) == []
    assert NASTY not in page


@pytest.mark.parametrize(
    "path", ["/accounts/evil", "/people/eve", "/accounts/evil?people=people", "/accounts/evil?since=7d"]
)
def test_a_customer_whose_name_is_a_script_is_only_shown(marta: Visitor, path: str) -> None:
    page = marta.get(path)
    assert page.status == 200
    assert NASTY not in page.text
    assert "&lt;script&gt;" in page.text


def test_every_answer_carries_the_strict_policy(marta: Visitor) -> None:
    for path in ("/", "/nowhere", "/sign-in"):
        headers = marta.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


def test_over_https_browsers_are_told_to_stay_there(fresh: Cast) -> None:
    visitor = Visitor(build(fresh.desk(public_url="https://waypost.example"), members=fresh.members))
    assert visitor.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"


def test_static_files_are_kept_for_ever_under_their_hash(marta: Visitor) -> None:
    address = re.search(r'href="(/static/[0-9a-f]{12}/waypost.css)"', marta.get("/").text)
    assert address
    kept = marta.get(address.group(1))
    assert (kept.headers["cache-control"], kept.headers["content-type"]) == (
        "public, max-age=31536000, immutable",
        "text/css; charset=utf-8",
    )
    assert marta.get("/static/000000000000/waypost.css").headers["cache-control"] == "no-store"
    assert marta.get("/static/000000000000/secrets").status == 404


def test_htmx_is_the_file_that_we_looked_at() -> None:
    shipped = (files("waypost.show") / "static" / "htmx.min.js").read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == HTMX_2_0_11


def test_style_sheets_use_logical_properties_only() -> None:
    folder = files("waypost.show") / "static"
    physical = re.compile(
        r"(?<![-\w])(margin|padding|border|inset)-(left|right|top|bottom)|(?<![-\w])(left|right|width|height):"
    )
    for sheet in folder.iterdir():
        if sheet.name.endswith(".css"):
            text = re.sub(r"@media[^{]*", "", sheet.read_text())
            assert physical.findall(text) == [], sheet.name


def test_what_is_not_there_says_so_and_offers_a_way_on(marta: Visitor) -> None:
    for path in ("/nowhere", "/accounts/none", "/people/none", "/journeys/none", "/interventions/none"):
        answer = marta.get(path)
        assert answer.status == 404, path
        assert "Go to Today" in answer.text


def test_a_fault_of_ours_has_a_number_that_is_in_the_log(fresh: Cast) -> None:
    marta = signed_in(fresh)
    with fresh.operations.begin() as rows:
        rows.exec_driver_sql("drop table definitions")
    with capture_logs() as logged:
        answer = marta.get("/accounts")
    number = re.search(r"<b class=\"strong\">([0-9a-f]{8})</b>", answer.text)
    assert answer.status == 500
    assert number
    assert number.group(1) in str(logged)


def test_the_gallery_is_for_development_only(fresh: Cast) -> None:
    visitor = Visitor(build(fresh.desk(development=False), members=fresh.members))
    assert visitor.get("/gallery").status == 404
