"""Deliver: take what is due from the outbox, one conditional claim each, and hand it to its channel.

What was claimed and never settled is never sent again: for a person, a message too few is better than the
same one twice.
"""

import hashlib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from waypost.core import DeliveryError, Event
from waypost.intervene import news
from waypost.intervene.channels import AddressGoneError, Channel, Message, UnsureError
from waypost.intervene.policy import ContactPolicy
from waypost.intervene.why import WhyNot
from waypost.store import Holdouts, Intervention, Interventions, Operations, SuppressedBy, Suppressions

log = structlog.get_logger(__name__)

MOST_TRIES = 8
_FIRST_WAIT_S = 30.0
_LONGEST_WAIT_S = 6 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The ways out that are set up, by the key of their channel, and what holds for all of them.

    `closed` holds everything back: made-up people of a sample must not be written to.
    """

    policy: ContactPolicy
    zone: str
    channels: Mapping[str, Channel] = field(default_factory=dict)
    closed: bool = False


def recover(operations: Operations, *, now: datetime) -> int:
    """Mark what a dead process left half-sent as unknown; call it once at the start. Returns how many."""
    return Interventions(operations).strand(now)


def deliver(operations: Operations, way: Way, *, now: datetime, most: int = 20) -> list[Event]:
    """Send what is due, `most` messages at a time; call it again and again.

    Returns events that belong in the inbox; call `told` once they are there. Never raises for a message that
    could not be sent: its row says why.
    """
    outbox = Interventions(operations)
    for one in outbox.due(now, most=most):
        allowed_at = way.policy.next_allowed(now, way.zone) if one.personal else now
        if allowed_at > now:
            outbox.postpone(one.intervention_id, allowed_at)
        elif (why := _refusal(operations, one, way)) is not None:
            outbox.hold_back(one.intervention_id, why, now)
        elif outbox.claim(one.intervention_id, now, weekly=way.policy.messages_per_person_per_week):
            _send(operations, one, way.channels[one.channel or ""], now)
        else:
            # Somebody else took it, or its person's week has filled up since it was decided.
            outbox.hold_back(one.intervention_id, WhyNot.WEEKLY_LIMIT, now)
    return news.untold(operations, now)


def _refusal(operations: Operations, one: Intervention, way: Way) -> WhyNot | None:
    """Return why a message must not leave after all: things may have changed since it was decided."""
    if way.closed:
        return WhyNot.SAMPLE
    if one.channel not in way.channels:
        return WhyNot.NO_CHANNEL
    if one.held_out is not False or Holdouts(operations).any_held_out(one.play, [one.account_id]):
        return WhyNot.HELD_OUT_ELSEWHERE
    if not one.address:
        return WhyNot.NO_ADDRESS
    return WhyNot.SUPPRESSED if Suppressions(operations).has(one.address) else None


def _send(operations: Operations, one: Intervention, channel: Channel, now: datetime) -> None:
    outbox = Interventions(operations)
    message = Message(intervention_id=one.intervention_id, address=one.address or "", content=one.content)
    try:
        channel.deliver(message, now)
    except UnsureError as unsure:
        outbox.unsure(one.intervention_id, now, str(unsure))
    except AddressGoneError as gone:
        Suppressions(operations).add(message.address, gone.reason, now, intervention_id=one.intervention_id)
        bounced = gone.reason is SuppressedBy.BOUNCED
        outbox.failed(one.intervention_id, now, str(gone), bounced=bounced)
    except DeliveryError as failed:
        if failed.permanent or one.tries + 1 >= MOST_TRIES:
            outbox.failed(one.intervention_id, now, str(failed))
        else:
            wait = wait_s(one.intervention_id, one.tries + 1, at_least=failed.retry_after_s)
            outbox.retry(one.intervention_id, now + timedelta(seconds=wait), str(failed))
    except Exception as fault:  # noqa: BLE001 -- a claim is always settled, and one fault must not stop the rest
        outbox.unsure(one.intervention_id, now, f"an unforeseen {type(fault).__name__}; see the log")
        place = traceback.extract_tb(fault.__traceback__)[-1]
        log.error(  # noqa: TRY400 -- a whole traceback may show what was sent, and with what password
            "a delivery failed in a way nobody foresaw",
            intervention_id=one.intervention_id,
            channel=one.channel,
            fault=type(fault).__name__,
            at=f"{place.name}:{place.lineno}",
        )
    else:
        outbox.sent(one.intervention_id, now)


def wait_s(intervention_id: str, tries: int, *, at_least: float | None = None) -> float:
    """Return how long to wait after so many tries: 30 s doubled each time, 6 h at most, spread by half.

    The spread is taken from the id, so that a thousand messages to one server do not all come back at once
    and a test can say what to expect.
    """
    spread = hashlib.sha256(f"{intervention_id}/{tries}".encode()).digest()[0] / 255
    wait = min(_FIRST_WAIT_S * (1 << tries - 1), _LONGEST_WAIT_S)
    return max(wait * (0.75 + 0.5 * spread), at_least or 0.0)
