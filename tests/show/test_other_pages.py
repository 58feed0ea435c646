"""People, journeys, plays, sources, first steps: what each must answer."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.show.cast import NASTY, NOW, Cast
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.intervene import UNSUBSCRIBE_PATH
from waypost.show import build
from waypost.show.pages.snippets import PROTOCOLS
from waypost.store import Intake, Keys, Role, Suppressions, Way, sample


def test_a_stage_opens_its_people(marta: Visitor) -> None:
    page = marta.get("/people?journey=analyst&milestone=first_30&standing=strays").text
    assert "10 people strayed at First 30 days" in page
    assert "Ada Byron" in page
    on_path = marta.get("/people?journey=analyst&milestone=first_30&standing=on_path").text
    assert "22 people on the path at First 30 days" in on_path


def test_people_are_listed_fifty_at_a_time(marta: Visitor) -> None:
    assert "1 to 50 of 218" in marta.get("/people").text
    assert "201 to 218 of 218" in marta.get("/people?page=5").text
    assert "Nobody here" in marta.get("/people?milestone=none").text


def test_a_person_page_says_where_when_and_what_was_done(marta: Visitor) -> None:
    page = marta.get("/people/tom").text
    assert "Lapsed 12 days ago at Sustained" in page
    assert "Analyst path" in page
    assert "Lapsed" in page
    assert "8 Apr" in page
    assert "Tom Ebert answered NPS with 6" in page
    assert "Call when health falls: waiting" in page


def test_a_person_who_left_has_a_page_too(marta: Visitor) -> None:
    page = marta.get("/people/priya").text
    assert "On no journey" in page


def test_find_looks_at_names_ids_and_emails(marta: Visitor) -> None:
    assert "Halcyon Freight" in marta.get("/find?q=HALCYON%20FR").text
    assert "Ana Sousa" in marta.get("/find?q=ana%40halcyon").text
    assert "Nothing has this name" in marta.get("/find?q=%25_%27").text
    assert "The first 40 matches" in marta.get("/find?q=a").text


def test_journeys_say_the_share_on_path_and_its_change(marta: Visitor) -> None:
    page = marta.get("/journeys").text
    assert "Analyst path: 74% on the path" in page
    assert "−31" in page


def test_a_journey_says_what_most_strays_missed(marta: Visitor) -> None:
    page = marta.get("/journeys/analyst").text
    assert "of strays stray because: stopped exporting" in page
    assert "Where 218 people stand on the Analyst path" in page


def test_plays_say_whom_they_reached_and_what_was_held_back(marta: Visitor) -> None:
    page = marta.get("/interventions").text
    assert "2 plays run" in page
    assert "At most 2 messages a person a week." in page
    assert "Nothing leaves between 20:00 and 07:00." in page
    assert "The person already gets the most messages allowed in a week." in page
    assert "Nobody has been chosen yet." in page
    one = marta.get("/interventions/first_week_back").text
    assert "Did it work?" in one
    assert "Held out" in one


def refuse(cast: Cast) -> None:
    refused = sample("impossible_time", "1899", f'{{"event": "{NASTY}", "pad": "{"x" * 3000}"}}')
    intake = Intake(
        source="segment:web",
        received_at=NOW,
        refused={"impossible_time": 3},
        noise={"bot": 12},
        samples=(refused,),
    )
    cast.inbox.put([intake])


def test_sources_say_what_was_refused_and_show_it_harmlessly(nobody: Cast) -> None:
    refuse(nobody)
    page = owner_of(nobody).get("/sources").text
    assert "3 impossible time" in page
    assert 'href="/sources/refused?source=segment%3Aweb&amp;reason=impossible_time"' in page
    assert "12 bot" in page
    assert "before the year 2000" in page
    assert NASTY not in page
    assert "The payload, its beginning" in page
    assert "Nothing was refused from crm" in owner_of(nobody).get("/sources?source=crm").text


def test_what_was_refused_is_sent_again_when_the_rule_is_mended(nobody: Cast) -> None:
    refuse(nobody)
    sound = {"type": "track", "event": NASTY, "userId": "ada", "messageId": "again"}
    way = Way(family="segment", path="/v1/track", headers={"origin": "https://new.example"}, alone=False)
    kept = sample("wrong_origin", "", msgspec.json.encode(sound), way)
    broken = sample("no_name", "", '{"type":"track"}', Way(family="segment", path="/v1/track"))
    nobody.inbox.put([Intake(source="segment:web", received_at=NOW, samples=(kept, broken))])
    owner = owner_of(nobody)
    page = owner.get("/sources/refused").text
    assert "3 refused samples are kept" in page
    assert "1 sample would be accepted now, as 1 event" in page
    assert "1 would be refused again: the event names nobody" in page
    assert "bring it in again from where it came" in page
    assert NASTY not in page
    one = owner.get("/sources/refused?reason=impossible_time").text
    assert "None of it can be sent again" in one
    done = owner.submit("/sources/refused", "/sources/refused", {"source": "", "reason": "wrong_origin"})
    assert "1 sample were accepted" not in done.text
    assert "was accepted" in done.text
    assert [each.event_id for each in nobody.inbox.take(0, 100).events if each.name == NASTY] == ["again"]
    (noted,) = [each for each in nobody.inbox.take(0, 100).events if each.name == "refused_replayed"]
    assert b'"by":"m@x.test"' in bytes(noted.properties)
    assert "2 refused samples are kept" in owner.get("/sources/refused").text


def owner_of(cast: Cast) -> Visitor:
    if not cast.members.any():
        cast.members.add(
            email="m@x.test", name="M", role=Role.OWNER, password="a long password", now=cast.now
        )
    visitor = Visitor(build(cast.desk(), members=cast.members))
    visitor.sign_in("m@x.test", "a long password")
    return visitor


def test_a_key_is_shown_once_and_revoked_for_good(fresh: Cast) -> None:
    marta = signed_in(fresh)
    made = marta.submit("/sources", "/keys", {"name": "web"})
    key = made.text.partition('id="new-key" tabindex="0">')[2].partition("<")[0]
    assert key.startswith("wk_")
    assert key not in marta.get("/sources").text
    assert marta.submit("/sources", "/keys", {"name": "web"}).status == 422
    assert marta.submit("/sources", "/keys", {"name": " "}).status == 422
    assert marta.submit("/sources", "/keys/revocations", {"name": "web"}).status == 303
    assert marta.submit("/sources", "/keys/revocations", {"name": "web"}).status == 422
    assert Keys(fresh.operations).list()[0].revoked_at == NOW


def test_the_first_steps_wait_for_an_event_and_then_got_it(nobody: Cast) -> None:
    owner = owner_of(nobody)
    steps = owner.get("/start").text
    assert "4 steps to one true score" in steps
    assert 'href="/sources#keys"' in steps
    assert 'href="/journeys/new"' in steps
    waiting = owner.get("/start/waiting").text
    assert 'hx-get="/start/waiting?protocol=segment' in waiting
    nobody.inbox.put([Intake(source="segment:web", received_at=NOW, family="segment", events=EVENT, n=1)])
    assert "Got it." in owner.get("/start/waiting").text
    assert "hx-get" not in owner.get("/start/waiting").text
    assert "Waiting for an event by Mixpanel" in owner.get("/start?protocol=mixpanel").text
    assert "Waiting for an event by Mixpanel" in owner.get("/start/waiting?protocol=mixpanel").text
    assert "Waiting for an event by a file" in owner.get("/start/waiting?language=logs").text
    nobody.inbox.put([Intake(source="shop", received_at=NOW, family="mixpanel", events=EVENT, n=1)])
    assert "by Mixpanel came from shop" in owner.get("/start?protocol=mixpanel").text
    nobody.inbox.put([Intake(source="log", received_at=NOW, events=EVENT, n=1)])
    assert "by a file came from log" in owner.get("/start/waiting?language=logs").text


EVENT = (
    b'{"event_id":"1","source":"segment:web","kind":"track","name":"x",'
    b'"happened_at":"2026-11-20T10:00:00Z","received_at":"2026-11-20T10:00:00Z"}\n'
)


@pytest.mark.parametrize("language", ["curl", "python", "node", "browser", "logs"])
def test_a_first_event_can_be_copied_in_five_languages(marta: Visitor, language: str) -> None:
    page = marta.get(f"/start?language={language}").text
    assert f'id="snippet-{language}"' in page
    assert "127.0.0.1:8090" in page or language == "logs"


def test_a_first_event_can_be_copied_in_every_protocol(marta: Visitor) -> None:
    for protocol, each in PROTOCOLS.items():
        for snippet in each.snippets:
            page = marta.get(f"/start?protocol={protocol}&language={snippet.key}").text
            assert f'<option value="{protocol}" selected>{each.name}</option>' in page
            assert f'id="snippet-{snippet.key}"' in page
            assert "ADDRESS" not in page


def test_the_sample_goes_after_a_second_look(fresh: Cast) -> None:
    gone: list[datetime] = []
    desk = fresh.desk(has_sample=lambda: not gone, remove_sample=lambda: gone.append(datetime.now(UTC)))
    visitor = Visitor(build(desk, members=fresh.members))
    visitor.sign_in("marta@waypost.test", "a long and simple password")
    assert "This is the sample workspace" in visitor.get("/start").text
    assert (
        visitor.submit("/sample/removal", "/sample/removal").headers["location"] == "/start?act=sample_gone"
    )
    assert len(gone) == 1
    assert "This is the sample workspace" not in visitor.get("/start").text


def test_an_unsubscribe_link_needs_no_sign_in_and_changes_nothing_when_looked_at(fresh: Cast) -> None:
    secret = b"s" * 32
    visitor = Visitor(build(fresh.desk(secret=secret), members=fresh.members))
    mail = f"{10:032x}"
    raw = bytes.fromhex(mail)
    # As the e-mail carries it: the intervention's id and our seal on it.
    sealed = raw + hmac.digest(secret, b"unsubscribe\x1f" + raw, hashlib.sha256)[:16]
    link = f"{UNSUBSCRIBE_PATH}{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"
    asked = visitor.get(link)
    assert (asked.status, "@halcyon.test" in asked.text) == (200, True)
    assert Suppressions(fresh.operations).addresses() == set()
    assert "nothing more needs to be clicked" in visitor.post(link, {"List-Unsubscribe": "One-Click"}).text
    assert len(Suppressions(fresh.operations).addresses()) == 1
    assert visitor.post(link).status == 200
    assert visitor.post(f"{UNSUBSCRIBE_PATH}rubbish").status == 404


def test_the_top_bar_names_the_source_that_is_late(marta: Visitor) -> None:
    assert "5 of 6 sources current, seats from yesterday" in marta.get("/").text


def test_a_source_without_a_rhythm_is_late_after_a_day_and_two_hours(fresh: Cast) -> None:
    marta = signed_in(fresh)
    fresh.now = NOW + timedelta(days=3)
    # The sixth comes but rarely, as its own history tells.
    assert "1 of 6 sources current, seats from 19 Nov" in marta.get("/").text
