"""Imports on the pages: given, mapped, tried, confirmed, undone; and nothing kept before that is confirmed."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.show.cast import Cast
from tests.show.conftest import opened, serving, signed_in
from tests.show.visitor import Answer, Visitor
from waypost.show import build
from waypost.show.uploads import KEPT_FOR, MOST_BYTES, MOST_KEPT, Uploads
from waypost.store import Imports, Inbox

CONTRACTS = b"""Contract ID;Company;ACV;Renewal date;Note
C-1;acme;1200;31.12.2026;called
C-2;beta;900;15.01.2027;
C-3;;5;15.01.2027;
C-1;acme;7;15.01.2027;
"""
HOME = "/sources/imports"
SAID = {
    "becomes": "contracts", "source": "crm", "dates": "day_first", "zone": "UTC",
    "column_0": "@key", "column_1": "@account", "column_2": ".value", "column_3": ".renews_on", "column_4": "-",
}  # fmt: skip


@pytest.fixture
def own(fresh: Cast) -> Cast:
    """The workspace of the pictures, with an inbox that a test may change."""
    return replace(fresh, inbox=Inbox(None))


def _give(
    visitor: Visitor, holds: bytes, *, name: str = "contracts.csv", token: str | None = None, **headers: str
) -> Answer:
    token = visitor.get(HOME).token if token is None else token
    body = (
        f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    )
    said = {"content-type": "multipart/form-data; boundary=b", **headers}
    return visitor._run("POST", f"{HOME}/uploads", body.encode() + holds + b"\r\n--b--\r\n", said)


def _given(visitor: Visitor, holds: bytes = CONTRACTS) -> str:
    answer = _give(visitor, holds)
    assert answer.status == 303
    return answer.headers["location"]


def _came(cast: Cast) -> list[str]:
    return [each.name for each in cast.inbox.take(0, 1_000).events]


def test_a_file_is_mapped_tried_and_taken_in_only_when_confirmed(own: Cast) -> None:
    marta = signed_in(own)
    upload = _given(marta)
    asked = marta.get(upload).text
    assert re.search(r'value="@account" selected', asked)
    assert re.search(r'value="\.renews_on" selected', asked)
    assert marta.submit(upload, f"{upload}/dry-run", SAID).headers["location"] == f"{upload}/dry-run"
    tried = marta.get(f"{upload}/dry-run").text
    assert "contracts.csv would bring 2 events" in tried
    assert "Company is empty" in tried
    assert "an earlier line of the file is of acme, C-1 as well" in tried
    assert _came(own) == []
    assert Imports(own.operations).newest() == []
    taken = marta.submit(f"{upload}/dry-run", HOME, {"upload": upload.rpartition("/")[2]})
    assert taken.headers["location"] == f"{HOME}/1"
    assert "2 events from 4 rows or lines" in marta.get(f"{HOME}/1").text
    assert "contracts.csv" in marta.get(HOME).text
    assert _came(own) == ["signed", "signed"]
    assert [each.import_id for each in own.inbox.take(0, 1_000).imported] == [1]
    assert marta.get(upload).status == 404, "what was taken in is kept no longer"


def test_another_kind_of_row_is_guessed_anew(own: Cast) -> None:
    marta = signed_in(own)
    upload = _given(marta, b"Score,Email,When\n9,ada@acme.example,2026-11-01\n")
    assert 'value="@score" selected' in marta.get(upload).text
    people = marta.get(f"{upload}?becomes=people").text
    assert 'value="@score"' not in people
    assert 'value="@person" selected' in people


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": " "}, "name the source"),
        ({"column_2": "@account"}, "two columns are to be “The account”"),
        ({"becomes": "tickets", "column_0": ""}, "choose the column that is “Its own id”"),
        ({"becomes": "memberships"}, "choose the column that is “The person”"),
        ({"zone": "Mars"}, "there is no time zone"),
        ({"column_4": ".value"}, "two columns are to be value"),
    ],
)
def test_a_mapping_that_cannot_be_keeps_what_was_chosen(own: Cast, change: dict[str, str], says: str) -> None:
    marta = signed_in(own)
    upload = _given(marta)
    answer = marta.submit(upload, f"{upload}/dry-run", SAID | change)
    assert answer.status == 422
    assert says in answer.text
    assert 'value="@account" selected' in answer.text


def test_a_file_that_cannot_be_read_says_why_and_can_be_discarded(own: Cast) -> None:
    marta = signed_in(own)
    upload = _given(marta, b"")
    answer = marta.get(upload)
    assert answer.status == 422
    assert "is empty" in answer.text
    assert marta.submit(upload, f"{upload}/removal").headers["location"] == f"{HOME}?act=discarded_file"
    assert marta.get(upload).status == 404


def test_an_import_of_which_most_would_be_refused_is_not_offered_and_refused(own: Cast) -> None:
    marta = signed_in(own)
    upload = _given(marta, b"Contract ID;Company;ACV\nC-1;;1\nC-2;;1\n")
    said = {key: value for key, value in SAID.items() if key not in ("column_3", "column_4")}
    marta.submit(upload, f"{upload}/dry-run", said)
    tried = marta.get(f"{upload}/dry-run").text
    assert "Nothing of contracts.csv would be taken in" in tried
    assert "Take in" not in tried
    answer = marta.submit(f"{upload}/dry-run", HOME, {"upload": upload.rpartition("/")[2]})
    assert answer.headers["location"] == f"{HOME}/1"
    assert "broke off" in marta.get(f"{HOME}/1").text
    assert _came(own) == []


def test_an_import_is_undone_by_its_page(own: Cast) -> None:
    undone: list[tuple[int, str]] = []

    def undo(import_id: int, by: str) -> int:
        undone.append((import_id, by))
        imports = Imports(own.operations)
        imports.undo(imports.begin_undo(import_id), events=2, by=by, now=own.now)
        return 2

    marta = Visitor(build(own.desk(undo_import=undo), members=own.members))
    marta.cookies = signed_in(own).cookies
    number = Imports(own.operations).begin(
        source="crm", file="a.csv", format="csv", mapping={}, by="marta@waypost.test", now=own.now
    )
    assert "is being taken in" in marta.get(f"{HOME}/{number}").text
    Imports(own.operations).end(number, now=own.now, lines=2, events=2, refused={"twice": 1})
    assert "1 refused: twice" in marta.get(f"{HOME}/{number}").text
    assert marta.submit(f"{HOME}/{number}", f"{HOME}/{number}/undo").headers["location"] == f"{HOME}/{number}"
    assert undone == [(number, "marta@waypost.test")]
    assert "2 events hold no longer" in marta.get(f"{HOME}/{number}").text
    again = marta.submit(HOME, f"{HOME}/{number}/undo")
    assert again.status == 422
    assert "was undone already" in again.text
    assert marta.get(f"{HOME}/99").status == 404
    assert marta.get(f"{HOME}/x").status == 404


def test_only_owners_give_files_and_other_sites_none(own: Cast) -> None:
    nils, marta = signed_in(own, "nils@waypost.test"), signed_in(own)
    assert "Take in a CSV file" not in nils.get(HOME).text
    assert _give(nils, CONTRACTS, token="x").status == 403
    assert _give(marta, CONTRACTS, token="x").status == 403
    assert _give(marta, CONTRACTS, sec_fetch_site="cross-site").status == 403
    assert "not taken in yet" not in marta.get(HOME).text
    assert _give(Visitor(marta.app), CONTRACTS, token="x").headers["location"].startswith("/sign-in")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(own: Cast) -> None:
    marta = signed_in(own)
    assert _give(marta, CONTRACTS, content_length=str(MOST_BYTES + 1)).status == 413
    assert marta.submit(HOME, f"{HOME}/uploads").status == 422


def test_uploads_are_kept_for_a_day_and_not_many(tmp_path: Path, own: Cast) -> None:
    uploads = Uploads(tmp_path / "uploads")
    for _ in range(MOST_KEPT):
        with (tmp_path / "a.csv").open("wb+") as file:
            uploads.keep(file, "..\\a/../b.csv", by="ada", now=own.now)
    assert {each.name for each in uploads.all()} == {"b.csv"}
    with (tmp_path / "a.csv").open("rb") as file, pytest.raises(Exception, match="files wait"):
        uploads.keep(file, "a.csv", by="ada", now=own.now)
    with (tmp_path / "a.csv").open("rb") as file:
        kept = uploads.keep(file, "a.csv", by="ada", now=own.now + KEPT_FOR + timedelta(seconds=1))
    assert uploads.all() == [kept]
    assert len(list((tmp_path / "uploads").iterdir())) == 2
    with pytest.raises(Exception, match="taken in, discarded"):
        uploads.get("../../etc/passwd")


def _sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_a_file_is_taken_in_with_keys_alone(
    chromium: Browser, own: Cast, tmp_path: Path, width: int, theme: str
) -> None:
    (tmp_path / "contracts.csv").write_bytes(CONTRACTS)
    with serving(own) as served:
        context = opened(chromium, served, width=width, theme=theme)
        page = context.new_page()
        page.goto(HOME)
        _sound(page)
        # The browser's own dialogue is not the page's: the file is put in, and all else is done by keys.
        page.get_by_label("The file").set_input_files(tmp_path / "contracts.csv")
        page.get_by_label("The file").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "What do the columns of contracts.csv mean?"
        )
        _sound(page)
        page.get_by_label("Note").focus()
        page.keyboard.type("Left")
        page.get_by_label("Source", exact=True).focus()
        page.keyboard.type("crm")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("contracts.csv would bring 2 events")
        expect(page.get_by_role("table", name="The first rows, and the events of each")).not_to_contain_text(
            "called"
        )
        _sound(page)
        page.get_by_role("button", name="Take in 2 events").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("contracts.csv was taken in")
        _sound(page)
        context.close()


@pytest.mark.browser
def test_a_file_is_taken_in_without_script(chromium: Browser, own: Cast, tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_bytes(CONTRACTS)
    with serving(own) as served:
        context = opened(chromium, served, script=False)
        page = context.new_page()
        page.goto(HOME)
        page.get_by_label("The file").set_input_files(tmp_path / "contracts.csv")
        page.get_by_role("button", name="Look at its columns").click()
        page.get_by_label("The rows become").select_option("contracts")
        page.get_by_role("button", name="Guess the columns for this").click()
        page.get_by_label("Source", exact=True).fill("crm")
        page.get_by_role("button", name="See what it would change").click()
        page.get_by_role("button", name="Take in 2 events").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("contracts.csv was taken in")
        context.close()
