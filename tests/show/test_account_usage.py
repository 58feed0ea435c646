"""The Usage tab: what it says is what the measures say, and every number opens what it counts."""

import re
from datetime import date

import polars as pl
import pytest

from tests.show.cast import HALCYON, Cast
from tests.show.visitor import Visitor
from waypost.measure import Catalogue, MeasureLevel, Subjects, measures_of, usage_measure, usage_values
from waypost.store import Definitions

PAGE = "/accounts/halcyon/usage?cutoff=2026-11-19"
CUTOFF = date(2026, 11, 19)
LINK = re.compile(r'<a class="opens" href="([^"]+)">([^<]+)</a>')


def catalogue_of(cast: Cast) -> Catalogue:
    newest = Definitions(cast.operations).newest()
    return Catalogue.from_document(
        next(each.document for each in newest if each.kind == "catalogue"), where="cast"
    )


def value_of(cast: Cast, key: str, actor: str = "human", cutoff: date = CUTOFF) -> float | None:
    measure = usage_measure(key)
    assert measure
    values = usage_values(
        cast.warehouse, [measure], Subjects.accounts([HALCYON]), [cutoff], catalogue_of(cast)
    )
    value: float | None = values.filter(pl.col("actor") == actor)["value"].item()
    return value


def test_the_tab_stands_beside_the_overview(marta: Visitor) -> None:
    assert 'href="/accounts/halcyon/usage"' in marta.get("/accounts/halcyon").text
    page = marta.get(PAGE).text
    assert '<a href="/accounts/halcyon/usage" aria-current="page">Usage</a>' in page
    assert "Use up to Thu 19 Nov" in page


def test_every_number_of_the_tab_opens_a_page_that_says_the_same_number(marta: Visitor) -> None:
    links = LINK.findall(marta.get(PAGE).text)
    assert len(links) > 20
    for href, said in links:
        opened = marta.get(href).text
        assert f'<p class="value-line">{said}<small>' in opened, (href, said)


def test_the_tab_says_what_the_measures_say(marta: Visitor, cast: Cast) -> None:
    page = marta.get(PAGE).text
    wau = round(value_of(cast, "wau") or 0)
    assert f"{wau} " in page[page.index('id="weeks-title"') :][:40]
    assert wau > 0
    never = round(value_of(cast, "people_never_used", "all") or 0)
    assert f"{never} people have access and never used it" in page
    assert f">{round(value_of(cast, 'rhythm_28') or 0)} days of use</a>" in page


def test_items_are_listed_page_by_page_and_add_up_in_the_file(marta: Visitor, cast: Cast) -> None:
    never = round(value_of(cast, "people_never_used", "all") or 0)
    address = "/measures/people_never_used/items?level=account&id=halcyon&cutoff=2026-11-19"
    page = marta.get(address).text
    assert f"{never} items that add up to it" in page
    assert f"1 to {min(never, 100)} of {never}" in page or never <= 100
    lines = marta.get(address.replace("/items", "/items.csv")).text.splitlines()
    assert lines[0] == "item,value,person_id,account_id,feature,happened_at,detail"
    assert sum(float(line.split(",")[1]) for line in lines[1:]) == never
    said = marta.get(address.replace("/items", "/items.json")).text
    assert f'"value":{float(never)}' in said


@pytest.mark.parametrize("key", [each.key for each in measures_of(MeasureLevel.ACCOUNT)])
def test_every_measure_has_a_page_and_items(marta: Visitor, key: str) -> None:
    assert "The SQL behind it" in marta.get(f"/measures/{key}").text
    assert marta.get(f"/measures/{key}/items?level=account&id=halcyon&cutoff=2026-11-19").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/measures/none",
        "/measures/none/items?level=account&id=halcyon",
        "/measures/wau/items",
        "/measures/wau/items?level=person&id=tom",
        "/measures/wau/items?level=account&id=nobody",
        "/measures/wau/items?level=segment&id=nobody",
        "/measures/feature_uses_28/items?level=account&id=halcyon&feature=none",
        "/accounts/nobody/usage",
    ],
)
def test_what_is_not_there_is_not_found(marta: Visitor, path: str) -> None:
    assert marta.get(path).status == 404


