from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intervene.company import EMAIL, HOOK, NOON, SECRET, TOUCH, Company, a_play, rules
from waypost.core import Event, Kind
from waypost.intervene import ContactPolicy, WhyNot, decide, told
from waypost.intervene.decide import priority
from waypost.intervene.facts import Account, Notice
from waypost.intervene.holdout import draws
from waypost.measure import Segment
from waypost.store import (
    HoldoutPlace,
    Holdouts,
    Intervention,
    Interventions,
    InterventionState,
    Operations,
    SuppressedBy,
    Suppressions,
    Touches,
)


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def operations() -> Operations:
    return Operations(None)


def decided(operations: Operations, play: str = "first_week_back") -> list[Intervention]:
    return sorted(Interventions(operations).for_play(play), key=lambda one: one.signal_id)


def one_of(operations: Operations) -> Intervention:
    (one,) = decided(operations)
    return one


def why(operations: Operations) -> list[str | None]:
    return [one.why for one in decided(operations)]


def said(events: Sequence[Event]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.properties) for event in events]


def holding_out(*accounts: str, key: str = "first_week_back") -> float:
    """A share that holds out these accounts and as few others as can be."""
    return max(draws(SECRET, key, account) for account in accounts) + 1e-9


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


# One test for each reason not to send.


def test_an_old_signal_is_too_old(company: Company, operations: Operations) -> None:
    decide(company.warehouse, operations, rules(), now=NOON - timedelta(days=5))
    company.signal("strayed", "ada", "acme", at=NOON - timedelta(days=3, seconds=1))
    company.signal("strayed", "ben", "acme", at=NOON - timedelta(days=3))
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.TOO_OLD, None]


def test_a_new_play_does_not_look_at_history(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme", at=NOON - timedelta(days=4))
    company.signal("strayed", "ben", "acme", at=NOON - timedelta(days=2))
    decide(company.warehouse, operations, rules(), now=NOON)
    assert [one.person_id for one in decided(operations)] == ["ben"]


def test_a_signal_of_no_known_account_is_held_back(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", None)
    company.signal("strayed", "ada", "nowhere")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.NO_ACCOUNT, WhyNot.NO_ACCOUNT]
    assert {one.held_out for one in decided(operations)} == {None}


def test_a_person_who_left_is_not_written_to(company: Company, operations: Operations) -> None:
    company.person("dee", "Dee", "acme", email="dee@acme.example", left_on=date(2026, 11, 4))
    company.signal("strayed", "dee", "acme")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.LEFT]


def test_what_is_no_longer_true_is_not_acted_on(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    company.stands("ada", "acme", "returned")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.NO_LONGER_TRUE]


def test_a_band_that_has_changed_again_is_not_acted_on(company: Company, operations: Operations) -> None:
    company.scored("acme", 80, "steady", date(2026, 11, 3))
    company.scored("acme", 40, "at_risk")
    company.signal("band_changed", None, "acme", band="watch")
    company.signal("band_changed", None, "acme", band="at_risk")
    play = a_play(
        {**TOUCH, "title": "Look at {{ account.name }}", "says": ""}, when={"signal": "band_changed"}
    )
    decide(company.warehouse, operations, rules(play), now=NOON)
    assert why(operations) == [WhyNot.NO_LONGER_TRUE, None]


def test_a_fall_of_the_score_stays_true(company: Company, operations: Operations) -> None:
    company.signal("score_fell", None, "acme", score=58.0, before=72.0)
    play = a_play({**TOUCH, "title": "Look", "says": ""}, when={"signal": "score_fell"})
    decide(company.warehouse, operations, rules(play), now=NOON)
    one = one_of(operations)
    assert one.state is InterventionState.WAITING
    assert one.priority == pytest.approx(14 * 24_000 * 365 / 395)


