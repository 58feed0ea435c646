from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.store.tables.test_interventions import a_message
from waypost.store import (
    Happenings,
    Interventions,
    InterventionState,
    MailReport,
    MailReports,
    Operations,
    SuppressedBy,
    Suppressions,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def reported(name: str, **changes: Any) -> MailReport:  # noqa: ANN401 -- any field of the report
    one = MailReport(intervention_id="i1", name=name, address="ADA@acme.example", happened_at=LATER)
    return replace(one, **changes)


@pytest.fixture
def operations() -> Operations:
    """An e-mail to Ada has left, and that is told."""
    operations = Operations(None)
    outbox = Interventions(operations)
    outbox.record([a_message()], play="p", through=1)
    outbox.claim("i1", NOON, weekly=2)
    outbox.sent("i1", NOON)
    Happenings(operations).told([one.event_id for one in Happenings(operations).untold(LATER)])
    return operations


def news(operations: Operations) -> list[str]:
    return [one.name for one in Happenings(operations).untold(LATER)]


def state(operations: Operations) -> tuple[InterventionState, str | None]:
    kept = Interventions(operations).get("i1")
    assert kept is not None
    return kept.state, kept.problem


@pytest.mark.parametrize("name", ["delivered", "opened", "clicked"])
def test_what_became_of_our_mail_is_told_once(operations: Operations, name: str) -> None:
    reports = MailReports(operations)
    assert reports.record([reported(name)] * 2, through=7, now=LATER) == 2
    assert news(operations) == [name]
    assert state(operations) == (InterventionState.SENT, None)
    assert Suppressions(operations).latest() == []
    assert reports.heard() == 7


@pytest.mark.parametrize(
    ("name", "reason", "then"),
    [
        ("bounced", SuppressedBy.BOUNCED, InterventionState.FAILED),
        ("complained", SuppressedBy.COMPLAINED, InterventionState.SENT),
        ("unsubscribed", SuppressedBy.UNSUBSCRIBED, InterventionState.SENT),
    ],
)
def test_whoever_complains_gets_no_more(
    operations: Operations, name: str, reason: SuppressedBy, then: InterventionState
) -> None:
    MailReports(operations).record([reported(name, reason="HardBounce")], through=7, now=LATER)
    (one,) = Suppressions(operations).latest()
    assert (one.address, one.reason, one.intervention_id) == ("ada@acme.example", reason, "i1")
    assert news(operations) == [name]
    assert state(operations)[0] is then


def test_a_mail_that_did_not_arrive_says_why_and_the_address_stays(operations: Operations) -> None:
    MailReports(operations).record([reported("failed", reason="mailbox full")], through=7, now=LATER)
    assert state(operations) == (InterventionState.FAILED, "failed: mailbox full")
    assert not Suppressions(operations).has("ada@acme.example")


def test_a_mail_whose_end_nobody_saw_has_arrived_after_all(operations: Operations) -> None:
    outbox = Interventions(operations)
    outbox.record([a_message(1, intervention_id="i2")], play="p", through=1)
    outbox.claim("i2", NOON, weekly=9)
    outbox.unsure("i2", NOON, "the line broke")
    MailReports(operations).record([reported("opened", intervention_id="i2")], through=7, now=LATER)
    kept = outbox.get("i2")
    assert kept is not None
    assert (kept.state, kept.problem) == (InterventionState.SENT, None)
    assert sorted(news(operations)) == ["decided", "opened", "sent"]


@pytest.mark.parametrize(
    "changes", [{"intervention_id": "i9"}, {"address": "ben@acme.example"}, {"intervention_id": "i3"}]
)
def test_what_is_not_of_our_mail_changes_nothing(operations: Operations, changes: dict[str, str]) -> None:
    Interventions(operations).record([a_message(3)], play="p", through=1)
    Happenings(operations).told([one.event_id for one in Happenings(operations).untold(LATER)])
    assert MailReports(operations).record([reported("complained", **changes)], through=7, now=LATER) == 0
    assert news(operations) == []
    assert Suppressions(operations).latest() == []
