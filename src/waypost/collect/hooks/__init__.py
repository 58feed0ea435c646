"""Webhooks of other systems: tickets, answers, contracts and mail, each signed as its vendor signs."""

from waypost.collect.hooks.family import Hooks

__all__ = ["Hooks"]
