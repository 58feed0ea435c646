"""A message on its way to be an event."""

from waypost.collect.segment.body import Batch
from waypost.collect.segment.message import Message
from waypost.core import EMPTY, Event, Kind


class Draft:
    """A message on its way to be an event; each step fills in what the next ones need."""

    __slots__ = (
        "account_id",
        "anonymous_id",
        "batch",
        "context",
        "detail",
        "event_id",
        "happened_at",
        "kind",
        "message",
        "name",
        "person_id",
        "properties",
        "raw",
    )

    def __init__(self, raw: bytes, batch: Batch) -> None:
        """Start from a message as it was written."""
        self.raw = raw
        self.batch = batch
        self.detail = ""
        self.message: Message
        self.kind: Kind
        self.name = ""
        self.person_id: str | None = None
        self.anonymous_id: str | None = None
        self.account_id: str | None = None
        self.properties = EMPTY
        self.context = EMPTY
        self.happened_at = batch.received_at
        self.event_id = ""

    def event(self) -> Event:
        """Return what the steps made of it."""
        return Event(
            event_id=self.event_id,
            source=self.batch.source,
            kind=self.kind,
            name=self.name,
            happened_at=self.happened_at,
            received_at=self.batch.received_at,
            person_id=self.person_id,
            anonymous_id=self.anonymous_id,
            account_id=self.account_id,
            properties=self.properties,
            context=self.context,
        )
