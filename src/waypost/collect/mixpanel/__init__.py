"""Mixpanel's protocol: events, updates of people and groups, identity calls, and the lines of its exports."""

from waypost.collect.mixpanel.family import Mixpanel
from waypost.collect.mixpanel.lines import MixpanelLines

__all__ = ["Mixpanel", "MixpanelLines"]
