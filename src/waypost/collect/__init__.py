"""Collect lets events in, one adapter per protocol, and names every refusal."""

from waypost.collect.app import Collector
from waypost.collect.importing import Format, ImportReport, import_file
from waypost.collect.own_event import OwnEvent, own_event
from waypost.collect.readers import READERS
from waypost.collect.refusals import SAYS, TurnedAway

__all__ = [
    "READERS",
    "SAYS",
    "Collector",
    "Format",
    "ImportReport",
    "OwnEvent",
    "TurnedAway",
    "import_file",
    "own_event",
]