def test_no_arm_may_fit(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    decide(
        company.warehouse, operations, rules(a_play({**EMAIL, "when": {"tiers": ["enterprise"]}})), now=NOON
    )
    assert why(operations) == [WhyNot.NO_ARM]


def test_a_person_chosen_lately_is_left_alone_until_the_cooldown_is_over(
    company: Company, operations: Operations
) -> None:
    play = a_play(cooldown_days=21)
    for days in (0, 20, 21):
        company.signal("strayed", "ada", "acme", at=NOON + timedelta(days=days))
        decide(company.warehouse, operations, rules(play), now=NOON + timedelta(days=days))
    assert why(operations) == [None, WhyNot.COOLDOWN, None]


def test_held_out_people_rest_between_choices_like_all_others(
    company: Company, operations: Operations
) -> None:
    play = a_play(cooldown_days=21, holdout_share=0.9)
    assert draws(SECRET, play.key, "acme") < 0.9
    for days in (0, 20, 21):
        company.signal("strayed", "ada", "acme", at=NOON + timedelta(days=days))
        decide(company.warehouse, operations, rules(play), now=NOON + timedelta(days=days))
    assert [one.held_out for one in decided(operations)] == [True, None, True]


def test_someone_of_a_held_out_account_elsewhere_is_not_written_to(
    company: Company, operations: Operations
) -> None:
    company.membership("ada", "beta", role="analyst")
    company.signal("strayed", "ada", "acme")
    Holdouts(operations).draw("first_week_back", {"beta": HoldoutPlace(held_out=True, share=0.2)}, now=NOON)
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.HELD_OUT_ELSEWHERE]
    assert one_of(operations).held_out is False


def test_one_address_is_one_human_whatever_the_ids(company: Company, operations: Operations) -> None:
    company.person("ada-2", "Ada", "beta", email="ADA@acme.example")
    Holdouts(operations).draw("first_week_back", {"beta": HoldoutPlace(held_out=True, share=0.2)}, now=NOON)
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.HELD_OUT_ELSEWHERE]


def test_a_person_without_an_address_cannot_be_written_to(company: Company, operations: Operations) -> None:
    company.person("dee", "Dee", "acme")
    company.signal("strayed", "dee", "acme")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.NO_ADDRESS]


def test_a_suppressed_address_gets_nothing(company: Company, operations: Operations) -> None:
    Suppressions(operations).add("ADA@acme.example", SuppressedBy.UNSUBSCRIBED, NOON)
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(), now=NOON)
    assert why(operations) == [WhyNot.SUPPRESSED]


def test_a_full_week_holds_the_next_message_back(company: Company, operations: Operations) -> None:
    for _ in range(3):
        company.signal("strayed", "ada", "acme")
    play = a_play(cooldown_days=0)
    decide(company.warehouse, operations, rules(play), now=NOON)
    assert why(operations) == [None, None, WhyNot.WEEKLY_LIMIT]


def test_every_reason_has_its_sentence() -> None:
    assert all(why.says.endswith(".") for why in WhyNot)
    assert len({why.says for why in WhyNot}) == len(WhyNot)


def test_quiet_hours_postpone_and_do_not_drop(company: Company, operations: Operations) -> None:
    night = ContactPolicy.from_document({"quiet_hours": {"from": "20:00", "until": "07:00"}}, where="policy")
    evening = NOON.replace(hour=19, minute=30)  # 20:30 in Berlin
    company.signal("strayed", "ada", "acme", at=evening)
    decide(company.warehouse, operations, rules(policy=night, zone="Europe/Berlin"), now=evening)
    assert one_of(operations).due_at == datetime(2026, 11, 5, 6, 0, tzinfo=UTC)


def test_a_message_that_waits_is_withdrawn_when_its_reason_is_gone(
    company: Company, operations: Operations
) -> None:
    company.signal("strayed", "ada", "acme")
    company.signal("strayed", "ben", "acme")
    company.person("dee", "Dee", "acme", email="dee@acme.example")
    company.signal("strayed", "dee", "acme")
    decide(company.warehouse, operations, rules(), now=NOON)
    company.stands("ada", "acme", "returned")
    company.warehouse._root.execute(
        "update memberships set left_on = date '2026-11-04' where person_id = 'dee'"
    )
    decide(company.warehouse, operations, rules(), now=NOON + timedelta(seconds=5))
    assert why(operations) == [WhyNot.NO_LONGER_TRUE, None, WhyNot.LEFT]


