"""Collect lets events in, one adapter per protocol, and names every refusal."""

from waypost.collect.app import Collector
from waypost.collect.readers import READERS
from waypost.collect.refusals import SAYS, TurnedAway

__all__ = ["READERS", "SAYS", "Collector", "TurnedAway"]
