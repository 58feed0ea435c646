from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intervene.company import EMAIL, HOOK, NOON, SECRET, TOUCH, Company, a_play, rules
from tests.intervene.receivers import Hook, Mailbox
from waypost.core import DeliveryError, Event
from waypost.intervene import (
    Channel,
    ContactPolicy,
    Delivered,
    EmailChannel,
    MailServer,
    Message,
    Play,
    Way,
    WebhookChannel,
    WebhookSigning,
    WhyNot,
    decide,
    deliver,
    recover,
    told,
)
from waypost.intervene.channels import AddressGoneError, UnsureError
from waypost.intervene.deliver import MOST_TRIES, wait_s
from waypost.store import (
    Holdouts,
    Intervention,
    Interventions,
    InterventionState,
    Operations,
    SuppressedBy,
    Suppressions,
    Touches,
)

READY = NOON + timedelta(seconds=10)


class Outbox:
    """A channel that keeps what it is given, or answers with the next of its faults."""

    def __init__(self, *faults: Exception | None) -> None:
        self.sent: list[Message] = []
        self._faults = list(faults)

    def deliver(self, message: Message, now: datetime) -> Delivered:  # noqa: ARG002 -- the channels' contract
        fault = self._faults.pop(0) if self._faults else None
        if fault:
            raise fault
        self.sent.append(message)
        return Delivered()


def way(channel: Channel | None, policy: ContactPolicy | None = None, zone: str = "UTC") -> Way:
    channels = {"email": channel, "webhook": channel} if channel else {}
    return Way(policy=policy or ContactPolicy(), zone=zone, channels=channels)


def a_message_is_due(company: Company, operations: Operations, play: Play | None = None) -> str:
    """Ada has strayed and the play has decided to write to her."""
    company.signal("strayed", "ada", "acme")
    told(operations, decide(company.warehouse, operations, rules(play or a_play()), now=NOON))
    return now_is(operations).intervention_id


def now_is(operations: Operations) -> Intervention:
    (one,) = Interventions(operations).for_play("first_week_back")
    return one


def names(events: Sequence[Event]) -> list[str]:
    return [f"{event.kind}:{event.name}" for event in events]


def test_a_due_message_is_sent_once_and_told(company: Company, operations: Operations) -> None:
    one = a_message_is_due(company, operations)
    channel = Outbox()
    assert deliver(operations, way(channel), now=NOON) == []
    events = deliver(operations, way(channel), now=READY)
    assert [message.address for message in channel.sent] == ["ada@acme.example"]
    assert names(events) == ["delivery:sent"]
    assert msgspec.json.decode(events[0].properties) == {
        "intervention_id": one,
        "play": "first_week_back",
        "arm": "email",
        "channel": "email",
    }
    told(operations, events)
    assert deliver(operations, way(channel), now=READY + timedelta(days=1)) == []
    assert len(channel.sent) == 1
    assert now_is(operations).state is InterventionState.SENT


def test_a_member_can_stop_a_message_within_the_undo_window(company: Company, operations: Operations) -> None:
    one = a_message_is_due(company, operations)
    channel = Outbox()
    assert Touches(operations).stop(one, member="mia@waypost.example", now=NOON + timedelta(seconds=5))
    deliver(operations, way(channel), now=READY)
    assert channel.sent == []
    assert now_is(operations).why == WhyNot.STOPPED_BY_MEMBER
    assert Touches(operations).undo(one, member="mia@waypost.example", now=READY)
    deliver(operations, way(channel), now=READY)
    assert len(channel.sent) == 1
    assert not Touches(operations).stop(one, member="mia@waypost.example", now=READY)


def test_a_busy_server_is_tried_again_later_and_later(company: Company, operations: Operations) -> None:
    one = a_message_is_due(company, operations)
    channel = Outbox(*[DeliveryError("451 busy", permanent=False)] * 2)
    deliver(operations, way(channel), now=READY)
    first = READY + timedelta(seconds=wait_s(one, 1))
    assert now_is(operations).due_at == first
    deliver(operations, way(channel), now=first - timedelta(seconds=1))
    assert now_is(operations).tries == 1
    deliver(operations, way(channel), now=first)
    second = first + timedelta(seconds=wait_s(one, 2))
    assert now_is(operations).due_at == second
    assert names(deliver(operations, way(channel), now=second)) == ["delivery:sent"]


def test_waits_double_spread_by_half_and_end_at_six_hours() -> None:
    for tries in range(1, 20):
        plain = min(30.0 * 2 ** (tries - 1), 6 * 3600)
        assert 0.75 * plain <= wait_s("i1", tries) <= 1.25 * plain
    assert len({wait_s(f"i{n}", 1) for n in range(50)}) > 30
    assert wait_s("i1", 1, at_least=900.0) == 900.0


