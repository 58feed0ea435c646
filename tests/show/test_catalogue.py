"""The catalogue page: what it shows, what stands behind its counts, and how a draft becomes a version."""

import csv
import io
import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.show.cast import NASTY, NOW, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.core import DefinitionError, Document
from waypost.show import build
from waypost.store import Definitions, Drafts

RATES = {"event": "Carrier rates", "kind": "page", "becomes": "new", "name": "Rates opened", "group": "core"}
FORM = "/catalogue/additions"


def newest(cast: Cast) -> tuple[int, Document]:
    found = Definitions(cast.operations).newest("catalogue")[0]
    return found.version, found.document


def drafted(cast: Cast) -> Document | None:
    found = Drafts(cast.operations).get("catalogue", "catalogue")
    return found.document if found else None


def test_features_stand_in_their_groups_with_what_they_mean_and_how_much_came(marta: Visitor) -> None:
    page = marta.get("/catalogue").text
    assert "of what came in means something" in page
    assert "Core: what customers buy the product for" in page
    assert "event Report Exported" in page
    assert 'href="/catalogue/features/reports_exported?by=people"' in page
    by_name = marta.get("/catalogue?sort=name").text
    assert by_name.index(">Reports shared<") < by_name.index(">Sign-ins<")


def test_every_count_of_a_feature_opens_who_stands_behind_it(marta: Visitor) -> None:
    page = marta.get("/catalogue/features/reports_exported").text
    assert "Reports exported: used by 4 people in 28 days" in page
    assert "Ana Sousa" in page
    accounts = marta.get("/catalogue/features/reports_exported?by=accounts").text
    assert "used by 1 account in 28 days" in accounts
    assert "Halcyon Freight" in accounts
    people = marta.get("/catalogue/features/reports_exported/users.csv").text.splitlines()
    assert people[0] == "person,name,account,account_name,events,automated,days,last_at"
    assert len(people) == 5
    listed = marta.get("/catalogue/features/reports_exported/users.csv?by=accounts").text.splitlines()
    assert listed[1].startswith("halcyon,Halcyon Freight,4,")
    assert "Nobody used it in 28 days" in marta.get("/catalogue/features/reports_shared").text
    assert marta.get("/catalogue/features/none").status == 404


def test_a_setting_that_was_never_seen_is_unknown_and_not_off(marta: Visitor) -> None:
    page = marta.get("/catalogue?show=settings").text
    assert "Not known" in page
    assert "None was ever seen" in page
    assert "No account has it" in marta.get("/catalogue/settings/scheduled_reports?value=on").text
    assert (
        marta.get("/catalogue/settings/scheduled_reports/accounts.csv").text
        == "account,name,value,since_at,set_by\r\n"
    )
    assert marta.get("/catalogue/settings/none").status == 404


def test_noise_says_what_it_would_be_for(marta: Visitor) -> None:
    assert "Nothing is called noise yet" in marta.get("/catalogue?show=noise").text


def test_proposals_name_what_means_nothing_and_what_is_dead(marta: Visitor) -> None:
    page = marta.get("/catalogue?show=proposals").text
    assert "Carrier rates" in page
    assert "New since 20 Nov" in page
    assert NASTY not in page
    assert "&lt;script&gt;" in page
    assert "3 features were not used for 28 days" in page
    assert "No names differ only by case or id" in page


def test_an_unmapped_name_opens_its_events(marta: Visitor) -> None:
    address = "/catalogue/events?source=segment%3Aweb&kind=page&name=Carrier+rates"
    page = marta.get(address).text
    assert "Carrier rates: 4 events in 28 days" in page
    assert "Ana Sousa" in page
    listed = marta.get(address.replace("events?", "events.csv?")).text.splitlines()
    assert listed[0].startswith("event_id,source,kind,name,happened_at,person,account")
    assert len(listed) == 5
    assert "No such event in 28 days" in marta.get("/catalogue/events?name=none").text


