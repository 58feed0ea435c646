"""The contract that every channel keeps: deliver one message, or raise a DeliveryError that says what next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from waypost.core import DeliveryError
from waypost.store import SuppressedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an arm composed, and where it goes."""

    intervention_id: str
    address: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The receiving side took the message; `said` is what it answered."""

    said: str = ""


class UnsureError(DeliveryError):
    """The line broke when the message may have been taken already, so it must not be sent again."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, permanent=True)


class AddressGoneError(DeliveryError):
    """The receiving side will never take anything at this address."""

    def __init__(self, problem: str, *, reason: SuppressedBy) -> None:
        super().__init__(problem, permanent=True)
        self.reason = reason


class Channel(Protocol):
    """One way out of Waypost."""

    def deliver(self, message: Message, now: datetime) -> Delivered:
        """Hand one message over; raises DeliveryError when it was not taken."""
        ...
