from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.intervene.company import (
    EMAIL,
    HOOK,
    NOON,
    TOUCH,
    Company,
    a_play,
    decided,
    one_of,
    rules,
    said,
    why,
)
from waypost.intervene import ContactPolicy, decide, told
from waypost.intervene.decide import priority
from waypost.intervene.facts import Account, Notice
from waypost.measure import Segment
from waypost.store import (
    Interventions,
    InterventionState,
    Operations,
    Touches,
)


def test_a_stray_becomes_a_message_that_leaves_after_the_undo_window(
    company: Company, operations: Operations
) -> None:
    signal = company.signal("strayed", "ada", "acme")
    events = decide(company.warehouse, operations, rules(), now=NOON)
    one = one_of(operations)
    assert (one.state, one.held_out, one.address) == (InterventionState.DUE, False, "ada@acme.example")
    assert one.due_at == NOON + timedelta(seconds=10)
    assert one.content == {
        "subject": "Ada, one step to go",
        "html": "<p>Hello Ada,</p><p>not done yet: <b>Connect a source</b>.</p>",
        "button": {"label": "Go on", "url": "https://app.example/start?who=ada"},
    }
    assert [(event.kind, event.name, event.person_id, event.account_id) for event in events] == [
        ("intervention", "decided", "ada", "acme")
    ]
    assert said(events)[0] == {
        "intervention_id": one.intervention_id,
        "play": "first_week_back",
        "arm": "email",
        "channel": "email",
        "held_out": False,
        "holdout_share": 0.0,
        "signal_id": signal,
        "signal": "strayed",
        "journey": "analyst",
        "milestone": "first_7",
    }