@pytest.mark.parametrize("by", ["people", "accounts"])
def test_the_people_and_accounts_of_an_unmapped_name_are_opened(marta: Visitor, by: str) -> None:
    counts = re.findall(
        rf'href="(/catalogue/events[^"]+by={by})">([\d,]+)</a>', marta.get("/catalogue?show=proposals").text
    )
    assert len(counts) >= 2
    word = {"people": ("person", "people"), "accounts": ("account", "accounts")}[by]
    for address, count in counts:
        page = marta.get(address).text
        assert f": {count} {word[count != '1']} in 28 days" in page
        rows = list(csv.DictReader(io.StringIO(marta.get(address.replace("events?", "events.csv?")).text)))
        assert len({row[word[0]] for row in rows}) == int(count)


def test_whose_an_unknown_name_is_nobody_says(marta: Visitor) -> None:
    for said in ("name=none&kind=page&by=people", "name=none&kind=nonsense&by=accounts", "by=people"):
        assert "No such event in 28 days" in marta.get(f"/catalogue/events?{said}").text


def test_the_count_of_every_match_opens_its_events(fresh: Cast) -> None:
    marta = signed_in(fresh)
    page = marta.get("/catalogue/features/reports_exported").text
    [n] = re.findall(r'href="/catalogue/events\?feature=reports_exported&amp;match=0">(\d+)</a>', page)
    events = marta.get("/catalogue/events?feature=reports_exported&match=0").text
    assert f"Event Report Exported: {n} events in 28 days" in events
    assert (
        len(marta.get("/catalogue/events.csv?feature=reports_exported&match=0").text.splitlines())
        == int(n) + 1
        > 20
    )
    document = {
        **newest(fresh)[1],
        "noise": [{"event": "Nothing"}, {"event": "carrier*", "ignore_case": True}],
    }
    Definitions(fresh.operations).publish([document], now=NOW, today=NOW.date())
    noise = marta.get("/catalogue?show=noise").text
    assert 'href="/catalogue/events?noise=yes&amp;match=1">4</a>' in noise
    quiet = marta.get("/catalogue/events?noise=yes&match=1").text
    assert "Event carrier* in any case: 4 events in 28 days" in quiet
    assert len(marta.get("/catalogue/events.csv?noise=yes&match=1").text.splitlines()) == 5
    assert "No such event in 28 days" in marta.get("/catalogue/events?noise=yes&match=9").text


def test_accounts_whose_value_is_not_known_are_listed(marta: Visitor) -> None:
    page = marta.get("/catalogue/settings/scheduled_reports?known=no").text
    assert "Scheduled reports is not known at 55 accounts" in page
    assert "1 to 50 of 55" in page
    listed = marta.get("/catalogue/settings/scheduled_reports/accounts.csv?known=no").text.splitlines()
    assert len(listed) == 56


@pytest.mark.parametrize(
    ("show", "head", "first"),
    [
        ("features", "feature,name,group,weight,events", "signed_in,Sign-ins,core,1.0,0"),
        ("settings", "setting,name,wanted,value,accounts,came_to_it", None),
        ("noise", "means,events", None),
        ("proposals", "source,kind,name,events,mean_nothing", "segment:web,page,Carrier rates,4,4"),
    ],
)
def test_every_part_is_a_file_too(marta: Visitor, show: str, head: str, first: str | None) -> None:
    lines = marta.get(f"/catalogue.csv?show={show}").text.splitlines()
    assert lines[0].startswith(head)
    assert any(line.startswith(first) for line in lines[1:]) if first else len(lines) == 1


def test_the_form_says_what_a_match_means_before_anything_is_kept(marta: Visitor) -> None:
    page = marta.get(f"{FORM}?event=carrier*&ignore_case=yes").text
    assert '<b class="strong">4 events</b> of 28 days are meant, by 1 person at 1 account' in page
    assert 'value="Rates opened"' not in page
    conditions = "&property1=rows&operator1=at_least&wanted1=41"
    assert "0 events" in marta.get(f"{FORM}?event=Report+Exported{conditions}").text
    assert "41 is above" not in page
    wrong = marta.get(f"{FORM}?event=x&property1=rows&operator1=at_least&wanted1=many").text
    assert "rows: &#39;many&#39; is no number" in wrong


def test_counting_again_leads_to_an_address_without_the_token(fresh: Cast) -> None:
    marta = signed_in(fresh)
    answer = marta.submit(FORM, f"{FORM}/counts", {"event": "Carrier*", "kind": "page"})
    assert answer.status == 303
    assert answer.headers["location"] == f"{FORM}?event=Carrier%2A&kind=page"