def test_what_a_server_asks_for_is_waited(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations)
    busy = DeliveryError("503", permanent=False, retry_after_s=7_200.0)
    deliver(operations, way(Outbox(busy)), now=READY)
    assert now_is(operations).due_at == READY + timedelta(hours=2)


def test_tries_come_to_an_end(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations)
    channel = Outbox(*[DeliveryError("451 busy", permanent=False)] * 20)
    now, events = READY, []
    for _ in range(20):
        events += deliver(operations, way(channel), now=now)
        told(operations, events)
        now += timedelta(hours=8)
    one = now_is(operations)
    assert (one.state, one.tries, one.problem) == (InterventionState.FAILED, MOST_TRIES, "451 busy")
    assert names(events) == ["delivery:failed"]


def test_a_bounce_suppresses_the_address(company: Company, operations: Operations) -> None:
    one = a_message_is_due(company, operations)
    gone = AddressGoneError("550 no such mailbox", reason=SuppressedBy.BOUNCED)
    assert names(deliver(operations, way(Outbox(gone)), now=READY)) == ["delivery:bounced"]
    (kept,) = Suppressions(operations).latest()
    assert (kept.address, kept.reason, kept.intervention_id) == (
        "ada@acme.example",
        SuppressedBy.BOUNCED,
        one,
    )


def test_a_receiver_that_is_gone_gets_no_more_webhooks(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations, a_play(HOOK))
    gone = AddressGoneError("410", reason=SuppressedBy.GONE)
    assert names(deliver(operations, way(Outbox(gone)), now=READY)) == ["delivery:failed"]
    company.signal("strayed", "ben", "acme")
    decide(company.warehouse, operations, rules(a_play(HOOK)), now=READY)
    assert [one.why for one in Interventions(operations).held_back()] == [WhyNot.SUPPRESSED]


@pytest.mark.parametrize("fault", [UnsureError("the line broke"), ZeroDivisionError("a fault of ours")])
def test_what_may_have_arrived_is_never_sent_again(
    company: Company, operations: Operations, fault: Exception
) -> None:
    a_message_is_due(company, operations)
    channel = Outbox(fault)
    deliver(operations, way(channel), now=READY)
    assert now_is(operations).state is InterventionState.UNKNOWN
    deliver(operations, way(channel), now=READY + timedelta(days=2))
    assert channel.sent == []


def test_what_a_dead_process_was_sending_is_shown_and_never_sent(
    company: Company, operations: Operations
) -> None:
    one = a_message_is_due(company, operations)
    assert Interventions(operations).claim(one, READY, weekly=2)
    assert recover(operations, now=READY + timedelta(minutes=1)) == 1
    channel = Outbox()
    deliver(operations, way(channel), now=READY + timedelta(days=1))
    assert channel.sent == []
    assert "it may have arrived" in (now_is(operations).problem or "")


# Looked at again when a message is about to leave.


def test_someone_who_unsubscribed_meanwhile_gets_nothing(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations)
    Suppressions(operations).add("ada@acme.example", SuppressedBy.UNSUBSCRIBED, NOON)
    channel = Outbox()
    deliver(operations, way(channel), now=READY)
    assert (channel.sent, now_is(operations).why) == ([], WhyNot.SUPPRESSED)


def test_a_week_that_has_filled_up_meanwhile_holds_the_message_back(
    company: Company, operations: Operations
) -> None:
    a_message_is_due(company, operations)
    channel = Outbox()
    deliver(operations, way(channel, ContactPolicy(messages_per_person_per_week=0)), now=READY)
    assert (channel.sent, now_is(operations).why) == ([], WhyNot.WEEKLY_LIMIT)


def test_quiet_hours_that_began_meanwhile_postpone(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations)
    channel = Outbox()
    nights = ContactPolicy.from_document({"quiet_hours": {"from": "12:00", "until": "13:00"}}, where="policy")
    deliver(operations, way(channel, nights), now=READY)
    assert (channel.sent, now_is(operations).due_at) == ([], NOON + timedelta(hours=1))
    deliver(operations, way(channel, nights), now=NOON + timedelta(hours=1))
    assert len(channel.sent) == 1


def test_a_webhook_keeps_no_quiet_hours(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations, a_play(HOOK))
    channel = Outbox()
    nights = ContactPolicy.from_document({"quiet_hours": {"from": "12:00", "until": "13:00"}}, where="policy")
    deliver(operations, way(channel, nights), now=NOON)
    assert len(channel.sent) == 1


def test_a_channel_that_is_not_set_up_sends_nothing_and_says_so(
    company: Company, operations: Operations
) -> None:
    a_message_is_due(company, operations)
    deliver(operations, way(None), now=READY)
    assert now_is(operations).why == WhyNot.NO_CHANNEL


