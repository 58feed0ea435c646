"""Intervene decides, claims, sends and records what Waypost does about a signal."""

from waypost.intervene.arms import Arm, Audience, Button, EmailArm, TouchArm, WebhookArm
from waypost.intervene.channels import (
    Channel,
    Delivered,
    EmailChannel,
    MailServer,
    Message,
    WebhookChannel,
    WebhookSigning,
)
from waypost.intervene.decide import Rules, decide
from waypost.intervene.deliver import Way, deliver, recover
from waypost.intervene.news import told
from waypost.intervene.play import Goal, Play, Signal, Trigger
from waypost.intervene.policy import ContactPolicy, QuietHours, Weekday
from waypost.intervene.reports import hear
from waypost.intervene.results import PlayResult, results
from waypost.intervene.unsubscribe import PATH as UNSUBSCRIBE_PATH
from waypost.intervene.unsubscribe import Leaving, Unsubscribed, leaving, unsubscribe
from waypost.intervene.unsubscribe import token as unsubscribe_token
from waypost.intervene.why import WhyNot

__all__ = [
    "UNSUBSCRIBE_PATH",
    "Arm",
    "Audience",
    "Button",
    "Channel",
    "ContactPolicy",
    "Delivered",
    "EmailArm",
    "EmailChannel",
    "Goal",
    "Leaving",
    "MailServer",
    "Message",
    "Play",
    "PlayResult",
    "QuietHours",
    "Rules",
    "Signal",
    "TouchArm",
    "Trigger",
    "Unsubscribed",
    "Way",
    "WebhookArm",
    "WebhookChannel",
    "WebhookSigning",
    "Weekday",
    "WhyNot",
    "decide",
    "deliver",
    "hear",
    "leaving",
    "recover",
    "results",
    "told",
    "unsubscribe",
    "unsubscribe_token",
]