def test_an_event_is_put_into_a_draft_and_counts_only_once_published(fresh: Cast) -> None:
    marta = signed_in(fresh)
    before = newest(fresh)
    assert marta.submit(FORM, FORM, RATES).headers["location"] == "/catalogue/draft?act=kept"
    assert newest(fresh) == before
    page = marta.get("/catalogue/draft")
    assert "1 change waits to be published" in page.text
    assert "is a new feature: page Carrier rates" in page.text
    assert "Last changed by marta@waypost.test" in page.text
    assert "A draft of marta@waypost.test waits" in marta.get("/catalogue").text
    assert marta.submit("/catalogue/draft", "/catalogue/publications", _of(page.text)).status == 303
    version, document = newest(fresh)
    assert version == before[0] + 1
    assert document["features"][-1] == {
        "key": "rates_opened", "name": "Rates opened", "group": "core",
        "match": [{"event": "Carrier rates", "kind": "page"}],
    }  # fmt: skip
    assert drafted(fresh) is None
    assert "Give Carrier rates a meaning" not in marta.get("/catalogue?show=proposals").text


def test_events_become_another_way_to_use_a_feature_or_noise(fresh: Cast) -> None:
    marta = signed_in(fresh)
    marta.submit(
        FORM, FORM, {**RATES, "becomes": "existing", "feature": "reports_shared", "actor": "automated"}
    )
    marta.submit(FORM, FORM, {"event": "Beep*", "becomes": "noise", "ignore_case": "yes"})
    document = drafted(fresh)
    assert document
    assert document["features"][2]["match"][1] == {
        "event": "Carrier rates",
        "kind": "page",
        "actor": "automated",
    }
    assert document["noise"] == [{"event": "Beep*", "ignore_case": True}]
    page = marta.get("/catalogue/draft").text
    assert "also means page Carrier rates, as automated use" in page
    assert "also event Beep* in any case" in page


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"event": "", "becomes": "noise"}, "say which events are meant: event, path, table or source"),
        ({**RATES, "name": ""}, "give the new feature a name, such as Reports exported"),
        (
            {**RATES, "name": "sign-ins"},
            "there is a feature named sign-ins already; add the events to that one",
        ),
        ({**RATES, "becomes": "existing"}, "there is no feature &#39;&#39;; choose one of the list"),
        ({**RATES, "group": "vital"}, "vital is none of those known"),
        ({**RATES, "path": "orders"}, "begin with / (or a method and /)"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_and_keeps_what_was_typed(
    fresh: Cast, form: dict[str, str], complaint: str
) -> None:
    answer = signed_in(fresh).submit(FORM, FORM, form)
    assert answer.status == 422
    assert complaint in answer.text
    assert f'value="{form["event"]}"' in answer.text
    assert drafted(fresh) is None


def test_conditions_of_the_form_become_conditions_of_the_document(fresh: Cast) -> None:
    form = {
        **RATES,
        **_condition(1, "carrier", "one_of", "Portway, Quickmile"),
        **_condition(2, "test", "missing", ""),
        **_condition(3, "lanes", "at_least", "2"),
    }
    signed_in(fresh).submit(FORM, FORM, form)
    document = drafted(fresh)
    assert document
    assert document["features"][-1]["match"][0]["where"] == [
        {"property": "carrier", "one_of": ["Portway", "Quickmile"]},
        {"property": "test", "exists": False},
        {"property": "lanes", "at_least": 2.0},
    ]


def test_a_draft_that_somebody_changed_meanwhile_is_not_published_unseen(fresh: Cast) -> None:
    marta = signed_in(fresh)
    marta.submit(FORM, FORM, RATES)
    seen = _of(marta.get("/catalogue/draft").text)
    version, document = newest(fresh)
    Definitions(fresh.operations).publish(
        [{**document, "noise": [{"event": "Beep"}]}], now=NOW, today=NOW.date()
    )
    answer = marta.submit("/catalogue/draft", "/catalogue/publications", seen)
    assert answer.status == 422
    assert "Somebody changed the catalogue or this draft meanwhile" in answer.text
    assert (
        f"This draft was begun from version {version}; version {version + 1} came in between" in answer.text
    )
    assert "no longer event Beep" in answer.text
    assert newest(fresh)[0] == version + 1


def test_a_draft_that_would_break_another_definition_is_not_published(fresh: Cast) -> None:
    def refuse(_documents: list[Document]) -> None:
        raise DefinitionError("journeys/analyst.yaml", "there is no feature 'signed_in'")

    marta = signed_in(fresh)
    marta.submit(FORM, FORM, RATES)
    careful = Visitor(build(fresh.desk(check=refuse), members=fresh.members), cookies=marta.cookies)
    seen = _of(careful.get("/catalogue/draft").text)
    answer = careful.submit("/catalogue/draft", "/catalogue/publications", seen)
    assert answer.status == 422
    assert "journeys/analyst.yaml: there is no feature" in answer.text
    assert drafted(fresh)


def test_a_member_drafts_and_an_owner_publishes(fresh: Cast) -> None:
    nils = signed_in(fresh, "nils@waypost.test")
    nils.submit(FORM, FORM, RATES)
    page = nils.get("/catalogue/draft").text
    assert "An owner publishes it" in page
    assert "/catalogue/publications" not in page
    assert nils.submit("/catalogue/draft", "/catalogue/publications", {}).status == 403
    assert signed_in(fresh).submit("/catalogue/draft", "/catalogue/draft/removal").status == 303
    assert drafted(fresh) is None
    assert "Nothing is changed yet" in nils.get("/catalogue/draft").text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("features: [", "It is not valid YAML"),
        ("just words", "It must begin with `kind: catalogue`"),
        ("features: [{key: a, name: A, match: [{evnt: x}]}]", "features[0].match[0]"),
        (
            "features: [{key: a, name: A, match: [{event: x, where: {property: p}}]}]",
            "features[0].match[0].where",
        ),
    ],
)
def test_yaml_with_a_fault_is_refused_with_its_path_and_kept_in_the_form(
    fresh: Cast, text: str, complaint: str
) -> None:
    answer = signed_in(fresh).submit("/catalogue/draft", "/catalogue/draft", {"yaml": text})
    assert answer.status == 422
    assert complaint in answer.text
    assert text in answer.text
    assert drafted(fresh) is None


