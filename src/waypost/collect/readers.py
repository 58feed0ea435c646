"""Readers of what the doors stored as it was written: hand them to the inbox that a round takes from."""

from collections.abc import Mapping

from waypost.collect.segment import FORMS, judge_parcel
from waypost.store import Reader

READERS: Mapping[str, Reader] = dict.fromkeys(FORMS, judge_parcel)
