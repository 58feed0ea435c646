"""Measure says what a raw event means and counts usage in four dimensions."""

from waypost.measure.catalogue import Catalogue, Feature, Group, Setting
from waypost.measure.catalogue_match import Match, Template, Where
from waypost.measure.measures import AnyMeasure, known_from, measure_from
from waypost.measure.segments import Segment, check_circles
from waypost.measure.segments_conditions import ABOUT, STANDINGS, Condition, Dated, Level, Part, given, wanted
from waypost.measure.segments_roster import AsOf, Roster, automated_features, dated
from waypost.measure.tiers import Tier, Tiers
from waypost.measure.usage import (
    fresh_pairs,
    fresh_settings,
    restate_settings,
    restate_usage,
    usage_pairs,
)
from waypost.measure.usage_library import SESSION_GAP_MINUTES, USAGE_MEASURES, measures_of, usage_measure
from waypost.measure.usage_measures import Dimension, MeasureLevel, Unit, UsageMeasure
from waypost.measure.usage_sweep import SWEPT, usage_sweep
from waypost.measure.usage_values import Asks, Subjects, usage_items, usage_values
from waypost.measure.values import changes, items, measure

__all__ = [
    "ABOUT",
    "SESSION_GAP_MINUTES",
    "STANDINGS",
    "SWEPT",
    "USAGE_MEASURES",
    "AnyMeasure",
    "AsOf",
    "Asks",
    "Catalogue",
    "Condition",
    "Dated",
    "Dimension",
    "Feature",
    "Group",
    "Level",
    "Match",
    "MeasureLevel",
    "Part",
    "Roster",
    "Segment",
    "Setting",
    "Subjects",
    "Template",
    "Tier",
    "Tiers",
    "Unit",
    "UsageMeasure",
    "Where",
    "automated_features",
    "changes",
    "check_circles",
    "dated",
    "fresh_pairs",
    "fresh_settings",
    "given",
    "items",
    "known_from",
    "measure",
    "measure_from",
    "measures_of",
    "restate_settings",
    "restate_usage",
    "usage_items",
    "usage_measure",
    "usage_pairs",
    "usage_sweep",
    "usage_values",
    "wanted",
]