def test_a_person_and_a_segment_open_too(marta: Visitor) -> None:
    assert "Tom Ebert" in marta.get("/measures/active_days_28/items?level=person&id=tom").text
    assert "Enterprise, EU" in marta.get("/measures/wau/items?level=segment&id=enterprise_eu").text
    used = marta.get("/measures/feature_uses_28/items?level=account&id=halcyon&feature=reports_exported")
    assert "Feature: Reports exported" in used.text


def test_an_account_without_use_says_what_will_appear(marta: Visitor) -> None:
    page = marta.get("/accounts/beta/usage").text
    assert "Nothing was ever used here" in page
    unknown = marta.get("/measures/days_since_use/items?level=account&id=beta").text
    assert "Unknown is not zero" in unknown


def test_one_account_never_shows_the_use_of_another(marta: Visitor) -> None:
    acme = marta.get("/accounts/acme/usage").text
    assert "Cleo Marsh" not in acme
    assert "Tom Ebert" not in acme


def test_the_list_and_the_files_hold_every_measure(marta: Visitor) -> None:
    page = marta.get("/measures").text
    for level in MeasureLevel:
        assert all(f'href="/measures/{each.key}"' in page for each in measures_of(level))
    assert 'href="/measures/feature_trend"' in page
    assert "stickiness_28" not in marta.get("/measures?level=person").text
    assert len(marta.get("/measures.csv").text.splitlines()) > 30
    features = marta.get("/accounts/halcyon/usage.csv?cutoff=2026-11-19").text.splitlines()
    assert features[0].startswith("feature,name,group,state,first_on")
    assert len(marta.get("/accounts/halcyon/usage/weeks.csv").text.splitlines()) == 27


def test_sessions_come_after_the_page_and_have_a_link_without_script(marta: Visitor) -> None:
    assert 'hx-get="/accounts/halcyon/usage/sessions?cutoff=2026-11-19"' in marta.get(PAGE).text
    rows = marta.get("/accounts/halcyon/usage/sessions?cutoff=2026-11-19").text
    assert "Sessions in 28 days" in rows
    assert "<html" not in rows


def test_features_are_chosen_in_the_address(marta: Visitor) -> None:
    everything, core = marta.get(PAGE).text, marta.get(f"{PAGE}&features=core").text
    assert "<small>Secondary</small>" in everything
    assert core.count("<small>Core</small>") == 3
    assert "<small>Secondary</small>" not in core


def test_what_was_expected_comes_after_the_page_and_by_a_link_without_script(marta: Visitor) -> None:
    page = marta.get("/accounts/acme/usage?cutoff=2026-11-18").text
    assert 'hx-get="/accounts/acme/usage/weeks?cutoff=2026-11-18"' in page
    assert "cutoff=2026-11-18&amp;expected=yes" in page
    panel = marta.get("/accounts/acme/usage/weeks?cutoff=2026-11-18").text
    assert "Nothing is expected of the newest week: there is nobody like it to compare with yet." in panel
    assert "<html" not in panel
    kept = marta.get("/accounts/acme/usage?cutoff=2026-11-18").text
    assert 'hx-get="/accounts/acme/usage/weeks' not in kept, "what is worked out once is drawn at once"


def test_too_little_evidence_calls_nobody(marta: Visitor) -> None:
    page = marta.get("/accounts/halcyon/usage?cutoff=2026-11-18&expected=yes").text
    assert "Each of 4 people against their own past" in page
    assert "Nobody’s own use fell" in page


def test_every_account_has_its_weeks_as_a_file_with_the_band(marta: Visitor) -> None:
    lines = marta.get("/accounts/halcyon/usage/weeks.csv?cutoff=2026-11-18").text.splitlines()
    assert lines[0] == "week_ends_on,people,expected,low,high,called,days_of_use,uses,automated_uses"
    assert lines[-1].startswith("2026-11-18,")
