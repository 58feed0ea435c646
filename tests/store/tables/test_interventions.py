from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.core import AccountId, InterventionId, PersonId, SignalId
from waypost.store import Happenings, Intervention, Interventions, InterventionState, Operations

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def a_message(number: int = 1, **changes: Any) -> Intervention:  # noqa: ANN401 -- any field of the row
    values: dict[str, Any] = {
        "intervention_id": InterventionId(f"i{number}"),
        "play": "first_week_back",
        "account_id": AccountId("acme"),
        "person_id": PersonId("ada"),
        "signal_id": SignalId(f"s{number}"),
        "signal": "strayed",
        "state": InterventionState.DUE,
        "decided_at": NOON,
        "held_out": False,
        "arm": "email",
        "channel": "email",
        "address": "ada@acme.example",
        "personal": True,
        "content": {"subject": "Hello"},
        "due_at": NOON,
    }
    return Intervention(**{**values, **changes})


@pytest.fixture
def operations() -> Operations:
    return Operations(None)


@pytest.fixture
def outbox(operations: Operations) -> Interventions:
    return Interventions(operations)


def test_a_decision_made_twice_is_written_once(outbox: Interventions) -> None:
    assert outbox.record([a_message()], play="first_week_back", through=3) == 1
    assert outbox.record([a_message(content={"subject": "Other"})], play="first_week_back", through=3) == 0
    kept = outbox.get("i1")
    assert kept == a_message()
    assert outbox.known(["i1", "i2"]) == {"i1"}


def test_a_play_remembers_how_far_it_looked_and_never_goes_back(outbox: Interventions) -> None:
    assert outbox.position("first_week_back") is None
    outbox.record([], play="first_week_back", through=7)
    outbox.record([], play="first_week_back", through=5)
    assert outbox.position("first_week_back") == 7


