"""Adding a source in a real browser: with keys alone, and without script."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.show.cast import Cast
from tests.show.conftest import Served, opened, serving
from waypost.store import Sources

pytestmark = pytest.mark.browser
QUERY = "select id, user_id, org_id, ended_at, rows from runs"


@contextmanager
def product_of(folder: Path, cast: Cast) -> Iterator[tuple[Served, str]]:
    """Serve a workspace whose pages may read a database of forty runs; every tenth cannot be an event."""
    with closing(sqlite3.connect(folder / "product.db")) as rows, rows:
        rows.execute("create table runs (id integer, user_id text, org_id text, ended_at text, rows real)")
        rows.executemany(
            "insert into runs values (?, ?, 'acme', ?, ?)",
            [
                (
                    nr,
                    ["ada", "ben", None][nr % 3],
                    f"2026-11-0{1 + nr % 9} 02:{nr:02}:00" if nr % 10 else "soon",
                    nr,
                )
                for nr in range(1, 41)
            ],
        )
    with serving(cast, readable=(folder,)) as served:
        yield served, f"sqlite:///{folder}/product.db"


def tab_to(page: Page, name: str) -> None:
    """Press the tab key until what is named so has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(
            "n => [document.activeElement].some(e => (e.labels?.[0]?.innerText ?? e.innerText ?? '').trim() === n)",
            name,
        ):
            return
    raise AssertionError(f"no key leads to {name}")


def test_a_source_is_added_with_keys_alone(chromium: Browser, fresh: Cast, tmp_path: Path) -> None:
    with product_of(tmp_path, fresh) as (served, address):
        context = opened(chromium, served)
        page = context.new_page()
        page.goto("/sources")
        tab_to(page, "Add a source")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Where does the news come from?")
        page.get_by_role("link", name="Choose: A database query").press("Enter")
        for label, text in (
            ("Name of the source", "product-db"),
            ("Address of the database", address),
            ("One SELECT", QUERY),
        ):
            tab_to(page, label)
            page.keyboard.type(text)
        tab_to(page, "Test it")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The database answers")
        tab_to(page, "Name of the event")
        page.keyboard.type("export_run")
        tab_to(page, "Preview")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("18 rows fit, 2 would be refused")
        tab_to(page, "Save the source")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_contain_text("Source added")
        expect(page).to_have_url(re.compile("/sources/product-db"))
        assert Sources(fresh.operations, bytes(32)).get("product-db").mapping["cursor"] == "id"
        context.close()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_every_step_is_without_violation_and_keeps_what_was_typed(
    width: int, theme: str, chromium: Browser, fresh: Cast, tmp_path: Path
) -> None:
    with product_of(tmp_path, fresh) as (served, address):
        context = opened(chromium, served, width=width, theme=theme)
        page = context.new_page()
        page.goto("/connect/query")
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_role("alert")).to_contain_text("3 things stand in the way")
        _is_sound(page, width)
        page.get_by_label("Name of the source").fill("product-db")
        page.get_by_label("Address of the database").fill(address)
        page.get_by_label("One SELECT").fill(QUERY)
        page.get_by_role("button", name="Test it").click()
        page.get_by_label("Name of the event").fill("export_run")
        _is_sound(page, width)
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#preview")).to_contain_text("ended_at is 'soon'")
        _is_sound(page, width)
        page.get_by_role("button", name="Save the source").click()
        expect(page).to_have_url(re.compile("/sources/product-db"))
        context.close()


def test_a_source_is_added_without_script(chromium: Browser, fresh: Cast, tmp_path: Path) -> None:
    with product_of(tmp_path, fresh) as (served, address):
        context = opened(chromium, served, script=False)
        page = context.new_page()
        page.goto("/connect/query")
        page.get_by_label("Name of the source").fill("product-db")
        page.get_by_label("Address of the database").fill(address)
        page.get_by_label("One SELECT").fill(QUERY)
        page.get_by_role("button", name="Test it").click()
        page.get_by_label("Name of the event").fill("export_run")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Save the source").click()
        expect(page).to_have_url(re.compile("/sources/product-db"))
        context.close()


def _is_sound(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
