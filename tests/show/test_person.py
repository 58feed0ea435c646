"""One person: the path with its days, use, what they did, what was said and done, and what they agreed to."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import msgspec
import pytest

from tests.show.cast import NOW, TODAY, Cast, fill, full_workspace
from tests.show.conftest import signed_in
from tests.show.visitor import Visitor
from waypost.journey import Journey
from waypost.show.charts.road import narrow_road, wide_road
from waypost.show.person_path import Stood, steps_of, stops_of
from waypost.store import SuppressedBy, Suppressions

BEGAN = date(2026, 8, 3)
MILESTONES = (
    ("first_7", {"by_day": 7}, {"feature": "a", "at_least": 1, "says": "Do a", "missed": "No a"}),
    ("first_30", {"by_day": 30}, {"feature": "b", "at_least": 1, "says": "Do b"}),
    ("sustained", {"rolling_days": 28}, {"feature": "a", "at_least": 2, "says": "Keep on"}),
)
PATH = Journey.from_document(
    {
        "key": "analyst",
        "name": "Analyst path",
        "milestones": [
            {"key": key, "name": key.replace("_", " ").capitalize(), **day, "clauses": [clause]}
            for key, day, clause in MILESTONES
        ],
    },
    where="it",
)
NO_A = '[{"clause": "first_7.0", "says": "Do a", "value": 0, "needed": 1}]'
NO_B = '[{"clause": "first_30.0", "says": "Do b", "value": 0, "needed": 1}]'


def stood(standing: str, milestone: str, days: tuple[int, int | None], missing: str = "[]") -> Stood:
    first, until = days
    return Stood(
        account_id="acme",
        journey="analyst",
        standing=standing,
        milestone=milestone,
        since_on=BEGAN + timedelta(days=first),
        until_on=None if until is None else BEGAN + timedelta(days=until),
        due_on={"first_7": BEGAN + timedelta(days=7), "first_30": BEGAN + timedelta(days=30)}.get(milestone),
        missing=missing,
    )


def told(*rows: Stood) -> list[tuple[str, int | None, int | None, str]]:
    def day(on_day: date | None) -> int | None:
        return None if on_day is None else (on_day - BEGAN).days

    steps = steps_of(PATH, rows, BEGAN, BEGAN + timedelta(days=40))
    return [(each.state, day(each.met_on), day(each.strayed_on), each.says) for each in steps]


def test_a_milestone_met_in_time_is_dated_by_the_day_its_last_clause_was_done() -> None:
    assert told(
        stood("not_started", "first_7", (0, 1), NO_A),
        stood("on_path", "first_7", (1, 8)),
        stood("on_path", "first_30", (8, None), NO_B),
    ) == [
        ("met", 1, None, "Met in time"),
        ("here", None, None, "On path"),
        ("coming", None, None, "Still to come"),
    ]


def test_what_is_still_to_come_is_due_from_the_day_on_which_the_journey_was_entered() -> None:
    later = BEGAN + timedelta(days=20)
    entered = msgspec.structs.replace(
        stood("on_path", "first_7", (20, None)), due_on=later + timedelta(days=7)
    )
    steps = steps_of(PATH, [entered], BEGAN, BEGAN + timedelta(days=40))
    days = [later + timedelta(days=7), later + timedelta(days=30), None]
    assert [each.due_on for each in steps] == days
    assert steps_of(PATH, [], BEGAN, BEGAN)[1].due_on == BEGAN + timedelta(days=30)


def test_a_milestone_missed_and_met_late_says_both_days() -> None:
    assert told(
        stood("strayed", "first_7", (8, 12), NO_A),
        stood("returned", "first_30", (12, 20), NO_B),
        stood("strayed", "first_30", (31, None), NO_B),
    ) == [
        ("late", 12, 8, "Missed, met late"),
        ("missed", None, 31, "Strayed"),
        ("coming", None, None, "Still to come"),
    ]


def test_what_is_sustained_is_never_over_and_can_lapse() -> None:
    on_path = [stood("on_path", "first_7", (0, 8)), stood("on_path", "first_30", (8, 31))]
    kept = told(*on_path, stood("lapsed", "sustained", (31, 35)), stood("sustained", "sustained", (35, None)))
    assert kept[-1] == ("here", None, 31, "On path")
    lapsed = told(
        *on_path, stood("sustained", "sustained", (31, 35)), stood("lapsed", "sustained", (35, None))
    )
    assert lapsed[-1] == ("missed", None, 35, "Lapsed")


def test_the_road_says_what_was_missed_and_marks_where_the_person_is() -> None:
    rows = [stood("strayed", "first_7", (8, None), NO_A)]
    stops = stops_of(steps_of(PATH, rows, BEGAN, BEGAN + timedelta(days=9)), BEGAN + timedelta(days=9))
    for drawn in (wide_road(stops, "The path"), narrow_road(stops, "The path")):
        assert "No a" in drawn
        assert "since 11 Aug" in drawn
        assert drawn.count('class="missed"') == 1
        assert drawn.count('class="here"') == 1
        assert drawn.count('class="coming"') == 2


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("tom", ("Lapsed 12 days ago at Sustained", "answered NPS with 6", "Plays chose Tom")),
        ("ada", ("Strayed 23 days ago at First 30 days", "No survey answered", "No ticket")),
        ("priya", ("No journey is meant for Priya", "since they left", "Was at")),
        ("piotr", ("Never", "never used a feature", "Nothing in these weeks")),
    ],
)
def test_a_person_in_facts(marta: Visitor, person: str, said: tuple[str, ...]) -> None:
    page = marta.get(f"/people/{person}").text
    assert [each for each in said if each not in page] == []


def test_who_is_at_risk_is_shown_with_the_odds_that_say_so(marta: Visitor) -> None:
    page = marta.get("/people/cleo").text
    assert re.search(r"17% likely in time \(8% to 31%\), from 6\d\d people before\.", page)


@pytest.mark.parametrize("person", ["ana", "tom"])
def test_the_numbers_of_use_open_what_they_count(marta: Visitor, person: str) -> None:
    shown = re.findall(
        r'<a class="opens[^"]*" href="/measures/(\w+)/items([^"]+)">\+?([\d,.]+)',
        marta.get(f"/people/{person}").text,
    )
    assert {"active_days_28", "active_days_7", "features_28", "uses_28", "feature_uses_28"} <= {
        measure for measure, *_ in shown
    }
    for measure, query, number in shown:
        opened = msgspec.json.decode(marta.get(f"/measures/{measure}/items.json{unescape(query)}").body)
        assert (opened["value"] or 0) == float(number.replace(",", "")), (measure, query)


def test_use_is_told_in_numbers_with_its_chart_and_features(marta: Visitor) -> None:
    page = marta.get("/people/ana").text
    assert "Active days a week" in page
    assert "Features that Ana used" in page
    assert "of 3 core" in page


def test_events_are_told_with_features_and_paged_by_weeks(marta: Visitor) -> None:
    page = marta.get("/people/ana").text
    assert "Earlier" in page
    assert "Later" not in page
    earlier = marta.get("/people/ana?before=2026-10-23").text
    assert "until before 23 Oct" in earlier
    assert "Later" in earlier
    assert marta.get("/people/ana?before=nonsense").status == 200
    rows = list(csv.DictReader(io.StringIO(marta.get("/people/tom/events.csv").text)))
    assert {"day", "event", "features", "times"} <= set(rows[0])
    assert any(row["kind"] == "survey" for row in rows)


def test_what_a_person_said_asked_and_changed_is_told() -> None:
    own = full_workspace()
    at = NOW.replace(tzinfo=None)
    about = {"account_id": "acme", "person_id": "ben"}
    answer = {
        "answer_id": "1",
        "survey": "nps",
        "score": 9.0,
        "comment": "Fine",
        "answered_at": at,
        "answered_on": TODAY,
    }
    ticket = {
        "ticket_id": "T-1",
        "subject": "It is slow",
        "priority": "urgent",
        "solved": False,
        "opened_at": at,
    }
    setting = {
        "setting": "scheduled_reports",
        "value": "on",
        "since_at": at,
        "since_on": TODAY,
        "event_id": "1",
    }
    fill(own, "answers", [{**about, **answer}])
    fill(own, "tickets", [{**about, **ticket, "opened_on": TODAY, "since_on": TODAY}])
    fill(own, "settings", [{**about, **setting}])
    fill(own, "usage_daily", [{**USED, "day": TODAY - timedelta(days=n), "actor": who} for n, who in USES])
    page = signed_in(own).get("/people/ben").text
    said = (
        "Ben answered 1 survey",
        "NPS: 9",
        "“Fine”",
        "1 open ticket of 1",
        "It is slow",
        "Scheduled reports: on",
    )
    assert [each for each in said if each not in page] == []
    assert "Ben was active on 2 of the last 28 days, 1 more than before" in page
    assert "+3 by jobs" in page


USED = {
    "account_id": "acme",
    "person_id": "ben",
    "feature": "reports_exported",
    "n": 3,
    "first_at": NOW.replace(tzinfo=None),
    "last_at": NOW.replace(tzinfo=None),
}
USES = ((0, "human"), (27, "human"), (28, "human"), (1, "automated"), (90, "human"))


def test_who_wants_no_mail_is_said_with_the_reason(fresh: Cast) -> None:
    marta = signed_in(fresh)
    assert "Ben may be written to" in marta.get("/people/ben").text
    Suppressions(fresh.operations).add("BEN@x.test", SuppressedBy.UNSUBSCRIBED, NOW)
    page = marta.get("/people/ben").text
    assert "Ben gets no more e-mail" in page
    assert "Unsubscribed" in page


def test_what_was_held_back_says_why(marta: Visitor) -> None:
    page = marta.get("/people/cleo").text
    assert "left alone, so that we can learn" in page


def test_segments_of_a_person_lead_to_why(marta: Visitor) -> None:
    page = marta.get("/people/tom").text
    assert 'href="/segments/enterprise_eu?who=halcyon"' in page


def test_nobody_of_this_id_is_said_so(marta: Visitor) -> None:
    assert marta.get("/people/nobody").status == 404
