"""RudderStack's protocol: Segment's messages at more addresses, with times of their own."""

from waypost.collect.rudder.family import Rudder

__all__ = ["Rudder"]
