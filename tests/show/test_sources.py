"""Sources: how each is and how that is known, what comes in, what it holds, and what it is made to mean."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.show.cast import NASTY, NOW, Cast, event_row, fill
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.show import build
from waypost.store import Followed, FollowedFiles, Intake, Keys, Role, SourcePauses

HOME = "/sources/segment~3Aweb"
RATES = f"{HOME}/events?kind=page&name=Carrier+rates"


def owner_of(cast: Cast) -> Visitor:
    if not cast.members.any():
        cast.members.add(email="m@x.test", name="M", role=Role.OWNER, password="a long password", now=NOW)
    visitor = Visitor(build(cast.desk(), members=cast.members))
    visitor.sign_in("m@x.test", "a long password")
    return visitor


def came(cast: Cast, *events: dict[str, Any]) -> None:
    """Put events into the warehouse, and their last instants into the inbox's own count."""
    rows = [
        {**event_row(nr, ("track", "Opened", NOW, "ada", {})), "account_id": None, **each}
        for nr, each in enumerate(events)
    ]
    fill(cast, "events", [{**row, "happened_at": row["received_at"]} for row in rows])
    for row in rows[-1:]:
        at: datetime = row["received_at"]
        cast.inbox.put([Intake(source=row["source"], received_at=at, events=b"{}", n=1)])


def hourly(cast: Cast, last_at: datetime) -> None:
    """Let ten weeks of events come, one in each hour."""
    came(
        cast,
        *({"received_at": last_at - timedelta(hours=back)} for back in range(24 * 70, -1, -1)),
    )


def test_a_source_is_called_late_and_down_by_its_own_rhythm_everywhere(nobody: Cast) -> None:
    hourly(nobody, NOW)
    owner = owner_of(nobody)
    page = owner.get("/sources").text
    assert "Every source is on time" in page
    assert "By its rhythm: every hour of the week, in at least 7 of 8 weeks" in page
    assert "As usual: 1 on Fri 10:00 in 8 weeks" in page
    nobody.now = NOW + timedelta(hours=2)
    page = owner.get("/sources").text
    assert "1 source is late" in page
    assert '<b class="strong">Late</b>' in page
    assert "13:00, Fri 20 Nov; down after 14:00, Fri 20 Nov" in page
    assert "0 of 1 source current, segment:web from 11:05" in owner.get("/").text
    nobody.now = NOW + timedelta(hours=3)
    assert '<b class="strong">Down</b>' in owner.get("/sources").text
    assert "Fewer than usual" in owner.get(HOME).text


def test_a_source_may_be_called_as_the_page_of_what_was_refused(nobody: Cast) -> None:
    came(nobody, {"source": "refused", "name": "Called so", "received_at": NOW})
    owner = owner_of(nobody)
    assert 'href="/sources/~72efused"' in owner.get("/sources").text
    assert "Called so" in owner.get("/sources/~72efused").text
    assert (
        'href="/sources/~72efused"' in owner.get("/sources/~72efused/events?kind=track&name=Called+so").text
    )
    assert "Nothing that was refused is kept" in owner.get("/sources/refused").text


def test_a_key_without_an_event_is_a_new_source(nobody: Cast) -> None:
    owner = owner_of(nobody)
    Keys(nobody.operations).create("shop", now=NOW)
    page = owner.get("/sources").text
    assert '<b class="strong">New</b>' in page
    assert "Nothing came yet" in page
    own = owner.get("/sources/segment~3Ashop").text
    assert "Nothing has come from it yet" in own
    assert "Nothing is stored yet" in own


def test_a_member_pauses_and_resumes_a_source_and_both_are_kept(fresh: Cast) -> None:
    nils = signed_in(fresh, "nils@waypost.test")
    assert "seats is late" in nils.get("/sources/seats").text
    assert nils.submit("/sources/seats", "/sources/seats/pauses").status == 303
    page = nils.get("/sources/seats").text
    assert "seats is paused" in page
    assert "Nobody waits" in page
    assert "5 sources current" in nils.get("/").text
    assert nils.submit("/sources/seats", "/sources/seats/pauses/end").status == 303
    assert "5 of 6 sources current" in nils.get("/").text
    kept = SourcePauses(fresh.operations).of("seats")
    assert [(each.paused_by, each.resumed_by) for each in kept] == [("nils@waypost.test",) * 2]
    assert "Paused by" in nils.get("/sources/seats").text
    assert nils.submit("/sources/seats", "/sources/none/pauses").status == 404


def test_when_every_source_is_paused_nothing_is_late(fresh: Cast) -> None:
    marta = signed_in(fresh)
    for name in ("crm", "helpdesk", "seats", "surveys", "segment~3Aapp", "segment~3Aweb"):
        marta.submit("/sources", f"/sources/{name}/pauses")
    assert "Every source is paused" in marta.get("/").text


def test_what_hangs_on_one_source_alone_is_named_with_scores_and_journeys(marta: Visitor) -> None:
    page = marta.get("/sources").text
    hanging = page[page.index('id="hanging"') :]
    assert "Reports exported" in hanging
    assert "Enterprise health by People on their path, Reports exported" in hanging
    assert 'href="/journeys/analyst"' in hanging
    assert "What hangs on it alone" in marta.get(HOME).text


