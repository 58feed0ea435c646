"""The journey editor: drafts, problems beside fields, preview, changes, publishing, and standings that follow."""

import csv
import io
import re
from html import unescape

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect

from tests.show.cast import PASSWORD, Cast
from tests.show.conftest import Served, opened, signed_in
from tests.show.visitor import Answer, Visitor
from tests.tale import ANALYST, Tale
from waypost.show import Desk, build
from waypost.store import Definitions, Members, Role

FIELD = re.compile(r"<(input|select|option)\b([^>]*)>")
EDIT, DRAFT = "/journeys/analyst/edit", "/journeys/analyst/draft"


def fields(answer: Answer) -> dict[str, str]:
    """Return what the editor's form would send, as a browser without script."""
    form = answer.text.partition('id="editor"')[2].partition("</form>")[0]
    found: dict[str, str] = {}
    chosen = ""
    for tag, attributes in FIELD.findall(form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        if tag == "select":
            chosen = said["name"]
        elif tag == "option":
            if "selected" in attributes or chosen not in found:
                found[chosen] = said["value"]
        elif said.get("type") != "checkbox" or " checked" in attributes:
            found[said["name"]] = said.get("value", "")
    return found


def send(visitor: Visitor, *, do: str = "", path: str = EDIT, **changes: str) -> Answer:
    """Change fields of the form (m0__days is m0.days), press a button, and follow where it leads."""
    form = fields(visitor.get(path)) | {name.replace("__", "."): value for name, value in changes.items()}
    answer = visitor.post(DRAFT, {**form, **({"do": do} if do else {})})
    assert answer.status == 303, answer.text
    return visitor.get(answer.headers["location"])


def told(tale: Tale) -> Visitor:
    """Return somebody at the pages of a tale, whose acts a running Waypost would follow."""
    workspace = tale.workspace
    members = Members(workspace.operations, hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    now = workspace.now
    members.add(email="marta@waypost.test", name="Marta", role=Role.OWNER, password=PASSWORD, now=now)
    desk = Desk(
        warehouse=workspace.warehouse,
        operations=workspace.operations,
        inbox=workspace.inbox,
        zone=workspace.zone,
        now=workspace.clock.now,
        public_url="http://127.0.0.1:8080",
        collector_url="http://127.0.0.1:8090",
        rules_changed=lambda: _read_anew(tale),
        trials=tale.trials(),
    )
    visitor = Visitor(build(desk, members=members))
    assert visitor.sign_in("marta@waypost.test", PASSWORD).status == 303
    return visitor


def _read_anew(tale: Tale) -> None:
    tale.workspace.publish([])


def _story() -> Tale:
    tale = (
        Tale("acme").joins("ada").uses("export").joins("ben").joins("dora").on_day(4).by("ben").uses("export")
    )
    tale.on_day(6)
    tale.round()
    return tale


def test_edited_previewed_published_and_then_standings_follow() -> None:
    tale = _story()
    visitor = told(tale)
    assert "With these rules 0 of 3 people are strays today" in visitor.get(EDIT).text
    page = send(visitor, m0__days="5")
    assert "With these rules 1 of 3 people would be strays today" in page.text
    assert "0 of 3 are under version 1" in re.sub("<[^>]+>", "", page.text)
    assert "<del>by day 7</del><ins>by day 5</ins>" in page.text
    assert [tale.standing(who) for who in ("ada", "ben", "dora")] == ["on_path", "on_path", "at_risk"]
    answer = visitor.post("/journeys/analyst/versions", _publish_form(page))
    assert answer.headers["location"] == "/journeys/analyst?act=published"
    assert [tale.standing(who) for who in ("ada", "ben", "dora")] == ["on_path", "on_path", "strayed"]
    assert tale.rows("select version from standings where until_on is null and person_id = 'dora'") == [(2,)]
    assert "As published in version 2" in visitor.get(EDIT).text


def test_a_clause_proposed_elsewhere_is_added_and_kept_with_the_draft() -> None:
    visitor = told(_story())
    proposed = f"{EDIT}?add_feature=share&at_least=3&by_day=8"
    page = visitor.get(proposed)
    assert fields(page)["m1.c1.feature"] == "share"
    assert fields(page)["m1.c1.least"] == "3"
    assert "Reports shared at least 3 times" in page.text
    kept = send(visitor, path=proposed)
    assert fields(kept)["m1.c1.feature"] == "share"
    assert "Draft, last changed" in kept.text


def test_all_that_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost() -> None:
    visitor = told(_story())
    page = send(visitor, m0__days="seven", m0__c0__least="-2", m1__name="", m2__c0__in_days="x")
    said = fields(page)
    assert (said["m0.days"], said["m0.c0.least"], said["m2.c0.in_days"]) == ("seven", "-2", "x")
    for name in ("m0-days", "m0-c0-least", "m1-name", "m2-c0-in_days"):
        assert re.search(rf'id="p-{name}">[^<]+</p>', page.text), name
    assert "4 things are missing" in page.text
    assert 'id="publish"' not in page.text


def test_a_draft_that_does_not_read_is_not_published() -> None:
    visitor = told(_story())
    good = send(visitor, m0__days="5")
    send(visitor, m0__days="")
    answer = visitor.post("/journeys/analyst/versions", _publish_form(good))
    assert answer.status == 422
    assert "Nothing was published" in answer.text


def test_a_draft_that_somebody_changed_meanwhile_is_not_published() -> None:
    tale = _story()
    visitor = told(tale)
    seen = send(visitor, m0__days="5")
    tale.on_day(7)
    send(visitor, m0__days="6")
    answer = visitor.post("/journeys/analyst/versions", _publish_form(seen))
    assert answer.status == 409
    assert "Marta changed the draft meanwhile" in answer.text


def test_rows_are_added_moved_and_removed_without_script() -> None:
    visitor = told(_story())
    page = send(visitor, do="clause:m0")
    page = send(visitor, m0__c1__feature="share", m0__c1__least="2")
    page = send(visitor, do="up:m0.c1")
    assert [fields(page)[f"m0.c{n}.feature"] for n in (0, 1)] == ["share", "export"]
    page = send(visitor, do="group:m0")
    assert "m0.c2.c1.kind" in fields(page)
    page = send(visitor, do="drop:m0.c2.c1")
    page = send(visitor, do="drop:m0.c2.c0")
    assert "m0.c2.word" not in fields(page), "a group without clauses is gone"
    page = send(visitor, do="milestone")
    assert (fields(page)["m2.days"], fields(page)["m3.when"]) == ("60", "rolling")
    page = send(visitor, do="drop:m2")
    assert fields(page)["m2.when"] == "rolling"


def test_a_group_says_either_or_and_is_judged_so() -> None:
    tale = _story()
    visitor = told(tale)
    send(visitor, do="group:m0")
    send(visitor, do="drop:m0.c0", **{"m0.c1.c0.feature": "export", "m0.c1.c1.feature": "sign_in"})
    page = send(visitor, m0__days="5")
    assert "(Reports exported at least 1 time or Sign-ins at least 1 time)" in page.text
    assert "With these rules 1 of 3 people would be strays today" in page.text


def test_an_unchanged_journey_publishes_nothing() -> None:
    tale = _story()
    visitor = told(tale)
    page = send(visitor)
    assert "The same as version 1" in page.text
    assert "There is nothing to publish" in page.text
    visitor.post("/journeys/analyst/versions", {"form_token": page.token, "seen": "never"})
    assert [each.version for each in Definitions(tale.workspace.operations).all("journey")] == [1]


def test_a_new_journey_begins_as_a_draft_and_is_in_force_when_published() -> None:
    tale = _story()
    visitor = told(tale)
    begun = visitor.submit("/journeys/new", "/journeys", {"name": "Exporters", "of": "people"})
    assert begun.headers["location"] == "/journeys/exporters/edit"
    assert "4 things are missing" not in visitor.get("/journeys/exporters/edit").text
    page = visitor.get("/journeys/exporters/edit")
    assert "3 things are missing" in page.text, "a feature for each of three milestones"
    again = visitor.submit("/journeys/new", "/journeys", {"name": "Exporters"})
    assert again.status == 422
    assert "There is a journey of this name" in again.text


def test_a_journey_that_a_play_names_is_not_withdrawn() -> None:
    tale = _story()
    visitor = told(tale)
    token = visitor.get(EDIT).token
    segment = {"kind": "segment", "key": "s", "name": "S", "of": "people", "where": [{"journey": "analyst"}]}
    tale.publishes(segment)
    assert visitor.post("/journeys/analyst/withdrawal", {"form_token": token}).status == 409
    tale.workspace.definitions.withdraw("segment", "s", now=tale.workspace.now, today=tale.workspace.today)
    answer = visitor.post("/journeys/analyst/withdrawal", {"form_token": token})
    assert answer.headers["location"] == "/journeys?act=withdrawn"
    assert tale.standing("ada") is None


def test_a_discarded_draft_is_gone() -> None:
    visitor = told(_story())
    page = send(visitor, m0__days="5")
    visitor.post("/journeys/analyst/draft/removal", {"form_token": page.token})
    assert fields(visitor.get(EDIT))["m0.days"] == "7"


def test_the_back_test_is_a_file_with_both_rules() -> None:
    visitor = told(_story())
    send(visitor, m0__days="5")
    rows = list(csv.DictReader(io.StringIO(visitor.get("/journeys/analyst/back-test.csv").text)))
    assert {row["rules"] for row in rows} == {"draft", "published"}
    assert len(rows) == 24
    assert sum(int(row["strayed"]) for row in rows if row["rules"] == "draft") == 1


COUNT = re.compile(r'<a class="quiet-link" href="(/journeys/[^"]+/back-test/who[^"]+)">([^<]*)</a>')


@pytest.mark.parametrize("rules", ["draft", "published"])
def test_every_count_of_a_preview_and_a_back_test_opens_whom_it_counts(rules: str) -> None:
    visitor = told(_story())
    send(visitor, m0__days="5")
    shown = [
        (unescape(href), said)
        for href, said in COUNT.findall(visitor.get(EDIT).text)
        if ("rules=published" in href) == (rules == "published")
    ]
    assert len({re.sub(r"&month=[0-9-]+", "", href) for href, _ in shown}) >= 5
    opened = 0
    for href, said in shown:
        answer = visitor.get(href)
        assert answer.status == 200, href
        if counted := re.search(r"(\d+) of |^(\d+)", said):
            opened += 1
            count = counted.group(1) or counted.group(2)
            assert re.search(rf"<h1>{count} (person|people) ", answer.text), (href, said)
            rows = csv.DictReader(io.StringIO(visitor.get(href.replace("who?", "who/members.csv?")).text))
            assert len(list(rows)) == int(count), href
    assert opened >= 4


def test_whom_rules_call_strays_are_saved_as_a_segment() -> None:
    visitor = told(_story())
    send(visitor, m0__days="5")
    page = visitor.get("/journeys/analyst/back-test/who?what=strayed")
    assert "1 person strayed" in page.text
    path = "/journeys/analyst/back-test/who/segments?what=strayed"
    saved = visitor.post(path, {"form_token": page.token, "name": "Would stray"})
    assert saved.headers["location"].startswith("/segments/would_stray")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/journeys/analyst/back-test/who?what=nonsense", 404),
        ("/journeys/none/back-test/who?what=strays", 404),
        ("/journeys/analyst/back-test/who?what=strays&month=soon", 200),
    ],
)
def test_a_count_that_is_none_says_so(path: str, status: int) -> None:
    assert told(_story()).get(path).status == status


def test_words_are_escaped(fresh: Cast) -> None:
    page = send(signed_in(fresh), name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page.text


def test_every_journey_of_a_tale_comes_back_as_it_was() -> None:
    tale = _story()
    visitor = told(tale)
    send(visitor)
    draft = fields(visitor.get(EDIT))
    assert (draft["name"], draft["m2.when"], draft["m0.key"]) == (ANALYST["name"], "rolling", "first_7")


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_clause_is_added_by_keyboard_alone(chromium: Browser, served: Served, *, script: bool) -> None:
    context = opened(chromium, served, script=script)
    page = context.new_page()
    page.goto(EDIT)
    page.locator("#m0-clause").focus()
    page.keyboard.press("Enter")
    row = page.locator(".rule.fresh")
    expect(row).to_be_visible()
    expect(row.locator("select").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Rep")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    if not script:
        page.keyboard.press("Enter")
        page.wait_for_url("**act=draft_kept")
    expect(page.locator("#changes-title")).to_contain_text("change")
    expect(page.locator(".diff")).to_contain_text("Rep")
    context.close()


def _publish_form(page: Answer) -> dict[str, str]:
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert seen
    return {"form_token": page.token, "seen": seen.group(1)}
