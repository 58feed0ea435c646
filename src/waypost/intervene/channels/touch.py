"""Touches: what a member should do, delivered by being shown in Today."""

from datetime import datetime

from waypost.intervene.channels.contract import Delivered, Message


class TouchChannel:
    """Delivers to Today, which reads the interventions themselves, so there is nothing to hand over."""

    def deliver(self, message: Message, now: datetime) -> Delivered:  # noqa: ARG002 -- the channels' contract
        """Say that the touch waits in Today."""
        return Delivered(said="waits in Today")
