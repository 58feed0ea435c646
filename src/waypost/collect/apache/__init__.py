"""Apache's combined log: its lines, what in them is noise, and the event that is left of a request."""

from waypost.collect.apache.lines import ApacheLines

__all__ = ["ApacheLines"]