def test_without_plays_nothing_is_decided(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    none = replace(rules(), plays=())
    assert decide(company.warehouse, operations, none, now=NOON) == []


# Holdouts.


def test_a_held_out_account_is_stored_and_told_and_gets_nothing(
    company: Company, operations: Operations
) -> None:
    company.signal("strayed", "ada", "acme")
    play = a_play(holdout_share=holding_out("acme"))
    events = decide(company.warehouse, operations, rules(play), now=NOON)
    one = one_of(operations)
    assert (one.state, one.held_out, one.address, dict(one.content)) == (
        InterventionState.HELD_OUT,
        True,
        None,
        {},
    )
    assert said(events)[0]["held_out"] is True
    assert Holdouts(operations).plays_holding_out("acme") == ["first_week_back"]


def test_a_place_once_drawn_stays_when_the_share_changes(company: Company, operations: Operations) -> None:
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(cooldown_days=0)), now=NOON)
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(cooldown_days=0, holdout_share=0.9)), now=NOON)
    assert [one.held_out for one in decided(operations)] == [False, False]
    assert Holdouts(operations).places("first_week_back")["acme"].share == 0.0


def test_what_another_tool_decided_before_is_kept(company: Company, operations: Operations) -> None:
    for person, account, held_out, days in (("ada", "acme", True, 30), ("cleo", "beta", False, 5)):
        said = {"intervention_id": f"old-{person}", "play": "first_week_back", "held_out": held_out}
        company.events(
            Event(
                event_id=f"old-{person}",
                source="another-tool",
                kind=Kind.INTERVENTION,
                name="decided",
                happened_at=NOON - timedelta(days=days),
                received_at=NOON,
                person_id=person,
                account_id=account,
                properties=msgspec.Raw(msgspec.json.encode(said)),
            )
        )
        company.signal("strayed", person, account)
    decide(company.warehouse, operations, rules(), now=NOON)
    assert [(one.state, one.why) for one in decided(operations)] == [
        (InterventionState.HELD_OUT, None),
        (InterventionState.NOT_SENT, WhyNot.COOLDOWN),
    ]


def test_the_draw_is_even_and_differs_from_play_to_play() -> None:
    first = [draws(SECRET, "one", f"account-{n}") for n in range(4_000)]
    second = [draws(SECRET, "two", f"account-{n}") for n in range(4_000)]
    assert all(0 <= number < 1 for number in first)
    for share in (0.1, 0.5, 0.9):
        # Five standard errors of a share over 4,000 draws.
        assert abs(sum(number < share for number in first) / 4_000 - share) < 5 * (0.25 / 4_000) ** 0.5
    both = sum(a < 0.5 and b < 0.5 for a, b in zip(first, second, strict=True)) / 4_000
    assert abs(both - 0.25) < 0.04
    assert draws(b"another secret of sixteen bytes", "one", "account-0") != first[0]


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
        return priority(Account(account_id="acme", name="Acme", **account), notice, today_at=NOON, zone="UTC")

    assert of(14, value=1_000.0, renews_on=date(2026, 12, 4)) == pytest.approx(14 * 1_000 * 365 / 60)
    assert of(-14, value=1_000.0) == pytest.approx(14 * 1_000 * 365 / 395)
    assert of(score=40.0, value=1_000.0) == pytest.approx(60 * 1_000 * 365 / 395)
    assert of() == pytest.approx(50 * 365 / 395)
    assert of(renews_on=date(2026, 1, 1)) == of()


@settings(max_examples=12, deadline=None)
@given(
    st.floats(0, 0.9),
    st.lists(
        st.tuples(
            st.sampled_from(["strayed", "at_risk", "returned"]),
            st.sampled_from(
                [("ada", "acme"), ("ben", "acme"), ("cleo", "beta"), ("dee", "beta"), ("dee", "acme")]
            ),
            st.integers(0, 5),
            st.sampled_from(["email", "touch", "webhook"]),
        ),
        max_size=8,
    ),
)
def test_held_out_people_get_no_message_and_no_touch_whatever_is_decided(
    share: float, story: list[tuple[str, tuple[str, str], int, str]]
) -> None:
    company, operations = Company(), Operations(None)
    company.person("dee", "Dee", "acme", "beta", email="dee@both.example")
    arms = {"email": EMAIL, "touch": TOUCH, "webhook": HOOK}
    now = NOON
    for signal, (person, account), days, arm in story:
        now += timedelta(days=days)
        company.signal(signal, person, account, at=now)
        play = a_play(arms[arm], holdout_share=share, when={"signal": signal}, cooldown_days=days)
        decide(company.warehouse, operations, rules(play), now=now)
    held = {
        account for account, place in Holdouts(operations).places("first_week_back").items() if place.held_out
    }
    for one in decided(operations):
        if one.account_id in held or (one.person_id == "dee" and held):
            assert one.state in (InterventionState.HELD_OUT, InterventionState.NOT_SENT)
            assert not one.content
