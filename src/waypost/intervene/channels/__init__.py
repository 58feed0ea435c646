"""Channels are siblings: one contract, one module each, and nobody else asks which is which."""

from waypost.intervene.channels.contract import (
    AddressGoneError,
    Channel,
    Delivered,
    Message,
    UnsureError,
)
from waypost.intervene.channels.email import EmailChannel, MailServer
from waypost.intervene.channels.touch import TouchChannel
from waypost.intervene.channels.webhook import WebhookChannel, WebhookSigning

__all__ = [
    "AddressGoneError",
    "Channel",
    "Delivered",
    "EmailChannel",
    "MailServer",
    "Message",
    "TouchChannel",
    "UnsureError",
    "WebhookChannel",
    "WebhookSigning",
]
