"""Snowplow's tracker protocol: payloads of names and texts, by POST or as a pixel, with JSON wrapped inside."""

from waypost.collect.snowplow.family import Snowplow

__all__ = ["Snowplow"]
