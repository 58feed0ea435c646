"""The page of coverage: sources that agree about a feature, and one that does not."""

import csv
import io
import re
from datetime import timedelta

import msgspec

from tests.show import cast_rules
from tests.show.cast import NOW, PASSWORD, Cast, event_row, fill
from tests.show.test_journey_editor import told
from tests.show.visitor import Visitor
from tests.tale import ANALYST, Tale
from waypost.show import build
from waypost.store import Definitions, Role


def test_sources_that_see_other_people_are_told_with_shares_and_days(nobody: Cast) -> None:
    Definitions(nobody.operations).publish(cast_rules.DOCUMENTS, now=NOW, today=cast_rules.at(3, 1).date())
    sent = [("web", "ada", 0), ("web", "ben", 0), ("web", "ada", 1), ("db", "ada", 0), ("db", None, 2)]
    rows = []
    for nr, (source, person, back) in enumerate(sent):
        at = NOW - timedelta(days=back)
        row = event_row(nr, ("track", "Report Exported", at, person, {}))
        rows.append({**row, "source": source, "received_at": at, "account_id": "acme"})
    fill(nobody, "events", rows)
    nobody.members.add(email="m@x.test", name="M", role=Role.OWNER, password=PASSWORD, now=NOW)
    marta = Visitor(build(nobody.desk(), members=nobody.members))
    marta.sign_in("m@x.test", PASSWORD)
    page = marta.get("/catalogue/coverage").text
    assert "1 feature is seen differently by different sources" in page
    assert '<b class="strong">100%</b> of people (2 of 2), 3 events' in page
    assert '<b class="strong">50%</b> of people (1 of 2), 2 events, 1 without a person' in page
    assert 'db and web: <b class="strong">33.3%</b></span> (1 of 3 days seen by both)' in page
    assert "1 minute of people in which both saw a use" in page
    assert marta.get("/catalogue/agreement.csv").text.splitlines()[1] == "reports_exported,db,web,1,3,1"
    assert marta.get("/catalogue/coverage.csv").text.splitlines()[1:] == [
        "reports_exported,web,3,0,2,2,3",
        "reports_exported,db,2,1,1,2,1",
    ]


def _seen_twice() -> Tale:
    """Return a tale in which two sources saw the same two exports, and one of them a third."""
    tale = Tale("acme", ANALYST).joins("ada").on_day(3)
    for nr, (source, minute) in enumerate(
        [("web", 0), ("log", 0), ("web", 9), ("log", 9), ("log", 20), ("other", 0)]
    ):
        export = tale.an_event("track", "export")
        at = export.happened_at + timedelta(minutes=minute)
        tale.told(msgspec.structs.replace(export, event_id=str(nr), source=source, happened_at=at))
    tale.round()
    return tale


def _exports(tale: Tale) -> int:
    return int(tale.frame("select sum(n) as n from usage_daily where feature = 'export'").item())


def test_what_two_sources_tell_is_counted_once_and_again() -> None:
    tale = _seen_twice()
    visitor = told(tale)
    page = visitor.get("/catalogue/coverage")
    assert "2 minutes of people in which both saw a use" in page.text
    assert _exports(tale) == 6
    said = {"form_token": page.token, "feature": "export", "source": "log", "other": "web", "first": "web"}
    assert visitor.post("/catalogue/once", said).headers["location"] == "/catalogue/draft?act=kept"
    draft = visitor.get("/catalogue/draft").text
    assert "counts once what web and log tell of the same minute, as web tells it" in draft
    assert "counts stay" not in draft
    assert _exports(tale) == 6, "nothing changes before it is published"
    visitor.submit("/catalogue/draft", "/catalogue/publications", _seen(draft))
    assert _exports(tale) == 4
    page = visitor.get("/catalogue/coverage")
    assert "Counted once, as web tells it" in page.text
    assert "2 events are not counted again" in page.text
    listed = visitor.get("/catalogue/features/export/aside").text
    assert "2 events are not counted a second time" in listed
    rows = list(csv.DictReader(io.StringIO(visitor.get("/catalogue/features/export/aside.csv").text)))
    assert [(row["event_id"], row["source"], row["counted_source"]) for row in rows] == [
        ("3", "log", "web"),
        ("1", "log", "web"),
    ]
    visitor.post("/catalogue/once", {"form_token": page.token, "feature": "export"})
    draft = visitor.get("/catalogue/draft").text
    assert "counts again what each of its sources tells" in draft
    visitor.submit("/catalogue/draft", "/catalogue/publications", _seen(draft))
    assert _exports(tale) == 6
    assert "Every event counts" in visitor.get("/catalogue/features/export/aside").text


def _seen(draft: str) -> dict[str, str]:
    """Return what the form says of the draft that was looked at."""
    return dict(re.findall(r'name="(version|digest)" value="([^"]+)"', draft))


def test_a_third_source_joins_behind_the_others() -> None:
    visitor = told(_seen_twice())
    said = {"form_token": visitor.get("/catalogue/coverage").token, "feature": "export"}
    visitor.post("/catalogue/once", {**said, "source": "log", "other": "web", "first": "web"})
    visitor.post("/catalogue/once", {**said, "source": "log", "other": "other", "first": "log"})
    assert "- log\n  - web\n  - other\n" in visitor.get("/catalogue/draft").text


def test_no_rule_is_made_of_a_feature_that_is_not_there() -> None:
    visitor = told(_seen_twice())
    said = {"form_token": visitor.get("/catalogue/coverage").token, "feature": "none"}
    assert visitor.post("/catalogue/once", {**said, "source": "a", "other": "b", "first": "a"}).status == 422
    assert visitor.get("/catalogue/features/none/aside").status == 404
