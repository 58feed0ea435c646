"""The timeline: a quiet account's whole period, a busy account's latest days, and whether there are earlier events."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.show.cast import ACME, NOW, TODAY, empty_workspace, event_row, fill
from waypost.core import Document
from waypost.show.rules import Rules
from waypost.show.timeline import LATEST_DAYS, MANY_PEOPLE, MOST_MOMENTS, Told, told
from waypost.store import Published

SCANS = {"event": "POST /loads/:id/scan", "kind": "log"}
RUNS = {"event": "export_run", "where": {"property": "status", "is": "done"}}
CATALOGUE: Document = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [
        {"key": "scans", "name": "Loads scanned", "match": [SCANS]},
        {"key": "exports", "name": "Reports exported", "match": [RUNS]},
    ],
}
PLAY: Document = {
    "kind": "play",
    "key": "week_one",
    "name": "Bring back strays",
    "when": {"signal": "strayed"},
    "goal": {"signal": "returned", "within_days": 14},
    "arms": [{"key": "call", "channel": "touch", "title": "Call", "says": "Call them"}],
}


def _in_force(document: Document) -> Published:
    return Published(
        kind=str(document["kind"]),
        key=str(document["key"]),
        version=1,
        document=document,
        published_at=NOW,
        published_on=TODAY,
        withdrawn=False,
    )


RULES = Rules.read([_in_force(CATALOGUE), _in_force(PLAY)])
SINCE = TODAY - timedelta(days=30)
MANY = 8 * MOST_MOMENTS


def _told(*happened: tuple[date, str], people: int = MANY_PEOPLE) -> Told:
    cast = empty_workspace()
    rows = [
        event_row(n, ("track", name, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), "ada", {}), ACME)
        for n, (day, name) in enumerate(happened)
    ]
    fill(cast, "events", rows)
    return told(cast.desk(), RULES, ACME, SINCE, people=people)


def test_many_events_that_make_one_moment_hide_no_earlier_day() -> None:
    found = _told(*[(TODAY, "Export")] * (MANY), (SINCE, "Sign in"))
    assert [each.says for each in found.moments] == [f"ada: Export {MANY} times", "ada: Sign in"]
    assert (found.first_on, found.earlier) == (SINCE, False)


def test_a_busy_account_is_told_by_its_latest_whole_days() -> None:
    days = [TODAY - timedelta(days=n) for n in range(20)]
    found = _told(*[(day, f"Report {n}") for day in days for n in range(20)] * 6)
    assert len(found.moments) == MOST_MOMENTS // 20 * 20
    assert found.first_on == TODAY - timedelta(days=1)
    assert found.earlier


def test_the_latest_days_and_those_before_make_one_list_that_ends_with_a_whole_day() -> None:
    edge = TODAY + timedelta(days=1) - timedelta(days=LATEST_DAYS)
    before = [edge - timedelta(days=n) for n in (1, 2, 3)]
    a_day = MOST_MOMENTS // 3
    found = _told(*[(day, f"Report {n}") for day in (TODAY, edge, *before) for n in range(a_day)])
    assert (len(found.moments), found.first_on) == (2 * a_day, edge)
    few = _told(*[(day, "Report") for day in (TODAY, edge, *before)])
    assert [each.at.date() for each in few.moments] == [TODAY, edge, *before]
    assert few.first_on == SINCE


def test_of_a_small_account_all_days_are_read_at_once() -> None:
    days = [TODAY - timedelta(days=n) for n in range(20)]
    small, large = (
        _told(*[(day, f"Report {n}") for day in days for n in range(20)], people=people)
        for people in (3, MANY_PEOPLE)
    )
    assert small == large
    few = [_told(*[(day, "Report") for day in days], people=people) for people in (3, MANY_PEOPLE)]
    assert few[0] == few[1]


def test_use_before_the_period_is_an_earlier_event_too() -> None:
    cast = empty_workspace()
    at = datetime(SINCE.year, SINCE.month, SINCE.day, 9, tzinfo=UTC) - timedelta(days=3)
    use = {"day": at.date(), "account_id": ACME, "person_id": "ada", "feature": "f", "actor": "human", "n": 1}
    fill(cast, "usage_daily", [{**use, "first_at": at, "last_at": at}])
    assert told(cast.desk(), RULES, ACME, SINCE).earlier
    assert not told(cast.desk(), RULES, "beta", SINCE).earlier


def test_what_names_no_account_is_told_where_the_person_belongs() -> None:
    cast = empty_workspace()
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    theirs = {"role": "clerk", "champion": False, "signs_renewal": False}
    days = {"provisioned_at": moment, "provisioned_on": SINCE, "joined_on": SINCE}
    fill(cast, "memberships", [{"person_id": "ada", "account_id": ACME, **theirs, **days}])
    nameless = [
        event_row(n, ("track", "Export", moment, who, {}), ACME) | {"account_id": None}
        for n, who in enumerate(("ada", "cleo"))
    ]
    fill(cast, "events", nameless)
    assert [each.says for each in told(cast.desk(), RULES, ACME, SINCE).moments] == ["ada: Export"]


def test_events_before_the_period_are_earlier_ones() -> None:
    found = _told((TODAY, "Export"), (SINCE - timedelta(days=1), "Export"))
    assert (len(found.moments), found.earlier) == (1, True)


def test_events_that_are_too_old_to_be_looked_at_are_no_earlier_ones() -> None:
    found = _told((TODAY, "Export"), (SINCE - timedelta(days=401), "Export"))
    assert (len(found.moments), found.earlier) == (1, False)


def test_who_is_at_risk_is_told_with_what_that_is_judged_by() -> None:
    cast = empty_workspace()
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    judged = {"judged_by": "31% likely in time (24% to 39%), from 412 people before"}
    fill(cast, "events", [event_row(1, ("signal", "at_risk", moment, "ada", judged), ACME)])
    [told_of] = told(cast.desk(), RULES, ACME, SINCE).moments
    assert told_of.says == f"ada is at risk of straying: {judged['judged_by']}"


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("log", "POST /loads/:id/scan", "ada: Loads scanned"),
        ("log", "GET /health", "ada: GET /health"),
        # Whether it means the feature depends on the status, so it keeps its own name.
        ("row", "export_run", "ada: export_run"),
    ],
)
def test_what_a_machine_calls_by_a_route_is_told_by_the_name_of_its_feature(
    kind: str, name: str, says: str
) -> None:
    cast = empty_workspace()
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    fill(cast, "events", [event_row(1, (kind, name, moment, "ada", {}), ACME)])
    assert [each.says for each in told(cast.desk(), RULES, ACME, SINCE).moments] == [says]


def test_mail_of_others_is_no_touch_and_ours_is_told_by_its_touch() -> None:
    cast = empty_workspace()
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    theirs, ours = {"channel": "mail", "address": "ada@acme.example"}, {"channel": "email"}
    happened = [
        ("opened", theirs),
        ("clicked", {**theirs, "waypost_id": "0" * 32}),
        ("bounced", {**ours, "intervention_id": "0" * 32}),
    ]
    rows = [
        event_row(n, ("delivery", name, at, "ada", said), ACME) for n, (name, said) in enumerate(happened)
    ]
    fill(cast, "events", rows)
    found = told(cast.desk(), RULES, ACME, SINCE).moments
    assert {(each.says, each.chip, each.source) for each in found} == {
        ("Mail opened for ada", "support", "Told by segment:web"),
        ("E-mail bounced for ada", "touches", "Touch"),
    }


def test_a_play_that_chose_somebody_is_told_by_its_name() -> None:
    cast = empty_workspace()
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    chosen = [("week_one", {}), ("gone_by_now", {"held_out": True})]
    rows = [
        event_row(n, ("intervention", "decided", at, person, {"play": play, **said}), ACME)
        for n, (person, (play, said)) in enumerate(zip(("ada", "ben"), chosen, strict=True))
    ]
    fill(cast, "events", rows)
    assert {each.says for each in told(cast.desk(), RULES, ACME, SINCE).moments} == {
        "ada chosen by a play: Bring back strays",
        "ben chosen by a play: Gone by now, held out",
    }
