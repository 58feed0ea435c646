"""KISSmetrics' protocol: an event, properties or an alias in an address; and the lines of its exports."""

from waypost.collect.kissmetrics.family import Kissmetrics
from waypost.collect.kissmetrics.lines import KissmetricsLines

__all__ = ["Kissmetrics", "KissmetricsLines"]
