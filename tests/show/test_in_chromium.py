"""What people do in a browser: with keys alone, and without any script."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.show.cast import PASSWORD
from tests.show.conftest import Served, opened

pytestmark = pytest.mark.browser


def test_a_touch_is_chosen_snoozed_and_taken_back_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/")
    expect(page.locator("#touch-title")).to_have_text("Call Tom Ebert about exports")
    page.keyboard.press("j")
    expect(page.locator("#touch-title")).to_have_text("Office hours for 33 strays")
    page.keyboard.press("k")
    expect(page.locator("#touch-title")).to_have_text("Call Tom Ebert about exports")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Until when?")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Touch snoozed.")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 touches wait for you")
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 touches wait for you")
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Touch done.")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 touches wait for you")
    page.keyboard.press("x")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why skip it?")
    page.go_back()
    expect(page.locator("#touch-title")).to_have_text("Call Tom Ebert about exports")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", level=1)).to_have_text("Halcyon Freight")


def test_an_account_is_found_and_its_reasons_followed_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts")
    page.keyboard.press("/")
    page.keyboard.type("halcyon fr")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 match")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Halcyon Freight")
    page.get_by_role("link", name="90 days", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("since=90d"))
    page.locator(".reasons a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reports exported fell")


def test_the_first_key_leads_to_the_content_and_focus_is_seen(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts/halcyon")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
        " return [e.closest('main') !== null, s.outlineStyle, s.outlineWidth]; })()"
    )
    assert focused == [True, "solid", "2px"]


def test_a_menu_opens_and_closes_by_key_and_a_filter_is_applied(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/accounts")
    summary = page.locator("details.menu > summary", has_text="Filter")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Fell", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Fell", exact=True)).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Fell", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_have_text("3 of 55")


def test_a_source_key_is_made_and_revoked_by_key(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/sources")
    page.get_by_label("Name of a new key").fill("browser-test")
    page.keyboard.press("Enter")
    expect(page.locator("#new-key")).to_contain_text("wk_")
    page.get_by_role("button", name="Revoke browser-test").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Key revoked")


def test_an_event_is_mapped_from_its_source_and_published_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/sources/segment~3Aweb")
    page.locator("#live-turn").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live-turn")).to_have_text("Go on")
    expect(page.locator("#live-turn")).to_be_focused()
    page.get_by_role("link", name="Say what Carrier rates is").press("Enter")
    page.get_by_label("Noise: it means nothing").press(" ")
    page.get_by_role("button", name="See what changes").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change waits to be published")
    expect(page.get_by_role("table", name="Features, settings and noise before and after")).to_contain_text(
        "Noise"
    )
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    page.get_by_role("button", name="Discard").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Draft discarded")


def test_a_journey_stage_opens_its_people_by_key(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/journeys/analyst")
    page.locator(".trail.wide-only a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4 people strayed at First 7 days")


def test_an_event_is_given_a_meaning_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/catalogue?show=proposals")
    page.get_by_role("link", name="Give Carrier rates a meaning").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What does Carrier rates mean?")
    page.get_by_label("Name of a new feature").fill("Rates opened")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change waits to be published")
    expect(page.locator("#foreseen")).to_contain_text("Nothing would change")
    page.get_by_role("button", name="Discard").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Draft discarded.")


def test_everything_reads_and_every_form_works_without_script(chromium: Browser, served: Served) -> None:
    context = opened(chromium, served, script=False)
    page = context.new_page()
    page.goto("/accounts/halcyon?since=2026-10-23")
    expect(page.get_by_role("heading", name="Why health went from 72 to 58")).to_be_visible()
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.locator("#people td").first).to_be_visible()
    page.locator(".timeline summary").click()
    page.get_by_label("Note on Halcyon Freight").fill("Written without script")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#timeline")).to_contain_text("Written without script")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#timeline")).not_to_contain_text("Written without script")
    page.goto("/start")
    expect(page.locator("#waiting")).to_contain_text("without script, reload the page")
    page.goto("/catalogue/additions?event=Carrier+rates&kind=page")
    page.get_by_label("Noise: they mean nothing").check()
    page.get_by_role("button", name="Put it into the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 change waits to be published")
    page.get_by_role("button", name="Discard").click()
    context.close()


def test_signing_in_and_out_works_without_script(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(base_url=served.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/people")
    page.get_by_label("E-mail").fill("nils@waypost.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/people$"))
    page.goto("/settings")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_the_theme_of_a_member_goes_before_that_of_the_machine(chromium: Browser, served: Served) -> None:
    context = opened(chromium, served, theme="light")
    page = context.new_page()
    page.goto("/settings")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Keep it").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 17, 22)"
    context.close()
