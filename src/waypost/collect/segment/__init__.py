"""The Segment tracking protocol: its messages, its batches, and the steps that judge each message."""

from waypost.collect.segment.body import Batch, read_body
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.express import FORMS, judge_parcel, whole
from waypost.collect.segment.family import Segment
from waypost.collect.segment.gather import gather
from waypost.collect.segment.steps import judge

__all__ = [
    "FORMS",
    "Batch",
    "Draft",
    "Segment",
    "gather",
    "judge",
    "judge_parcel",
    "read_body",
    "whole",
]