def test_deciding_twice_changes_nothing(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    first = decide(company.warehouse, operations, rules(), now=NOON)
    again = decide(company.warehouse, operations, rules(), now=NOON + timedelta(minutes=1))
    assert [event.event_id for event in again] == [event.event_id for event in first]
    told(operations, again)
    assert decide(company.warehouse, operations, rules(), now=NOON + timedelta(minutes=2)) == []
    assert len(decided(operations)) == 1


def test_a_signal_that_the_play_is_not_meant_for_leaves_no_row(
    company: Company, operations: Operations
) -> None:
    company.signal("returned", "ada", "acme")
    company.signal("strayed", "ada", "acme", journey="other")
    company.signal("strayed", "ada", "acme", milestone="first_30")
    company.signal("strayed", "cleo", "beta")
    chosen = a_play(
        when={"signal": "strayed", "journey": "analyst", "milestone": "first_7"},
        audience={"tiers": ["growth"]},
    )
    decide(company.warehouse, operations, rules(chosen), now=NOON)
    assert decided(operations) == []


def test_the_first_arm_that_fits_is_taken(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    company.signal("strayed", "cleo", "beta")
    play = a_play({**TOUCH, "when": {"tiers": ["enterprise"]}}, EMAIL)
    decide(company.warehouse, operations, rules(play), now=NOON)
    assert [(one.person_id, one.arm, one.state) for one in decided(operations)] == [
        ("ada", "email", InterventionState.DUE),
        ("cleo", "call", InterventionState.WAITING),
    ]


def test_arms_and_audiences_can_ask_for_roles_and_segments(company: Company, operations: Operations) -> None:
    for person in ("ada", "ben"):
        company.signal("strayed", person, "acme")
    rich = Segment.from_document({"key": "rich", "name": "Rich", "where": [{"value_at_least": 1}]}, where="s")
    poor = Segment.from_document({"key": "poor", "name": "Poor", "where": [{"region": "?"}]}, where="s")
    play = a_play(
        {**TOUCH, "when": {"segments": ["poor"]}}, EMAIL, audience={"roles": ["admin"], "segments": ["rich"]}
    )
    decide(company.warehouse, operations, rules(play, segments=[rich, poor]), now=NOON)
    assert [(one.person_id, one.arm) for one in decided(operations)] == [("ben", "email")]


def test_an_audience_can_ask_for_a_segment_of_people(company: Company, operations: Operations) -> None:
    for person in ("ada", "ben"):
        company.signal("strayed", person, "acme")
    document = {"key": "admins", "name": "Admins", "of": "people", "where": [{"role": "admin"}]}
    admins = Segment.from_document(document, where="s")
    play = a_play(EMAIL, audience={"segments": ["admins"]})
    decide(company.warehouse, operations, rules(play, segments=[admins]), now=NOON)
    assert [(one.person_id, one.arm) for one in decided(operations)] == [("ben", "email")]


def test_a_webhook_carries_the_words_and_no_address_of_a_person(
    company: Company, operations: Operations
) -> None:
    company.person("dee", "Dee", "acme")
    company.signal("strayed", "dee", "acme")
    decide(company.warehouse, operations, rules(a_play(HOOK)), now=NOON)
    one = one_of(operations)
    assert (one.address, one.personal, one.due_at) == ("https://hooks.example/in", False, NOON)
    assert one.content["type"] == "person.strayed"
    assert one.content["data"]["person"]["id"] == "dee"
    assert one.content["data"]["milestone"]["name"] == "First 7 days"


def test_quiet_hours_postpone_and_do_not_drop(company: Company, operations: Operations) -> None:
    night = ContactPolicy.from_document({"quiet_hours": {"from": "20:00", "until": "07:00"}}, where="policy")
    evening = NOON.replace(hour=19, minute=30)  # 20:30 in Berlin
    company.signal("strayed", "ada", "acme", at=evening)
    decide(company.warehouse, operations, rules(policy=night, zone="Europe/Berlin"), now=evening)
    assert one_of(operations).due_at == datetime(2026, 11, 5, 6, 0, tzinfo=UTC)


def test_a_play_goes_on_from_the_last_signal_even_when_it_was_too_old_to_mention(
    company: Company, operations: Operations
) -> None:
    decide(company.warehouse, operations, rules(), now=NOON)
    company.signal("strayed", "ada", "acme", at=NOON - timedelta(days=30))
    company.signal("strayed", "ben", "acme", at=NOON - timedelta(days=12))
    patient = a_play(key="patient", signal_age_days=20)
    decide(company.warehouse, operations, rules(a_play(), patient), now=NOON)
    assert decided(operations) == []
    assert [one.person_id for one in decided(operations, "patient")] == ["ben"]
    assert Interventions(operations).position("first_week_back") == company.last_arrival()


def test_without_plays_nothing_is_decided(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    none = replace(rules(), plays=())
    assert decide(company.warehouse, operations, none, now=NOON) == []


# Touches.


def test_new_evidence_adds_to_the_open_touch(company: Company, operations: Operations) -> None:
    play = a_play(TOUCH)
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(play), now=NOON)
    company.scored("acme", 20, "at_risk")
    company.signal("strayed", "ben", "acme")
    decide(company.warehouse, operations, rules(play), now=NOON + timedelta(hours=1))
    (touch,) = Touches(operations).open(NOON)
    assert touch.content["title"] == "Call Ada Lovelace about First 7 days"
    assert touch.member == "mia@waypost.example"
    evidence = Touches(operations).evidence([touch.intervention_id])[touch.intervention_id]
    assert [one.person_id for one in evidence] == ["ada", "ben"]
    assert touch.priority == evidence[1].priority > 0


def test_evidence_of_an_open_touch_is_welcome_within_the_cooldown(
    company: Company, operations: Operations
) -> None:
    play = a_play({**TOUCH, "title": "Look", "says": ""}, when={"signal": "score_fell"})
    for days in (0, 3):
        company.signal("score_fell", None, "acme", at=NOON + timedelta(days=days))
        decide(company.warehouse, operations, rules(play), now=NOON + timedelta(days=days))
    assert len(Touches(operations).open(NOON)) == 1
    assert why(operations) == [None, None]


def test_a_touch_done_makes_room_for_the_next(company: Company, operations: Operations) -> None:
    play = a_play(TOUCH)
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(play), now=NOON)
    (touch,) = Touches(operations).open(NOON)
    assert Touches(operations).done(touch.intervention_id, member="mia@waypost.example", now=NOON)
    company.signal("strayed", "ben", "acme")
    decide(company.warehouse, operations, rules(play), now=NOON)
    (following,) = Touches(operations).open(NOON)
    assert following.person_id == "ben"


def test_a_touch_is_due_at_the_end_of_its_last_day(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH), zone="Europe/Berlin"), now=NOON)
    assert one_of(operations).due_at == datetime(2026, 11, 6, 23, 0, tzinfo=UTC)


def test_more_points_value_and_nearness_come_first() -> None:
    def of(points: float | None = None, **account: Any) -> float:  # noqa: ANN401 -- any field of an account
        notice = Notice(
            arrival=1,
            signal_id="s",
            signal="score_fell",
            happened_at=NOON,
            person_id=None,
            account_id="acme",
            points=points,
        )
        return priority(Account(account_id="acme", name="Acme", **account), notice, now=NOON, zone="UTC")

    assert of(14, value=1_000.0, renews_on=date(2026, 12, 4)) == pytest.approx(14 * 1_000 * 365 / 60)
    assert of(-14, value=1_000.0) == pytest.approx(14 * 1_000 * 365 / 395)
    assert of(score=40.0, value=1_000.0) == pytest.approx(60 * 1_000 * 365 / 395)
    assert of() == pytest.approx(50 * 365 / 395)
    assert of(renews_on=date(2026, 1, 1)) == of()
