"""A process that delivers until nothing is due; it imports little, so that it is quickly there to be killed."""

from datetime import UTC, datetime
from pathlib import Path

from waypost.intervene import ContactPolicy, EmailChannel, MailServer, Way, deliver, recover
from waypost.store import Interventions, Operations

SENDING_AT = datetime(2026, 11, 2, 13, tzinfo=UTC)


def send_all(file: str, port: int) -> None:
    """Recover what the last one left behind, then deliver."""
    operations = Operations(Path(file))
    server = MailServer(host="127.0.0.1", port=port, from_address="hi@acme.example", security="none")
    channel = EmailChannel(server, public_url="https://waypost.example", secret=b"sixteen bytes ok")
    way = Way(policy=ContactPolicy(), zone="UTC", channels={"email": channel})
    recover(operations, now=SENDING_AT)
    while Interventions(operations).due(SENDING_AT, most=1):
        deliver(operations, way, now=SENDING_AT, most=5)
