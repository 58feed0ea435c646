"""The keys: the list of them, going to a place, and turning single keys off."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.show.conftest import Served, opened

pytestmark = pytest.mark.browser


def test_a_question_mark_opens_the_list_of_keys_and_escape_closes_it(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("/accounts$"))
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_g_and_the_letter_of_a_place_go_there(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/")
    for key, path in (("a", "/accounts"), ("j", "/journeys"), ("s", "/sources"), ("t", "/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"[0-9]{path}$"))


def test_a_letter_without_g_before_it_goes_nowhere(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile("/accounts$"))


def test_single_keys_that_are_turned_off_do_nothing(chromium: Browser, served: Served) -> None:
    context = opened(chromium, served)
    page = context.new_page()
    page.goto("/settings")
    page.get_by_role("group", name="Single keys").get_by_label("Off").check()
    page.get_by_role("button", name="Keep it").click()
    page.goto("/accounts")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(page).to_have_url(re.compile("/accounts$"))
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    context.close()


def test_a_column_is_hidden_and_shown_by_key(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts")
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
    page.get_by_text("Columns", exact=True).press("Enter")
    page.get_by_role("link", name="Hide Owner").press("Enter")
    expect(page.get_by_role("columnheader", name="Owner")).to_have_count(0)
    page.get_by_text("Columns", exact=True).press("Enter")
    page.get_by_role("link", name="Show Owner").press("Enter")
    expect(page.get_by_role("columnheader", name="Owner")).to_be_visible()
