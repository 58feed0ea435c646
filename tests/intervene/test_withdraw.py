from datetime import timedelta

from tests.intervene.company import NOON, TOUCH, Company, a_play, decided, rules, why
from waypost.intervene import WhyNot, decide
from waypost.store import InterventionState, Operations, Touches

SOON = NOON + timedelta(seconds=5)


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
    decide(company.warehouse, operations, rules(), now=SOON)
    assert why(operations) == [WhyNot.NO_LONGER_TRUE, None, WhyNot.LEFT]


def test_a_touch_goes_when_nobody_in_it_needs_it_any_more(company: Company, operations: Operations) -> None:
    for person in ("ada", "ben"):
        company.signal("strayed", person, "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH)), now=NOON)
    company.signal("returned", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH)), now=SOON)
    assert len(Touches(operations).open(SOON)) == 1
    company.signal("returned", "ben", "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH)), now=SOON)
    assert Touches(operations).open(SOON) == []
    assert [(one.state, one.why) for one in decided(operations)] == [
        (InterventionState.NOT_SENT, WhyNot.NO_LONGER_TRUE),
        (InterventionState.NOT_SENT, WhyNot.NO_LONGER_TRUE),
    ]


def test_a_snoozed_touch_goes_too_and_one_about_an_account_stays(
    company: Company, operations: Operations
) -> None:
    fallen = a_play({**TOUCH, "title": "Look", "says": ""}, key="fallen", when={"signal": "score_fell"})
    company.signal("strayed", "ada", "acme")
    company.signal("score_fell", None, "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH), fallen), now=NOON)
    (called,) = decided(operations)
    assert Touches(operations).snooze(
        called.intervention_id, NOON + timedelta(days=3), member="mia@waypost.example", now=NOON
    )
    company.signal("returned", "ada", "acme")
    decide(company.warehouse, operations, rules(a_play(TOUCH), fallen), now=SOON)
    assert why(operations) == [WhyNot.NO_LONGER_TRUE]
    assert [one.play for one in Touches(operations).open(SOON)] == ["fallen"]