def test_the_whole_catalogue_may_be_written_as_yaml(fresh: Cast) -> None:
    text = "features: [{key: a, name: A, weight: 2, match: [{table: orders}]}]"
    marta = signed_in(fresh)
    assert marta.submit("/catalogue/draft", "/catalogue/draft", {"yaml": text}).status == 303
    page = marta.get("/catalogue/draft").text
    assert "is a new feature: row of orders" in page
    assert "is no feature any more" in page


def test_what_a_draft_would_change_for_customers_is_worked_out_beside_the_page(fresh: Cast) -> None:
    asked: list[Any] = []

    def foresee(documents: list[Document]) -> list[str]:
        asked.append(documents)
        return ["2 accounts would change band: 2 steady → watch"]

    marta = signed_in(fresh)
    marta.submit(FORM, FORM, RATES)
    seer = Visitor(build(fresh.desk(foresee=foresee), members=fresh.members), cookies=marta.cookies)
    assert "Working out every account" in seer.get("/catalogue/draft").text
    for _ in range(200):
        answer = seer.get("/catalogue/draft/foreseen").text
        if "Working out" not in answer:
            break
    assert "2 accounts would change band" in answer
    assert asked == [[drafted(fresh)]]
    assert "2 accounts would change band" in seer.get("/catalogue/draft").text
    assert len(asked) == 1


def _of(page: str) -> dict[str, str]:
    """Return which version and draft a page shows."""
    return {
        name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in ("version", "digest")
    }


def _condition(nr: int, name: str, operator: str, wanted: str) -> dict[str, str]:
    return {f"property{nr}": name, f"operator{nr}": operator, f"wanted{nr}": wanted}


def test_a_name_with_any_characters_finds_its_events(marta: Visitor) -> None:
    page = marta.get(f"/catalogue/events?source=segment%3Aweb&kind=track&name={quote(NASTY)}").text
    assert "1 event in 28 days" in page
    assert NASTY not in page
