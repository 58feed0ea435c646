"""Which pages are visited, and how: every address of docs/reference/pages.md that shows something of customers.

An address may hold {account}, {person} and {touch}; each visit then goes to another one. What a page should take is the
target of its kind: a page of one account or person, a list of all of them, or a file with all of them.
"""

from typing import NamedTuple

TARGETS_MS = {"one": 150.0, "list": 300.0, "file": None}
A_CONDITION = "of=people&w0.kind=standing&w0.standing=strayed&w0.standing=lapsed"
TWO_CONDITIONS = f"{A_CONDITION}&w1.kind=feature&w1.feature=reports_opened&w1.at_least=1&w1.in_days=28"


class Page(NamedTuple):
    """A page: what it is one of, and its address."""

    kind: str
    address: str


ONE = (
    "/accounts/{account}",
    "/accounts/{account}?people=table",
    "/accounts/{account}?people=people",
    "/accounts/{account}?since=90d",
    "/accounts/{account}?show=usage",
    "/accounts/{account}?in=period%3D30d",
    "/accounts/{account}/usage",
    "/accounts/{account}/usage?expected=yes",
    "/accounts/{account}/usage/weeks",
    "/accounts/{account}/usage/sessions",
    "/accounts/{account}/reasons/A",
    "/accounts/{account}/events",
    "/people/{person}",
    "/people/{person}/usage",
    "/measures/active_days_28/items?level=account&id={account}",
    "/measures/active_days_28/items?level=person&id={person}",
)
LISTS = (
    "/",
    "/?touch={touch}",
    "/accounts",
    "/accounts?sort=name&page=500",
    "/accounts?sort=strays",
    "/accounts?band=at_risk",
    "/accounts?moved=fell&tier=enterprise",
    "/accounts?segment=enterprise_eu",
    "/people",
    "/people?sort=name&page=500",
    "/people?sort=active",
    "/people?standing=strays",
    "/people?journey=clerk&standing=strays&role=clerk",
    "/people?q=person+77",
    "/people?feature=reports_opened&uses=1&in=28",
    "/people?segment=champions_astray",
    "/find?q=account+77",
    "/journeys",
    "/journeys/clerk",
    "/journeys/clerk?month=2026-08",
    "/journeys/clerk?compare=month",
    "/journeys/clerk?compare=tier",
    "/journeys/clerk?segment=enterprise_eu",
    "/journeys/clerk/who?milestone=first_30&standing=strays",
    "/journeys/clerk/times",
    "/journeys/clerk/odds",
    "/journeys/clerk/odds?who=at_risk&page=20",
    "/journeys/clerk/sensing",
    "/journeys/clerk/edit",
    "/journeys/matter",
    "/segments",
    "/segments/champions_astray",
    "/segments/enterprise_eu",
    f"/segments/new?{A_CONDITION}",
    f"/segments/new?{TWO_CONDITIONS}",
    "/retention",
    "/retention?who=accounts&by=month",
    "/retention?tier=enterprise",
    "/retention/members?cohort=2026-08-31&period=2",
    "/funnel",
    "/funnel?split=tier",
    "/funnel/members?step=2",
    "/paths",
    "/interventions",
    "/interventions/set_a_schedule",
    "/sources",
    "/catalogue",
    "/catalogue?show=settings",
    "/catalogue?show=noise",
    "/catalogue?show=proposals",
    "/catalogue/features/reports_opened",
    "/catalogue/features/reports_opened?by=accounts",
    "/catalogue/settings/carrier_sync",
    "/catalogue/events?name=Report+Exported&kind=track",
    "/measures",
    "/measures/active_days_28",
    "/start",
    "/settings",
)
FILES = (
    "/accounts.csv",
    "/accounts.csv?band=at_risk",
    "/accounts/{account}/people.csv",
    "/accounts/{account}/usage.csv",
    "/people.csv",
    "/people.csv?standing=strays",
    "/people/{person}/events.csv",
    "/segments/champions_astray/members.csv",
    "/journeys/clerk/map.csv",
    "/retention.csv",
    "/catalogue/features/reports_opened/users.csv",
)
PAGES = (
    *(Page("one", each) for each in ONE),
    *(Page("list", each) for each in LISTS),
    *(Page("file", each) for each in FILES),
)
