"""Retention, funnel and paths with keys alone."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.show.conftest import Served, opened

pytestmark = pytest.mark.browser


def test_a_cell_is_opened_and_its_other_side_saved_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/retention?by=month")
    page.locator(".cohorts td.heat a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("came back, same month")
    side = page.get_by_role("link", name=re.compile("Did not"))
    side.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("did not come back")
    page.get_by_label("Name of the segment").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Not back in April")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/segments/not_back_in_april_"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Not back in April")


def test_cohorts_are_compared_and_periods_turned_by_key(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/retention?by=month")
    page.get_by_role("link", name="Apr 2026: compare its curve").press("Enter")
    expect(page).to_have_url(re.compile("rows=2026-04-01"))
    expect(page.get_by_role("link", name="Stop comparing", exact=True)).to_be_visible()
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile("to=2025-11-01"))
    page.keyboard.press("]")
    expect(page).not_to_have_url(re.compile("to="))


def test_a_funnel_is_asked_by_its_form_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/funnel")
    page.get_by_label("Split by").focus()
    page.keyboard.type("Role")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page).to_have_url(re.compile("split=role"))
    page.get_by_label("Entered from").fill("2026-03-01")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_role("heading", name="The same by role")).to_be_visible()
    page.get_by_role("link", name=re.compile("First use of anything: .* did not")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("did not do “First use of anything”")


def test_a_path_opens_its_people_without_script(chromium: Browser, served: Served) -> None:
    context = opened(chromium, served, script=False)
    page = context.new_page()
    page.goto("/paths")
    page.get_by_label("Got access").select_option("365")
    page.get_by_role("button", name="Show").click()
    page.locator(".tree tbody a").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("people: ")
    context.close()