def test_devices_without_a_person_and_people_without_an_account_open_who_they_are(nobody: Cast) -> None:
    known, device = {"person_id": "ada"}, {"person_id": None, "anonymous_id": "device-1"}
    at = {"received_at": NOW - timedelta(hours=1)}
    belongs = {"person_id": "ben", "account_id": "acme", "champion": False, "signs_renewal": False}
    belongs |= {"provisioned_at": NOW, "provisioned_on": NOW.date(), "joined_on": NOW.date()}
    came(nobody, {**known, **at}, {**device, **at}, {**device, **at}, {"person_id": "ben", **at})
    fill(nobody, "memberships", [belongs])
    owner = owner_of(nobody)
    page = owner.get("/sources").text
    assert "1 device</a> without" not in page
    assert "1 device without a person" in page
    assert "1 person without an account" in page
    devices = owner.get(f"{HOME}/unmatched?who=devices").text
    assert "device-1" in devices
    assert ">2</td>" in devices
    people = owner.get(f"{HOME}/unmatched?who=people").text
    assert 'href="/people/ada"' in people
    assert "ben" not in people
    assert "Nobody is unmatched" in owner.get(f"{HOME}/unmatched?who=people&page=9").text


def test_the_newest_events_are_on_top_and_stand_still_when_asked(marta: Visitor) -> None:
    page = marta.get(HOME).text
    assert 'hx-get="/sources/segment~3Aweb/live"' in page
    assert 'hx-trigger="every 3s"' in page
    assert NASTY not in page
    still = marta.get(f"{HOME}?live=paused").text
    assert "every 3s" not in still
    assert "Go on" in still
    part = marta.get(f"{HOME}/live").text
    assert part.lstrip().startswith("<section")
    assert "Hold still" in part
    assert marta.get("/sources/none").status == 404
    assert marta.get("/sources/none/live").status == 404


def test_names_are_told_with_what_they_mean_and_their_volume(marta: Visitor) -> None:
    page = marta.get(HOME).text
    names = page[page.index('id="names"') :]
    assert "Reports exported" in names
    assert "Say what Carrier rates is" in names
    assert "No use by itself" in names
    assert '<svg class="spark"' in names


def test_a_name_is_told_with_the_types_that_changed(nobody: Cast) -> None:
    at = NOW - timedelta(days=2)
    came(
        nobody,
        {"received_at": at, "properties": '{"n": "1", "m": 1}'},
        {"received_at": at + timedelta(days=1), "properties": '{"n": 2, "m": "x"}'},
        {"received_at": at + timedelta(days=1, hours=1), "properties": '{"m": 2}'},
    )
    page = owner_of(nobody).get(f"{HOME}/events?kind=track&name=Opened").text
    assert "3 events" in page
    assert "Type changed</span> from text to number" in page
    assert "Mixed types" in page
    assert "67%" in page


def test_an_event_becomes_a_setting_a_feature_or_noise_by_the_catalogue_s_own_draft(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert "What does Carrier rates mean?" in marta.get(RATES).text
    said = {"event": "Carrier rates", "kind": "page"}
    assert marta.submit(RATES, "/catalogue/additions", {**said, "becomes": "noise"}).status == 303
    draft = marta.get("/catalogue/draft").text
    assert "Noise" in draft
    assert '0 <span aria-hidden="true">→</span><span class="visually-hidden">becomes</span> <b>4</b>' in draft
    setting = {**said, "becomes": "setting", "name": "Rates seen", "value": "carrier"}
    assert marta.submit(RATES, "/catalogue/additions", setting).status == 303
    assert "Rates seen" in marta.get("/catalogue/draft").text
    missing = marta.submit(RATES, "/catalogue/additions", {**setting, "value": ""})
    assert missing.status == 422
    assert "say which property holds the value" in missing.text


@pytest.mark.parametrize("path", ["kind=page&name=none", "kind=&name=", "kind=log&name=Carrier+rates"])
def test_a_name_that_never_came_is_no_page(marta: Visitor, path: str) -> None:
    assert marta.get(f"{HOME}/events?{path}").status == 404


def test_files_that_cannot_be_read_are_told_where_their_source_is(nobody: Cast) -> None:
    owner = owner_of(nobody)
    table = Followed(nobody.operations)
    table.put(
        FollowedFiles(source="logs", patterns=["/var/log/<a>.log"], format="apache-combined", created_at=NOW)
    )
    page = owner.get("/sources/logs").text
    assert "<code>/var/log/&lt;a&gt;.log</code>" in page
    assert "not read" not in page
    table.tell("logs", "/var/log/<a>.log may not be read")
    assert (
        "Its files are not read:</b> /var/log/&lt;a&gt;.log may not be read."
        in owner.get("/sources/logs").text
    )
    assert "The files of logs are not read:</b> /var/log/&lt;a&gt;.log may" in owner.get("/sources").text


def test_what_names_no_known_source_is_told_beside_the_sources_and_is_none(nobody: Cast) -> None:
    owner = owner_of(nobody)
    turned_away = {"wrong_key": 3, "no_key": 1}
    nobody.inbox.put(
        [Intake(source="collector", received_at=NOW, events=b"", n=0, refused=turned_away)],
    )
    page = owner.get("/sources").text
    assert "No source yet" in page
    assert "Turned away, since it names no source that is known:" in page
    assert ">3 wrong key</a>, " in page
    assert "No sample of what was refused is kept" in page
    assert "Nothing was refused" not in page
