"""Everything is an event: one shape for what came in, what Waypost noticed and what it did."""

from datetime import datetime
from enum import StrEnum

import msgspec

EMPTY = msgspec.Raw(b"{}")
#: The name by which services that send our mail tell its intervention id back, and under which their events hold it.
MAIL_MARK = "waypost_id"


class Kind(StrEnum):
    """What sort of fact an event is."""

    TRACK = "track"
    PAGE = "page"
    SCREEN = "screen"
    IDENTIFY = "identify"
    GROUP = "group"
    ALIAS = "alias"
    LOG = "log"
    ROW = "row"
    SURVEY = "survey"
    TICKET = "ticket"
    CONTRACT = "contract"
    MEMBERSHIP = "membership"
    PAUSE = "pause"
    DELIVERY = "delivery"
    SIGNAL = "signal"
    INTERVENTION = "intervention"
    DEFINITION = "definition"
    LEARNT = "learnt"


class Actor(StrEnum):
    """Who acted: a person, a job, or Waypost and the customer's own systems."""

    HUMAN = "human"
    AUTOMATED = "automated"
    SYSTEM = "system"


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of the append-only table, as the door hands it to the inbox.

    `event_id` is the sender's message id, else a content hash; an event is stored once per (`source`,
    `event_id`). `happened_at` and `received_at` are aware and in UTC; `happened_at` is never later than
    `received_at`. `properties` and `context` are JSON objects as the sender wrote them. `quantity` is a plain
    number in the unit of the event, or None when the event has none.
    """

    event_id: str
    source: str
    kind: Kind
    name: str
    happened_at: datetime
    received_at: datetime
    person_id: str | None = None
    anonymous_id: str | None = None
    account_id: str | None = None
    actor: Actor = Actor.HUMAN
    quantity: float | None = None
    properties: msgspec.Raw = EMPTY
    context: msgspec.Raw = EMPTY
