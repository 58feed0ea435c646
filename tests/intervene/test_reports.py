from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.intervene.company import NOON, Company, decided, rules, why
from tests.intervene.test_deliver import READY, Outbox, a_message_is_due, names, now_is, way
from waypost.core import Event, Kind
from waypost.intervene import WhyNot, decide, deliver, hear, told
from waypost.store import InterventionState, Operations, Suppressions

AFTER = READY + timedelta(hours=1)


def report(name: str, nr: int = 1, source: str = "sendgrid", **said: object) -> Event:
    """What a service that sends mail has told of one."""
    return Event(
        event_id=f"sendgrid:{nr}",
        source=source,
        kind=Kind.DELIVERY,
        name=name,
        happened_at=AFTER,
        received_at=AFTER,
        person_id="ada@acme.example",
        properties=msgspec.Raw(
            msgspec.json.encode({"channel": "mail", "address": "ada@acme.example", **said})
        ),
    )


@pytest.fixture
def sent(company: Company, operations: Operations) -> str:
    """An e-mail to Ada has left."""
    intervention_id = a_message_is_due(company, operations)
    told(operations, deliver(operations, way(Outbox()), now=READY))
    assert now_is(operations).state is InterventionState.SENT
    return intervention_id


def later(company: Company, operations: Operations, *reports: Event) -> list[str]:
    """Hear reports and decide again."""
    company.events(*reports)
    hear(company.warehouse, operations, now=AFTER)
    events = decide(company.warehouse, operations, rules(), now=AFTER)
    told(operations, events)
    return names(events)


def test_a_report_is_the_outcome_of_its_touch_once(
    company: Company, operations: Operations, sent: str
) -> None:
    opened: dict[str, Any] = {"waypost_id": sent}
    assert later(company, operations, report("opened", **opened)) == ["delivery:opened"]
    assert later(company, operations, report("opened", 2, **opened)) == ["delivery:opened"]
    assert hear(company.warehouse, operations, now=AFTER) == 0


@pytest.mark.parametrize("name", ["bounced", "complained", "unsubscribed"])
def test_after_a_complaint_nothing_is_sent_to_the_address(
    company: Company, operations: Operations, sent: str, name: str
) -> None:
    told_of = later(company, operations, report(name, waypost_id=sent))
    assert told_of == [f"delivery:{name}"]
    assert Suppressions(operations).has("ada@acme.example")
    company.person("eve", "Eve", "acme", email="ada@acme.example", role="analyst")
    company.signal("strayed", "eve", "acme", at=AFTER)
    later(company, operations)
    assert why(operations) == [None, WhyNot.SUPPRESSED]


@pytest.mark.parametrize("name", ["bounced", "complained", "unsubscribed"])
def test_other_mail_is_no_touch_and_its_complaints_count(
    company: Company, operations: Operations, name: str
) -> None:
    assert later(company, operations, report(name)) == []
    company.signal("strayed", "ada", "acme", at=AFTER)
    company.signal("strayed", "ben", "acme", at=AFTER)
    later(company, operations)
    assert {one.person_id: one.why for one in decided(operations)} == {"ada": "suppressed", "ben": None}


def test_a_mail_that_waits_is_taken_back_when_its_person_complains_of_other_mail(
    company: Company, operations: Operations
) -> None:
    a_message_is_due(company, operations)
    later(company, operations, report("complained"))
    one = now_is(operations)
    assert (one.state, one.why) == (InterventionState.NOT_SENT, WhyNot.SUPPRESSED)


def test_reports_are_heard_in_pieces(
    company: Company, operations: Operations, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waypost.intervene.reports.MOST_REPORTS", 2)
    company.events(*(report("opened", nr, waypost_id=sent if nr == 4 else "0" * 32) for nr in range(5)))
    assert hear(company.warehouse, operations, now=AFTER) == 1
    assert NOON < AFTER
