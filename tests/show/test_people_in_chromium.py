"""People, one person, segments and the builder with keys alone, live, and without script."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.show.conftest import Served, opened

pytestmark = pytest.mark.browser
STRAYS = "/segments/new?of=people&w0.kind=standing&w0.standing=strayed&w0.standing=lapsed"


def test_people_are_filtered_sorted_and_one_is_opened_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/people")
    page.get_by_label("Name, e-mail or id").focus()
    page.keyboard.type("halcyon")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=halcyon"))
    summary = page.locator("details.menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Strays", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("54 people strayed")
    page.get_by_role("link", name="Person", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.locator("th[aria-sort]")).to_have_text("Person")
    page.locator("tbody th a").first.press("Enter")
    expect(page.locator("#path")).to_contain_text("ago at")


def test_a_filtered_list_becomes_a_segment_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/people?standing=strays&account=acme")
    page.get_by_role("link", name="Save as segment").press("Enter")
    expect(page.locator(".live-count")).to_have_text("1 person fits today")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Strays at Acme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Strays at Acme")
    expect(page.locator(".toast")).to_contain_text("Saved.")
    page.get_by_role("button", name="Retire this segment").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Segment retired")


def test_a_rule_is_built_with_keys_alone_and_counts_as_it_grows(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/segments/new")
    expect(page.locator(".live-count")).to_have_text("56 people fit today")
    page.get_by_role("button", name="Condition", exact=True).press("Enter")
    kinds = page.get_by_label("What it is about")
    expect(kinds).to_have_count(2)
    kinds.nth(1).focus()
    kinds.nth(1).select_option("account")
    ids = page.locator("textarea")
    expect(ids).to_be_visible()
    ids.focus()
    page.keyboard.type("acme")
    expect(page.locator(".live-count")).to_have_text("1 person fits today")
    expect(page.locator(".sentence")).to_have_text("People who are strays, and who work at acme.")
    expect(page).to_have_url(re.compile("w1.account=acme"))
    expect(ids).to_be_focused()
    page.locator("#match").select_option("any")
    expect(page.locator(".live-count")).to_have_text("57 people fit today")
    page.reload()
    expect(page.locator(".live-count")).to_have_text("57 people fit today")
    page.get_by_role("button", name="Remove this condition").first.press("Enter")
    expect(page.locator(".live-count")).to_have_text("2 people fit today")


# Fills the textarea in the very task in which it appears, as the fastest fingers on the slowest machine would.
TYPES_AS_SOON_AS_IT_CAN = """() => {
  new MutationObserver((changes, watch) => {
    const box = document.querySelector("#rule-form textarea");
    if (!box) return;
    watch.disconnect();
    box.value = "acme";
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }).observe(document.body, { childList: true, subtree: true });
}"""


def test_what_is_typed_the_moment_a_condition_appears_counts(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/segments/new")
    page.evaluate(TYPES_AS_SOON_AS_IT_CAN)
    page.get_by_label("What it is about").select_option("account")
    expect(page.locator("textarea")).to_have_value("acme")
    expect(page.locator(".live-count")).to_have_text("2 people fit today")


def test_choices_are_ticked_and_the_rule_follows(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto(STRAYS)
    page.locator(".picked > summary").press("Enter")
    page.get_by_label("Strayed", exact=True).press("Space")
    expect(page.locator(".sentence")).to_have_text("People whose standing is lapsed.")
    page.get_by_label("Lapsed", exact=True).press("Space")
    expect(page.get_by_role("heading", name="The rule is not whole yet")).to_be_visible()


def test_why_somebody_is_in_or_out_is_asked_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/segments")
    page.locator("tbody th a").first.press("Enter")
    page.get_by_label("Name or id of an account").focus()
    page.keyboard.type("halcyon")
    page.keyboard.press("Enter")
    expect(page.locator(".verdicts")).to_contain_text("Whose tier is Enterprise")
    expect(page.get_by_text("is in", exact=False).first).to_be_visible()


def test_the_weeks_of_a_person_are_turned_with_keys_alone(window: BrowserContext) -> None:
    page = window.new_page()
    page.goto("/people/ana")
    page.get_by_role("link", name="Earlier", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("before="))
    page.get_by_role("link", name="Later", exact=True).press("Enter")
    expect(page.locator("#did")).to_contain_text("until before 21 Nov")


def test_a_segment_is_built_and_saved_without_script(chromium: Browser, served: Served) -> None:
    context = opened(chromium, served, script=False)
    page = context.new_page()
    page.goto("/segments/new")
    page.get_by_role("button", name="Group", exact=True).click()
    expect(page).to_have_url(re.compile(r"w1\.group=any"))
    kinds = page.get_by_label("What it is about")
    expect(kinds).to_have_count(3)
    kinds.nth(1).select_option("champion")
    kinds.nth(2).select_option("signs_renewal")
    page.locator("#preview-now").click()
    said = "People who are strays, and (who are champions or who sign the renewal)."
    expect(page.locator(".sentence")).to_have_text(said)
    page.get_by_label("Name", exact=True).fill("Without script")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Without script")
    page.get_by_role("button", name="Retire this segment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("segment")
    context.close()
