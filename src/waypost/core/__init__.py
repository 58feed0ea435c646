"""Core holds the words that all rooms share: events, ids, windows, items and errors."""

from waypost.core.days import day_of, days_between, start_of
from waypost.core.document import Document, fail, reading
from waypost.core.errors import (
    DefinitionError,
    DeliveryError,
    ImportRefusedError,
    SettingsError,
    StoreError,
    WaypostError,
)
from waypost.core.event import EMPTY, MAIL_MARK, Actor, Event, Kind
from waypost.core.faults import fault_of, meant, told_fault
from waypost.core.ids import AccountId, EventId, InterventionId, MemberId, PersonId, SignalId, derived_id
from waypost.core.template import Template
from waypost.core.updates import ACTS, UPDATE, plain_words

__all__ = [
    "ACTS",
    "EMPTY",
    "MAIL_MARK",
    "UPDATE",
    "AccountId",
    "Actor",
    "DefinitionError",
    "DeliveryError",
    "Document",
    "Event",
    "EventId",
    "ImportRefusedError",
    "InterventionId",
    "Kind",
    "MemberId",
    "PersonId",
    "SettingsError",
    "SignalId",
    "StoreError",
    "Template",
    "WaypostError",
    "day_of",
    "days_between",
    "derived_id",
    "fail",
    "fault_of",
    "meant",
    "plain_words",
    "reading",
    "start_of",
    "told_fault",
]