def test_a_held_out_account_is_looked_up_again(company: Company, operations: Operations) -> None:
    one = a_message_is_due(company, operations)
    # No path leads here; the check stands between a fault elsewhere and a person who was promised silence.
    with operations.begin() as rows:
        rows.exec_driver_sql("update holdouts set held_out = 1")
    assert Holdouts(operations).any_held_out("first_week_back", ["acme"])
    channel = Outbox()
    deliver(operations, way(channel), now=READY)
    assert channel.sent == []
    kept = Interventions(operations).get(one)
    assert kept is not None
    assert kept.why == WhyNot.HELD_OUT_ELSEWHERE


def test_a_message_without_an_address_goes_nowhere(company: Company, operations: Operations) -> None:
    a_message_is_due(company, operations)
    with operations.begin() as rows:
        rows.exec_driver_sql("update interventions set address = ''")
    deliver(operations, way(Outbox()), now=READY)
    assert now_is(operations).why == WhyNot.NO_ADDRESS


# Over real lines.


def test_a_stray_gets_a_real_email(company: Company, operations: Operations, mailbox: Mailbox) -> None:
    server = MailServer(host="127.0.0.1", port=mailbox.port, from_address="hi@acme.example", security="none")
    channel = EmailChannel(server, public_url="https://waypost.example", secret=SECRET)
    a_message_is_due(company, operations)
    assert names(deliver(operations, way(channel), now=READY)) == ["delivery:sent"]
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Ada, one step to go"
    assert mailbox.recipients == ["ada@acme.example"]


def test_a_stray_starts_a_real_webhook(company: Company, operations: Operations, hook: Hook) -> None:
    channel = WebhookChannel(WebhookSigning(secret="whsec_" + "a2" * 22, allow_private=True))
    one = a_message_is_due(company, operations, a_play({**HOOK, "url": f"{hook.url}/in"}))
    assert names(deliver(operations, way(channel), now=READY)) == ["delivery:sent"]
    ((_, headers, body),) = hook.requests
    assert headers["webhook-id"] == one
    assert msgspec.json.decode(body)["data"]["account"]["name"] == "Acme"


# Laws.


@settings(max_examples=10, deadline=None)
@given(
    st.floats(0, 0.9),
    st.integers(0, 3),
    st.lists(
        st.tuples(
            st.sampled_from([("ada", "acme"), ("ben", "acme"), ("cleo", "beta"), ("dee", "beta")]),
            st.sampled_from(["email", "touch", "webhook"]),
            st.integers(0, 40),
            st.sampled_from(["works", "busy", "dies", "breaks", "bounces"]),
        ),
        max_size=7,
    ),
)
def test_whatever_happens_promises_are_kept(
    share: float, weekly: int, story: list[tuple[tuple[str, str], str, int, str]]
) -> None:
    """Held out is never contacted; nothing is sent twice; nobody gets more in a week than allowed."""
    company, operations = Company(), Operations(None)
    company.person("dee", "Dee", "acme", "beta", email="dee@both.example")
    arms = {"email": EMAIL, "touch": TOUCH, "webhook": HOOK}
    policy = ContactPolicy(messages_per_person_per_week=weekly)
    left: list[tuple[str, str, datetime]] = []
    now = NOON
    for (person, account), arm, hours, fate in story:
        now += timedelta(hours=hours)
        company.signal("strayed", person, account, at=now)
        play = a_play(arms[arm], holdout_share=share, cooldown_days=0)
        told(operations, decide(company.warehouse, operations, rules(play, policy=policy), now=now))
        deliver(operations, way(_Fated(fate, left), policy), now=now + timedelta(minutes=1))
        if fate == "dies":
            for one in Interventions(operations).due(now + timedelta(minutes=1), most=1):
                Interventions(operations).claim(one.intervention_id, now, weekly=weekly)
            recover(operations, now=now)
    for _ in range(3):
        now += timedelta(days=1)
        deliver(operations, way(_Fated("works", left), policy), now=now)
    kept = Interventions(operations).several([which for which, _, _ in left])
    held = {a for a, place in Holdouts(operations).places("first_week_back").items() if place.held_out}
    assert all(kept[which].account_id not in held for which, _, _ in left)
    assert not (held and any(kept[which].person_id == "dee" and kept[which].personal for which, _, _ in left))
    assert len({which for which, _, _ in left}) == len(left)
    for _, address, at in left:
        if "@" in address:
            week = [1 for _, other, when in left if other == address and at <= when < at + timedelta(days=7)]
            assert len(week) <= weekly


class _Fated:
    def __init__(self, fate: str, left: list[tuple[str, str, datetime]]) -> None:
        self._fate = fate
        self._left = left

    def deliver(self, message: Message, now: datetime) -> Delivered:
        if self._fate == "busy":
            raise DeliveryError("busy", permanent=False)
        if self._fate == "bounces":
            raise AddressGoneError("gone", reason=SuppressedBy.BOUNCED)
        self._left.append((message.intervention_id, message.address, now.astimezone(UTC)))
        if self._fate == "breaks":
            raise UnsureError("the line broke")
        return Delivered()
