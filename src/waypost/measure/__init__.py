"""Measure says what a raw event means and counts usage in four dimensions."""

from waypost.measure.catalogue import Catalogue, Feature, Group, Match, Setting
from waypost.measure.measures import AnyMeasure, known_from, measure_from
from waypost.measure.segments import Condition, Segment
from waypost.measure.tiers import Tier, Tiers
from waypost.measure.usage import (
    fresh_pairs,
    restate_settings,
    restate_usage,
    usage_pairs,
)
from waypost.measure.values import changes, items, measure

__all__ = [
    "AnyMeasure",
    "Catalogue",
    "Condition",
    "Feature",
    "Group",
    "Match",
    "Segment",
    "Setting",
    "Tier",
    "Tiers",
    "changes",
    "fresh_pairs",
    "items",
    "known_from",
    "measure",
    "measure_from",
    "restate_settings",
    "restate_usage",
    "usage_pairs",
]
