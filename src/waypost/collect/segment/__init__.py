"""The Segment tracking protocol: its messages, its batches, and the steps that judge each message."""

from waypost.collect.segment.body import BadBodyError, Batch, read_body
from waypost.collect.segment.express import FORM, plain_batch, read_parcel
from waypost.collect.segment.gather import gather

__all__ = ["FORM", "BadBodyError", "Batch", "gather", "plain_batch", "read_body", "read_parcel"]
