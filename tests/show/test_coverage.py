"""The page of coverage: sources that agree about a feature, and one that does not."""

from datetime import timedelta

from tests.show import cast_rules
from tests.show.cast import NOW, PASSWORD, Cast, event_row, fill
from tests.show.visitor import Visitor
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
    assert marta.get("/catalogue/agreement.csv").text.splitlines()[1] == "reports_exported,db,web,1,3"
    assert marta.get("/catalogue/coverage.csv").text.splitlines()[1:] == [
        "reports_exported,web,3,0,2,2,3",
        "reports_exported,db,2,1,1,2,1",
    ]
