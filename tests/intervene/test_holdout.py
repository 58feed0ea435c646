from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intervene.company import (
    EMAIL,
    HOOK,
    NOON,
    SECRET,
    TOUCH,
    Company,
    a_play,
    decided,
    one_of,
    rules,
    said,
)
from waypost.core import Event, Kind
from waypost.intervene import WhyNot, decide
from waypost.intervene.holdout import draws
from waypost.store import (
    Holdouts,
    InterventionState,
    Operations,
)


def holding_out(*accounts: str, key: str = "first_week_back") -> float:
    """A share that holds out these accounts and as few others as can be."""
    return max(draws(SECRET, key, account) for account in accounts) + 1e-9


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


@settings(max_examples=8, deadline=None)
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
        max_size=6,
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
