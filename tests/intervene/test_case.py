"""One test for each reason not to send."""

from datetime import date, timedelta

import pytest

from tests.intervene.company import EMAIL, NOON, SECRET, TOUCH, Company, a_play, decided, one_of, rules, why
from waypost.core import Event, Kind
from waypost.intervene import WhyNot, decide
from waypost.intervene.holdout import draws
from waypost.store import (
    HoldoutPlace,
    Holdouts,
    InterventionState,
    Operations,
    SuppressedBy,
    Suppressions,
)


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


def test_who_unsubscribed_in_another_tool_is_not_written_to_but_may_be_called(
    company: Company, operations: Operations
) -> None:
    company.events(
        Event(
            event_id="old-1",
            source="another-tool",
            kind=Kind.DELIVERY,
            name="unsubscribed",
            happened_at=NOON - timedelta(days=200),
            received_at=NOON,
            person_id="ada",
            account_id="acme",
        )
    )
    company.signal("strayed", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(), a_play(TOUCH, key="calls")), now=NOON)
    assert why(operations) == [WhyNot.SUPPRESSED]
    assert [one.state for one in decided(operations, "calls")] == [InterventionState.WAITING]


def test_a_full_week_holds_the_next_message_back(company: Company, operations: Operations) -> None:
    for _ in range(3):
        company.signal("strayed", "ada", "acme")
    play = a_play(cooldown_days=0)
    decide(company.warehouse, operations, rules(play), now=NOON)
    assert why(operations) == [None, None, WhyNot.WEEKLY_LIMIT]


def test_every_reason_has_its_sentence() -> None:
    assert all(why.says.endswith(".") for why in WhyNot)
    assert len({why.says for why in WhyNot}) == len(WhyNot)
