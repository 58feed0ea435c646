"""Every page in Chromium: light, dark and 390 px, without an axe violation, a policy violation or overflow."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from tests.show.conftest import Served, opened

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/accounts",
    "/accounts?band=at_risk&period=90d&sort=name",
    "/accounts/halcyon?since=2026-10-23",
    "/accounts/halcyon?people=table",
    "/accounts/acme?people=people",
    "/accounts/osprey~2Fmedia",
    "/accounts/halcyon/reasons/A?since=2026-10-23",
    "/accounts/halcyon/events",
    "/accounts/halcyon/usage",
    "/measures",
    "/measures/stickiness_28",
    "/measures/seat_use",
    "/measures/adoption/items?id=halcyon&cutoff=2026-11-19",
    "/measures/wau/items?level=account&id=halcyon&cutoff=2026-11-19",
    "/people",
    "/people/tom",
    "/people/tom/usage",
    "/people/ada?before=2026-11-15",
    "/people?standing=strays&journey=analyst&sort=active",
    "/segments",
    "/segments/enterprise_eu?who=halcyon",
    "/segments/new",
    "/segments/new?of=people&w0.kind=standing&w0.standing=strayed&w1.group=any&w1.0.kind=champion&w1.1.kind=words&who=ada",
    "/segments/enterprise_eu/edit",
    "/journeys",
    "/journeys/analyst",
    "/journeys/analyst?compare=month",
    "/journeys/analyst/times?compare=role",
    "/journeys/analyst/who?milestone=first_7&standing=strays",
    "/journeys/new",
    "/journeys/analyst/edit",
    "/journeys/analyst/edit?add_feature=reports_shared&at_least=3&by_day=30",
    "/journeys/analyst/odds",
    "/journeys/analyst/sensing",
    "/journeys/matter?journey=analyst&by=30",
    "/journeys/matter?by=7",
    "/retention?by=month&rows=2026-04-01",
    "/retention/members?by=month&cohort=2026-04-01&period=7",
    "/funnel?s1=provisioned&s2=any&s3=f.export&split=role&since=2026-03-01",
    "/funnel/members?s1=provisioned&s2=any&step=2&side=not&since=2026-03-01",
    "/paths?span=365",
    "/interventions",
    "/interventions/first_week_back",
    "/catalogue",
    "/catalogue?show=settings",
    "/catalogue?show=noise",
    "/catalogue?show=proposals",
    "/catalogue/features/reports_exported",
    "/catalogue/settings/scheduled_reports",
    "/catalogue/events?source=segment%3Aweb&kind=page&name=Carrier+rates",
    "/catalogue/events?source=segment%3Aweb&kind=page&name=Carrier+rates&by=people",
    "/catalogue/additions?event=Carrier+rates&kind=page",
    "/catalogue/draft",
    "/sources",
    "/sources/segment~3Aweb",
    "/sources/segment~3Aweb/unmatched",
    "/sources/segment~3Aweb/events?kind=page&name=Carrier+rates",
    "/sources/refused",
    "/sources/imports",
    "/sources/billing/runs",
    "/sources/billing",
    "/connect",
    "/connect/query",
    "/connect/log",
    "/connect/sdk",
    "/connect/drain",
    "/connect/hook",
    "/connect/file",
    "/catalogue/coverage",
    "/start",
    "/settings",
    "/find?q=halcyon",
    "/sample/removal",
    "/gallery",
)
DOORS = ("/sign-in", "/invitations/none", "/unsubscribe/none")
EVERY_RULE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# The dark page is the light one in other colours; the phone shows the same colours in another order.
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
ALL_BUT_COLOURS = {**EVERY_RULE, "rules": {"color-contrast": {"enabled": False}}}
LOOKS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "light": (1440, "light", EVERY_RULE),
    "dark": (1440, "dark", ONLY_COLOURS),
    "phone": (390, "light", ALL_BUT_COLOURS),
}


@pytest.fixture(scope="module", params=LOOKS)
def look(
    request: pytest.FixtureRequest, chromium: Browser, served: Served
) -> Iterator[tuple[BrowserContext, dict[str, Any]]]:
    width, theme, rules = LOOKS[request.param]
    context = opened(chromium, served, width=width, theme=theme)
    yield context, rules
    context.close()


@pytest.mark.parametrize("path", [*PAGES, *DOORS])
def test_a_page_has_no_violation_and_fits_its_window(
    path: str, look: tuple[BrowserContext, dict[str, Any]]
) -> None:
    context, rules = look
    if path in DOORS:
        context.clear_cookies()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(path)
    assert answer
    assert answer.status < 500
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    found = Axe().run(page, options=rules)
    page.close()
    assert [line for line in said if "401" not in line and "404" not in line and "410" not in line] == []
    assert wide[0] <= wide[1]
    assert found.violations_count == 0, found.generate_report()
