"""Segments and their builder: the rule in words, who fits and why, saved as versions, used by what."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.show.cast import NOW, TODAY, Cast, fill
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from tests.tale import ANALYST
from waypost.measure import STANDINGS, Level, Segment
from waypost.show.rules import Rules
from waypost.show.segment_words import Wording, listed
from waypost.store import Definitions

STRAYS = "of=people&w0.kind=standing&w0.standing=strayed&w0.standing=lapsed"


def publish(cast: Cast, *documents: dict[str, Any]) -> Visitor:
    Definitions(cast.operations).publish(list(documents), now=NOW, today=TODAY)
    return signed_in(cast)


def people_segment(key: str, *where: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "kind": "segment",
        "key": key,
        "name": key.capitalize(),
        "of": "people",
        "where": list(where),
        **more,
    }


def test_the_list_says_the_size_the_change_and_what_uses_each(fresh: Cast) -> None:
    strayed = people_segment("strayed", {"standing": ["strayed", "lapsed"]})
    made_of_it = people_segment("leads", {"segment": "strayed"}, {"champion": True})
    seen = people_segment("seen", {"seen_within_days": 7})
    play = next(each for each in Definitions(fresh.operations).newest("play")).document
    used = {**play, "audience": {"segments": ["strayed"]}}
    marta = publish(fresh, strayed, made_of_it, seen, used)
    page = marta.get("/segments").text
    assert "4 segments, 1 in use" in page
    assert "People who are strays." in page
    assert f'href="/interventions/{play["key"]}"' in page
    rows = {row["segment"]: row for row in csv.DictReader(io.StringIO(marta.get("/segments.csv").text))}
    assert (rows["strayed"]["size"], rows["strayed"]["change_28_days"]) == ("56", "56")
    assert rows["strayed"]["used_by"] == f"play {play['key']}; segment leads"
    assert (rows["seen"]["change_28_days"], rows["leads"]["size"]) == ("", "0")


def test_a_segment_says_its_rule_its_weeks_and_who_is_in_it(fresh: Cast) -> None:
    marta = publish(fresh, people_segment("strayed", {"standing": ["strayed", "lapsed"]}))
    page = marta.get("/segments/strayed").text
    assert "56 people today, +56 in 28 days" in page
    assert page.count('class="chart weeks') == 2
    week = (TODAY - timedelta(days=21)).strftime("%a %-d %b")
    assert re.search(rf"{week}</th><td class=\"number\">\d+<", page)
    assert 'href="/people?segment=strayed"' in page
    assert marta.get("/people?segment=strayed").text.count('<th scope="row">') == 50
    members = list(csv.DictReader(io.StringIO(marta.get("/segments/strayed/members.csv").text)))
    assert len(members) == 56
    assert {row["standing"] for row in members} == {"strayed", "lapsed"}
    assert marta.get("/segments/none").status == 404


def test_facts_without_dates_are_said_so(fresh: Cast) -> None:
    marta = publish(fresh, people_segment("seen", {"seen_within_days": 7}))
    page = marta.get("/segments/seen").text
    assert "kept for today alone" in page
    assert "chart weeks" not in page
    marta = publish(fresh, people_segment("named", {"words": "halcyon"}))
    assert "are told with those of today" in marta.get("/segments/named").text
    assert "are told with those of today" not in marta.get("/segments/enterprise_eu").text


def test_accounts_are_sized_and_listed_too(fresh: Cast) -> None:
    marta = signed_in(fresh)
    page = marta.get("/segments/enterprise_eu").text
    assert "2 accounts today" in page
    assert "Brightmoor Clinics" in page
    members = list(csv.DictReader(io.StringIO(marta.get("/segments/enterprise_eu/members.csv").text)))
    assert [row["account"] for row in members] == ["halcyon", "brightmoor"]


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("ana", ("Ana Sousa", "is not in", "On path at Sustained on the Analyst path")),
        ("leila%20haddad", ("Leila Haddad", "is in", "Strayed at First 60 days")),
        ("zzz", ("Nobody who is here today has this name", "", "")),
    ],
)
def test_each_condition_says_why_somebody_is_in_or_out(fresh: Cast, who: str, said: tuple[str, ...]) -> None:
    marta = publish(fresh, people_segment("strayed", {"standing": ["strayed", "lapsed"]}))
    for page in (f"/segments/strayed?who={who}", f"/segments/new?{STRAYS}&who={who}"):
        text = marta.get(page).text
        assert [each for each in said if each not in text] == []


def test_the_builder_counts_a_draft_and_says_it(marta: Visitor) -> None:
    page = marta.get(
        f"/segments/new?{STRAYS}&w1.group=any&w1.0.kind=champion&w1.1.kind=account&w1.1.account=acme"
    ).text
    assert "People who are strays, and (who are champions or who work at acme)." in page
    assert "<b>1</b>" in page
    assert "Ada Byron" in page


def test_a_rule_that_is_not_whole_says_where(marta: Visitor) -> None:
    page = marta.get("/segments/new?of=people&w0.kind=words").text
    assert "The rule is not whole yet" in page
    assert "Choose or enter something here." in page
    wrong = marta.get("/segments/new?of=people&w0.kind=seen_within_days&w0.seen_within_days=99999").text
    assert "Seen within days: a whole number from 0" in wrong


def test_what_a_form_leaves_empty_is_shown_as_any(marta: Visitor) -> None:
    page = marta.get(f"/segments/new?{STRAYS}&w0.journey=&w0.milestone=&w0.within_days=").text
    assert '<option value="">any journey</option>' in page
    assert '<option value="" selected></option>' not in page


def test_buttons_lead_to_the_address_of_the_changed_draft(marta: Visitor) -> None:
    answer = marta.get(f"/segments/new?{STRAYS}&do=add")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/segments/new?of=people&w0.kind=standing")
    assert "w1.kind=standing" in answer.headers["location"]
    live = marta.get(f"/segments/new?{STRAYS}&do=drop.0", hx_request="true")
    assert live.status == 200
    assert live.headers["hx-replace-url"] == "/segments/new?of=people"


def test_a_draft_is_saved_changed_and_kept_as_versions(fresh: Cast) -> None:
    marta = signed_in(fresh)
    made = marta.submit(f"/segments/new?{STRAYS}", "/segments", {"draft": STRAYS, "name": "Our strays"})
    assert made.headers["location"] == "/segments/our_strays?act=kept"
    again = marta.submit(f"/segments/new?{STRAYS}", "/segments", {"draft": STRAYS, "name": "Our strays"})
    assert again.headers["location"] == "/segments/our_strays_2?act=kept"
    edit = marta.get("/segments/our_strays/edit").text
    assert "Save as version 2" in edit
    changed = f"{STRAYS}&key=our_strays&w1.kind=champion"
    marta.submit("/segments/our_strays/edit", "/segments", {"draft": changed, "name": "Straying champions"})
    page = marta.get("/segments/our_strays").text
    assert "Straying champions" in page
    assert "2 versions" in page
    newest = next(
        each for each in Definitions(fresh.operations).newest("segment") if each.key == "our_strays"
    )
    assert newest.document["where"] == [{"standing": ["strayed", "lapsed"]}, {"champion": True}]
    assert newest.version == 2


def test_those_who_fit_today_can_be_kept_one_by_one(fresh: Cast) -> None:
    marta = signed_in(fresh)
    draft = "of=people&w0.kind=account&w0.account=acme"
    marta.submit(f"/segments/new?{draft}", "/segments", {"draft": draft, "name": "Acme now", "frozen": "1"})
    document = next(
        each for each in Definitions(fresh.operations).newest("segment") if each.key == "acme_now"
    ).document
    assert document["where"] == [{"ids": ["ada", "ben"]}]
    assert document["note"] == "Kept on 2026-11-20: People who work at acme."
    assert "2 people today" in marta.get("/segments/acme_now").text


def test_what_cannot_be_saved_says_why_and_keeps_the_draft(fresh: Cast) -> None:
    marta = signed_in(fresh)
    nameless = marta.submit(f"/segments/new?{STRAYS}", "/segments", {"draft": STRAYS, "name": " "})
    assert nameless.status == 422
    assert "Give it a name" in nameless.text
    assert "People who are strays." in nameless.text
    nobody = "of=people&w0.kind=account&w0.account=none"
    frozen = marta.submit(
        f"/segments/new?{STRAYS}", "/segments", {"draft": nobody, "name": "x", "frozen": "1"}
    )
    assert "between 1 and 10,000 can be kept one by one" in frozen.text
    marta = publish(fresh, people_segment("a", {"segment": "b"}), people_segment("b", {"role": "analyst"}))
    circle = "of=people&key=b&w0.kind=segment&w0.segment=a"
    assert "in a circle" in marta.submit("/segments/b/edit", "/segments", {"draft": circle, "name": "B"}).text


def test_a_segment_is_retired_when_nothing_uses_it(fresh: Cast) -> None:
    marta = publish(fresh, people_segment("a", {"role": "analyst"}), people_segment("b", {"segment": "a"}))
    refused = marta.submit("/segments/b", "/segments/a/retirement")
    assert refused.status == 409
    assert "used by the segment B" in refused.text
    assert marta.submit("/segments/b", "/segments/b/retirement").status == 303
    assert marta.get("/segments/b").status == 404
    assert marta.submit("/segments/a", "/segments/a/retirement").status == 303


CONDITIONS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"tier": "growth"}, "whose account’s tier is Growth", "whose account’s tier is not Growth"),
    (
        {"trait": "site.size", "is": "big"},
        "whose account’s site size is big",
        "whose account’s site size is not big",
    ),
    ({"value_at_least": 5000}, "is worth at least 5,000 a year", "is worth less than 5,000 a year"),
    ({"value_below": 5000}, "is worth less than 5,000 a year", "is worth at least 5,000 a year"),
    ({"renews_within_days": 1}, "renewal is within 1 day", "renewal is not within 1 day"),
    ({"moved": "rose", "in_days": 30}, "health rose over 30 days", "health did not rise over 30 days"),
    ({"strays_at_least": 2}, "has at least 2 strays", "has fewer than 2 strays"),
    ({"unknown": "owner"}, "owner is not known", "owner is known"),
    ({"role": "depot_clerk"}, "whose role is depot clerk", "whose role is not depot clerk"),
    ({"champion": False}, "who are not champions", "who are champions"),
    ({"signs_renewal": True}, "who sign the renewal", "who do not sign the renewal"),
    ({"account": ["acme", "beta"]}, "who work at acme or beta", "who do not work at acme or beta"),
    ({"words": "x"}, "holds “x”", "does not hold “x”"),
    ({"journey": "analyst"}, "who are on the Analyst path", "who are not on the Analyst path"),
    (
        {"standing": "strayed", "within_days": 3},
        "standing is strayed, since at most 3 days",
        "is not strayed, since",
    ),
    (
        {"standing": ["strayed", "lapsed"], "for_days": 9},
        "are strays, for 9 days or more",
        "are not strays, for",
    ),
    (
        {"standing": sorted(set(STANDINGS) - {"strayed", "lapsed"})},
        "who are on their path",
        "who are not on their path",
    ),
    ({"due_within_days": 7}, "who have a milestone due within 7 days", "who do not have a milestone due"),
    ({"seen_within_days": 7}, "who were seen in the last 7 days", "who were not seen in the last 7 days"),
    (
        {"provisioned_within_days": 7},
        "who got access in the last 7 days",
        "who got access more than 7 days ago",
    ),
    (
        {"provisioned_from": "2026-01-02"},
        "who got access on or after 2 Jan 2026",
        "who did not get access on or",
    ),
    ({"feature": "reports_shared"}, "who used Reports shared", "who never used Reports shared"),
    (
        {"feature": "x", "at_least": 2, "in_days": 7},
        "used x at least 2 times in 7 days",
        "x fewer than 2 times in",
    ),
    ({"feature": "x", "at_most": 2}, "who used x at most 2 times", "who used x more than 2 times"),
    (
        {"active_days": 1, "in_days": 7},
        "active on at least 1 day in 7 days",
        "active on fewer than 1 day in 7",
    ),
    ({"segment": "enterprise_eu"}, "who are in “Enterprise, EU”", "who are not in “Enterprise, EU”"),
    ({"ids": ["a", "b"]}, "who are among 2 chosen people", "who are not among 2 chosen people"),
)


@pytest.mark.parametrize(("condition", "said", "turned"), CONDITIONS)
def test_a_condition_and_its_opposite_in_words(
    cast: Cast, condition: dict[str, Any], said: str, turned: str
) -> None:
    wording = Wording(Rules.read(Definitions(cast.operations).newest()), Level.PEOPLE)
    for no, words in ((False, said), (True, turned)):
        document = people_segment("it", {**condition, "not": True} if no else condition)
        assert words in wording.sentence(Segment.from_document(document, where="it"))


def test_where_accounts_stand_is_asked_of_journeys_of_accounts(fresh: Cast) -> None:
    team = {**ANALYST, "key": "team", "name": "Team path", "of": "accounts"}
    marta = publish(fresh, team, {**people_segment("astray", {"standing": "strayed"}), "of": "accounts"})
    stood = {"account_id": "acme", "journey": "team", "version": 1, "since_on": TODAY, "standing": "strayed"}
    fill(fresh, "account_standings", [{**stood, "milestone": "first_7", "missing": "[]"}])
    page = marta.get("/segments/astray").text
    assert "Accounts that are strays." in page or "whose standing is strayed" in page
    assert "/accounts/acme" in page
    form = marta.get("/segments/new?of=accounts&w0.kind=standing&w0.standing=strayed").text
    assert "Team path" in form
    assert "Analyst path" not in form.partition('name="w0.journey"')[2].partition("</select>")[0]
    why = marta.get("/segments/astray?who=acme").text
    assert "Strayed at First 7 days" in why


def test_long_lists_name_the_first_and_count_the_rest() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b or c"
    assert listed(list("abcdefg")) == "a, b, c, d, e or 2 more"


def test_a_filtered_list_of_accounts_leads_to_the_builder_with_the_same_rule(marta: Visitor) -> None:
    assert "Save as segment" not in marta.get("/accounts?period=90d&sort=name").text
    page = marta.get("/accounts?band=at_risk&renews=180&segment=enterprise_eu&period=90d").text
    address = re.search(r'href="(/segments/new[^"]+)"', page)
    assert address
    builder = marta.get(address.group(1)).text
    assert (
        "Accounts whose health is At risk, and that are in “Enterprise, EU”, and whose renewal is within"
        in builder
    )
    total = re.search(r'role="status">(\d+) of', page)
    assert total
    assert f"<b>{total.group(1)}</b>" in builder


def test_accounts_are_filtered_by_segments_of_people_too(fresh: Cast) -> None:
    marta = publish(fresh, people_segment("ada", {"ids": ["ada"]}))
    assert 'role="status">1 of' in marta.get("/accounts?segment=ada").text
