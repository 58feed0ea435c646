from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.store.tables.test_interventions import a_message
from waypost.store import (
    Happenings,
    Intervention,
    Interventions,
    InterventionState,
    MemberAct,
    Operations,
    Touches,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MIA, NOA = "mia@waypost.example", "noa@waypost.example"


def a_touch(number: int = 1, **changes: Any) -> Intervention:  # noqa: ANN401 -- any field of the row
    values: dict[str, Any] = {
        "state": InterventionState.WAITING,
        "channel": "touch",
        "arm": "call",
        "personal": False,
        "address": None,
        "topic": f"topic-{number}",
        "content": {"title": f"Call {number}"},
        "priority": float(number),
        "member": MIA,
    }
    return a_message(number, **{**values, **changes})


@pytest.fixture
def operations() -> Operations:
    made = Operations(None)
    Interventions(made).record([a_touch(1), a_touch(2), a_message(3)], play="first_week_back", through=3)
    return made


@pytest.fixture
def touches(operations: Operations) -> Touches:
    return Touches(operations)


def ids(found: list[Intervention]) -> list[str]:
    return [one.intervention_id for one in found]


def test_touches_are_ranked_and_messages_are_none(touches: Touches) -> None:
    assert ids(touches.open(NOON)) == ["i2", "i1"]
    assert ids(touches.open(NOON, account_id="acme", most=1)) == ["i2"]
    assert ids(touches.open(NOON, account_id="beta")) == []


def test_a_member_sees_their_own_and_those_of_nobody(operations: Operations, touches: Touches) -> None:
    Interventions(operations).record([a_touch(4, member=None), a_touch(5, member=NOA)], play="p", through=4)
    assert ids(touches.open(NOON, member=NOA)) == ["i5", "i4"]
    assert ids(touches.open(NOON, member=MIA)) == ["i4", "i2", "i1"]


def test_a_touch_done_is_closed_and_kept_with_who_and_when(touches: Touches) -> None:
    assert touches.done("i1", member=MIA, now=NOON, note="She will try on Monday")
    assert not touches.done("i1", member=NOA, now=NOON)
    assert ids(touches.open(NOON)) == ["i2"]
    assert ids(touches.closed(NOON)) == ["i1"]
    (act,) = touches.acts("i1")
    assert (act.act, act.member, act.acted_at, act.note) == (
        MemberAct.DONE,
        MIA,
        NOON,
        "She will try on Monday",
    )


def test_a_touch_done_is_told_when_it_can_no_longer_be_undone_in_passing(
    operations: Operations, touches: Touches
) -> None:
    news = Happenings(operations)
    news.told([one.event_id for one in news.untold(NOON)])
    touches.done("i1", member=MIA, now=NOON)
    assert news.untold(NOON + timedelta(seconds=9)) == []
    assert [one.name for one in news.untold(NOON + timedelta(seconds=10))] == ["done"]


def test_what_was_undone_is_not_told_and_waits_again(operations: Operations, touches: Touches) -> None:
    news = Happenings(operations)
    news.told([one.event_id for one in news.untold(NOON)])
    touches.done("i1", member=MIA, now=NOON)
    assert touches.undo("i1", member=MIA, now=NOON + timedelta(seconds=3))
    assert news.untold(NOON + timedelta(days=1)) == []
    assert ids(touches.open(NOON)) == ["i2", "i1"]
    (act,) = touches.acts("i1")
    assert (act.undone_by, act.undone_at) == (MIA, NOON + timedelta(seconds=3))
    assert not touches.undo("i1", member=MIA, now=NOON)


def test_a_snoozed_touch_comes_back_by_itself(touches: Touches) -> None:
    until = NOON + timedelta(days=3)
    assert touches.snooze("i2", until, member=MIA, now=NOON)
    assert ids(touches.open(NOON)) == ["i1"]
    assert ids(touches.snoozed(NOON)) == ["i2"]
    assert ids(touches.open(until)) == ["i2", "i1"]
    assert touches.snoozed(until) == []


def test_a_snooze_can_be_undone_step_by_step(touches: Touches) -> None:
    touches.snooze("i2", NOON + timedelta(days=3), member=MIA, now=NOON)
    touches.snooze("i2", NOON + timedelta(days=5), member=MIA, now=NOON)
    assert touches.undo("i2", member=MIA, now=NOON)
    assert [one.snoozed_until for one in touches.snoozed(NOON)] == [NOON + timedelta(days=3)]
    assert touches.undo("i2", member=MIA, now=NOON)
    assert ids(touches.open(NOON)) == ["i2", "i1"]


def test_a_refused_touch_says_why(touches: Touches) -> None:
    assert touches.skip("i1", member=MIA, now=NOON, note="Contract ends anyway")
    (closed,) = touches.closed(NOON)
    assert closed.state is InterventionState.SKIPPED
    assert touches.acts("i1")[0].note == "Contract ends anyway"


def test_a_touch_can_be_handed_over_and_back(touches: Touches) -> None:
    assert touches.hand_over("i1", NOA, member=MIA, now=NOON)
    assert ids(touches.open(NOON, member=NOA)) == ["i1"]
    assert touches.undo("i1", member=NOA, now=NOON)
    assert ids(touches.open(NOON, member=NOA)) == []


def test_further_evidence_joins_and_shares_what_is_done(operations: Operations, touches: Touches) -> None:
    outbox = Interventions(operations)
    joined = [a_touch(4, topic="topic-1", joins="i1", priority=9.0), a_touch(5, topic="topic-1", joins="i1")]
    outbox.record(joined, play="first_week_back", through=4)
    assert ids(touches.open(NOON)) == ["i1", "i2"]
    assert touches.open_topics("first_week_back") == {"topic-1": "i1", "topic-2": "i2"}
    assert ids(touches.evidence(["i1", "i2"])["i1"]) == ["i1", "i4", "i5"]
    touches.done("i1", member=MIA, now=NOON)
    assert {one.intervention_id for one in outbox.in_state(InterventionState.DONE)} == {"i1", "i4", "i5"}
    touches.undo("i1", member=MIA, now=NOON)
    assert outbox.in_state(InterventionState.DONE) == []


def test_evidence_of_a_touch_closed_meanwhile_stands_alone(operations: Operations, touches: Touches) -> None:
    touches.done("i1", member=MIA, now=NOON)
    Interventions(operations).record([a_touch(4, topic="topic-1", joins="i1")], play="p", through=4)
    assert ids(touches.open(NOON)) == ["i4", "i2"]


def test_an_act_on_what_is_not_open_leaves_no_trace(touches: Touches) -> None:
    assert not touches.skip("i3", member=MIA, now=NOON, note="a message, not a touch")
    assert not touches.done("nothing", member=MIA, now=NOON)
    assert not touches.undo("i1", member=MIA, now=NOON)
    assert touches.acts("i3") == []


def test_an_undo_is_refused_when_something_else_happened_since(
    operations: Operations, touches: Touches
) -> None:
    touches.stop("i3", member=MIA, now=NOON)
    with operations.begin() as rows:
        rows.exec_driver_sql("update interventions set state = 'unknown' where intervention_id = 'i3'")
    assert not touches.undo("i3", member=MIA, now=NOON)
