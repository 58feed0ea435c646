"""CloudEvents over HTTP: one event in the headers or the body, or several in a batch."""

from waypost.collect.cloudevents.family import CloudEvents

__all__ = ["CloudEvents"]
