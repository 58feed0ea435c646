"""The Segment tracking protocol: its messages, its batches, and the steps that judge each message."""

from waypost.collect.segment.body import BadBodyError, Batch, read_body
from waypost.collect.segment.gather import gather

__all__ = ["BadBodyError", "Batch", "gather", "read_body"]
