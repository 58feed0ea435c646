"""Intervene decides, claims, sends and records what Waypost does about a signal."""

from waypost.intervene.arms import Arm, Audience, Button, EmailArm, TouchArm, WebhookArm
from waypost.intervene.play import Goal, Play, Signal, Trigger
from waypost.intervene.policy import ContactPolicy, QuietHours, Weekday

__all__ = [
    "Arm",
    "Audience",
    "Button",
    "ContactPolicy",
    "EmailArm",
    "Goal",
    "Play",
    "QuietHours",
    "Signal",
    "TouchArm",
    "Trigger",
    "WebhookArm",
    "Weekday",
]