def test_a_claimed_message_cannot_be_claimed_again(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    assert [one.intervention_id for one in outbox.due(NOON, most=5)] == ["i1"]
    assert outbox.claim("i1", NOON, weekly=2)
    assert not outbox.claim("i1", NOON, weekly=2)
    assert outbox.due(LATER, most=5) == []


def test_a_message_is_not_due_before_its_time(outbox: Interventions) -> None:
    outbox.record([a_message(due_at=LATER)], play="p", through=1)
    assert outbox.due(NOON, most=5) == []
    assert not outbox.claim("i1", NOON, weekly=2)
    assert outbox.claim("i1", LATER, weekly=2)


def test_a_full_week_refuses_the_claim_until_a_week_has_passed(outbox: Interventions) -> None:
    outbox.record([a_message(1), a_message(2)], play="p", through=1)
    assert outbox.claim("i1", NOON, weekly=1)
    assert not outbox.claim("i2", LATER, weekly=1)
    assert outbox.claim("i2", NOON + timedelta(days=7), weekly=1)


def test_messages_to_no_person_have_no_weekly_limit(outbox: Interventions) -> None:
    outbox.record([a_message(n, personal=False) for n in (1, 2)], play="p", through=1)
    assert outbox.claim("i1", NOON, weekly=1)
    assert outbox.claim("i2", NOON, weekly=1)


def test_a_sent_message_is_told_once(operations: Operations, outbox: Interventions) -> None:
    news = Happenings(operations)
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    assert outbox.sent("i1", LATER)
    assert not outbox.sent("i1", LATER)
    untold = news.untold(LATER)
    assert [(one.kind, one.name) for one in untold] == [("intervention", "decided"), ("delivery", "sent")]
    news.told([one.event_id for one in untold])
    assert news.untold(LATER) == []


def test_a_retry_waits_for_its_time_and_counts_its_tries(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    assert outbox.retry("i1", LATER, "the server is busy")
    assert outbox.due(NOON, most=5) == []
    (again,) = outbox.due(LATER, most=5)
    assert (again.tries, again.problem) == (1, "the server is busy")


def test_a_refused_message_fails_and_says_why(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    assert outbox.failed("i1", LATER, "no such mailbox", bounced=True)
    kept = outbox.get("i1")
    assert kept is not None
    assert (kept.state, kept.problem) == (InterventionState.FAILED, "no such mailbox")


def test_what_a_dead_process_claimed_is_unknown_and_never_due_again(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    assert outbox.strand(LATER) == 1
    assert outbox.due(LATER + timedelta(days=30), most=5) == []
    assert not outbox.claim("i1", LATER + timedelta(days=30), weekly=2)
    assert [one.intervention_id for one in outbox.in_state(InterventionState.UNKNOWN)] == ["i1"]


def test_a_message_whose_end_nobody_saw_is_unknown(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    assert outbox.unsure("i1", LATER, "the line went dead")
    assert outbox.counts() == {"first_week_back": {InterventionState.UNKNOWN: 1}}


def test_a_due_message_can_be_postponed_or_held_back(outbox: Interventions) -> None:
    outbox.record([a_message()], play="p", through=1)
    assert outbox.postpone("i1", LATER)
    assert outbox.due(NOON, most=5) == []
    assert outbox.hold_back("i1", "suppressed", NOON)
    assert not outbox.postpone("i1", NOON)
    assert [one.why for one in outbox.held_back()] == ["suppressed"]
    assert [one.why for one in outbox.held_back(play="other")] == []
    assert outbox.why_counts(NOON) == {("first_week_back", "suppressed"): 1}


def test_decisions_are_found_by_account_person_and_play(outbox: Interventions) -> None:
    outbox.record([a_message(1), a_message(2, person_id="ben", account_id="acme")], play="p", through=1)
    outbox.record([a_message(3, person_id="cleo", account_id="beta", play="other")], play="p", through=1)
    assert {one.intervention_id for one in outbox.for_account("acme")} == {"i1", "i2"}
    assert {one.intervention_id for one in outbox.for_person("cleo")} == {"i3"}
    assert {one.intervention_id for one in outbox.for_play("first_week_back")} == {"i1", "i2"}


def test_who_was_chosen_lately_and_who_has_messages_planned(outbox: Interventions) -> None:
    outbox.record([a_message(1), a_message(2, held_out=None, person_id="ben")], play="p", through=1)
    before = NOON - timedelta(days=1)
    assert outbox.last_assigned("first_week_back", before) == {("acme", "ada"): NOON}
    assert outbox.last_assigned("first_week_back", NOON) == {}
    assert outbox.planned(NOON) == {"ada@acme.example": 2}


def test_an_instant_without_a_zone_is_refused(outbox: Interventions) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        outbox.record([a_message(decided_at=datetime(2026, 11, 2))], play="p", through=1)  # noqa: DTZ001 -- the fault under test


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["claim", "sent", "retry", "fail", "strand", "hold", "postpone"]),
            st.integers(0, 3),
            st.integers(0, 5),
        ),
        max_size=40,
    )
)
def test_whatever_crashes_nothing_is_sent_twice_and_no_week_overflows(
    acts: list[tuple[str, int, int]],
) -> None:
    outbox = Interventions(Operations(None))
    outbox.record([a_message(n) for n in range(4)], play="p", through=1)
    left: dict[str, list[datetime]] = {}
    now = NOON
    for act, number, days in acts:
        now += timedelta(days=days)
        which = f"i{number}"
        if act == "claim" and outbox.claim(which, now, weekly=2):
            left.setdefault(which, []).append(now)
        elif act == "sent":
            outbox.sent(which, now)
        elif act == "retry" and outbox.retry(which, now, "busy"):
            left[which].pop()  # surely did not leave
        elif act == "fail":
            outbox.failed(which, now, "refused")
        elif act == "strand":
            outbox.strand(now)
        elif act == "hold":
            outbox.hold_back(which, "suppressed", now)
        elif act == "postpone":
            outbox.postpone(which, now)
    assert all(len(times) <= 1 for times in left.values())
    gone = [
        one.claimed_at
        for state in (InterventionState.SENT, InterventionState.UNKNOWN, InterventionState.SENDING)
        for one in outbox.in_state(state)
        if one.claimed_at
    ]
    for start in gone:
        assert sum(start <= other < start + timedelta(days=7) for other in gone) <= 2
